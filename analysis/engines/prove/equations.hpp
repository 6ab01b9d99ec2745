// Why nobody can wait for the things of one group: a case tree with exact multipliers, or a place where they might.
//
// Linear conditions that every bad state would have to meet, shown to have no solution: J. Esparza, S. Melzer,
// "Verification of safety properties using integer programming: beyond the state equation", Formal Methods in System
// Design 16, 2000. Here the conditions are about a state in which everybody waits, not about how it was reached. The
// case tree splits on disjunctions as branch and bound does; solutions need not be whole numbers, so an answer "they
// might" may be wrong and "nobody can" may not.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/engines/prove/columns.hpp"
#include "analysis/engines/prove/objection.hpp"

namespace dmstall::analysis {

struct EquationLimits {
  std::size_t cases = 2'000;
  double seconds = 20;
};

struct Refutation {
  std::optional<Cases> cases;  ///< there is no solution
  Objection open;              ///< otherwise: why that is not shown; the circle's names are the caller's to add
  /// A solution: how many tokens wait in which column.
  std::vector<std::pair<const Column*, double>> solution;
  std::size_t leaves = 0;
};

[[nodiscard]] Refutation refute(const Things& things, const std::vector<Column>& columns, const EquationLimits& limits);

}  // namespace dmstall::analysis
