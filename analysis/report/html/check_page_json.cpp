// What a page shows of a check, as JSON: every scenario as a row, and below it what is known of each.
#include <string>
#include <vector>

#include "analysis/json.hpp"
#include "analysis/report/check_report.hpp"
#include "analysis/report/html/page.hpp"
#include "models/scenario/printable.hpp"

namespace dmstall::analysis {

namespace {

/// A page of all scenarios is opened on a phone, too: pictures of so many bytes, those of failures first.
constexpr std::size_t most_bytes_of_pictures = 3'500'000;

Json outcome_json(const CheckOutcome& outcome) {
  Json json{{"file", outcome.file},
            {"scenario", outcome.scenario},
            {"outcome", to_string(outcome.kind)},
            {"passed", outcome.kind == CheckKind::passed},
            {"verdict", outcome.facts.verdict},
            {"expected", outcome.expected},
            {"found", outcome.found},
            {"proof", outcome.facts.proof},
            {"release", outcome.release},
            {"unmet", outcome.unmet},
            {"unchecked", outcome.unchecked},
            {"closes", outcome.closes},
            {"line", outcome.line},
            {"diagnostics", outcome.diagnostics},
            {"stderr", outcome.stderr_text},
            {"report", outcome.report},
            {"result", outcome.result}};
  if (outcome.known != Known::no) {
    json["known"] = outcome.known == Known::yes ? "known" : "expired";
    json["reason"] = outcome.reason;
    json["until"] = outcome.until;
  }
  if (outcome.promoted) json["promoted"] = true;
  return json;
}

}  // namespace

std::string check_page(const CheckRun& run) {
  std::vector<bool> pictured(run.outcomes.size(), false);
  std::size_t bytes = 0;
  for (const bool failures : {true, false}) {
    for (std::size_t i = 0; i < run.outcomes.size(); ++i) {
      const CheckOutcome& outcome = run.outcomes[i];
      if (outcome.page.empty() || did_not_pass(outcome) != failures) continue;
      if (bytes + outcome.page.size() > most_bytes_of_pictures) continue;
      bytes += outcome.page.size();
      pictured[i] = true;
    }
  }
  Json scenarios = Json::array();
  std::string text;
  for (std::size_t i = 0; i < run.outcomes.size(); ++i) {
    const CheckOutcome& outcome = run.outcomes[i];
    Json json = outcome_json(outcome);
    if (pictured[i]) json["run"] = Json::parse(outcome.page);
    scenarios.push_back(std::move(json));
    text += outcome.file + ": " + std::string(to_string(outcome.kind)) + ": " + outcome.found + "\n";
  }
  const Json json{{"kind", "check"},
                  {"kernel", run.kernel},
                  {"seed", run.seed},
                  {"counts", check_counts(run)},
                  {"exit_code", static_cast<int>(exit_code(run))},
                  {"ending", to_string(run.ending)},
                  {"error", run.error},
                  {"fixed", run.fixed},
                  {"scenarios", scenarios}};
  return page_of("Check: " + check_counts(run),
                 models::printable_json(json.dump(-1, ' ', false, Json::error_handler_t::replace)), text);
}

}  // namespace dmstall::analysis
