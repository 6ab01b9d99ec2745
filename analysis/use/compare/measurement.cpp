#include "analysis/use/compare/measurement.hpp"

#include "analysis/json.hpp"
#include "analysis/verdict/reason_json.hpp"

namespace dmstall::analysis {

Measurement measurement_of(const RunReport& report) {
  Measurement out;
  out.seed = report.seed;
  out.verdict = report.verdict;
  out.code = report.code;
  if (report.verdict == models::VerdictKind::deadlock) out.kind = report.stuck.kind;
  out.error = report.error.has_value();
  out.reasons = report.error ? Reasons{*report.error} : report.reasons;
  out.assumptions = report.assumptions;
  out.mib_per_s = report.simulation.overall.mib_per_s;
  out.p50_us = report.simulation.overall.latency.p50_us;
  out.p99_us = report.simulation.overall.latency.p99_us;
  const sim::ClassMetrics& all = report.simulation.overall;
  out.finished_ok = all.finished - all.failed;
  out.failed = all.failed;
  out.failed_by = all.failed_by;
  out.polls = report.simulation.polls;
  out.digest = report.simulation.digest;
  return out;
}

std::string to_text(const Measurement& of) {
  const nlohmann::json json{{"seed", of.seed},
                            {"verdict", of.verdict},
                            {"code", of.code},
                            {"kind", of.kind ? static_cast<int>(*of.kind) : -1},
                            {"reasons", json_of(of.reasons)},
                            {"error", of.error},
                            {"assumptions", of.assumptions},
                            {"mib_per_s", of.mib_per_s},
                            {"p50_us", of.p50_us},
                            {"p99_us", of.p99_us},
                            {"finished_ok", of.finished_ok},
                            {"failed", of.failed},
                            {"failed_by", of.failed_by},
                            {"polls", of.polls},
                            {"digest", of.digest}};
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<Measurement> measurement_from(const std::string& text) {
  try {
    const nlohmann::json json = nlohmann::json::parse(text);
    Measurement out;
    json.at("seed").get_to(out.seed);
    json.at("verdict").get_to(out.verdict);
    json.at("code").get_to(out.code);
    if (const int kind = json.at("kind").get<int>(); kind >= 0) out.kind = static_cast<models::DeadlockKind>(kind);
    out.reasons = reasons_from(json.at("reasons"));
    json.at("error").get_to(out.error);
    json.at("assumptions").get_to(out.assumptions);
    json.at("mib_per_s").get_to(out.mib_per_s);
    json.at("p50_us").get_to(out.p50_us);
    json.at("p99_us").get_to(out.p99_us);
    json.at("finished_ok").get_to(out.finished_ok);
    json.at("failed").get_to(out.failed);
    json.at("failed_by").get_to(out.failed_by);
    json.at("polls").get_to(out.polls);
    json.at("digest").get_to(out.digest);
    return out;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace dmstall::analysis
