// Whether accounted memory can ever run short, by a sum: what all requests together can take at most, against what is
// free at the start.
//
// Pages that come back (clean page cache, elements given back, a hog that is killed) are not counted in, so a "never"
// holds for every schedule. Allocations with no pool behind them ask it: a machine with gigabytes free refuses no
// 32 bytes. Pools do not: for them a search lets any allocation fail, which over-approximates the pages.
#pragma once

#include "models/machine/program.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::models {

/// Requires: memory.allocator is accounted, and the program was built from this scenario.
[[nodiscard]] bool pages_always_suffice(const Scenario& scenario, const Program& program);

}  // namespace dmstall::models
