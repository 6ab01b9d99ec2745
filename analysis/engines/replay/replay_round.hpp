// The replayer of a round that repeats for ever: walks into it and once around, and says whether it starves whom it
// should.
#pragma once

#include <cstddef>
#include <string>

#include "analysis/engines/replay/move_refusal.hpp"
#include "models/machine/witness.hpp"

namespace dmstall::analysis {

struct RoundReplay {
  bool confirmed = false;
  MoveRefusal refusal;         ///< why not
  models::StuckReport report;  ///< who starves, as they stand where the round begins
};

/// Confirmed when the steps from number `round_from` on lead back to the very state where they begin, the witness's
/// `stuck` can move nowhere in between without the allocator, and whoever can move somewhere does (of a choice, by each
/// branch that is open): then the round may be walked for ever and is fair to everybody.
[[nodiscard]] RoundReplay replay_round(const models::Machine& machine, const models::Witness& witness,
                                       std::size_t round_from);

}  // namespace dmstall::analysis
