// The timed engine's part of a report.
#pragma once

#include "analysis/verdict/run_scenario.hpp"

namespace dmstall::analysis {

/// Runs the machine once and fills in `simulation`, verdict and reason.
void simulate_scenario(const models::Scenario& scenario, const models::Machine& machine, const RunOptions& options,
                       RunReport& report);

}  // namespace dmstall::analysis
