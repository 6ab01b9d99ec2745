// The search's part of a report.
#pragma once

#include "analysis/run/run_scenario.hpp"

namespace dmstall::analysis {

/// Searches every schedule of report.machine and fills in `exploration`, verdict and reason.
void explore_scenario(const models::Scenario& scenario, const RunOptions& options, RunReport& report);

}  // namespace dmstall::analysis
