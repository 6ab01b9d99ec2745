// What the search says of a scenario.
#pragma once

#include "analysis/verdict/finding.hpp"
#include "analysis/verdict/run_options.hpp"
#include "models/machine/machine.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::analysis {

/// The scenario's machine as a search reads it: where the scenario does not say whether new kernel threads can be had,
/// any number of them can. Requires: `machine` was built from the scenario.
[[nodiscard]] models::Machine searched_machine(const models::Scenario& scenario, models::Machine machine);

/// What a confirmed stuck set is: a DEADLOCK, or a STALL where memory would relieve it and the scenario says that it
/// returns.
[[nodiscard]] models::VerdictKind verdict_of_stuck(const models::MemorySettings& memory, Engine engine,
                                                   bool relieved_by_memory);

/// Searches every schedule of the machine; what it finds is replayed.
[[nodiscard]] Finding explore_scenario(const models::Scenario& scenario, const models::Machine& machine,
                                       const RunOptions& options);

}  // namespace dmstall::analysis
