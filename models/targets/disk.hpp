#pragma once

#include "models/targets/target_model.hpp"

namespace dmstall::models {

extern const TargetModel disk_model;

}  // namespace dmstall::models
