#pragma once

#include "models/targets/target.hpp"

namespace dmstall::models {

[[nodiscard]] const Target& loop_target();

}  // namespace dmstall::models
