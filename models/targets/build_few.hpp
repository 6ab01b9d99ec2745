// The program of a scenario in which a few stacks stand for all that are like them.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "models/machine/program.hpp"
#include "models/scenario/alike.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::models {

/// Of each kind: one stack, and another one beside it.
inline constexpr std::size_t stacks_of_few = 2;

/// `kinds`: alike_stacks of the scenario. Nothing: a second stack beside the first changes what the first does, or a
/// resource that both use, so few do not stand for many (snapshots of one origin are written to by it). What the
/// program says of itself (assumptions, sites) is said of all stacks.
[[nodiscard]] std::optional<Program> build_program_of_few(const Scenario& scenario,
                                                          const std::vector<AlikeStacks>& kinds);

}  // namespace dmstall::models
