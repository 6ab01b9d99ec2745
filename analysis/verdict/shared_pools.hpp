// Which devices share what a stuck set waits for, and whether they stand on each other.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/machine/program.hpp"
#include "models/machine/witness.hpp"

namespace dmstall::analysis {

struct SharedThing {
  std::string resource;
  std::int32_t capacity = 0;
  std::vector<std::string> devices;  ///< whose code takes from it, from the top of the stack
  std::vector<std::pair<std::string, std::string>>
      stands_on;  ///< those of them of which the first stands on the second
};

/// Of the resources that somebody stuck waits for those that several devices use, in the order of the circle.
[[nodiscard]] std::vector<SharedThing> shared_pools(const models::Program& program, const models::StuckReport& stuck);

}  // namespace dmstall::analysis
