#pragma once

#include "models/targets/target.hpp"

namespace dmstall::models {

[[nodiscard]] const Target& snapshot_merge_target();

}  // namespace dmstall::models
