// Dead states and stuck sets: who can never move again, whatever the others do. A stop of the machine lets everybody
// go: nobody is stuck as long as somebody who moves may come to one.
//
// Whoever can be helped by the others is taken out, then whoever they can help, until nothing changes: the graph
// reduction of R. C. Holt, "Some deadlock properties of computer systems", ACM Computing Surveys 4(3), 1972, with what
// a token may still give (potential.hpp) in place of what it holds.
#pragma once

#include <vector>

#include "models/machine/world.hpp"

namespace dmstall::models {

/// Tokens that can never move again while allocations keep failing, whatever the other live tokens do, and the
/// requests still to come of the classes marked in `to_come` (empty: none). Sound: every token returned is stuck. Exact
/// in a dead state; elsewhere a token is left out when some other token might still give what it waits for, or
/// free a page where the memory rule is `pages`. A daemon is returned only when it holds what another stuck token waits
/// for.
[[nodiscard]] std::vector<TokenId> stuck_set(const World& world, const std::vector<bool>& to_come = {});

/// The same, but pages freed by others' completions do not count: what only memory can relieve.
[[nodiscard]] std::vector<TokenId> stuck_set_ignoring_pages(const World& world, const std::vector<bool>& to_come = {});

/// No token has an alternative that does not need the allocator, and one of them is no daemon. (An idle daemon is not
/// stuck, but one that can still move may help the others.)
[[nodiscard]] bool is_dead(const World& world);

}  // namespace dmstall::models
