#pragma once

#include "models/targets/target.hpp"

namespace dmstall::models {

[[nodiscard]] const Target& linear_target();

}  // namespace dmstall::models
