// The middle and the ends of a few figures of the same kind, one per seed.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace dmstall::analysis {

struct Spread {
  double median = 0;  ///< of an even number: the mean of the two in the middle
  double min = 0, max = 0;
};

/// Requires: there is at least one.
[[nodiscard]] inline Spread spread_of(std::vector<double> figures) {
  std::sort(figures.begin(), figures.end());
  const std::size_t middle = figures.size() / 2;
  const double median = figures.size() % 2 == 1 ? figures[middle] : (figures[middle - 1] + figures[middle]) / 2;
  return {median, figures.front(), figures.back()};
}

}  // namespace dmstall::analysis
