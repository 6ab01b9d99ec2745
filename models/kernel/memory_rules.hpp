// The scenario's memory, as a rule for each resource: what the allocator behind it may answer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/machine/resource.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::models {

/// Sets `allocator` of a soft resource. `fails` patterns match the printed name or one of `other_names` (a pool is also
/// known by its device, its target and its client), with `*` for any text; "page" and "slab" match the memory class.
void apply_memory_rule(const MemorySettings& memory, Resource& resource,
                       const std::vector<std::string>& other_names = {});

/// Whether the scenario leaves it open how many kernel threads can be made: then a search and a proof cover every
/// number. Plentiful memory makes as many as are wanted.
[[nodiscard]] bool thread_counts_are_open(const MemorySettings& memory);

/// What becomes of allocations with no pool behind them: "assumed to succeed". `refused`: where they may fail, some do.
[[nodiscard]] std::string describe_unpooled(const MemorySettings& memory, bool refused);

/// The memory assumption in words, for the report.
[[nodiscard]] std::string describe_memory(const MemorySettings& memory);

}  // namespace dmstall::models
