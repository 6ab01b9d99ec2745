// What a timed run measured, as tables for people.
#pragma once

#include <string>

#include "analysis/verdict/run_report.hpp"

namespace dmstall::analysis {

/// Requests, devices, disks and pools with their latencies and waits, and under accounted memory how short that was.
/// Long tables are cut; the JSON has all of them. Requires: the report has a timed run.
[[nodiscard]] std::string figures_text(const RunReport& report);

}  // namespace dmstall::analysis
