// NEEDS, DECIDED, ENDS, REPAIR and STALLED: what it takes, when it could not be helped any more, and what helps.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "analysis/report/first_screen.hpp"
#include "analysis/report/fold_text.hpp"
#include "analysis/report/reason_text.hpp"
#include "analysis/report/repair_text.hpp"

namespace dmstall::analysis {

namespace {

using models::VerdictKind;

constexpr std::size_t most_ways = 3;
constexpr std::size_t most_stalls = 4;

bool is_stuck(const RunReport& report) {
  return !report.error && !report.stuck.threads.empty() &&
         (report.verdict == VerdictKind::deadlock || report.verdict == VerdictKind::stall);
}

bool search_is_stuck(const RunReport& report) {
  return is_stuck(report) && report.found_by == Engine::explore && report.exploration &&
         report.exploration->verdict == VerdictKind::deadlock;
}

std::string some_of(const std::vector<std::string>& names, const char* between) {
  const auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), most_ways));
  std::string text = fmt::format("{}", fmt::join(names.begin(), end, between));
  if (names.size() > most_ways) text += fmt::format("{}{} more", between, names.size() - most_ways);
  return text;
}

/// What the stuck want of the allocator: threads, memory that they ask for again and again, or memory that has to be
/// brought to them.
struct Wanted {
  bool memory = false, threads = false, asks_again = false, only_woken = false;
};

Wanted wanted_by(const RunReport& report) {
  Wanted wanted;
  for (const models::BlockedThread& each : report.stuck.threads) {
    if (each.resource < 0 || static_cast<std::size_t>(each.resource) >= report.machine.resources.size()) continue;
    const models::Resource& resource = report.machine.resources[static_cast<std::size_t>(each.resource)];
    if (!resource.soft) continue;
    if (resource.memory == models::MemoryClass::thread) {
      wanted.threads = true;
    } else {
      wanted.memory = true;
      (resource.poll ? wanted.asks_again : wanted.only_woken) = true;
    }
  }
  return wanted;
}

std::string ends_text(const RunReport& report) {
  if (!report.relieved_by_memory) return "never: memory that comes back does not help";
  const Wanted wanted = wanted_by(report);
  if (wanted.threads && !wanted.memory) return "when kernel threads can be made again, not before";
  std::string text = "when allocations succeed again, not before";
  if (wanted.asks_again && !wanted.only_woken) text += " (a waiter of a mempool asks again every 5 s)";
  if (wanted.only_woken) text += " (and somebody gives something back: who waits for it does not ask by himself)";
  return text;
}

std::string outcome_of(const Apart& apart) {
  switch (apart.verdict) {
    case VerdictKind::progress:
      return "PROGRESS";
    case VerdictKind::deadlock:
      return fmt::format("DEADLOCK, too, on {}", fmt::join(apart.circle, " -> "));
    default:
      return "not known: searched no further";
  }
}

/// RepairOutcome in as few words as say it.
std::string in_short(const RepairOutcome& outcome) {
  using Kind = RepairOutcome::Kind;
  if (outcome.kind == Kind::exhausted) return "PROGRESS, exhausted";
  if (outcome.kind == Kind::none_up_to)
    return fmt::format("none with {}, not searched further", counted(outcome.requests, "request"));
  if (outcome.kind != Kind::proved) return to_text(outcome);
  switch (outcome.scope) {
    case ProofScope::tasks_of_the_file:
      return "PROVED, the tasks of the file";
    case ProofScope::places_in_flight:
      return "PROVED, in_flight as in the file";
    case ProofScope::any_number:
      break;
  }
  return "PROVED, any number of requests";
}

/// What stands below each other, where each row finds room for it.
std::vector<std::string> in_columns(const std::vector<std::array<std::string, 3>>& rows) {
  constexpr std::size_t widest = 86;
  std::size_t first = 0, second = 0, third = 0;
  for (const auto& [a, b, c] : rows) {
    first = std::max(first, width_of(a));
    second = std::max(second, width_of(b));
    third = std::max(third, width_of(c));
  }
  const bool fits = first + 2 + second + 2 + third <= widest;
  const auto filled = [&](const std::string& text, std::size_t width) {
    return text + std::string(fits ? width - width_of(text) + 2 : 2, ' ');
  };
  std::vector<std::string> lines;
  for (const auto& [a, b, c] : rows) lines.push_back(filled(a, first) + filled(b, second) + c);
  return lines;
}

}  // namespace

ScreenSection stalled_section(const RunReport& report) {
  if (report.error || report.simulation.stalls.empty()) return {};
  ScreenSection section{Label::stalled, {}};
  const auto& stalls = report.simulation.stalls;
  for (std::size_t i = 0; i < std::min(stalls.size(), most_stalls); ++i) {
    const sim::Stall& stall = stalls[i];
    section.rows.push_back({fmt::format("{:.6f} s to {:.6f} s: {}; then memory came back (5 s polls: {})", stall.from_s,
                                        stall.to_s, stall.resource, stall.polls),
                            i == 0 ? 0 : 3});
  }
  if (stalls.size() > most_stalls)
    section.rows.push_back({fmt::format("and {} more like it", stalls.size() - most_stalls), 1});
  return section;
}

ScreenSection needs_section(const RunReport& report) {
  if (!is_stuck(report)) return {};
  ScreenSection section{Label::needs, {}};
  if (search_is_stuck(report)) {
    const Exploration& search = *report.exploration;
    const std::string least = search.least && search.fewest_requests ? "the least"
                              : search.fewest_requests ? "the fewest requests; fewer of the others not excluded"
                                                       : "found; fewer not excluded";
    section.rows.push_back(
        {fmt::format("{} in flight, {}, {} ({})", counted(search.requests, "request"), counted(search.faults, "fault"),
                     counted(search.failures, "failed allocation"), least),
         0});
  } else if (report.simulated) {
    std::int64_t unfinished = 0, total = 0;
    for (const sim::ClassMetrics& of : report.simulation.classes) {
      unfinished += of.total - of.finished;
      total += of.total;
    }
    section.rows.push_back(
        {fmt::format("as in this run: {} stuck at {:.6f} s, {} of {} not finished; the least was not searched for",
                     counted(report.stuck.requests, "request"), report.simulation.stuck_at_s, unfinished, total),
         0});
  } else {
    section.rows.push_back({fmt::format("as in this witness: {} stuck", counted(report.stuck.requests, "request")), 0});
  }
  return section;
}

ScreenSection decided_section(const RunReport& report) {
  if (!search_is_stuck(report)) return {};
  ScreenSection section{Label::decided, {}};
  if (!report.exploration->no_return) {
    section.rows.push_back({"at the start: with these faults there was never a way for all to complete", 0});
    return section;
  }
  const std::int64_t number = *report.exploration->no_return;
  const auto step = std::find_if(report.narrative.begin(), report.narrative.end(),
                                 [&](const NarratedStep& each) { return each.number == number; });
  std::string text = fmt::format("{}step {} of {}", report.exploration->no_return_exact ? "" : "at or before ", number,
                                 report.witness.steps.size());
  if (step != report.narrative.end()) {
    text += fmt::format(": {} {}", step->who, step->what);
  }
  section.rows.push_back({text, 0});
  std::string more = step == report.narrative.end() || step->functions.empty()
                         ? std::string()
                         : "in " + step->functions.substr(0, step->functions.find(" < "));
  const auto instead = [&](const std::string& what) { more += (more.empty() ? "" : "; ") + ("instead: " + what); };
  if (report.decision && !report.decision->instead.empty()) {
    instead(some_of(report.decision->instead, ", or "));
  } else if (report.decision && !report.decision->others.empty()) {
    instead("first goes " + some_of(report.decision->others, " or "));
  }
  if (!more.empty()) section.rows.push_back({more, 1});
  return section;
}

ScreenSection ends_section(const RunReport& report) {
  if (report.error) return {};
  if (report.verdict == VerdictKind::livelock)
    return {Label::ends, {{"never by itself: the round has no way out while allocations are refused", 0}}};
  if (report.verdict == VerdictKind::starvation)
    return {Label::ends, {{"only by luck: nothing in the code puts who waits in front of who comes later", 0}}};
  if (!is_stuck(report)) return {};
  ScreenSection section{Label::ends, {{ends_text(report), 0}}};
  if (report.verdict == VerdictKind::stall) section.rows.front().text += "; the scenario says that they do";
  return section;
}

ScreenSection repair_section(const RunReport& report) {
  if (!is_stuck(report)) return {};
  ScreenSection section{Label::repair, {}};
  std::vector<std::array<std::string, 3>> rows;
  for (const Repair& each : report.repairs)
    rows.push_back({to_text(each.change), in_short(each.outcome), "[" + each.offered + "]"});
  for (const std::string& line : in_columns(rows))
    section.rows.push_back({.text = line,
                            .rank = section.rows.empty()      ? 0
                                    : section.rows.size() < 3 ? 2
                                                              : 5,
                            .as_it_is = true});
  if (section.rows.empty() && report.repairs_tried > 0)
    section.rows.push_back({fmt::format("none found: {} tried{}", counted(report.repairs_tried, "change"),
                                        report.repairs_cut ? ", others not: out of time" : ""),
                            0});
  if (section.rows.empty() && report.repairs_tried == 0)
    section.rows.push_back({!search_is_stuck(report) ? "none looked for: a search finds them (--engine explore)"
                            : report.verdict == VerdictKind::stall ? "none looked for: memory comes back"
                            : report.repairs_asked ? "none found: no change that is tried fits what is waited for"
                                                   : "none looked for",
                            0});
  if (report.apart && report.apart->verdict != VerdictKind::progress) {
    section.rows.push_back(
        {fmt::format("without the sharing, Linux {}: {}", report.kernel.text(), outcome_of(*report.apart)), 1});
  }
  return section;
}

}  // namespace dmstall::analysis
