// How a flow can end: the statuses that its caller may see, whatever the schedule.
#pragma once

#include "models/machine/program.hpp"

namespace dmstall::models {

struct Delivered {
  bool ok = false, bad = false, error = false;
};

/// Follows every branch; of a call those whose status the called flow can deliver. Requires: the flow and those it
/// calls are built.
[[nodiscard]] Delivered delivered(const Program& program, FlowId flow);

/// Keeps the answer in the program, so that asking about a flow does not walk all that lies below it. For a flow whose
/// steps have just been built; nothing is kept where it leads to one that has not.
void note_ends(Program& program, FlowId flow);

}  // namespace dmstall::models
