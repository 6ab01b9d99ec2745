#pragma once

#include "models/targets/target.hpp"

namespace dmstall::models {

[[nodiscard]] const Target& filesystem_target();

}  // namespace dmstall::models
