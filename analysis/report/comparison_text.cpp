// A comparison for people: plain text and Markdown.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "analysis/report/comparison_report.hpp"
#include "analysis/report/comparison_sections.hpp"
#include "analysis/report/judgement_text.hpp"
#include "analysis/report/verdict_colours.hpp"

namespace dmstall::analysis {

namespace {

std::string headline(const Comparison& comparison) {
  const std::string settings =
      fmt::format("{} setting{}", comparison.rows.size(), comparison.rows.size() == 1 ? "" : "s");
  const std::string seeds =
      comparison.seeds == 0 ? "" : fmt::format(" × {} seed{}", comparison.seeds, comparison.seeds == 1 ? "" : "s");
  return settings + seeds +
         (comparison.interrupted ? fmt::format(", interrupted: {} settings are not here", comparison.rows_left_out)
                                 : "");
}

}  // namespace

std::string row_verdict(const ComparisonRow& row) {
  return row.error ? "ERROR" : std::string(to_string(row.verdict));
}

std::string row_label(const ComparisonRow& row) {
  return row.values.empty() ? fmt::format("row {}", row.number) : fmt::format("{}", fmt::join(row.values, ", "));
}

std::string shard_result_line(const Comparison& comparison, const Shard& shard, const std::string& journal) {
  return fmt::format("RESULT {} SHARD {}/{} rows={} run={} known={} journal={}", comparison.scenario, shard.index + 1,
                     shard.count, comparison.rows.size(), comparison.run, comparison.known, journal);
}

std::string errors_by_text(const std::map<std::string, std::int64_t>& failed_by) {
  std::string text;
  for (const auto& [cause, count] : failed_by)
    text += fmt::format("{}{} by {}", text.empty() ? "" : ", ", count, cause);
  return text;
}

std::string row_basis(const Comparison& comparison, const ComparisonRow& row) {
  if (row.error) return "-";
  return row.judgement && !row.from_runs ? basis_text(*row.judgement)
                                         : fmt::format("{} of {} runs", row.seeds_with_verdict, comparison.seeds);
}

std::string comparison_result_line(const Comparison& comparison) {
  using models::VerdictKind;
  std::string line =
      fmt::format("RESULT {} COMPARED rows={} seeds={}", comparison.scenario, comparison.rows.size(), comparison.seeds);
  const auto count = [&](const auto& holds) {
    std::size_t n = 0;
    for (const ComparisonRow& row : comparison.rows) n += holds(row) ? 1U : 0U;
    return n;
  };
  constexpr std::array<std::pair<VerdictKind, const char*>, 6> names = {{{VerdictKind::progress, "progress"},
                                                                         {VerdictKind::deadlock, "deadlock"},
                                                                         {VerdictKind::stall, "stall"},
                                                                         {VerdictKind::livelock, "livelock"},
                                                                         {VerdictKind::starvation, "starvation"},
                                                                         {VerdictKind::inconclusive, "inconclusive"}}};
  for (const auto& [verdict, name] : names) {
    line += fmt::format(" {}={}", name, count([&, wanted = verdict](const ComparisonRow& row) {
                          return !row.error && row.verdict == wanted;
                        }));
  }
  return line + fmt::format(" error={} digest={:016x}", count([](const ComparisonRow& row) { return row.error; }),
                            comparison.digest);
}

std::string comparison_text(const Comparison& comparison, bool colour) {
  std::string out = fmt::format("COMPARED  {}  {}\n", comparison.file, headline(comparison));
  for (const Section& section : comparison_sections(comparison)) {
    if (!section.title.empty()) out += fmt::format("\n  {}\n", section.title);
    for (const std::string& line : section.before) out += wrapped(line);
    if (!section.before.empty()) out += "\n";
    const std::string table = section.table.columns.empty() ? std::string() : text_table(section.table, 2);
    out += colour ? with_verdict_colours(table) : table;
    for (const std::string& line : section.after) out += wrapped(line);
  }
  return out + comparison_result_line(comparison) + "\n";
}

std::string comparison_markdown(const Comparison& comparison) {
  std::string out = fmt::format("# {}: {}\n\n`{}`\n", comparison.scenario, headline(comparison), comparison.file);
  for (const Section& section : comparison_sections(comparison)) {
    if (!section.title.empty()) out += fmt::format("\n## {}\n", section.title);
    for (const auto* lines : {&section.before, &section.after}) {
      if (lines == &section.after && !section.table.columns.empty()) out += "\n" + markdown_table(section.table);
      if (!lines->empty()) out += "\n";
      for (const std::string& line : *lines) out += fmt::format("- {}\n", line);
    }
  }
  return out + fmt::format("\n`{}`\n", comparison_result_line(comparison));
}

}  // namespace dmstall::analysis
