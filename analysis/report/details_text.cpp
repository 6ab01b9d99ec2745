#include "analysis/report/details_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "analysis/report/expectation_text.hpp"
#include "analysis/report/figures_text.hpp"
#include "analysis/report/omissions_text.hpp"
#include "analysis/report/proof_text.hpp"
#include "analysis/report/reason_text.hpp"
#include "analysis/report/repair_text.hpp"
#include "analysis/verdict/expectations.hpp"

namespace dmstall::analysis {

namespace {

constexpr std::size_t threads_shown = 10;

void add_threads(const RunReport& report, std::string& out) {
  const auto& threads = report.stuck.threads;
  std::size_t width = 0;
  for (std::size_t i = 0; i < std::min(threads.size(), threads_shown); ++i)
    width = std::max(width, threads[i].who.size());
  for (std::size_t i = 0; i < std::min(threads.size(), threads_shown); ++i) {
    const models::BlockedThread& thread = threads[i];
    std::string line = fmt::format("  {:<{}}  waits for  {}", thread.who, width, thread.waits_for);
    if (thread.resource != models::no_resource && thread.capacity > 0)
      line += fmt::format(" ({} of {} free)", thread.available, thread.capacity);
    if (thread.alike > 1) line += fmt::format("   [and {} more like it]", thread.alike - 1);
    out += line + "\n";
    const std::string indent(width + 4, ' ');
    if (!thread.holds.empty()) out += fmt::format("{}holds      {}\n", indent, fmt::join(thread.holds, ", "));
    if (!thread.bio_holds.empty())
      out += fmt::format("{}for        {}, which holds {}\n", indent, thread.bio, fmt::join(thread.bio_holds, ", "));
    if (!thread.held_by.empty()) out += fmt::format("{}held by    {}\n", indent, fmt::join(thread.held_by, ", "));
    if (!thread.functions.empty()) out += fmt::format("{}in         {}\n", indent, thread.functions);
  }
  if (threads.size() > threads_shown)
    out += fmt::format("  … and {} more (--format json lists all)\n", threads.size() - threads_shown);
}

/// "step 58: kverityd/upper takes 1 verity.recheck_pool from the reserve (0 of 1 left)   [verity_recheck <
/// verity_work]"
std::string step_text(const NarratedStep& step) {
  return fmt::format("step {}: {} {}{}", step.number, step.who, step.what,
                     step.functions.empty() ? "" : fmt::format("   [{}]", step.functions));
}

/// What the witness of the search needs: at least, or where less is not excluded at most.
void add_least(const RunReport& report, std::string& out) {
  const Exploration& search = *report.exploration;
  out += fmt::format("  needs: {}{} in flight{}, {}{}, {}; {}{}\n", search.fewest_requests ? "" : "at most ",
                     counted(search.requests, "request"), search.fewest_requests ? "" : " (fewer not excluded)",
                     search.least || !search.fewest_requests ? "" : "at most ", counted(search.faults, "fault"),
                     counted(search.failures, "failed allocation"), counted(report.witness_steps, "step"),
                     search.least ? "" : " (less not excluded)");
  if (search.no_return) {
    const auto step = std::find_if(report.narrative.begin(), report.narrative.end(),
                                   [&](const NarratedStep& each) { return each.number >= *search.no_return; });
    if (step != report.narrative.end())
      out +=
          fmt::format("  point of no return: {}{}\n", search.no_return_exact ? "" : "at or before ", step_text(*step));
  } else {
    out += "  point of no return: with these faults there was never a way for all to complete\n";
  }
  out += fmt::format("  stuck: {}\n", counted(report.stuck.requests, "request"));
  out += fmt::format("  relieved by memory: {}\n", report.relieved_by_memory ? "yes" : "no");
  for (const Repair& repair : report.repairs)
    out += fmt::format("  repair, re-checked: {}: {}   [{}]\n", to_text(repair.change), to_text(repair.outcome),
                       repair.offered);
  if (report.repairs_cut) out += "  further repairs were not looked at: that would take longer than the verdict did\n";
}

void add_search(const RunReport& report, std::string& out) {
  const Exploration& search = *report.exploration;
  // How long it took stands in the JSON: the same question gives the same text.
  out += fmt::format("  searched: {} in {}\n", counted(static_cast<std::int64_t>(search.states), "state"),
                     search.searches == 1 ? "1 search" : fmt::format("{} searches", search.searches));
  if (const auto off = switched_off(search.reductions); !off.empty())
    out += fmt::format("  reductions switched off: {}\n", fmt::join(off, ", "));
}

void add_deadlock(const RunReport& report, std::string& out) {
  add_threads(report, out);
  if (!report.stuck.circle.empty())
    out +=
        fmt::format("  circle: {}   kind: {}\n", fmt::join(report.stuck.circle, " -> "), to_string(report.stuck.kind));
  if (report.stuck.circle.empty())
    out += fmt::format("  waited for: {}   kind: {}\n", fmt::join(report.stuck.waited_for, ", "),
                       to_string(report.stuck.kind));
  if (report.exploration && report.exploration->verdict == models::VerdictKind::deadlock) return add_least(report, out);
  if (!report.simulated) {
    out += fmt::format("  stuck: {}\n  relieved by memory: {}\n", counted(report.stuck.requests, "request"),
                       report.relieved_by_memory ? "yes" : "no");
    return;
  }
  std::int64_t unfinished = 0, total = 0;
  for (const sim::ClassMetrics& of : report.simulation.classes) {
    unfinished += of.total - of.finished;
    total += of.total;
  }
  out += fmt::format("  stuck: {} request{} at {:.6f} s; {} of {} requests had not finished\n", report.stuck.requests,
                     report.stuck.requests == 1 ? "" : "s", report.simulation.stuck_at_s, unfinished, total);
  out += fmt::format("  relieved by memory: {}\n", report.relieved_by_memory ? "yes" : "no");
}

void add_stalls(const RunReport& report, std::string& out) {
  for (std::size_t i = 0; i < std::min<std::size_t>(report.simulation.stalls.size(), 8); ++i) {
    const sim::Stall& stall = report.simulation.stalls[i];
    out += fmt::format("  stalled from {:.6f} s to {:.6f} s ({:.1f} s, 5 s polls: {}) on {}, then memory came back\n",
                       stall.from_s, stall.to_s, stall.to_s - stall.from_s, stall.polls, stall.resource);
  }
  if (report.simulation.stalls.size() > 8)
    out += fmt::format("  … and {} more stalls\n", report.simulation.stalls.size() - 8);
}

std::string with_faults(const RunReport& report) {
  return report.proves() && report.verdict == models::VerdictKind::progress ? "PROVED"
                                                                            : std::string(to_string(report.verdict));
}

}  // namespace

std::string details_text(const RunReport& report) {
  if (report.error) return {};
  std::string out;
  for (const std::string& assumption : report.assumptions) out += fmt::format("  {}\n", assumption);
  const bool search_is_stuck =
      report.exploration && report.verdict != models::VerdictKind::progress && !report.stuck.threads.empty();
  const bool goes_on =
      report.verdict == models::VerdictKind::livelock || report.verdict == models::VerdictKind::starvation;
  if (report.verdict == models::VerdictKind::deadlock || (search_is_stuck && !goes_on)) add_deadlock(report, out);
  if (goes_on) add_threads(report, out);
  if (!report.simulation.stalls.empty()) add_stalls(report, out);
  out += fmt::format("  {}\n", reason_text(report));
  if (report.without_faults) {
    out += fmt::format("  with these faults: {}   without faults: {}\n", with_faults(report),
                       to_text(*report.without_faults));
  }
  const auto unmet = unmet_lines(report);
  if (report.expect) out += unmet.empty() ? "  as the scenario expects\n" : "";
  if (const auto unchecked = unchecked_expectations(report); !unchecked.empty()) {
    out += fmt::format("  not checked by a timed run: {}\n", fmt::join(unchecked, ", "));
  }
  for (const std::string& line : unmet) out += fmt::format("  NOT AS EXPECTED: {}\n", line);
  if (report.proves()) out += proof_summary(report);
  if (report.exploration) add_search(report, out);
  if (report.simulated) out += figures_text(report);
  out += omissions_of_a_report(report.omissions, report.verdict);
  return out;
}

}  // namespace dmstall::analysis
