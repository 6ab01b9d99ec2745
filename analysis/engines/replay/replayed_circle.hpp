// Where the circle of a witness stands, by replaying it.
#pragma once

#include <vector>

#include "models/machine/circle_places.hpp"
#include "models/machine/witness.hpp"

namespace dmstall::analysis {

/// Empty when the witness is not confirmed. Requires: the machine is the one that the witness was found in.
[[nodiscard]] std::vector<models::WaitPlace> replayed_circle(const models::Machine& machine,
                                                             const models::Witness& witness);

}  // namespace dmstall::analysis
