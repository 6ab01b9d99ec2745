#pragma once

#include "models/targets/target.hpp"

namespace dmstall::models {

[[nodiscard]] const Target& striped_target();

}  // namespace dmstall::models
