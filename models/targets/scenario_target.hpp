// Targets that a scenario defines itself: the same stack rules, steps from the file.
//
// Every device of the target gets its own copy of the target's resources ("<device>.<resource>", sharing rules apply)
// and, like any device-mapper device, an io_bs element per bio. The first `submit` of a flow remaps the bio (the
// submitter returns below it); later ones, and those inside a workqueue, sleep until they complete. Where `on` does not
// say otherwise a lower error or bad data becomes the flow's own when nothing follows the submit.
#pragma once

#include "models/kernel/device_reserves.hpp"
#include "models/kernel/stack.hpp"

namespace dmstall::models {

[[nodiscard]] const ScenarioTarget* find_scenario_target(const Scenario& scenario, std::string_view id);

/// The steps of the target's flow for `io` on this device. A flow that is not defined: a flush completes at once, reads
/// and writes fail.
[[nodiscard]] Steps scenario_target_steps(Stack& stack, DeviceIndex device, const Io& io, const ScenarioTarget& target);

/// What the target's flow for the operation submits, each role at the addresses of the request.
[[nodiscard]] std::vector<Region> scenario_target_regions(const Stack& stack, DeviceIndex device, IoOp op,
                                                          const ScenarioTarget& target);

/// The pools of dm core and the target's resources; what one element of the former costs is not known, nor the per-bio
/// data.
[[nodiscard]] DeviceReserves scenario_target_reserves(Stack& stack, DeviceIndex device, const ScenarioTarget& target);

}  // namespace dmstall::models
