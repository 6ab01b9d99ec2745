// A target that the scenario defines itself, described like those of the registry: who asks for a target of a device
// gets one description, wherever it comes from.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/scenario/scenario.hpp"
#include "models/scenario/target_description.hpp"

namespace dmstall::models {

/// Its roles as parameters, its resources as pools; a workqueue is one pool, as those of the kernel's targets are. A
/// write goes on to the roles that its write flow submits writes to.
[[nodiscard]] TargetDescription describe_own(const ScenarioTarget& target);

/// Of the scenario's own targets and those of the registry; nullptr when there is none of that id.
[[nodiscard]] const TargetDescription* target_of(const Scenario& scenario, std::string_view id);

/// Those of the registry, then the scenario's own in file order.
[[nodiscard]] std::vector<const TargetDescription*> all_targets(const Scenario& scenario);

[[nodiscard]] std::vector<std::string> ids_of_targets(const Scenario& scenario);

/// Pools of its devices: those of dm core where it has them, then its own.
[[nodiscard]] std::vector<PoolDescription> pools_of(const TargetDescription& target);

/// Where a workqueue's threads stand among the pools of a device: behind its name.
inline constexpr std::string_view thread_part = ".thread";

/// The resource's pool without its part: "kcryptd" for the threads of the workqueue kcryptd.
[[nodiscard]] std::string own_pool_name(const Resource& resource);

}  // namespace dmstall::models
