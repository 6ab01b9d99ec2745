// Labels of a `choose` that count as a fault, in tasks and in the flows of targets that a scenario defines.
#pragma once

#include "models/scenario/scenario.hpp"

namespace dmstall::models {

/// "faults": [] is written, or a comparison runs without faults: no such label is ever chosen.
[[nodiscard]] bool without_faults(const Scenario& scenario);

/// The steps without these branches; a choice of which nothing is left is no step.
void drop_fault_branches(Steps& steps);

[[nodiscard]] bool has_fault_branches(const Steps& steps);

[[nodiscard]] bool tasks_have_fault_branches(const Scenario& scenario);
/// Of targets that a device has.
[[nodiscard]] bool targets_have_fault_branches(const Scenario& scenario);

}  // namespace dmstall::models
