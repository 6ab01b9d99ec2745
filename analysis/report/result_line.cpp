#include "analysis/report/result_line.hpp"

#include <fmt/format.h>

namespace dmstall::analysis {

namespace {

/// " kernel=6.12"; empty for the release that a scenario runs on that names none.
std::string kernel_of(const RunReport& report) {
  return report.kernel == models::Release{} ? std::string() : " kernel=" + report.kernel.word();
}

}  // namespace

std::string result_line(const RunReport& report) {
  const std::string verdict = report.error ? "ERROR" : std::string(to_string(report.verdict));
  const std::string name = report.scenario.empty() ? report.file : report.scenario;
  if (!report.exploration && !report.simulated && !report.proof) {
    if (report.error || report.verdict == models::VerdictKind::inconclusive)
      return fmt::format("RESULT {} {} engine=none schedules=none{}", name, verdict, kernel_of(report));
    return fmt::format("RESULT {} {} engine=replay steps={} kind={}{}", name, verdict, report.witness_steps,
                       to_string(report.stuck.kind), kernel_of(report));
  }
  std::string line =
      fmt::format("RESULT {} {} engine={}{}", name, verdict, to_string(report.engine), kernel_of(report));
  if (report.proof && report.proof->proved) {
    line += fmt::format(" schedules=all proof={}", report.proof->rung == 1 ? "ranks" : "equations");
  } else if (report.exploration) {
    line += fmt::format(" schedules=all states={}", report.exploration->states);
  } else {
    line += report.simulated ? fmt::format(" schedules=1 states={}", report.simulation.steps) : " schedules=none";
  }
  if (report.verdict == models::VerdictKind::deadlock) line += fmt::format(" kind={}", to_string(report.stuck.kind));
  if (!report.simulated && !report.exploration) return line;
  if (report.simulated) line += fmt::format(" seed={}", report.seed);
  return line + fmt::format(" digest={:016x}", digest_of(report));
}

}  // namespace dmstall::analysis
