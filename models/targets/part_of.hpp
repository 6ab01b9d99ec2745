// Whether one program stands unchanged in another.
#pragma once

#include "models/machine/program.hpp"

namespace dmstall::models {

/// Every resource, flow and class of `part` is in `whole` by its name, with the same values and the same steps.
[[nodiscard]] bool is_part_of(const Program& part, const Program& whole);

}  // namespace dmstall::models
