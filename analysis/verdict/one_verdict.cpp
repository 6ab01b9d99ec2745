#include "analysis/verdict/one_verdict.hpp"

#include <fmt/format.h>

#include <utility>

namespace dmstall::analysis {

using models::ExitCode;
using models::VerdictKind;

namespace {

void take_over(const Finding& finding, RunReport& report) {
  report.verdict = finding.verdict;
  report.code = finding.code;
  report.reason = report.reason.empty() ? finding.reason : finding.reason + "; " + report.reason;
  report.error = finding.error;
  report.stuck = finding.stuck;
  report.witness = finding.witness;
  report.witness_steps = finding.witness_steps;
  report.relieved_by_memory = finding.relieved_by_memory;
}

}  // namespace

Finding take_finding(RunReport& report) {
  Finding finding{report.verdict,
                  report.code,
                  std::exchange(report.reason, {}),
                  std::exchange(report.error, std::nullopt),
                  std::exchange(report.stuck, {}),
                  std::exchange(report.witness, {}),
                  std::exchange(report.witness_steps, 0),
                  std::exchange(report.relieved_by_memory, false)};
  report.verdict = VerdictKind::inconclusive;
  report.code = ExitCode::inconclusive;
  return finding;
}

bool is_proved(const RunReport& report) {
  return report.proof && report.proof->proved;
}

TimedWeight weight_of(VerdictKind timed, VerdictKind untimed) {
  if (untimed == VerdictKind::deadlock) return TimedWeight::none;
  if (timed == VerdictKind::deadlock)
    return untimed == VerdictKind::progress ? TimedWeight::contradicts : TimedWeight::counts;
  return timed == VerdictKind::stall && untimed == VerdictKind::inconclusive ? TimedWeight::counts : TimedWeight::none;
}

void combine(const Finding& timed, RunReport& report) {
  if (report.error) return;
  const TimedWeight weight = weight_of(timed.verdict, report.verdict);
  if (timed.error && report.verdict != VerdictKind::deadlock) return take_over(timed, report);
  if (weight == TimedWeight::counts) return take_over(timed, report);
  if (weight == TimedWeight::contradicts) {
    take_over(timed, report);
    report.code = ExitCode::engines_disagree;
    report.verdict = VerdictKind::inconclusive;
    report.error = fmt::format(
        "{}, but the timed run with seed {} is stuck and replays: a bug in dmstall; to see it again: dmstall run "
        "--engine simulate --seed {} {}",
        is_proved(report) ? "no stuck set is reachable, as proved"
                          : "the search exhausted every schedule without a stuck set",
        report.seed, report.seed, report.file);
    return;
  }
  if (report.verdict != VerdictKind::deadlock) report.reason += "; " + timed.reason;
}

}  // namespace dmstall::analysis
