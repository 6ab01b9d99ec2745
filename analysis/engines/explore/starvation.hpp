// Starvation: a schedule that is fair to everybody, in which one request never goes on while others do for ever.
//
// Fair means: who could move again and again does move again and again, and takes each branch of a choice that is open
// to it again and again. A request starves when it waits and there is a round of steps, leading back to where it began,
// in which it cannot move in a single state: no promise to let everybody run helps it, only an order among the waiters
// would (a pool promises none). Who merely loses a race for what is free at times does not starve. Allocations are
// refused throughout the round.
//
// Asked of individual tokens and of every state, without reductions: a count of alike requests does not say which of
// them waits. A machine whose loops start children has no end of tokens and gets no answer.
//
// The rounds are found by the emptiness test for strong fairness: take a strongly connected component; if somebody
// could move in it and does not, drop the states in which he could, and look again at what is left. O. Lichtenstein, A.
// Pnueli, "Checking that finite state concurrent programs satisfy their linear specification", POPL 1985; E. A.
// Emerson, C.-L. Lei, "Modalities for model checking: branching time logic strikes back", Science of Computer
// Programming 8, 1987.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "models/machine/witness.hpp"

namespace dmstall::analysis {

struct Starvation {
  enum class Kind : std::uint8_t { none, starves, unknown } kind = Kind::none;  ///< unknown: too many states
  models::Witness witness;     ///< into the round and once around it; `stuck`: who starves
  std::size_t round_from = 0;  ///< the first step of the round: the steps from there on repeat for ever
};

/// Of the whole population. Requires: no reachable state has a stuck set.
[[nodiscard]] Starvation find_starvation(const models::Machine& machine, std::size_t most_states = 20'000);

/// Where steps go on for ever: the way into a round and once around it, fair to all who move.
struct EndlessRound {
  std::vector<models::RecordedStep> steps;  ///< from the start of the machine
  std::size_t round_from = 0;               ///< the first step of the round
};

/// A round that can be reached from the end of `way`; nothing where there is none or `most_states` do not show one.
/// Requires: `way` can be walked.
[[nodiscard]] std::optional<EndlessRound> find_endless_round(const models::Machine& machine,
                                                             const std::vector<models::RecordedStep>& way,
                                                             std::size_t most_states = 20'000);

}  // namespace dmstall::analysis
