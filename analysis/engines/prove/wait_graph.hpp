// Who may hold what while waiting for what, over all flows of a machine: the picture behind ranks, whether or not they
// suffice for a proof.
//
// A resource graph over flows instead of processes: R. C. Holt, "Some deadlock properties of computer systems", ACM
// Computing Surveys 4(3), 1972, with reusable resources (pools, locks, threads) and consumable ones (completions,
// signals).
#pragma once

#include <string>
#include <vector>

#include "analysis/engines/prove/objection.hpp"
#include "analysis/engines/prove/waits.hpp"

namespace dmstall::analysis {

/// A thing in the order of ranks, in words.
struct RankedWait {
  std::string thing;
  std::size_t rank = 0;                ///< from 1, the highest; equal: they share it, waits go round among them
  std::vector<std::string> functions;  ///< kernel functions where it is waited for
  std::vector<std::string> held;       ///< what those who wait for it may hold, lowest rank first
  bool round = false;                  ///< waits go round here: who holds it may wait for it, however indirectly
};

struct WaitGraph {
  std::vector<RankedWait> things;  ///< all that are waited for, highest rank first
  Objection objection;             ///< any: the machine has something that ranks do not cover; no things
};

[[nodiscard]] WaitGraph wait_graph(const models::Machine& machine);

/// The same from walks that were already made.
[[nodiscard]] std::vector<RankedWait> in_words(const Things& things, const Summaries& summaries, const Waits& waits,
                                               const std::vector<Waits::Group>& groups);

}  // namespace dmstall::analysis
