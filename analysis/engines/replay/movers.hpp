// Who of some individual tokens can ever move again when no allocation succeeds any more: asked of every schedule.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "models/machine/world.hpp"

namespace dmstall::analysis {

/// The state of the world, each token by its serial: equal words, equal behaviour of the very same tokens.
[[nodiscard]] std::vector<std::int64_t> identity(const models::World& world);

/// Serials of tokens that move in some schedule from here. Exact, where models::stuck_set is sound only; costs one
/// World per state, so nothing is answered above 20,000 states.
[[nodiscard]] std::optional<std::set<std::int64_t>> find_movers(const models::World& start);

}  // namespace dmstall::analysis
