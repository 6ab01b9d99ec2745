// What the devices of a scenario keep in reserve, pool by pool.
//
// Every pool that a device has counts, whether or not a request of the scenario can ever need it: the kernel fills it
// when the device is created. Sizes are those at creation; nothing resizes a pool later, least of all one that a module
// shares. Compiled sizes of Debian's Linux 6.1.192 for amd64 (4 KiB pages), rounded as the allocator rounds them;
// verity with sha256. What another page size changes: models/kernel/memory_layout; where each size comes from:
// models/kernel/sizes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/kernel/memory_layout.hpp"
#include "models/machine/resource.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::models {

struct ReservedPool {
  std::string name;           ///< as printed, a client's .pool and .bios as one: "upper.io_client", "verity.io_client"
  std::string kind;           ///< "io_client"
  std::string target;         ///< whose pool it is: "verity"
  std::string owner;          ///< the device, or the target or group that shares it; empty: the whole machine has one
  bool shared = false;        ///< belongs to a module or a group, also when a single device uses it
  std::int64_t devices = 0;   ///< that use it
  std::int64_t elements = 0;  ///< min_nr; of a client both pools have as many
  std::vector<MemoryPart> parts;  ///< empty: what an element costs is not known

  [[nodiscard]] std::int64_t bytes() const;
  /// Of these what no request can ever use: vectors for bios that need none but their own.
  [[nodiscard]] std::int64_t never_used_bytes() const;
};

struct ReservedDevice {
  std::string name, target;
  std::int64_t bytes = 0;         ///< pools of its own and `fixed`
  std::vector<MemoryPart> fixed;  ///< memory beside pools: `count` of each part
};

struct ReservedMemory {
  std::vector<ReservedPool> pools;      ///< in the order of the devices, each once; only pools that hold memory
  std::vector<ReservedDevice> devices;  ///< same index as Scenario::devices
  std::int64_t rescuers = 0;  ///< threads of WQ_MEM_RECLAIM workqueues: no reserves, but of the same order of size
  std::vector<std::string> not_counted;  ///< one sentence each
};

/// How many of the part there are in a pool of that many elements, and what they cost.
[[nodiscard]] std::int64_t part_count(const MemoryPart& part, std::int64_t elements);

/// Linear in the number of devices. Requires: the scenario passed the reader's checks.
[[nodiscard]] ReservedMemory reserved_memory(const Scenario& scenario, const MemoryLayout& layout = {});

}  // namespace dmstall::models
