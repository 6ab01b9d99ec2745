// The one place where a report is made: of findings, of a witness that was replayed, or of why there is neither.
#pragma once

#include <string>
#include <vector>

#include "analysis/verdict/finding.hpp"
#include "analysis/verdict/run_report.hpp"
#include "models/machine/machine.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::analysis {

/// What is known before any engine is asked.
[[nodiscard]] RunReport empty_report(const models::Scenario& scenario, Engine asked);

/// The verdict of all findings (one_verdict), and what they rest on. Requires: there is a finding; `report` is an
/// empty_report; `machine` is the one that was searched and proved, else the one that was run.
void fill(RunReport& report, std::vector<Finding> findings, models::Machine machine);

/// Of a file without a verdict.
[[nodiscard]] RunReport failed_report(const std::string& file, models::ExitCode code, Reason error);
/// Of a file whose bounds were over before there was a verdict.
[[nodiscard]] RunReport open_report(const std::string& file, Reason bound);

}  // namespace dmstall::analysis
