// A witness in words: who did what, step by step.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "models/machine/witness.hpp"
#include "models/machine/world.hpp"

namespace dmstall::analysis {

struct NarratedStep {
  std::int64_t number = 0;  ///< of the witness, from 1; steps not worth a line are left out
  std::string who, what, functions;
  std::int64_t request = -1;  ///< serial of the request it works for
};

/// Walks the witness; `told` sees each step, and the world after it. A step that is not worth a line has no text. Ends
/// where the witness does not replay, and before it begins when numbers have gaps.
void walk(const models::Machine& machine, const models::Witness& witness,
          const std::function<void(NarratedStep step, const models::World& after)>& told);

/// Requires: the witness replays on the machine.
[[nodiscard]] std::vector<NarratedStep> narrate(const models::Machine& machine, const models::Witness& witness);

}  // namespace dmstall::analysis
