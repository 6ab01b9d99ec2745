#pragma once

#include "models/targets/target.hpp"

namespace dmstall::models {

[[nodiscard]] const Target& snapshot_target();

// What a snapshot that is being merged has, too.

[[nodiscard]] const ModelPart& snapshot_part();
[[nodiscard]] std::vector<PoolDescription> snapshot_pools();
/// Memory of its tables, which has no size that a scenario says.
[[nodiscard]] std::string uncounted_exception_tables();
[[nodiscard]] DeviceReserves snapshot_reserves(Stack& stack, DeviceIndex index);

/// A bio longer than a chunk: one bio per chunk, each submitted completely before the next.
[[nodiscard]] Steps split_by_chunk(Stack& stack, DeviceIndex index, const Io& io, std::int64_t chunk_bytes);

}  // namespace dmstall::models
