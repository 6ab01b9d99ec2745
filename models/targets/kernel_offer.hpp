// What a kernel, or the scenario, offers to whoever wants a pool, or the code that takes from it, otherwise: in a few
// words.
#pragma once

#include <string>

#include "models/machine/resource.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::models {

/// A pool for every device, where a scenario lets devices share it: the kernel has none that is shared, and of an own
/// target the scenario says how its pools are shared.
[[nodiscard]] std::string offer_of_pools_per_device(const Scenario& scenario, const Resource& resource);
/// The same for all pools of the scenario.
[[nodiscard]] std::string offer_of_all_pools_per_device(const Scenario& scenario);

/// Another number of elements.
[[nodiscard]] std::string offer_of_another_size(const Scenario& scenario, const Resource& resource);

/// Anything that the code around the resource does not do.
[[nodiscard]] std::string offer_of_other_code(const Scenario& scenario, const Resource& resource);

}  // namespace dmstall::models
