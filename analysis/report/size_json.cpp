// A sizing for programs: CSV and JSON.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/digest.hpp"
#include "analysis/json.hpp"
#include "analysis/report/judgement_text.hpp"
#include "analysis/report/reason_text.hpp"
#include "analysis/report/size_report.hpp"
#include "analysis/report/table.hpp"
#include "models/scenario/printable.hpp"

namespace dmstall::analysis {

namespace {

std::string size_row_verdict(const SizeRow& row) {
  return row.judgement.error ? "ERROR" : std::string(to_string(row.judgement.verdict));
}

std::string size_document(const Json& json) {
  return models::printable_json(json.dump(2, ' ', false, Json::error_handler_t::replace)) + "\n";
}

Json row_json(const Sizing& sizing, const SizeRow& row) {
  const Judgement& of = row.judgement;
  Json json{{"size", row.size},     {"verdict", size_row_verdict(row)}, {"exit_code", static_cast<int>(of.code)},
            {"by", basis_text(of)}, {"reason", to_text(of.reasons)},    {"covers_above", row.covers_above}};
  if (of.proved_by > 0) json["proof"] = {{"rung", of.proved_by}, {"any_number", of.any_number}};
  if (of.witness) {
    json["witness"] = {{"requests", of.requests},
                       {"faults", of.faults},
                       {"failed_allocations", of.failures},
                       {"steps", of.steps},
                       {"least", of.least},
                       {"kind", of.kind ? std::string(to_string(*of.kind)) : ""},
                       {"circle", of.circle},
                       {"relieved_by_memory", of.relieved_by_memory}};
  }
  if (of.population > 0)
    json["search"] = {
        {"population", of.population}, {"exhausted_requests", of.exhausted_requests}, {"states", of.states}};
  if (sizing.bytes_known) {
    json["bytes"] = row.pool_bytes;
    json["all_bytes"] = row.all_bytes;
  }
  return json;
}

}  // namespace

std::string sizing_json(const Sizing& sizing) {
  Json series = Json::array(), assumptions = Json::array();
  for (const SizeSeries& each : sizing.series) {
    Json rows = Json::array(), safe = Json::array();
    for (const SizeRow& row : each.rows) {
      rows.push_back(row_json(sizing, row));
      if (row.safe()) safe.push_back(row.size);
      if (assumptions.empty()) assumptions = row.judgement.assumptions;
    }
    const SizeRow* from = each.safe_from();
    series.push_back({{"pools", each.private_pools ? "private" : "as in the file"},
                      {"safe", safe},
                      {"proved_from", from == nullptr ? Json(nullptr) : Json(from->size)},
                      {"proved_to", from == nullptr ? Json(nullptr) : Json(sizing.sized.largest)},
                      {"rows", rows}});
  }
  return size_document({{"dmstall_size", 1},
                        {"exit_code", static_cast<int>(sizing.code)},
                        {"file", sizing.file},
                        {"scenario", sizing.scenario},
                        {"interrupted", sizing.interrupted},
                        {"rows_left_out", sizing.rows_left_out},
                        {"pool", sizing.sized.name},
                        {"size_in_file", sizing.sized.now},
                        {"shared", sizing.sized.machine_wide || !sizing.sized.sharing_rule.empty()},
                        {"assumptions", assumptions},
                        {"series", series},
                        {"stuck_elsewhere", sizing.elsewhere},
                        {"digest", in_hex(sizing.digest)}});
}

std::string sizing_error_json(const std::string& error, models::ExitCode code) {
  return size_document({{"dmstall_size", 1}, {"exit_code", static_cast<int>(code)}, {"error", error}});
}

std::string sizing_csv(const Sizing& sizing) {
  std::string out =
      csv_line({"scenario", "pool", "pools", "size", "verdict", "by", "covers_above", "requests", "faults",
                "failed_allocations", "steps", "least", "kind", "circle", "bytes", "all_bytes", "reason"});
  for (const SizeSeries& series : sizing.series) {
    for (const SizeRow& row : series.rows) {
      const Judgement& of = row.judgement;
      const auto figure = [&](std::int64_t n) { return of.witness ? fmt::format("{}", n) : std::string(); };
      const auto bytes = [&](std::int64_t n) { return sizing.bytes_known ? fmt::format("{}", n) : std::string(); };
      out += csv_line({sizing.scenario, sizing.sized.name, series.private_pools ? "private" : "as in the file",
                       fmt::format("{}", row.size), size_row_verdict(row), basis_text(of), row.covers_above ? "1" : "0",
                       figure(of.requests), figure(of.faults), figure(of.failures), figure(of.steps),
                       of.witness ? (of.least ? "1" : "0") : "", of.kind ? std::string(to_string(*of.kind)) : "",
                       fmt::format("{}", fmt::join(of.circle, " ")), bytes(row.pool_bytes), bytes(row.all_bytes),
                       to_text(of.reasons)});
    }
  }
  return out;
}

}  // namespace dmstall::analysis
