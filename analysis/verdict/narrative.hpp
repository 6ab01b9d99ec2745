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

/// "step 58: kverityd/upper takes 1 verity.recheck_pool from the reserve (0 of 1 left)   [verity_recheck <
/// verity_work]"
[[nodiscard]] std::string to_text(const NarratedStep& step);

}  // namespace dmstall::analysis
