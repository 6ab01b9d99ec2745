#pragma once

#include "models/targets/target_model.hpp"

namespace dmstall::models {

extern const TargetModel snapshot_merge_model;

}  // namespace dmstall::models
