#include "analysis/report/finished_rows.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/comparison_report.hpp"
#include "analysis/report/judgement_text.hpp"

namespace dmstall::analysis {

std::string finished_text(const Comparison& comparison, const ComparisonRow& row) {
  std::string values;
  for (std::size_t i = 0; i < std::min(comparison.keys.size(), row.values.size()); ++i)
    values += fmt::format("{}{}={}", i == 0 ? "" : ", ", comparison.keys[i], row.values[i]);
  return fmt::format("#{}  {}  {}  {}", row.number, values, row_verdict(row), row_basis(comparison, row));
}

std::string finished_text(const SizeRow& row, bool private_pools) {
  const std::string verdict = row.judgement.error ? "ERROR" : std::string(models::to_string(row.judgement.verdict));
  return fmt::format("size {}{}  {}  {}", row.size, private_pools ? " of private pools" : "", verdict,
                     basis_text(row.judgement));
}

}  // namespace dmstall::analysis
