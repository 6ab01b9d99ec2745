#include "analysis/report/comparison_sections.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "analysis/report/comparison_report.hpp"
#include "analysis/report/judgement_text.hpp"
#include "analysis/report/reason_text.hpp"

namespace dmstall::analysis {

namespace {

const char* const ios_key = "reserved_bio_based_ios";

std::string time_text(double us) {
  if (us < 1000) return fmt::format("{:.1f} us", us);
  const bool seconds = us >= 1e6;
  const double value = us / (seconds ? 1e6 : 1e3);
  return fmt::format("{:.{}f} {}", value, value < 100 ? 2 : 0, seconds ? "s" : "ms");
}

std::string rate_text(double mib_per_s) {
  return fmt::format("{:.{}f}", mib_per_s, mib_per_s < 1000 ? 2 : 0);
}

/// "0 (16)": what the kernel makes of a value.
std::string ios_text(const ComparisonRow& row) {
  return row.effective_ios == row.reserved_ios ? fmt::format("{}", row.reserved_ios)
                                               : fmt::format("{} ({})", row.reserved_ios, row.effective_ios);
}

bool names_ios(const std::string& key) {
  return key == ios_key || key == std::string("kernel.") + ios_key;
}

bool varies_ios(const Comparison& comparison) {
  return std::any_of(comparison.keys.begin(), comparison.keys.end(), names_ios);
}

/// Number and values of a row, the first cells of every table.
void add_row_head(const Comparison& comparison, std::size_t i, std::vector<std::string>& cells) {
  const ComparisonRow& row = comparison.rows[i];
  cells.push_back(fmt::format("{}{}", row.number, comparison.seeds > 0 && i == comparison.reference ? "*" : " "));
  for (std::size_t key = 0; key < comparison.keys.size(); ++key) {
    cells.push_back(names_ios(comparison.keys[key]) ? ios_text(row) : row.values[key]);
  }
}

Table table_of_rows(const Comparison& comparison) {
  Table table;
  table.columns.push_back({"# ", true});
  for (const std::string& key : comparison.keys) table.columns.push_back({key, false});
  return table;
}

const std::vector<std::string>& assumptions_of(const ComparisonRow& row) {
  static const std::vector<std::string> none;
  if (row.judgement && !row.judgement->assumptions.empty()) return row.judgement->assumptions;
  for (const Measurement& run : row.runs) {
    if (!run.assumptions.empty()) return run.assumptions;
  }
  return none;
}

/// Assumptions that all rows make, and for each other one the rows that make it.
std::vector<std::string> assumptions(const Comparison& comparison) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<std::size_t>> rows_of;
  std::size_t with_any = 0;
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
    const std::vector<std::string>& assumed = assumptions_of(comparison.rows[i]);
    if (assumed.empty()) continue;
    ++with_any;
    for (const std::string& line : assumed) {
      if (rows_of.find(line) == rows_of.end()) order.push_back(line);
      rows_of[line].push_back(comparison.rows[i].number - 1);
    }
  }
  std::vector<std::string> lines;
  for (const std::string& line : order) {
    const auto& rows = rows_of[line];
    lines.push_back(rows.size() == with_any
                        ? line
                        : fmt::format("{}   [row{} {}]", line, rows.size() == 1 ? "" : "s", row_numbers(rows)));
  }
  return lines;
}

/// "1 / 2 / 14"
std::string short_needs(const Judgement& of) {
  return fmt::format("{}{} / {} / {}", of.least ? "" : "≤ ", of.requests, of.faults, of.failures);
}

Section rows_section(const Comparison& comparison) {
  Section section;
  section.before = assumptions(comparison);
  if (!varies_ios(comparison))
    section.before.push_back(fmt::format("{}: {}", ios_key, ios_text(comparison.rows.front())));
  Table& table = section.table = table_of_rows(comparison);
  const bool kinds = std::any_of(comparison.rows.begin(), comparison.rows.end(),
                                 [](const ComparisonRow& row) { return row.kind.has_value(); });
  const bool witnesses = std::any_of(comparison.rows.begin(), comparison.rows.end(),
                                     [](const ComparisonRow& row) { return row.judgement && row.judgement->witness; });
  const bool timed = comparison.seeds > 0;
  const bool errors = std::any_of(comparison.rows.begin(), comparison.rows.end(),
                                  [](const ComparisonRow& row) { return row.failed > 0; });
  table.columns.push_back({"reserved", true});
  table.columns.push_back({"verdict", false});
  table.columns.push_back({"by", false});
  if (witnesses) table.columns.push_back({"needs", false});
  if (kinds) table.columns.push_back({"kind", false});
  if (timed) {
    if (errors) table.columns.push_back({"errors", true});
    for (const char* head : {"MiB/s", "relative", "p50", "p99", "polls"}) table.columns.push_back({head, true});
  }
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
    const ComparisonRow& row = comparison.rows[i];
    std::vector<std::string> cells;
    add_row_head(comparison, i, cells);
    cells.push_back(size_text(row.memory->bytes));
    cells.push_back(row_verdict(row));
    cells.push_back(row_basis(comparison, row));
    if (witnesses) cells.push_back(row.judgement && row.judgement->witness ? short_needs(*row.judgement) : "-");
    if (kinds) cells.emplace_back(row.kind ? to_string(*row.kind) : "-");
    if (timed) {
      if (errors) cells.push_back(fmt::format("{}", row.failed));
      cells.push_back(row.mib_per_s ? rate_text(row.mib_per_s->median) : "-");
      cells.push_back(row.relative ? fmt::format("{:.2f}×", *row.relative) : "-");
      cells.push_back(row.p50_us ? time_text(row.p50_us->median) : "-");
      cells.push_back(row.p99_us ? time_text(row.p99_us->median) : "-");
      cells.push_back(fmt::format("{}", row.polls));
    }
    table.rows.push_back(std::move(cells));
    if (timed && row.failed > 0)
      section.after.push_back(
          fmt::format("row {}: requests that ended in an error: {}", row.number, errors_by_text(row.failed_by)));
    if (row.error || row.verdict == models::VerdictKind::inconclusive)
      section.after.push_back(fmt::format("row {}: {}", row.number, to_text(row.reasons)));
  }
  if (witnesses)
    section.after.push_back(
        "needs: requests in flight / faults / failed allocations that are enough, the least; ≤ where less was not "
        "excluded.");
  if (timed) {
    section.after.push_back(
        fmt::format("* row {} is the reference of \"relative\"; polls: 5 s polls of mempools, the most of one seed.",
                    comparison.rows[comparison.reference].number));
    if (errors)
      section.after.push_back(
          "errors: requests that ended in one, the most of one seed; these count for no throughput and no latency, and "
          "their rows are not compared.");
    section.after.push_back(
        "Throughput and latency are of all requests, medians over the seeds. They are relative: for comparing rows of "
        "this table, not a forecast of a device's speed.");
  }
  if (comparison.engine == Engine::simulate) {
    section.after.push_back(
        comparison.seeds == 1
            ? "A verdict here is of one timed run (seed 1), not a proof: another schedule may end otherwise."
            : fmt::format("A verdict here is the most severe of {} timed runs (seeds 1 to {}), not a proof: other "
                          "schedules may end otherwise.",
                          comparison.seeds, comparison.seeds));
  }
  return section;
}

Section spread_section(const Comparison& comparison) {
  Section section;
  section.title = "spread over the seeds (min … max)";
  Table& table = section.table = table_of_rows(comparison);
  for (const char* head : {"MiB/s", "p50", "p99"}) table.columns.push_back({head, true});
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
    const ComparisonRow& row = comparison.rows[i];
    if (!row.mib_per_s || !row.p50_us || !row.p99_us) continue;
    std::vector<std::string> cells;
    add_row_head(comparison, i, cells);
    cells.push_back(fmt::format("{} … {}", rate_text(row.mib_per_s->min), rate_text(row.mib_per_s->max)));
    for (const auto& spread : {*row.p50_us, *row.p99_us})
      cells.push_back(fmt::format("{} … {}", time_text(spread.min), time_text(spread.max)));
    table.rows.push_back(std::move(cells));
  }
  return section;
}

}  // namespace

std::string row_numbers(const std::vector<std::size_t>& rows) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < rows.size();) {
    std::size_t last = i;
    while (last + 1 < rows.size() && rows[last + 1] == rows[last] + 1) ++last;
    parts.push_back(last > i + 1    ? fmt::format("{} to {}", rows[i] + 1, rows[last] + 1)
                    : last == i + 1 ? fmt::format("{}, {}", rows[i] + 1, rows[last] + 1)
                                    : fmt::format("{}", rows[i] + 1));
    i = last + 1;
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string size_text(std::int64_t bytes) {
  constexpr double kib = 1024, mib = 1024 * kib;
  const auto value = static_cast<double>(bytes);
  if (value < kib) return fmt::format("{} B", bytes);
  return value < 1000 * kib ? fmt::format("{:.{}f} KiB", value / kib, value < 100 * kib ? 2 : 1)
                            : fmt::format("{:.2f} MiB", value / mib);
}

std::vector<Section> comparison_sections(const Comparison& comparison) {
  std::vector<Section> sections = {rows_section(comparison)};
  if (comparison.seeds > 1) {
    Section spread = spread_section(comparison);
    if (!spread.table.rows.empty()) sections.push_back(std::move(spread));
  }
  for (Section& section : memory_sections(comparison)) sections.push_back(std::move(section));
  return sections;
}

}  // namespace dmstall::analysis
