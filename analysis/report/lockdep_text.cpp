#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "analysis/report/fold_text.hpp"
#include "analysis/report/omissions_text.hpp"
#include "analysis/report/reason_text.hpp"
#include "analysis/report/repair_text.hpp"
#include "analysis/report/run_report.hpp"
#include "analysis/version.hpp"

namespace dmstall::analysis {

namespace {

constexpr std::size_t mail_width = 75;  ///< what a mail client leaves as it is, also in a quotation or two
constexpr std::size_t column = 36;      ///< of the schedule: an indent, a column, a space, a column

std::string rule(char of) {
  return std::string(54, of) + "\n";
}

std::string entry(const std::string& label, const std::string& text) {
  return folded(text, mail_width, fmt::format("    {:<11}", label), std::string(16, ' '));
}

std::string thread(const models::BlockedThread& of) {
  std::string out = folded(of.who, mail_width, "-> ", "   ");
  std::string waits = of.waits_for;
  if (of.resource != models::no_resource && of.capacity > 0)
    waits += fmt::format(" ({} of {} free)", of.available, of.capacity);
  out += entry("waits for:", waits);
  if (!of.held_by.empty()) out += entry("held by:", fmt::format("{}", fmt::join(of.held_by, ", ")));
  if (!of.holds.empty()) out += entry("holds:", fmt::format("{}", fmt::join(of.holds, ", ")));
  if (!of.bio_holds.empty())
    out += entry("works for:", fmt::format("{}, which holds {}", of.bio, fmt::join(of.bio_holds, ", ")));
  if (!of.functions.empty()) out += entry("at:", of.functions);
  if (of.alike > 1) out += entry("", fmt::format("and {} more like it", of.alike - 1));
  return out;
}

/// One line of the schedule: who does what.
struct Event {
  std::int64_t step = 0;
  std::size_t who = 0;
  std::string what;
};

/// The last step with which somebody took a thing; 0 when the witness was not told step by step.
std::int64_t step_of(const RunReport& report, const models::BlockedThread& who, const std::string& thing) {
  std::int64_t step = 0;
  for (const NarratedStep& each : report.narrative) {
    const bool takes = each.request == who.request && each.what.rfind("takes ", 0) == 0 &&
                       each.what.find(" " + thing) != std::string::npos;
    if (takes) step = each.number;
  }
  return step;
}

/// Who takes what another one of the circle waits for, and then waits.
std::vector<Event> schedule(const RunReport& report, std::size_t circle) {
  const auto& threads = report.stuck.threads;
  std::vector<Event> takes, waits;
  for (std::size_t i = 0; i < circle; ++i) {
    for (const auto* held : {&threads[i].bio_holds, &threads[i].holds}) {
      for (const std::string& each : *held) {
        const std::string thing = each.substr(each.find(' ') + 1);
        const auto& waited = report.stuck.waited_for;
        if (std::find(waited.begin(), waited.end(), thing) == waited.end()) continue;
        takes.push_back({step_of(report, threads[i], thing), i, "take " + each});
      }
    }
    waits.push_back({0, i, "wait for " + threads[i].waits_for});
  }
  std::stable_sort(takes.begin(), takes.end(), [](const Event& a, const Event& b) { return a.step < b.step; });
  takes.insert(takes.end(), waits.begin(), waits.end());
  return takes;
}

std::vector<std::string> column_lines(const std::string& text) {
  const std::string all = folded(text, column, "", "  ");
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < all.size();) {
    const std::size_t end = all.find('\n', begin);
    lines.push_back(all.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::string row(const std::string& text, bool right) {
  std::string out;
  for (const std::string& line : column_lines(text))
    out += fmt::format("  {}{}\n", right ? std::string(column + 1, ' ') : "", line);
  return out;
}

std::string heads(const std::string& left, const std::string& right) {
  const std::vector<std::string> a = column_lines(left),
                                 b = right.empty() ? std::vector<std::string>() : column_lines(right);
  std::string out;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    std::string line = "  " + (i < a.size() ? a[i] : std::string());
    if (i < b.size()) line += std::string(2 + column + 1 - width_of(line), ' ') + b[i];
    out += line + "\n";
  }
  out += right.empty() ? "  ----\n" : fmt::format("  {:<{}}----\n", "----", column + 1);
  return out;
}

/// Two threads side by side; a longer circle goes on below.
std::string two_columns(const RunReport& report, std::size_t circle) {
  const auto& threads = report.stuck.threads;
  const std::vector<Event> events = schedule(report, circle);
  std::string out;
  for (std::size_t first = 0; first < circle; first += 2) {
    const bool pair = first + 1 < circle;
    out += (first > 0 ? "\n" : "") + heads(threads[first].who, pair ? threads[first + 1].who : "");
    for (const Event& event : events) {
      if (event.who == first || (pair && event.who == first + 1)) out += row(event.what, event.who != first);
    }
  }
  return out;
}

std::string stuck(const RunReport& report, const std::string& verdict, std::size_t in_circle) {
  constexpr std::size_t most_threads = 8;
  const auto& threads = report.stuck.threads;
  const std::size_t circle = std::min(in_circle, threads.size());
  std::string out;
  if (!report.stuck.circle.empty()) {
    out += folded(fmt::format("the circle: {}", fmt::join(report.stuck.circle, " -> ")), mail_width, "", "  ") + "\n";
  }
  const std::size_t shown = std::min(threads.size(), std::max(circle, most_threads));
  for (std::size_t i = 0; i < shown; ++i) out += thread(threads[i]);
  if (shown < threads.size()) out += fmt::format("   ... and {} more\n", threads.size() - shown);
  if (circle > 0) out += "\n Unsafe schedule:\n\n" + two_columns(report, circle);
  return out + fmt::format("\n *** {} ***\n", verdict);
}

}  // namespace

std::string run_report_lockdep(const RunReport& report, std::size_t in_circle) {
  const std::string verdict = report.error ? "ERROR" : std::string(to_string(report.verdict));
  const auto say = [](const std::string& text) { return folded(text, mail_width, " ", "   "); };
  std::string out = rule('=');
  const bool bad = !report.stuck.threads.empty();
  out += folded(bad ? fmt::format("WARNING: {}: requests for memory that never comes", verdict) : verdict, mail_width,
                "", "  ");
  out += folded(fmt::format("{} (dmstall {}, Linux {})", report.file, program_version(), report.kernel.text()),
                mail_width, "", "  ");
  out += rule('-');
  if (report.error) return out + say(error_text(report));
  if (bad) out += stuck(report, verdict, in_circle) + "\n";
  for (const std::string& assumption : report.assumptions) out += say(assumption);
  out += say(reason_text(report));
  if (report.verdict == models::VerdictKind::deadlock)
    out += say(fmt::format("relieved by memory: {}", report.relieved_by_memory ? "yes" : "no"));
  if (report.without_faults) out += say(fmt::format("without faults: {}", to_text(*report.without_faults)));
  for (const Repair& repair : report.repairs) {
    out += say(fmt::format("repair, re-checked: {}: {} [{}]", to_text(repair.change), to_text(repair.outcome),
                           repair.offered));
  }
  for (const models::Omission& omission : report.omissions) {
    if (could_matter(omission, report.verdict))
      out += say(fmt::format("left out, {}: {}", in_words(omission.effect), omission.id));
  }
  return out + folded(fmt::format("RESULT {} {} engine={}", report.scenario.empty() ? report.file : report.scenario,
                                  verdict, to_string(report.engine)),
                      mail_width, "", "  ");
}

}  // namespace dmstall::analysis
