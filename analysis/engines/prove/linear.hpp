// Whether some linear inequalities have a solution: a point, or exact multipliers that show there is none.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace dmstall::analysis {

/// sum of coefficients times columns >= bound, all columns >= 0.
struct LinearRow {
  std::vector<std::pair<std::size_t, std::int64_t>> coefficients;
  std::int64_t bound = 0;
};

struct LinearAnswer {
  enum class Kind : std::uint8_t { none, point, unknown } kind = Kind::unknown;
  std::vector<std::string> multipliers;  ///< none: one per row, "0", "3" or "7/2"
  std::vector<double> point;             ///< point: one value per column
};

/// `seconds`: after which the answer is `unknown`.
[[nodiscard]] LinearAnswer solve(std::size_t columns, const std::vector<LinearRow>& rows, double seconds);

}  // namespace dmstall::analysis
