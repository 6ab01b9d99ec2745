#include "analysis/run/one_verdict.hpp"

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

bool is_proved(const RunReport& report) { return report.proof && report.proof->proved; }

void combine(const Finding& timed, RunReport& report) {
  if (report.error || report.verdict == VerdictKind::deadlock) return;
  if (timed.error) return take_over(timed, report);
  if (timed.verdict == VerdictKind::deadlock) {
    const bool excluded = report.verdict == VerdictKind::progress;
    take_over(timed, report);
    if (!excluded) return;
    report.code = ExitCode::engines_disagree;
    report.verdict = VerdictKind::inconclusive;
    report.error = fmt::format("{}, but the timed run with seed {} is stuck and replays: a bug in dmstall; to see it again: dmstall run --engine simulate --seed {} {}",
                               is_proved(report) ? "no stuck set is reachable, as proved" : "the search exhausted every schedule without a stuck set",
                               report.seed, report.seed, report.file);
    return;
  }
  if (report.verdict == VerdictKind::inconclusive && timed.verdict == VerdictKind::stall) return take_over(timed, report);
  report.reason += "; " + timed.reason;
}

}  // namespace dmstall::analysis
