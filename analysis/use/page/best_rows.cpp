#include "analysis/use/page/best_rows.hpp"

#include <algorithm>

namespace dmstall::analysis {

namespace {

template <typename Counts>
std::optional<std::size_t> smallest_row(const Comparison& comparison, const Counts& counts) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
    if (!counts(comparison.rows[i])) continue;
    if (!best || comparison.rows[i].memory->bytes < comparison.rows[*best].memory->bytes) best = i;
  }
  return best;
}

}  // namespace

bool is_safe(const ComparisonRow& row) {
  return !row.error && !row.from_runs && row.judgement && row.verdict == models::VerdictKind::progress &&
         row.judgement->verdict == models::VerdictKind::progress;
}

std::optional<std::size_t> smallest_safe_row(const Comparison& comparison) {
  return smallest_row(comparison, is_safe);
}

std::optional<std::size_t> smallest_fast_row(const Comparison& comparison, double share) {
  double best = 0;
  for (const ComparisonRow& row : comparison.rows) {
    if (is_safe(row) && row.mib_per_s) best = std::max(best, row.mib_per_s->median);
  }
  if (best <= 0) return std::nullopt;
  return smallest_row(comparison, [&](const ComparisonRow& row) {
    return is_safe(row) && row.mib_per_s && row.mib_per_s->median >= share * best;
  });
}

}  // namespace dmstall::analysis
