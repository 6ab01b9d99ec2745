// What a page shows of a sizing and of a comparison, as JSON: the rows of a chart, and the tables below it.
#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "analysis/json.hpp"
#include "analysis/report/comparison_report.hpp"
#include "analysis/report/comparison_sections.hpp"
#include "analysis/report/html/page.hpp"
#include "analysis/report/judgement_text.hpp"
#include "analysis/report/reason_text.hpp"
#include "analysis/report/size_report.hpp"
#include "analysis/use/page/best_rows.hpp"
#include "models/scenario/printable.hpp"

namespace dmstall::analysis {

namespace {

std::string page_json(const Json& json) {
  return models::printable_json(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Json chart_judgement(const Judgement& of) {
  Json json{{"by", basis_text(of)}, {"needs", needs_text(of)}, {"circle", of.circle}, {"reason", to_text(of.reasons)}};
  if (of.kind) json["kind"] = std::string(to_string(*of.kind));
  return json;
}

Json chart_row(const Sizing& sizing, const SizeRow& row) {
  Json json{{"label", fmt::format("{}", row.size)},
            {"verdict", row.judgement.error ? "ERROR" : std::string(to_string(row.judgement.verdict))},
            {"safe", row.safe()},
            {"covers_above", row.covers_above},
            {"now", row.size == sizing.sized.now}};
  json.update(chart_judgement(row.judgement));
  if (sizing.bytes_known) {
    json["bytes"] = row.all_bytes;
    if (!sizing.sized.parameter) json["pool_bytes"] = row.pool_bytes;
  }
  return json;
}

Json chart_row(const Comparison& comparison, std::size_t i) {
  const ComparisonRow& row = comparison.rows[i];
  Json json{{"label", row_label(row)},
            {"verdict", row_verdict(row)},
            {"safe", is_safe(row)},
            {"now", comparison.seeds > 0 && i == comparison.reference},
            {"bytes", row.memory->bytes}};
  if (row.judgement) json.update(chart_judgement(*row.judgement));
  json["by"] = row_basis(comparison, row);
  json["reason"] = to_text(row.reasons);
  if (row.mib_per_s) json["mib_per_s"] = {row.mib_per_s->median, row.mib_per_s->min, row.mib_per_s->max};
  return json;
}

Json table_json(const Section& section) {
  Json columns = Json::array();
  for (const TableColumn& column : section.table.columns)
    columns.push_back({{"title", column.head}, {"number", column.right}});
  return {{"title", section.title},
          {"columns", columns},
          {"rows", section.table.rows},
          {"before", section.before},
          {"after", section.after}};
}

Json index_of(const std::optional<std::size_t>& row) {
  return row ? Json(*row) : Json(nullptr);
}

}  // namespace

std::string sizing_page(const Sizing& sizing) {
  Json series = Json::array(), assumptions = Json::array();
  for (const SizeSeries& each : sizing.series) {
    Json rows = Json::array();
    std::optional<std::size_t> safe;
    for (std::size_t i = 0; i < each.rows.size(); ++i) {
      rows.push_back(chart_row(sizing, each.rows[i]));
      if (&each.rows[i] == each.smallest_safe()) safe = i;
      if (assumptions.empty()) assumptions = each.rows[i].judgement.assumptions;
    }
    const SizeRow* from = each.safe_from();
    series.push_back({{"private", each.private_pools},
                      {"rows", rows},
                      {"smallest_safe", index_of(safe)},
                      {"proved_from", from == nullptr ? Json(nullptr) : Json(from->size)}});
  }
  const Json json{{"kind", "size"},
                  {"scenario", sizing.scenario},
                  {"file", sizing.file},
                  {"pool", sizing.sized.name},
                  {"now", sizing.sized.now},
                  {"shared", sizing.sized.machine_wide || !sizing.sized.sharing_rule.empty()},
                  {"assumptions", assumptions},
                  {"result", sizing_result_line(sizing)},
                  {"series", series}};
  return page_of(fmt::format("Sizes of {}: {}", sizing.sized.name, sizing.scenario), page_json(json),
                 sizing_text(sizing, false));
}

std::string comparison_page(const Comparison& comparison) {
  Json rows = Json::array(), tables = Json::array();
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) rows.push_back(chart_row(comparison, i));
  for (const Section& section : comparison_sections(comparison)) tables.push_back(table_json(section));
  const Json json{{"kind", "compare"},
                  {"scenario", comparison.scenario},
                  {"file", comparison.file},
                  {"keys", comparison.keys},
                  {"seeds", comparison.seeds},
                  {"rows", rows},
                  {"smallest_safe", index_of(smallest_safe_row(comparison))},
                  {"smallest_fast", index_of(smallest_fast_row(comparison))},
                  {"tables", tables},
                  {"result", comparison_result_line(comparison)}};
  return page_of(fmt::format("Comparison: {}", comparison.scenario), page_json(json),
                 comparison_text(comparison, false));
}

}  // namespace dmstall::analysis
