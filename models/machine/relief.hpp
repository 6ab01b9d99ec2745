// Whether memory that is back lets stuck requests finish.
#pragma once

#include <cstdint>
#include <vector>

#include "models/machine/witness.hpp"

namespace dmstall::models {

/// Per class of requests: how many of the scenario have not started yet. Shorter than the classes: none of the rest.
using LaterRequests = std::vector<std::int64_t>;

/// Of the classes' totals, what these steps have not started.
[[nodiscard]] LaterRequests later_requests(const Machine& machine, const std::vector<RecordedStep>& steps);

/// From this state, with the allocator succeeding from now on and no new faults: do all of `stuck` finish? Whenever
/// nobody moves any more, requests of `later` come, within the places in flight of their class: a buffer that one of
/// them gives back wakes whoever sleeps for one. Work items that a rescuer has taken to itself wait for it, whatever
/// threads can be made: kernel/workqueue.c, rescuer_thread (6.1.192), moves all queued items of its queue to its own
/// list at once and runs them one after the other. Runs on a copy; gives up (false) after `step_limit` steps.
[[nodiscard]] bool relieved_by_memory(const World& world, const std::vector<TokenId>& stuck,
                                      const LaterRequests& later = {}, std::int64_t step_limit = 2'000'000);

}  // namespace dmstall::models
