#pragma once

#include "models/targets/target_model.hpp"

namespace dmstall::models {

extern const TargetModel snapshot_model;

inline constexpr int tracked_chunk_bytes =
    24;  // struct dm_snap_tracked_chunk, kept with every bio; compiled on Debian's amd64 6.1

/// A bio longer than a chunk: one bio per chunk, each submitted completely before the next.
[[nodiscard]] Steps split_by_chunk(Stack& stack, DeviceIndex index, const Io& io, std::int64_t chunk_bytes);

/// dmsetup create of a snapshot of a device that no other has: registered, then resumed.
[[nodiscard]] Steps create_snapshot(Stack& stack);

}  // namespace dmstall::models
