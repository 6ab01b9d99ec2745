// In which scenarios an omission can matter at all.
#pragma once

#include "models/scenario/scenario.hpp"

namespace dmstall::models {

/// Some devices draw from one pool.
[[nodiscard]] bool shares_pools(const Scenario& scenario);
/// A command of the workload suspends, loads or removes something beside the I/O.
[[nodiscard]] bool has_commands(const Scenario& scenario);
/// Somebody discards or zeroes a range.
[[nodiscard]] bool has_ranges(const Scenario& scenario);
/// Allocations without a pool may fail.
[[nodiscard]] bool unpooled_fails(const Scenario& scenario);
/// Faults may hit requests.
[[nodiscard]] bool has_faults(const Scenario& scenario);
/// Somebody writes back dirty pages or makes some, with memory that is not counted (else kswapd is in the model), on a
/// release whose kswapd writes such pages itself.
[[nodiscard]] bool kswapd_may_write(const Scenario& scenario);
/// The same where files are written, by whomever.
[[nodiscard]] bool kswapd_may_write_files(const Scenario& scenario);
/// The release that is older than 6.12, or 6.12, whichever changes are switched.
[[nodiscard]] bool on_6_1(const Scenario& scenario);
[[nodiscard]] bool on_6_12(const Scenario& scenario);

}  // namespace dmstall::models
