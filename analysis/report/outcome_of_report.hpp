// A run in the words of a check: what it is worth there, and what is said of a process that gave no answer.
#pragma once

#include <string>

#include "analysis/use/batch/processes.hpp"
#include "analysis/use/check/check_outcome.hpp"
#include "analysis/use/check/check_scenario.hpp"
#include "analysis/verdict/run_report.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::analysis {

/// Kind, expected, found, unmet, unchecked, result; no report text. A scenario that expects nothing about a verdict
/// must make PROGRESS.
[[nodiscard]] CheckOutcome judge_report(const RunReport& report);

/// The same, with its place in the scenario's file.
[[nodiscard]] CheckOutcome judge_report(const RunReport& report, const models::Scenario& scenario);

/// judge_report, and the report as plain text.
[[nodiscard]] CheckWriters plain_check_writers();

/// "dmstall crashed: Segmentation fault: …", "INCONCLUSIVE: not finished after 55 s; --timeout raises the bound".
[[nodiscard]] std::string lost_text(const ProcessEnd& end, double timeout_s);

}  // namespace dmstall::analysis
