// The replayer: re-executes a witness step by step and says whether it really ends in a stuck set.
//
// It knows no time and no schedule: each recorded alternative must be enabled in the abstract state, and at the end
// every token of the witness must be in the stuck set. No DEADLOCK is reported that it has not confirmed.
#pragma once

#include <cstdint>

#include "analysis/engines/replay/move_refusal.hpp"
#include "models/machine/witness.hpp"

namespace dmstall::analysis {

struct Replay {
  bool confirmed = false;
  MoveRefusal refusal;  ///< why not
  std::int64_t steps = 0;
  bool relieved_by_memory = false;
  models::StuckReport report;  ///< the stuck set as the replayer sees it
};

[[nodiscard]] Replay replay(const models::Machine& machine, const models::Witness& witness);

}  // namespace dmstall::analysis
