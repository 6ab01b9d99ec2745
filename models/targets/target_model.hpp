// How one target behaves: what each file of this folder provides.
#pragma once

#include <string_view>

#include "models/kernel/device_reserves.hpp"
#include "models/kernel/stack.hpp"

namespace dmstall::models {

/// What a device says of discards and of zeroes without data, for the whole of it.
struct Deallocation {
  Steps (*serve)(Stack&, DeviceIndex, const Io&) = nullptr;  ///< nullptr: no target of its table takes any
  bool (*discards)(const Stack&, DeviceIndex) = nullptr;
  std::int64_t (*write_zeroes_bytes)(const Stack&, DeviceIndex) = nullptr;  ///< most in one bio; 0: none
  std::int64_t (*granularity)(const Stack&, DeviceIndex) = nullptr;         ///< of discards, in bytes; 0: any
};

/// A table that passes everything on, with the strictest limits below it (blk_stack_limits,
/// dm_table_supports_discards).
[[nodiscard]] Deallocation as_below(Steps (*serve)(Stack&, DeviceIndex, const Io&));

/// Steps are those of the whole device, dm core's io_bs handling (models/kernel/dm_core) included.
struct TargetModel {
  std::string_view id;
  Steps (*read)(Stack&, DeviceIndex, const Io&);
  Steps (*write)(Stack&, DeviceIndex, const Io&);
  Steps (*flush)(Stack&, DeviceIndex, const Io&);
  /// Where an operation goes on below: every I/O that its steps make, once for each kind.
  std::vector<Region> (*regions)(const Stack&, DeviceIndex, IoOp);
  int (*num_flush_bios)(const Stack&, DeviceIndex);  ///< largest over the table's targets
  bool (*has_write_cache)(const Stack&, DeviceIndex);
  /// Creates every pool of the device, used by a request or not, through the functions that the flows use: size,
  /// sharing and "reserve" are decided in one place.
  DeviceReserves (*reserves)(Stack&, DeviceIndex);
  int per_io_data_bytes;  ///< ti->per_io_data_size
  /// What a dmsetup command on the device does in its target; none: nothing that waits for anybody.
  Steps (*administer)(Stack&, DeviceIndex, AdminVerb) = nullptr;
  /// What the device's parameters add to it; nullptr: nothing.
  int (*more_per_io_data)(const Stack&, DeviceIndex) = nullptr;
  /// How fast a device of a target that takes time is.
  TimedDevice (*timing)(const Device&) = nullptr;
  /// How many bytes a device has; nullptr: as many as the first one below it.
  std::int64_t (*span_bytes)(const Stack&, DeviceIndex) = nullptr;
  /// What the files on a device stand on; nullptr: it holds none.
  FileHolder (*files)(const Stack&, DeviceIndex) = nullptr;
  /// Whether it reads through a page cache of its own; nullptr: no.
  bool (*caches_pages)(const Stack&, DeviceIndex) = nullptr;
  /// Adds what the device does without being asked, as a class of requests; none: nothing.
  void (*run_by_itself)(Stack&, DeviceIndex) = nullptr;
  Deallocation deallocation = {};
};

void target_runs_by_itself(Stack& stack, DeviceIndex device);

/// What a device of any target reserves, one defined in the scenario included.
[[nodiscard]] DeviceReserves target_reserves(Stack& stack, DeviceIndex device);

}  // namespace dmstall::models
