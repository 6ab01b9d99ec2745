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

inline constexpr int tracked_chunk_bytes =
    24;  // struct dm_snap_tracked_chunk, kept with every bio; compiled on Debian's amd64 6.1

/// A bio longer than a chunk: one bio per chunk, each submitted completely before the next.
[[nodiscard]] Steps split_by_chunk(Stack& stack, DeviceIndex index, const Io& io, std::int64_t chunk_bytes);

}  // namespace dmstall::models
