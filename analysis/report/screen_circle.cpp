// CIRCLE, WAITS and ROUND: who is stuck, and in what.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "analysis/report/first_screen.hpp"
#include "analysis/report/reason_text.hpp"

namespace dmstall::analysis {

namespace {

using models::BlockedThread;
using models::DeadlockKind;
using models::ResourceKind;
using models::VerdictKind;

constexpr std::size_t most_beside = 3;  ///< rows of threads that are in no circle
constexpr std::size_t most_sharers = 3;

/// "1 element", "2 bios": how much there is of it.
std::string amount_of(const models::Resource& resource) {
  const std::int32_t n = resource.capacity;
  switch (resource.kind) {
    case ResourceKind::mempool:
      return counted(n, "element");
    case ResourceKind::bio_set:
      return counted(n, "bio");
    case ResourceKind::page_pool:
      return counted(n, "page");
    case ResourceKind::buffer_pool:
      return counted(n, "buffer");
    case ResourceKind::slot:
      return counted(n, "place");
    case ResourceKind::thread:
    case ResourceKind::workers:
      return counted(n, "thread");
    case ResourceKind::semaphore:
      return counted(n, "permit");
    case ResourceKind::mutex:
      return "a mutex";
    case ResourceKind::rwsem:
      return "a lock for readers and writers";
    case ResourceKind::counter:
      return "a counter";
    case ResourceKind::event:
      return "a signal";
    case ResourceKind::order:
      return "an order";
  }
  return {};
}

std::string some_of(const std::vector<std::string>& names) {
  const auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), most_sharers));
  std::string text = fmt::format("{}", fmt::join(names.begin(), end, ", "));
  if (names.size() > most_sharers) text += fmt::format(" and {} more", names.size() - most_sharers);
  return text;
}

/// ", shared by upper, lower; upper stands on lower"
std::string sharing_of(const RunReport& report, const std::string& name) {
  const auto shared = std::find_if(report.shared.begin(), report.shared.end(),
                                   [&](const SharedThing& each) { return each.resource == name; });
  if (shared == report.shared.end()) return {};
  std::string text = ", shared by " + some_of(shared->devices);
  if (shared->stands_on.empty()) return text + ", none of which stands on another";
  const auto& [upper, lower] = shared->stands_on.front();
  text += fmt::format("; {} stands on {}", upper, lower);
  if (shared->stands_on.size() > 1) text += " …";
  return text;
}

std::string named(const RunReport& report, const std::string& name) {
  const auto& resources = report.machine.resources;
  const auto found =
      std::find_if(resources.begin(), resources.end(), [&](const auto& each) { return each.name == name; });
  if (found == resources.end()) return name;
  return fmt::format("{} ({}){}", name, amount_of(*found), sharing_of(report, name));
}

/// What is special about the kind; empty for a circle, which says it itself.
std::string words_for(DeadlockKind kind) {
  switch (kind) {
    case DeadlockKind::circle:
      return {};
    case DeadlockKind::self:
      return "waits for itself";
    case DeadlockKind::too_small:
      return "too small: one request wants more than there is";
    case DeadlockKind::empty_reserve:
      return "no reserve, and the allocator refuses";
    case DeadlockKind::lost_wakeup:
      return "nobody is left who would wake them";
    case DeadlockKind::order:
      return "turns are taken in another order than they come";
  }
  return {};
}

std::string heading(const RunReport& report) {
  const models::StuckReport& stuck = report.stuck;
  const std::vector<std::string>& names = stuck.circle.empty() ? stuck.waited_for : stuck.circle;
  std::vector<std::string> parts;
  for (const std::string& name : names) parts.push_back(named(report, name));
  const bool in_order = !stuck.circle.empty();
  std::string text = fmt::format("{}", fmt::join(parts, in_order ? " -> " : "; "));
  if (text.empty()) text = "threads wait for each other";
  const std::string why = words_for(stuck.kind);
  return why.empty() ? text : text + ": " + why;
}

/// The one thing that a circle is about; empty: there are several, or none.
std::string only_thing(const RunReport& report) {
  return report.stuck.circle.size() == 1 ? report.stuck.circle.front() : std::string();
}

std::string free_of(const BlockedThread& thread) {
  if (thread.resource == models::no_resource || thread.capacity <= 0) return {};
  return fmt::format(" ({} of {} free)", thread.available, thread.capacity);
}

/// "waits since step 76 for 1 verity.recheck_pool (0 of 1 free)"; `it`: how the thing is called here.
std::string wait_of(const RunReport& report, const BlockedThread& thread, const std::string& it = {}) {
  if (thread.goes_round) return "goes round without end";
  if (thread.in_call) return fmt::format("waits for \"{}\", called in step {}", thread.waits_for, thread.since_step);
  std::string what = thread.waits_for;
  if (thread.wants > 0 && !it.empty() && report.machine.resources[static_cast<std::size_t>(thread.resource)].name == it)
    what = report.stuck.in_circle == 1 ? fmt::format("{} more", thread.wants)
           : thread.wants == 1         ? "it"
                                       : fmt::format("{} of it", thread.wants);
  return fmt::format("waits since step {} for {}{}", thread.since_step, what, free_of(thread));
}

/// Why `waiting` waits for `giver`: what that one holds, or has to do. `just_told`: what `waiting` waits for stands
/// right before this.
std::string duty_of(const RunReport& report, const BlockedThread& giver, const BlockedThread& waiting, bool just_told) {
  if (waiting.in_call) return just_told ? "has to do that" : fmt::format("has to do \"{}\"", waiting.waits_for);
  if (waiting.resource == models::no_resource) return fmt::format("is what {} waits for", waiting.who);
  const std::string& name = report.machine.resources[static_cast<std::size_t>(waiting.resource)].name;
  const std::string it = name == only_thing(report) ? "it" : name;
  for (const models::Holder& holder : waiting.holders) {
    if (holder.who != giver.who && (giver.bio.empty() || holder.who != giver.bio)) continue;
    if (holder.n == 0) return fmt::format("queues for writing {} since step {}", it, holder.since_step);
    if (it != name)
      return fmt::format("holds {} since step {}", waiting.capacity == 1 ? it : fmt::format("{} of it", holder.n),
                         holder.since_step);
    return fmt::format("holds {} {} since step {}", holder.n, name, holder.since_step);
  }
  return fmt::format("has to bring {}", it);
}

void add_chain(const BlockedThread& thread, int rank, ScreenSection& section) {
  if (!thread.functions.empty() && !thread.goes_round)
    section.rows.push_back({.text = "in " + thread.functions, .rank = rank, .indent = 2, .wide = true});
}

/// Each of the circle: what the one before it wants of it, and why it cannot.
void add_circle(const RunReport& report, ScreenSection& section) {
  const auto& threads = report.stuck.threads;
  const std::size_t size = std::min(report.stuck.in_circle, threads.size());
  for (std::size_t i = 0; i < size; ++i) {
    const BlockedThread& thread = threads[i];
    const BlockedThread& before = threads[(i + size - 1) % size];
    const int rank = i < 6 ? 0 : 3;
    std::string text = fmt::format("{} {}, {}", thread.who, duty_of(report, thread, before, i > 0),
                                   wait_of(report, thread, only_thing(report)));
    if (size == 1 && thread.holders.empty())
      text = fmt::format("{} {}, and nobody else would bring it", thread.who, wait_of(report, thread));
    section.rows.push_back({.text = std::move(text), .rank = rank, .wide = true});
    add_chain(thread, i < 2 ? 2 : 5, section);
  }
}

std::string beside(const RunReport& report, const BlockedThread& thread) {
  std::string text = fmt::format("{} {}", thread.who, wait_of(report, thread));
  if (!thread.holds.empty()) text += fmt::format(", holds {}", fmt::join(thread.holds, ", "));
  if (thread.alike > 1) text += fmt::format("; {} more like it", thread.alike - 1);
  return text;
}

/// Those in no circle: all there are where there is none, else those who wait behind it.
void add_beside(const RunReport& report, bool alone, ScreenSection& section) {
  const auto& threads = report.stuck.threads;
  const std::size_t first = std::min(report.stuck.in_circle, threads.size());
  for (std::size_t i = first; i < std::min(threads.size(), first + most_beside); ++i) {
    const int rank = alone ? (i == first ? 0 : 2) : 4;
    section.rows.push_back(
        {.text = (alone ? "" : "behind it: ") + beside(report, threads[i]), .rank = rank, .wide = true});
    add_chain(threads[i], alone ? rank + 1 : 6, section);
    if (!threads[i].held_by.empty() && alone && !threads[i].goes_round)
      section.rows.push_back({.text = fmt::format("held by {}", fmt::join(threads[i].held_by, ", ")),
                              .rank = rank + 1,
                              .indent = 2,
                              .wide = true});
  }
  if (threads.size() > first + most_beside)
    section.rows.push_back({fmt::format("and {} further kinds of threads", threads.size() - first - most_beside), 4});
}

/// The bio that a thread of the circle works for, with what it brought along.
void add_bios(const RunReport& report, ScreenSection& section) {
  const auto& threads = report.stuck.threads;
  for (std::size_t i = 0; i < std::min(report.stuck.in_circle, threads.size()); ++i) {
    if (threads[i].bio_holds.empty()) continue;
    section.rows.push_back({.text = fmt::format("{} works for {}, which holds {}", threads[i].who, threads[i].bio,
                                                fmt::join(threads[i].bio_holds, ", ")),
                            .rank = 7,
                            .wide = true});
  }
}

/// LIVELOCK and STARVATION: the steps that repeat, and everybody who is not done.
ScreenSection round_section(const RunReport& report) {
  ScreenSection section{Label::round, {}};
  const auto& threads = report.stuck.threads;
  const std::size_t steps = report.narrative.size();
  const bool known = report.round_from > 0 && report.round_from <= steps;
  const bool starves = report.verdict == VerdictKind::starvation;
  const std::string where = !known ? std::string("steps repeat")
                            : report.round_from == steps
                                ? fmt::format("step {} repeats", steps)
                                : fmt::format("steps {} to {} repeat", report.round_from, steps);
  section.rows.push_back(
      {fmt::format("{} for ever, fair to everybody; {}", where,
                   starves ? "in none of their states can these go on" : "none of them brings a request to its end"),
       0});
  for (std::size_t i = 0; i < threads.size(); ++i) {
    section.rows.push_back({.text = beside(report, threads[i]), .rank = i < 3 ? 0 : 4, .wide = true});
    add_chain(threads[i], i < 3 ? 3 : 5, section);
  }
  if (!known) return section;
  for (std::size_t i = report.round_from - 1; i < steps; ++i) {
    const NarratedStep& step = report.narrative[i];
    section.rows.push_back({.text = fmt::format("step {}: {} {}", step.number, step.who, step.what),
                            .rank = 2,
                            .indent = 2,
                            .wide = true});
  }
  return section;
}

}  // namespace

ScreenSection stuck_section(const RunReport& report) {
  if (report.error || report.stuck.threads.empty()) return {};
  if (report.verdict == VerdictKind::livelock || report.verdict == VerdictKind::starvation)
    return round_section(report);
  const bool circle = report.stuck.in_circle > 1;
  ScreenSection section{circle ? Label::circle : Label::waits, {}};
  section.rows.push_back({heading(report), 0});
  if (report.stuck.in_circle > 0) add_circle(report, section);
  add_beside(report, report.stuck.in_circle == 0, section);
  add_bios(report, section);
  return section;
}

}  // namespace dmstall::analysis
