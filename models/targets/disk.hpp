#pragma once

#include "models/targets/stack.hpp"

namespace dmstall::models {

extern const TargetModel disk_model;

}  // namespace dmstall::models
