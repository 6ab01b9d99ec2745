// One scenario against its own `expect`.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "analysis/use/check/check_outcome.hpp"
#include "analysis/verdict/run_scenario.hpp"
#include "models/scenario/diagnostics.hpp"

namespace dmstall::analysis {

/// How a report is written. The writer is handed in: what is checked knows no format.
using ReportText = std::function<std::string(const RunReport& report)>;

/// Reads and runs the file in this process, within `bounds`. A scenario that expects nothing about a verdict must make
/// PROGRESS. What did not pass carries its report as `text_of` writes it.
[[nodiscard]] CheckOutcome check_scenario(const std::string& file, std::uint64_t seed, const ReportText& text_of,
                                          const RunBounds& bounds = {});

/// What a report is worth in a check: kind, expected, found, unmet, unchecked, result; no report text.
[[nodiscard]] CheckOutcome judge_report(const RunReport& report);

/// The same, with its place in the scenario's file.
[[nodiscard]] CheckOutcome judge_report(const RunReport& report, const models::Scenario& scenario);

/// Of a file that was not accepted.
[[nodiscard]] CheckOutcome refused_outcome(const std::vector<models::Diagnostic>& diagnostics);

}  // namespace dmstall::analysis
