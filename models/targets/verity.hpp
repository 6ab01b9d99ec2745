#pragma once

#include "models/targets/stack.hpp"

namespace dmstall::models {

extern const TargetModel verity_model;

}  // namespace dmstall::models
