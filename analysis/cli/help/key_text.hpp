// Keys and targets of the format as topics of help.
#pragma once

#include <optional>
#include <string>

#include "models/scenario/target_description.hpp"

namespace dmstall::analysis {

/// Of an object, of a key by its path, or of all keys with that last name. Nothing: there is none.
[[nodiscard]] std::optional<std::string> key_topic(const std::string& name);

/// A target: parameters and pools.
[[nodiscard]] std::string target_topic(const models::TargetDescription& target);

}  // namespace dmstall::analysis
