// Checks a certificate against a machine: rebuilds who waits for what while holding what, and the equations, on its
// own.
//
// Shares no code with the prover. Reads the graph of steps, not its semantics.
#pragma once

#include <cstddef>

#include "analysis/engines/prove/certificate.hpp"
#include "analysis/engines/verify/refusal.hpp"
#include "models/machine/machine.hpp"

namespace dmstall::analysis {

struct Verification {
  bool accepted = false;
  Refusal refusal;            ///< why not
  bool gave_up = false;       ///< not accepted, and nothing is said against it: it is too large to be checked
  std::size_t positions = 0;  ///< that were walked
  std::size_t columns = 0;    ///< of all equations together
};

/// Requires: `machine` is what the certificate is about (the scenario with or without faults; see explore.hpp for
/// threads).
[[nodiscard]] Verification verify(const models::Machine& machine, const Certificate& certificate);

}  // namespace dmstall::analysis
