// What pools are called: in "reserve" and "sharing" by target, in "fails" and reports as they are printed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/scenario/diagnostics.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::models {

/// The closed list of a target: the pools of dm core, then its own.
[[nodiscard]] std::vector<std::string> pools_of_target(const Scenario& scenario, std::string_view target);

/// Those that "reserve" can size.
[[nodiscard]] std::vector<std::string> sizes_of_target(const Scenario& scenario, std::string_view target);

/// Whether the machine has one pool of that name, whatever its devices are, where no sharing rule says otherwise.
[[nodiscard]] bool is_machine_wide(std::string_view target, std::string_view pool);

/// Why `name` is no pool of the target, with a hint.
[[nodiscard]] std::string unknown_pool(Diagnostics& diagnostics, const std::string& name, const std::string& target,
                                       const std::vector<std::string>& pools);

/// Every name under which a pool of the scenario may be meant: "device.pool" and "target.pool", "group.pool" where a
/// group shares it, clients also with ".pool" and ".bios"; of tasks the names of their resources. Each once.
[[nodiscard]] std::vector<std::string> printed_pool_names(const Scenario& scenario);

/// `*` stands for any text, also none.
[[nodiscard]] bool matches_pattern(std::string_view pattern, std::string_view text);

}  // namespace dmstall::models
