// The prover's part of a run: its answer, and what an independent checker says of its certificate.
#pragma once

#include "analysis/verdict/run_scenario.hpp"

namespace dmstall::analysis {

/// Fills the report's proof and, where it is proved and the certificate is accepted, verdict, code and reason;
/// INCONCLUSIVE otherwise.
void prove_scenario(const models::Machine& machine, const RunOptions& options, RunReport& report);

}  // namespace dmstall::analysis
