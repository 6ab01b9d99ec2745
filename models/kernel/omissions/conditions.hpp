// In which scenarios an omission can matter at all.
#pragma once

#include "models/scenario/scenario.hpp"

namespace dmstall::models {

/// Some devices draw from one pool.
[[nodiscard]] bool shares_pools(const Scenario& scenario);
/// A command of the workload suspends, loads or removes something beside the I/O.
[[nodiscard]] bool has_commands(const Scenario& scenario);
/// Faults may hit requests.
[[nodiscard]] bool has_faults(const Scenario& scenario);

}  // namespace dmstall::models
