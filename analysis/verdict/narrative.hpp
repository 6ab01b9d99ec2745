// A witness in words: who did what, step by step.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "models/machine/witness.hpp"
#include "models/machine/world.hpp"

namespace dmstall::analysis {

/// One step of a witness. Everybody counts steps as it does, from 1: "since step 61" is `number` 61 here, in --steps,
/// in the JSON and in the moves of a witness file.
struct NarratedStep {
  std::int64_t number = 0;
  std::string who, what, functions;
  std::int64_t request = -1;  ///< serial of the request it works for
  models::ResourceId resource =
      models::no_resource;              ///< that it takes, gives or waits for, where that is a thing with elements
  std::int32_t free = 0;                ///< elements of `resource` after the step
  bool quiet = false;                   ///< nothing of it shows outside of its thread: a test, a note
  models::NodeId at = models::no_node;  ///< where the token stood; no_node: a request starts
};

/// Walks the witness; `told` sees each step, and the world after it. Ends where the witness does not replay, and before
/// it begins when numbers have gaps.
void walk(const models::Machine& machine, const models::Witness& witness,
          const std::function<void(NarratedStep step, const models::World& after)>& told);

/// All steps, or none where the record has gaps. Requires: the witness replays on the machine.
[[nodiscard]] std::vector<NarratedStep> narrate(const models::Machine& machine, const models::Witness& witness);

}  // namespace dmstall::analysis
