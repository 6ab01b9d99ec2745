
#include "analysis/json.hpp"
#include "analysis/report/check_report.hpp"
#include "analysis/use/check/fingerprint.hpp"
#include "analysis/version.hpp"
#include "models/scenario/printable.hpp"

namespace dmstall::analysis {

std::string check_json(const CheckRun& run) {
  Json scenarios = Json::array();
  for (const CheckOutcome& outcome : run.outcomes) {
    Json one{{"file", outcome.file}, {"scenario", outcome.scenario}, {"outcome", to_string(outcome.kind)}};
    if (outcome.kind != CheckKind::not_run) {
      if (!outcome.expected.empty()) one["expected"] = outcome.expected;
      one["found"] = outcome.found;
      one["not_as_expected"] = outcome.unmet;
      one["not_checked"] = outcome.unchecked;
      one["line"] = outcome.line;
      one["column"] = outcome.column;
      if (!outcome.closes.empty()) one["closes_the_circle"] = outcome.closes;
      one["seconds"] = outcome.seconds;
    }
    if (did_not_pass(outcome)) one["fingerprint"] = fingerprint(outcome);
    if (run.held_against_baseline && did_not_pass(outcome)) {
      one["baseline"] = outcome.known == Known::no ? "new" : outcome.known == Known::yes ? "known" : "expired";
      if (outcome.known != Known::no) {
        one["reason"] = outcome.reason;
        one["until"] = outcome.until;
      }
    }
    if (outcome.promoted) one["promoted"] = true;
    if (!outcome.diagnostics.empty()) one["diagnostics"] = outcome.diagnostics;
    if (!outcome.stderr_text.empty()) one["stderr"] = outcome.stderr_text;
    if (!outcome.result.empty()) one["result"] = outcome.result;
    if (!outcome.report.empty()) one["report"] = outcome.report;
    scenarios.push_back(std::move(one));
  }
  Json document{
      {"dmstall_check", 1},
      {"version", program_version()},
      {"kernel", run.kernel},
      {"seed", run.seed},
      {"timeout_s", run.timeout_s},
      {"exit_code", static_cast<int>(exit_code(run))},
      {"passed", count(run, {CheckKind::passed})},
      {"failed", failures(run)},
      {"not_run", count(run, {CheckKind::not_run})},
      {"ending", to_string(run.ending)},
      {"seconds", run.seconds},
      {"scenarios", scenarios},
  };
  if (run.budget_s) document["budget_s"] = *run.budget_s;
  if (run.held_against_baseline) {
    document["known"] = known_failures(run);
    document["fixed"] = run.fixed;
  }
  if (!run.error.empty()) document["error"] = run.error;
  // Paths may be any bytes; what is not UTF-8 is replaced rather than refused.
  return models::printable_json(document.dump(2, ' ', false, Json::error_handler_t::replace)) + "\n";
}

}  // namespace dmstall::analysis
