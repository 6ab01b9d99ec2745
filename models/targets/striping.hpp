// Chunks that go round several devices: chunk k of n devices lies on device k mod n, which keeps its chunks one behind
// the other. What dm-stripe and md's RAID0 share; who takes what for a part is theirs.
//
// Linux 6.1.192 and 6.12.117: drivers/md/dm-stripe.c (stripe_map_sector), drivers/md/raid0.c (map_sector).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "models/kernel/stack.hpp"

namespace dmstall::models {

struct Striping {
  std::vector<DeviceIndex> to;
  std::int64_t chunk_bytes = 0;

  [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(to.size()); }
  [[nodiscard]] std::int64_t period_bytes() const { return chunk_bytes * count(); }
  [[nodiscard]] DeviceIndex device_of(std::int64_t chunk) const {
    return to[static_cast<std::size_t>(chunk % count())];
  }
  /// From the address of a request that begins in one of the first `count` chunks to byte `offset` of `chunk` on its
  /// device. Of the place within the request's own chunk nothing is kept.
  [[nodiscard]] AddressMap address(std::int64_t chunk, std::int64_t offset) const;
};

/// Of a device with "to" and "chunk_kib".
[[nodiscard]] Striping striping_of(const Stack& stack, DeviceIndex device);

/// What is done with a request that begins `offset` bytes into a chunk, counted from 0 to count - 1.
using AtPlace = std::function<Steps(std::int64_t chunk, std::int64_t offset)>;

/// Requests of `bytes`, which begin at multiples of what their size and the chunk have in common. `inside`: of those
/// that lie in one chunk, wherever in it; `across`: of each other place.
[[nodiscard]] Steps by_place(const Stack& stack, DeviceIndex device, const Striping& striping, std::int64_t bytes,
                             const std::string& function, const AtPlace& inside, const AtPlace& across);

/// The regions of an operation that goes to the chunks of its addresses.
[[nodiscard]] std::vector<Region> chunk_regions(const Striping& striping, IoOp op);

}  // namespace dmstall::models
