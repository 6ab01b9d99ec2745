// Whether some linear inequalities have a solution: a point, or exact multipliers that show there is none.
//
// That there are always either the one or the other is the lemma of J. Farkas, "Theorie der einfachen Ungleichungen",
// Journal für die reine und angewandte Mathematik 124, 1902; A. Schrijver, "Theory of Linear and Integer Programming",
// 1986, section 7.3. Both are found by z3 in exact rational arithmetic; only the point is rounded, and nothing is
// proved with it.
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
