// The equations of one group: whether a case tree with multipliers shows that they have no solution.
#pragma once

#include <set>

#include "analysis/engines/verify/walk.hpp"

namespace dmstall::analysis::checking {

/// What the rows of a case tree speak about beside its group's things: resources of bound rows, classes of requests
/// rows.
struct Spoken {
  std::set<Slot> bound;
  std::set<std::int32_t> classes;
};

/// Throws Refused: a row about what cannot be bounded or counted; too many cases.
[[nodiscard]] Spoken spoken_of(const models::Machine& machine, const Slots& slots, const Names& names,
                               const Cases& cases);

/// `columns`: all ways to wait in the rank group `group`. Throws Refused unless every leaf's multipliers contradict its
/// rows.
void check_cases(const models::Machine& machine, const Slots& slots, const Names& names, const Claims& claims,
                 int group, const std::set<Column>& columns, const Cases& cases);

}  // namespace dmstall::analysis::checking
