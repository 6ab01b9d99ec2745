// What a scenario expects, held against what was found.
#pragma once

#include <string>
#include <vector>

#include "analysis/verdict/run_scenario.hpp"

namespace dmstall::analysis {

/// What of `expect` the report does not meet, one line each; empty when all is as expected.
[[nodiscard]] std::vector<std::string> unmet_expectations(const RunReport& report);

/// Keys of `expect` that the engines asked cannot decide ("min_requests" by one timed run, …); bytes_at_most where
/// sizes are not known.
[[nodiscard]] std::vector<std::string> unchecked_expectations(const RunReport& report);

}  // namespace dmstall::analysis
