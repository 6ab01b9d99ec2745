// What would undo a deadlock: changes to the resources of its circle, each checked again.
//
// Tried are: a shared pool made private to every device, one or two elements more in a reserve, several elements taken
// at once or under a lock instead of one by one, and a workqueue of its own for one kind of work. Only changes are kept
// with which progress is proved, or the search finds no stuck set any more; how far it looked is said with each.
#pragma once

#include <vector>

#include "analysis/verdict/run_scenario.hpp"

namespace dmstall::analysis {

/// Requires: report.exploration found a deadlock. `options`: engine and bounds of the run; each change gets a few
/// seconds, all together as long as the run took, `seconds_so_far`, or some seconds; what is left out then is noted in
/// the report.
[[nodiscard]] std::vector<Repair> find_repairs(const models::Scenario& scenario, RunReport& report,
                                               const RunOptions& options, double seconds_so_far);

}  // namespace dmstall::analysis
