#pragma once

#include "models/targets/target.hpp"

namespace dmstall::models {

[[nodiscard]] const Target& md_raid0_target();

}  // namespace dmstall::models
