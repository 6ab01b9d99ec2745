#include "analysis/verdict/fill_report.hpp"

#include <utility>

#include "analysis/verdict/one_verdict.hpp"

namespace dmstall::analysis {

RunReport empty_report(const models::Scenario& scenario, Engine asked) {
  RunReport report;
  report.file = scenario.file;
  report.scenario = scenario.name;
  report.about = scenario.about;
  report.expect = scenario.expect;
  report.engine = asked;
  return report;
}

void fill(RunReport& report, std::vector<Finding> findings, models::Machine machine) {
  Verdict verdict = combine(findings, report.seed, report.file);
  Answer& answer = verdict.answer;
  report.found_by = verdict.by;
  report.verdict = answer.verdict;
  report.code = answer.code;
  report.reasons = std::move(answer.reasons);
  report.error = std::move(answer.error);
  report.stuck = std::move(answer.stuck);
  report.relieved_by_memory = answer.relieved_by_memory;
  report.witness = std::move(answer.witness);
  report.witness_steps = answer.witness_steps;
  report.narrative = std::move(answer.narrative);
  report.round_from = answer.round_from;
  report.machine = std::move(machine);
  for (Finding& finding : findings) {
    if (finding.proof && !finding.proves() && !finding.answer.reasons.empty())
      report.not_proved = finding.answer.reasons.front();
    if (finding.proof) report.proof = std::move(finding.proof);
    if (finding.exploration) report.exploration = std::move(finding.exploration);
    if (finding.simulation) {
      report.simulation = std::move(*finding.simulation);
      report.simulated = true;
    }
  }
}

RunReport failed_report(const std::string& file, models::ExitCode code, Reason error) {
  RunReport report;
  report.file = file;
  report.code = code;
  report.error = std::move(error);
  return report;
}

RunReport open_report(const std::string& file, Reason bound) {
  RunReport report;
  report.file = file;
  report.reasons.push_back(std::move(bound));
  return report;
}

}  // namespace dmstall::analysis
