// What the timed engine says of a scenario.
#pragma once

#include "analysis/verdict/finding.hpp"
#include "analysis/verdict/run_options.hpp"
#include "models/machine/machine.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::analysis {

/// Runs the machine once, within the bounds of flag, file and default.
[[nodiscard]] Finding simulate_scenario(const models::Scenario& scenario, const models::Machine& machine,
                                        const RunOptions& options);

}  // namespace dmstall::analysis
