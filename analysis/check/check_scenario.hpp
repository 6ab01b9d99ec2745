// One scenario against its own `expect`.
#pragma once

#include <cstdint>
#include <string>

#include "analysis/check/check_outcome.hpp"
#include "analysis/run/run_scenario.hpp"

namespace dmstall::analysis {

/// Reads and runs the file in this process. A scenario that expects nothing about a verdict must make PROGRESS.
[[nodiscard]] CheckOutcome check_scenario(const std::string& file, std::uint64_t seed);

/// What a report is worth in a check: kind, expected, found, unmet, unchecked, result; no report text.
[[nodiscard]] CheckOutcome judge_report(const RunReport& report);

}  // namespace dmstall::analysis
