// Breadth-first search with the code under test: compile(), World and is_dead(), and nothing clever around them.
//
// Beside a plain oracle this answers the same questions, so that a difference points at models/machine and not at an
// engine's reductions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "models/machine/stuck.hpp"

namespace dmstall::tests {

struct WorldAnswer {
  bool known = false;
  std::size_t states = 0;
  bool dead = false, can_complete = false, error = false;
  int steps_to_dead = -1;
};

/// All requests of the machine's classes, started at once.
[[nodiscard]] models::World whole_population(const models::Machine& machine);

/// The state of the world in words: equal words, equal behaviour.
[[nodiscard]] std::vector<std::int32_t> key(const models::World& world);

[[nodiscard]] WorldAnswer search_world(const models::Machine& machine, std::size_t state_cap);

}  // namespace dmstall::tests
