#include <fmt/format.h>

#include "analysis/report/comparison_report.hpp"
#include "analysis/report/reason_text.hpp"
#include "analysis/report/table.hpp"

namespace dmstall::analysis {

namespace {

class CsvLine {
 public:
  void add(const std::string& text) { fields_.push_back(text); }
  void add(const std::optional<Spread>& spread) {
    for (double Spread::*part : {&Spread::median, &Spread::min, &Spread::max})
      fields_.push_back(spread ? fmt::format("{}", (*spread).*part) : "");
  }
  [[nodiscard]] std::string text() const { return csv_line(fields_); }

 private:
  std::vector<std::string> fields_;
};

}  // namespace

std::string comparison_csv(const Comparison& comparison) {
  CsvLine head;
  head.add("scenario");
  for (const std::string& key : comparison.keys) head.add(key);
  for (const char* name : {"reference",
                           "effective_reserved_ios",
                           "reserved_bytes",
                           "shared_bytes",
                           "verdict",
                           "by",
                           "requests",
                           "faults",
                           "failed_allocations",
                           "least",
                           "seeds_with_verdict",
                           "seeds",
                           "kind",
                           "mib_per_s",
                           "mib_per_s_min",
                           "mib_per_s_max",
                           "p50_us",
                           "p50_us_min",
                           "p50_us_max",
                           "p99_us",
                           "p99_us_min",
                           "p99_us_max",
                           "relative",
                           "errors",
                           "errors_by",
                           "polls",
                           "reason"}) {
    head.add(name);
  }
  std::string out = head.text();
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
    const ComparisonRow& row = comparison.rows[i];
    CsvLine line;
    line.add(comparison.scenario);
    for (const std::string& value : row.values) line.add(value);
    line.add(i == comparison.reference ? "1" : "0");
    line.add(fmt::format("{}", row.effective_ios));
    line.add(fmt::format("{}", row.memory->bytes));
    line.add(fmt::format("{}", row.memory->shared_bytes));
    line.add(row_verdict(row));
    line.add(row_basis(comparison, row));
    const bool witness = row.judgement && row.judgement->witness;
    for (std::int64_t Judgement::*figure : {&Judgement::requests, &Judgement::faults, &Judgement::failures}) {
      line.add(witness ? fmt::format("{}", (*row.judgement).*figure) : "");
    }
    line.add(!witness ? "" : row.judgement->least ? "1" : "0");
    line.add(fmt::format("{}", row.seeds_with_verdict));
    line.add(fmt::format("{}", comparison.seeds));
    line.add(row.kind ? std::string(to_string(*row.kind)) : "");
    line.add(row.mib_per_s);
    line.add(row.p50_us);
    line.add(row.p99_us);
    line.add(row.relative ? fmt::format("{}", *row.relative) : "");
    line.add(row.runs.empty() ? "" : fmt::format("{}", row.failed));
    line.add(errors_by_text(row.failed_by));
    line.add(fmt::format("{}", row.polls));
    line.add(to_text(row.reasons));
    out += line.text();
  }
  return out;
}

}  // namespace dmstall::analysis
