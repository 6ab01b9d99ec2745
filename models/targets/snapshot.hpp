#pragma once

#include "models/targets/stack.hpp"

namespace dmstall::models {

extern const TargetModel snapshot_model;

}  // namespace dmstall::models
