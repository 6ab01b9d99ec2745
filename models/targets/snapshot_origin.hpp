#pragma once

#include "models/targets/target.hpp"

namespace dmstall::models {

[[nodiscard]] const Target& snapshot_origin_target();

/// The part of the ledger that is about writes of an origin, from wherever they come.
[[nodiscard]] const ModelPart& snapshot_origin_part();

}  // namespace dmstall::models
