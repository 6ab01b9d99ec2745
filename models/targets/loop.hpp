#pragma once

#include "models/targets/target_model.hpp"

namespace dmstall::models {

extern const TargetModel loop_model;

}  // namespace dmstall::models
