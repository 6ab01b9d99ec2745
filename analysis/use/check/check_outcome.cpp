#include "analysis/use/check/check_outcome.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "analysis/json.hpp"

namespace dmstall::analysis {

namespace {

using models::ExitCode;

constexpr std::array<std::pair<const char*, std::optional<std::int64_t> FoundFacts::*>, 4> numbers = {
    {{"stuck", &FoundFacts::stuck},
     {"min_requests", &FoundFacts::min_requests},
     {"min_faults", &FoundFacts::min_faults},
     {"reserved_bytes", &FoundFacts::reserved_bytes}}};

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
      return ExitCode::progress;  // why it was not run has a code of its own
  }
  return ExitCode::internal_error;
}

ExitCode exit_code(CheckEnding ending) {
  switch (ending) {
    case CheckEnding::complete:
      return ExitCode::progress;
    case CheckEnding::interrupted:
      return ExitCode::interrupted;
    case CheckEnding::failed_fast:
      return ExitCode::expectation_unmet;
    case CheckEnding::out_of_budget:
      return ExitCode::inconclusive;
  }
  return ExitCode::internal_error;
}

}  // namespace

std::int64_t count(const CheckRun& run, std::initializer_list<CheckKind> kinds) {
  return std::count_if(run.outcomes.begin(), run.outcomes.end(), [&](const CheckOutcome& outcome) {
    return std::find(kinds.begin(), kinds.end(), outcome.kind) != kinds.end();
  });
}

bool did_not_pass(const CheckOutcome& outcome) {
  return outcome.kind != CheckKind::passed && outcome.kind != CheckKind::not_run;
}

bool failed(const CheckOutcome& outcome) {
  return did_not_pass(outcome) && outcome.known != Known::yes;
}

std::int64_t failures(const CheckRun& run) {
  return std::count_if(run.outcomes.begin(), run.outcomes.end(), failed);
}

std::int64_t known_failures(const CheckRun& run) {
  return std::count_if(run.outcomes.begin(), run.outcomes.end(), did_not_pass) - failures(run);
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

std::string_view to_string(CheckEnding ending) {
  switch (ending) {
    case CheckEnding::complete:
      return "complete";
    case CheckEnding::interrupted:
      return "interrupted";
    case CheckEnding::failed_fast:
      return "fail_fast";
    case CheckEnding::out_of_budget:
      return "budget";
  }
  return {};
}

ExitCode exit_code(const CheckRun& run) {
  if (run.outcomes.empty()) return ExitCode::nothing_matched;
  ExitCode code = exit_code(run.ending);
  for (const CheckOutcome& outcome : run.outcomes) {
    if (failed(outcome)) code = models::more_severe(code, exit_code(outcome.kind));
  }
  return code;
}

std::string encode(const CheckOutcome& outcome) {
  const FoundFacts& facts = outcome.facts;
  nlohmann::json found{
      {"verdict", facts.verdict},       {"kind", facts.kind},   {"circle", facts.circle},
      {"waited_for", facts.waited_for}, {"proof", facts.proof},
  };
  if (facts.relieved_by_memory) found["relieved_by_memory"] = *facts.relieved_by_memory;
  for (const auto& [key, member] : numbers) {
    if (facts.*member) found[key] = *(facts.*member);
  }
  const nlohmann::json json{
      {"kind", static_cast<int>(outcome.kind)},
      {"scenario", outcome.scenario},
      {"expected", outcome.expected},
      {"found", outcome.found},
      {"facts", found},
      {"closes", outcome.closes},
      {"line", outcome.line},
      {"column", outcome.column},
      {"release", outcome.release},
      {"text_digest", outcome.text_digest},
      {"unmet", outcome.unmet},
      {"unchecked", outcome.unchecked},
      {"diagnostics", outcome.diagnostics},
      {"result", outcome.result},
      {"report", outcome.report},
      {"page", outcome.page},
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
    const nlohmann::json& found = json.at("facts");
    FoundFacts& facts = outcome.facts;
    found.at("verdict").get_to(facts.verdict);
    found.at("kind").get_to(facts.kind);
    found.at("circle").get_to(facts.circle);
    found.at("waited_for").get_to(facts.waited_for);
    found.at("proof").get_to(facts.proof);
    if (found.contains("relieved_by_memory")) facts.relieved_by_memory = found["relieved_by_memory"].get<bool>();
    for (const auto& [key, member] : numbers) {
      if (found.contains(key)) facts.*member = found[key].get<std::int64_t>();
    }
    json.at("closes").get_to(outcome.closes);
    json.at("line").get_to(outcome.line);
    json.at("column").get_to(outcome.column);
    json.at("release").get_to(outcome.release);
    json.at("text_digest").get_to(outcome.text_digest);
    json.at("unmet").get_to(outcome.unmet);
    json.at("unchecked").get_to(outcome.unchecked);
    json.at("diagnostics").get_to(outcome.diagnostics);
    json.at("result").get_to(outcome.result);
    json.at("report").get_to(outcome.report);
    json.at("page").get_to(outcome.page);
    json.at("stderr").get_to(outcome.stderr_text);
    return outcome;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace dmstall::analysis
