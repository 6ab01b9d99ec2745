// What the replayer says of a witness that came from outside.
#pragma once

#include <string>
#include <variant>

#include "analysis/verdict/finding.hpp"
#include "models/machine/machine.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::analysis {

/// What a document says of itself: nothing of it but the moves is printed as found.
struct ClaimedWitness {
  std::string file;  ///< of the document
  Engine engine = Engine::simulate;
  models::VerdictKind verdict = models::VerdictKind::inconclusive;
  models::Witness witness;
};

struct ReplayRefusal {
  MoveRefusal why;
};

/// The stuck set that the moves end in, or why they cannot be walked. Requires: `machine` was built from the scenario,
/// for a witness of the search as searched_machine makes it.
[[nodiscard]] std::variant<Finding, ReplayRefusal> replay_scenario(const models::Scenario& scenario,
                                                                   const models::Machine& machine,
                                                                   const ClaimedWitness& claimed);

}  // namespace dmstall::analysis
