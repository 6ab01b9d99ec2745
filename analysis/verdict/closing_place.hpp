// Where in its file a verdict has its place: for services that show findings at a line.
#pragma once

#include <cstddef>
#include <string>

#include "analysis/verdict/run_report.hpp"

namespace dmstall::analysis {

struct ClosingPlace {
  std::string who;  ///< device or task; empty: unknown
  int line = 1, column = 1;
  std::size_t in_circle = 0;  ///< so many of the threads of the report are a circle
};

/// The device whose wait closes the circle: of the threads in it, the one that came last to its wait. For tasks and
/// scenario-defined targets the step it waits at. Without a stuck set the first of what the scenario defines.
[[nodiscard]] ClosingPlace closing_place(const models::Scenario& scenario, const RunReport& report);

}  // namespace dmstall::analysis
