// A witness in words: who did what, step by step.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/machine/witness.hpp"

namespace dmstall::analysis {

struct NarratedStep {
  std::int64_t number = 0;  ///< of the witness, from 1; steps not worth a line are left out
  std::string who, what, functions;
  std::int64_t request = -1;  ///< serial of the request it works for
};

/// Requires: the witness replays on the machine.
[[nodiscard]] std::vector<NarratedStep> narrate(const models::Machine& machine, const models::Witness& witness);

}  // namespace dmstall::analysis
