#include "analysis/verdict/judgement.hpp"

#include <utility>

#include "analysis/json.hpp"
#include "analysis/verdict/reason_json.hpp"
#include "analysis/verdict/run_scenario.hpp"

namespace dmstall::analysis {

Judgement judge(const models::Scenario& scenario, const RunOptions& options) {
  RunOptions untimed = options;
  untimed.timed = false;
  untimed.repairs = false;
  untimed.compare_without_faults = false;
  if (!untimed.engine) untimed.engine = Engine::all;
  return judgement_of(run_scenario(scenario, untimed));
}

Judgement judgement_of(const RunReport& report) {
  Judgement out;
  out.verdict = report.verdict;
  out.code = report.code;
  out.error = report.error.has_value();
  out.reasons = report.error ? Reasons{*report.error} : report.reasons;
  out.assumptions = report.assumptions;
  if (report.proves()) {
    out.proved_by = report.proof->rung;
    out.any_number = report.proof->certificate.any_number;
  }
  if (!report.exploration) return out;
  const Exploration& search = *report.exploration;
  out.population = search.population;
  out.exhausted_requests = search.exhausted_requests;
  out.states = static_cast<std::int64_t>(search.states);
  out.digest = search.digest;
  if (report.verdict == models::VerdictKind::deadlock || report.verdict == models::VerdictKind::stall) {
    out.kind = report.stuck.kind;
    out.circle = report.stuck.circle;
    out.relieved_by_memory = report.relieved_by_memory;
    out.witness = true;
    out.requests = search.requests;
    out.faults = search.faults;
    out.failures = search.failures;
    out.steps = static_cast<std::int32_t>(report.witness.steps.size());
    out.least = search.least && search.fewest_requests;
  }
  return out;
}

Judgement no_judgement(Reason reason, bool error) {
  Judgement out;
  out.error = error;
  if (error) out.code = models::ExitCode::internal_error;
  out.reasons.push_back(std::move(reason));
  return out;
}

std::string to_text(const Judgement& of) {
  const nlohmann::json json{{"verdict", of.verdict},
                            {"code", of.code},
                            {"error", of.error},
                            {"reasons", json_of(of.reasons)},
                            {"assumptions", of.assumptions},
                            {"proved_by", of.proved_by},
                            {"any_number", of.any_number},
                            {"kind", of.kind ? static_cast<int>(*of.kind) : -1},
                            {"circle", of.circle},
                            {"relieved", of.relieved_by_memory},
                            {"witness", of.witness},
                            {"requests", of.requests},
                            {"faults", of.faults},
                            {"failures", of.failures},
                            {"steps", of.steps},
                            {"least", of.least},
                            {"population", of.population},
                            {"exhausted", of.exhausted_requests},
                            {"states", of.states},
                            {"digest", of.digest}};
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<Judgement> judgement_from(const std::string& text) {
  try {
    const nlohmann::json json = nlohmann::json::parse(text);
    Judgement out;
    json.at("verdict").get_to(out.verdict);
    json.at("code").get_to(out.code);
    json.at("error").get_to(out.error);
    out.reasons = reasons_from(json.at("reasons"));
    json.at("assumptions").get_to(out.assumptions);
    json.at("proved_by").get_to(out.proved_by);
    json.at("any_number").get_to(out.any_number);
    if (const int kind = json.at("kind").get<int>(); kind >= 0) out.kind = static_cast<models::DeadlockKind>(kind);
    json.at("circle").get_to(out.circle);
    json.at("relieved").get_to(out.relieved_by_memory);
    json.at("witness").get_to(out.witness);
    json.at("requests").get_to(out.requests);
    json.at("faults").get_to(out.faults);
    json.at("failures").get_to(out.failures);
    json.at("steps").get_to(out.steps);
    json.at("least").get_to(out.least);
    json.at("population").get_to(out.population);
    json.at("exhausted").get_to(out.exhausted_requests);
    json.at("states").get_to(out.states);
    json.at("digest").get_to(out.digest);
    return out;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace dmstall::analysis
