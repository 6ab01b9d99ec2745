// A target for people: what it is made of, its parameters and pools, and what its models leave out.
#pragma once

#include <string>

#include "models/scenario/target_description.hpp"

namespace dmstall::analysis {

[[nodiscard]] std::string target_text(const models::TargetDescription& target);

}  // namespace dmstall::analysis
