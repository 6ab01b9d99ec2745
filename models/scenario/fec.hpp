// Forward error correction of a device, where it has any.
#pragma once

#include "models/scenario/scenario.hpp"

namespace dmstall::models {

/// nullptr: none.
[[nodiscard]] const FecSettings* fec_of(const Device& device);

}  // namespace dmstall::models
