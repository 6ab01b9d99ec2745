#pragma once

#include "models/targets/stack.hpp"

namespace dmstall::models {

extern const TargetModel linear_model;

}  // namespace dmstall::models
