// Where the threads of a circle of waits stand in the scenario.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/machine/world.hpp"

namespace dmstall::models {

struct WaitPlace {
  std::string who;           ///< as in StuckReport
  std::int64_t token = -1;   ///< serial
  bool in_call = false;      ///< asleep in a call: the next one of its token waits
  std::string device;        ///< whose code it waits in; empty for tasks
  int line = 0, column = 0;  ///< of the step it waits at, where the scenario has written it; 0: nowhere
};

/// Of the threads with which explain()'s report begins: those of the circle, in its order; without a circle all of
/// them.
[[nodiscard]] std::vector<WaitPlace> circle_places(const World& world, const std::vector<TokenId>& stuck);

}  // namespace dmstall::models
