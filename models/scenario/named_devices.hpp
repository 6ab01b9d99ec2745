// Which devices the parameters of a device name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/scenario/scenario.hpp"

namespace dmstall::models {

/// The devices that a value names, in its order; none where the parameter is no role.
[[nodiscard]] std::vector<std::string> named_devices(const ParameterValue& value);

/// What a role of the device names; empty: nothing.
[[nodiscard]] std::vector<std::string> devices_in(const Device& device, std::string_view role);

}  // namespace dmstall::models
