// The rows of a comparison that a picture names: the least memory that is safe, and the least that is safe and fast.
#pragma once

#include <cstddef>
#include <optional>

#include "analysis/use/compare/comparison.hpp"

namespace dmstall::analysis {

/// A row is safe when PROGRESS was proved or every schedule was searched; timed runs that complete are not enough.
[[nodiscard]] bool is_safe(const ComparisonRow& row);

/// Of the safe rows the one with the fewest bytes in reserve, the first of several.
[[nodiscard]] std::optional<std::size_t> smallest_safe_row(const Comparison& comparison);

/// The same among the safe rows whose median throughput is at least `share` of the best median of all safe rows. None
/// without timed runs.
[[nodiscard]] std::optional<std::size_t> smallest_fast_row(const Comparison& comparison, double share = 0.95);

}  // namespace dmstall::analysis
