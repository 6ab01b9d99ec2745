// Why nobody can wait for the things of one group: a case tree with exact multipliers, or a place where they might.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/engines/prove/columns.hpp"

namespace dmstall::analysis {

struct EquationLimits {
  std::size_t cases = 2'000;
  double seconds = 20;
};

struct Refutation {
  std::optional<Cases> cases;  ///< there is no solution
  std::string reason;          ///< otherwise: why that is not shown
  /// A solution: how many tokens wait in which column.
  std::vector<std::pair<const Column*, double>> solution;
  std::size_t leaves = 0;
};

[[nodiscard]] Refutation refute(const Things& things, const std::vector<Column>& columns, const EquationLimits& limits);

}  // namespace dmstall::analysis
