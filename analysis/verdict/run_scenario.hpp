// Runs one scenario through the engines and brings their findings to one verdict.
#pragma once

#include "analysis/verdict/run_options.hpp"
#include "analysis/verdict/run_report.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::analysis {

[[nodiscard]] RunReport run_scenario(const models::Scenario& scenario, const RunOptions& options);

}  // namespace dmstall::analysis
