#pragma once

#include "models/targets/target_model.hpp"

namespace dmstall::models {

extern const TargetModel filesystem_model;

}  // namespace dmstall::models
