// The scenario's memory, as a rule for each resource: what the allocator behind it may answer.
#pragma once

#include "models/machine/resource.hpp"
#include "models/scenario/scenario.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dmstall::models {

/// Sets `allocator` of a soft resource. `fails` patterns match the printed name, with `*` for any text; "page" and
/// "slab" match the memory class.
void apply_memory_rule(const MemorySettings& memory, Resource& resource);

[[nodiscard]] bool matches_pattern(std::string_view pattern, std::string_view text);

/// The memory assumption in words, for the report.
[[nodiscard]] std::string describe_memory(const MemorySettings& memory);

}  // namespace dmstall::models
