#include <fmt/format.h>

#include "analysis/digest.hpp"
#include "analysis/json.hpp"
#include "analysis/report/comparison_report.hpp"
#include "analysis/report/judgement_text.hpp"
#include "analysis/report/reason_text.hpp"
#include "models/scenario/printable.hpp"

namespace dmstall::analysis {

namespace {

Json spread_json(const std::optional<Spread>& spread) {
  if (!spread) return nullptr;
  return {{"median", spread->median}, {"min", spread->min}, {"max", spread->max}};
}

Json memory_json(const models::Footprint& memory) {
  Json lines = Json::array(), devices = Json::array();
  for (const models::FootprintLine& line : memory.lines) {
    Json parts = Json::array();
    for (const models::FootprintPart& part : line.parts)
      parts.push_back({{"what", part.what}, {"count", part.count}, {"bytes_each", part.bytes_each}});
    lines.push_back({{"target", line.target},
                     {"kind", line.kind},
                     {"pools", line.pools},
                     {"elements", line.elements},
                     {"bytes", line.bytes},
                     {"parts", parts}});
  }
  for (const models::FootprintDevice& device : memory.devices)
    devices.push_back({{"name", device.name}, {"target", device.target}, {"bytes", device.bytes}});
  return {{"bytes", memory.bytes},
          {"shared_bytes", memory.shared_bytes},
          {"pools", lines},
          {"devices", devices},
          {"not_counted", memory.not_counted}};
}

Json run_json(const Measurement& run) {
  Json json{{"seed", run.seed},
            {"verdict", run.error ? "ERROR" : std::string(to_string(run.verdict))},
            {"exit_code", static_cast<int>(run.code)},
            {"reason", to_text(run.reasons)}};
  if (run.kind) json["kind"] = std::string(to_string(*run.kind));
  if (run.completed()) {
    const bool figures = run.failed == 0 || run.finished_ok > 0;
    json["mib_per_s"] = figures ? Json(run.mib_per_s) : Json(nullptr);
    json["p50_us"] = figures ? Json(run.p50_us) : Json(nullptr);
    json["p99_us"] = figures ? Json(run.p99_us) : Json(nullptr);
    json["errors"] = run.failed;
    if (run.failed > 0) json["errors_by"] = errors_by_text(run.failed_by);
  }
  json["polls"] = run.polls;
  json["digest"] = in_hex(run.digest);
  return json;
}

Json judgement_json(const std::optional<Judgement>& of) {
  if (!of) return nullptr;
  Json json{{"verdict", of->error ? "ERROR" : std::string(to_string(of->verdict))},
            {"exit_code", static_cast<int>(of->code)},
            {"by", basis_text(*of)},
            {"reason", to_text(of->reasons)}};
  if (of->proved_by > 0) json["proof"] = {{"rung", of->proved_by}, {"any_number", of->any_number}};
  if (of->witness) {
    json["witness"] = {{"requests", of->requests},
                       {"faults", of->faults},
                       {"failed_allocations", of->failures},
                       {"steps", of->steps},
                       {"least", of->least},
                       {"circle", of->circle},
                       {"relieved_by_memory", of->relieved_by_memory}};
  }
  if (of->population > 0)
    json["search"] = {
        {"population", of->population}, {"exhausted_requests", of->exhausted_requests}, {"states", of->states}};
  return json;
}

Json row_json(const Comparison& comparison, std::size_t i) {
  const ComparisonRow& row = comparison.rows[i];
  Json settings = Json::object(), runs = Json::array(), assumptions = Json::array();
  if (row.judgement) assumptions = row.judgement->assumptions;
  for (std::size_t key = 0; key < comparison.keys.size(); ++key) settings[comparison.keys[key]] = row.values[key];
  for (const Measurement& run : row.runs) {
    runs.push_back(run_json(run));
    if (assumptions.empty()) assumptions = run.assumptions;
  }
  return {{"row", row.number},
          {"settings", settings},
          {"reference", i == comparison.reference},
          {"effective_reserved_ios", row.effective_ios},
          {"verdict", row_verdict(row)},
          {"exit_code", static_cast<int>(row.code)},
          {"by", row_basis(comparison, row)},
          {"seeds_with_verdict", row.seeds_with_verdict},
          {"kind", row.kind ? Json(std::string(to_string(*row.kind))) : Json(nullptr)},
          {"reason", to_text(row.reasons)},
          {"mib_per_s", spread_json(row.mib_per_s)},
          {"p50_us", spread_json(row.p50_us)},
          {"p99_us", spread_json(row.p99_us)},
          {"relative", row.relative ? Json(*row.relative) : Json(nullptr)},
          {"errors", row.failed},
          {"errors_by", errors_by_text(row.failed_by)},
          {"polls", row.polls},
          {"assumptions", assumptions},
          {"untimed", judgement_json(row.judgement)},
          {"memory", memory_json(*row.memory)},
          {"runs", runs}};
}

std::string comparison_document(const Json& json) {
  return models::printable_json(json.dump(2, ' ', false, Json::error_handler_t::replace)) + "\n";
}

}  // namespace

std::string comparison_json(const Comparison& comparison) {
  Json rows = Json::array();
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) rows.push_back(row_json(comparison, i));
  return comparison_document(
      {{"dmstall_compare", 1},
       {"exit_code", static_cast<int>(comparison.code)},
       {"file", comparison.file},
       {"scenario", comparison.scenario},
       {"interrupted", comparison.interrupted},
       {"rows_left_out", comparison.rows_left_out},
       {"keys", comparison.keys},
       {"seeds", comparison.seeds},
       {"engine", std::string(to_string(comparison.engine))},
       {"about_throughput", "relative: for comparing rows of this table, not a forecast of a device's speed"},
       {"about_verdicts",
        comparison.engine == Engine::simulate
            ? "the most severe of the timed runs of a row, not a proof"
            : "a replayed witness, a proof or an exhausted search; timed runs that complete lift nothing"},
       {"rows", rows},
       {"digest", in_hex(comparison.digest)}});
}

std::string comparison_error_json(const std::string& error, models::ExitCode code) {
  return comparison_document({{"dmstall_compare", 1}, {"exit_code", static_cast<int>(code)}, {"error", error}});
}

}  // namespace dmstall::analysis
