// What repeats for ever: requests that never move beside others that do, and requests that move without end.
//
// Under strong fairness an endless run ends in a group of states that all reach each other and nothing else, where
// allocations may be refused for ever. Who never moves in such a group is stuck; a request that moves there is never
// going to finish (livelock).
//
// Strong fairness, "what is possible again and again is done again and again", is that of J. P. Queille, J. Sifakis,
// "Fairness and related properties in transition systems: a temporal logic to deal with fairness", Acta Informatica 19,
// 1983. It is asked of every step but those that need the allocator, in a finite space: a fair run settles in a bottom
// strongly connected component of these steps, one that none of them leaves (R. Tarjan's algorithm,
// models/machine/graph).
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "analysis/engines/explore/concrete.hpp"
#include "analysis/engines/explore/search.hpp"

namespace dmstall::analysis {

struct LoopAnswer {
  enum class Kind : std::uint8_t { none, stuck, livelock, unknown } kind = Kind::none;
  StateIndex at = 0;                 ///< a cheapest state of the group
  std::vector<std::int64_t> tokens;  ///< serials: stuck, or moving without end
};

/// Requires: the search has exhausted its space. `follow` leads to a state with individual tokens.
[[nodiscard]] LoopAnswer find_endless(Search& search, const std::function<Concrete(StateIndex)>& follow);

}  // namespace dmstall::analysis
