// What the prover says of a machine, and an independent checker of its certificate.
#pragma once

#include "analysis/verdict/finding.hpp"
#include "analysis/verdict/run_options.hpp"
#include "models/machine/machine.hpp"

namespace dmstall::analysis {

/// PROGRESS where it is proved and the certificate is accepted, INCONCLUSIVE otherwise. `alone`: nobody comes after it,
/// so it may use all of the time.
[[nodiscard]] Finding prove_scenario(const models::Machine& machine, const RunOptions& options, bool alone);

}  // namespace dmstall::analysis
