// Where the hash tree of a dm-verity device lies: how many levels it has, where each begins, what a block of it covers.
//
// Linux 6.1.192 and 6.12.117: drivers/md/dm-verity-target.c (verity_ctr, verity_hash_at_level,
// verity_position_at_level). Level 0 holds the digests of data blocks, level l those of level l - 1; a block holds as
// many digests as fit, a power of two. The levels lie one behind the other from hash_start on, the highest first. Here
// a tree on the device of its data begins behind the data, a tree on another device at its beginning: there is no
// superblock.
#pragma once

#include <cstdint>

#include "models/kernel/sizes.hpp"
#include "models/kernel/stack.hpp"

namespace dmstall::models::verity {

inline constexpr int digest_bytes = structure("digests").bytes() / 2;

struct HashTree {
  std::int64_t data_blocks = 0;
  std::int64_t block_bytes = 4096;  ///< of data and of hash blocks
  int levels = 0;                   ///< 0: a device of one block, whose digest is in the table
  std::int64_t area_begin = 0;      ///< byte of the hash device where it begins

  [[nodiscard]] std::int64_t hashes_per_block() const { return block_bytes / digest_bytes; }
  /// Data blocks under one block of the level; at most all there can be.
  [[nodiscard]] std::int64_t covered_blocks(int level) const;
  [[nodiscard]] std::int64_t blocks_of(int level) const;
  /// Its first block, counted from the beginning of the tree.
  [[nodiscard]] std::int64_t first_block_of(int level) const;
  [[nodiscard]] std::int64_t blocks() const;  ///< of all levels
  /// Which block of the level is read for a data address.
  [[nodiscard]] AddressMap address(int level) const;
  /// Whether one of the fault's blocks is of this level.
  [[nodiscard]] bool has_block_of(const PlacedFault& fault, int level) const;
};

[[nodiscard]] HashTree hash_tree(const Device& device);

/// What a read comes upon: data, the tree level by level unless all of it is cached, parity.
[[nodiscard]] std::vector<Region> regions(const Stack& stack, DeviceIndex device, IoOp op);

}  // namespace dmstall::models::verity
