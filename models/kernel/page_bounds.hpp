// Whether accounted memory can ever run short, by a sum: what all requests together can take at most, against what is
// free at the start.
//
// Pages that come back (clean page cache, elements given back, a hog that is killed) are not counted in, so a "never"
// holds for every schedule: a machine with gigabytes free refuses no 32 bytes, with a pool behind them or without one.
// Where the sum is too large a search lets any allocation fail, which over-approximates the pages.
#pragma once

#include "models/machine/program.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::models {

/// Requires: memory.allocator is accounted, and the program was built from this scenario.
[[nodiscard]] bool pages_always_suffice(const Scenario& scenario, const Program& program);

}  // namespace dmstall::models
