// Where a token stands, for the refusal of a move.
#pragma once

#include <string>

#include "models/machine/world.hpp"

namespace dmstall::analysis {

/// The kernel function of the step that the token is at; of a step without one, its number.
[[nodiscard]] std::string where(const models::World& world, models::TokenId token);

}  // namespace dmstall::analysis
