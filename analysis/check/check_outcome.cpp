#include "analysis/check/check_outcome.hpp"

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>

namespace dmstall::analysis {

namespace {

using models::ExitCode;

ExitCode exit_code(CheckKind kind) {
  switch (kind) {
    case CheckKind::passed:
      return ExitCode::progress;
    case CheckKind::unmet:
    case CheckKind::timed_out:
      return ExitCode::expectation_unmet;
    case CheckKind::refused:
      return ExitCode::bad_scenario;
    case CheckKind::disagreed:
      return ExitCode::engines_disagree;
    case CheckKind::crashed:
      return ExitCode::internal_error;
    case CheckKind::not_run:
      return ExitCode::interrupted;
  }
  return ExitCode::internal_error;
}

}  // namespace

std::int64_t count(const CheckRun& run, std::initializer_list<CheckKind> kinds) {
  return std::count_if(run.outcomes.begin(), run.outcomes.end(), [&](const CheckOutcome& outcome) {
    return std::find(kinds.begin(), kinds.end(), outcome.kind) != kinds.end();
  });
}

std::int64_t failures(const CheckRun& run) {
  return static_cast<std::int64_t>(run.outcomes.size()) - count(run, {CheckKind::passed, CheckKind::not_run});
}

std::string_view to_string(CheckKind kind) {
  switch (kind) {
    case CheckKind::passed:
      return "passed";
    case CheckKind::unmet:
      return "not_as_expected";
    case CheckKind::timed_out:
      return "timed_out";
    case CheckKind::refused:
      return "refused";
    case CheckKind::disagreed:
      return "engines_disagree";
    case CheckKind::crashed:
      return "crashed";
    case CheckKind::not_run:
      return "not_run";
  }
  return {};
}

ExitCode exit_code(const CheckRun& run) {
  if (run.outcomes.empty()) return ExitCode::nothing_matched;
  ExitCode code = run.interrupted ? ExitCode::interrupted : ExitCode::progress;
  for (const CheckOutcome& outcome : run.outcomes) code = models::more_severe(code, exit_code(outcome.kind));
  return code;
}

std::string encode(const CheckOutcome& outcome) {
  const nlohmann::json json{
      {"kind", static_cast<int>(outcome.kind)},
      {"scenario", outcome.scenario},
      {"expected", outcome.expected},
      {"found", outcome.found},
      {"unmet", outcome.unmet},
      {"unchecked", outcome.unchecked},
      {"diagnostics", outcome.diagnostics},
      {"result", outcome.result},
      {"report", outcome.report},
      {"stderr", outcome.stderr_text},
  };
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<CheckOutcome> decode(const std::string& text) {
  try {
    const nlohmann::json json = nlohmann::json::parse(text);
    CheckOutcome outcome;
    const int kind = json.at("kind").get<int>();
    if (kind < 0 || kind > static_cast<int>(CheckKind::not_run)) return std::nullopt;
    outcome.kind = static_cast<CheckKind>(kind);
    json.at("scenario").get_to(outcome.scenario);
    json.at("expected").get_to(outcome.expected);
    json.at("found").get_to(outcome.found);
    json.at("unmet").get_to(outcome.unmet);
    json.at("unchecked").get_to(outcome.unchecked);
    json.at("diagnostics").get_to(outcome.diagnostics);
    json.at("result").get_to(outcome.result);
    json.at("report").get_to(outcome.report);
    json.at("stderr").get_to(outcome.stderr_text);
    return outcome;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace dmstall::analysis
