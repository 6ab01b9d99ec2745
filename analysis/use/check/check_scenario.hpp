// One scenario against its own `expect`.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "analysis/use/check/check_outcome.hpp"
#include "analysis/verdict/bounds.hpp"
#include "analysis/verdict/run_report.hpp"
#include "models/scenario/diagnostics.hpp"

namespace dmstall::analysis {

/// What is said of a report, and how. The writers are handed in: what is checked knows no words and no format.
struct CheckWriters {
  /// What the report is worth in a check, with its place in the scenario's file.
  std::function<CheckOutcome(const RunReport& report, const models::Scenario& scenario)> outcome;
  std::function<std::string(const RunReport& report)> report;
  /// What stands for it in a page to look at; may be empty: no page is asked for.
  std::function<std::string(const RunReport& report, const models::Scenario& scenario, const CheckOutcome& outcome)>
      page = nullptr;
};

/// Reads and runs the file in this process, within `bounds`, on the release that is given or else on its own. What did
/// not pass carries its report.
[[nodiscard]] CheckOutcome check_scenario(const std::string& file, std::uint64_t seed, const CheckWriters& writers,
                                          const RunBounds& bounds = {}, const std::string& release = {});

/// Of a file that was not accepted.
[[nodiscard]] CheckOutcome refused_outcome(const std::vector<models::Diagnostic>& diagnostics);

}  // namespace dmstall::analysis
