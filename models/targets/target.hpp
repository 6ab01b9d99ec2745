// What a target is made of: the one value that each file pair of this folder provides. How to add one: README.md.
#pragma once

#include <vector>

#include "models/kernel/device_reserves.hpp"
#include "models/kernel/memory_layout.hpp"
#include "models/kernel/stack.hpp"
#include "models/scenario/target_description.hpp"

namespace dmstall::models {

/// The steps that serve an I/O, from dm_submit_bio to the end of the bio.
using Serve = Steps (*)(Stack&, DeviceIndex, const Io&);

/// What a device says of discards and of zeroes without data, for the whole of it.
struct Deallocation {
  Serve serve = nullptr;  ///< nullptr: no target of its table takes any
  bool (*discards)(const Stack&, DeviceIndex) = nullptr;
  std::int64_t (*write_zeroes_bytes)(const Stack&, DeviceIndex) = nullptr;  ///< most in one bio; 0: none
  std::int64_t (*granularity)(const Stack&, DeviceIndex) = nullptr;         ///< of discards, in bytes; 0: any
};

/// A table that passes everything on, with the strictest limits below it (blk_stack_limits,
/// dm_table_supports_discards).
[[nodiscard]] Deallocation as_below(Serve serve);

/// Where all devices below do (DM_TARGET_NOWAIT).
[[nodiscard]] bool nowait_as_below(const Stack& stack, DeviceIndex device);

struct Target {
  /// What a scenario file and its reader see: name, parameters, pools, entries of the ledger.
  TargetDescription description;

  // Steps are those of the whole device, dm core's io_bs handling (models/kernel/dm_core) included.
  Serve read, write, flush;
  Deallocation deallocation = {};
  /// Where an operation goes on below: every I/O that its steps make, once for each kind.
  std::vector<Region> (*regions)(const Stack&, DeviceIndex, IoOp);
  /// Largest num_flush_bios over the table's targets; nullptr: 1.
  int (*num_flush_bios)(const Stack&, DeviceIndex) = nullptr;
  /// nullptr: where a device below has one.
  bool (*has_write_cache)(const Stack&, DeviceIndex) = nullptr;
  /// Whether it takes requests that must not wait (REQ_NOWAIT); nullptr: no, they end with an error.
  bool (*takes_nowait)(const Stack&, DeviceIndex) = nullptr;
  /// A write with REQ_PREFLUSH, flush and data; nullptr: as a disk or device-mapper does it.
  Serve write_behind_flush = nullptr;

  /// Creates every pool of the device, used by a request or not, through the functions that the flows use: size,
  /// sharing and "reserve" are decided in one place. nullptr: none beside those of dm core.
  DeviceReserves (*reserves)(Stack&, DeviceIndex) = nullptr;
  /// ti->per_io_data_size, which lies in every element of io_bs and bs.
  int per_io_data_bytes = 0;
  /// What the device's parameters add to it; nullptr: nothing.
  std::int64_t (*more_per_io_data)(const Stack&, DeviceIndex, const MemoryLayout&) = nullptr;

  /// How fast a device of a target that takes time is.
  TimedDevice (*timing)(const Device&) = nullptr;
  /// How many bytes a device has; nullptr: as many as the first one below it.
  std::int64_t (*span_bytes)(const Stack&, DeviceIndex) = nullptr;
  /// What the files on a device stand on; nullptr: it holds none.
  FileHolder (*files)(const Stack&, DeviceIndex) = nullptr;
  /// Whether it reads through a page cache of its own; nullptr: no.
  bool (*caches_pages)(const Stack&, DeviceIndex) = nullptr;
  /// Adds what the device does without being asked, as a class of requests; nullptr: nothing.
  void (*run_by_itself)(Stack&, DeviceIndex) = nullptr;
  /// What a dmsetup command on the device does in its target; nullptr: nothing that waits for anybody.
  Steps (*administer)(Stack&, DeviceIndex, AdminVerb) = nullptr;
  /// What `dmsetup create` of a snapshot of any device does; of the target with TargetTraits::is_snapshot.
  Steps (*create_snapshot)(Stack&) = nullptr;
  /// Small scenarios, without "format" and release, that together walk through all of the target's code: what is
  /// modelled is listed from them (models/KERNEL.md).
  std::vector<const char*> walks = {};
};

/// All targets, in the order in which help lists them: registry.cpp.
[[nodiscard]] const std::vector<const Target*>& targets();

/// Every part of the models, by name: those of the kernel and those of the targets.
[[nodiscard]] std::vector<const ModelPart*> all_parts();

void target_runs_by_itself(Stack& stack, DeviceIndex device);

/// target_per_io_data on a machine of that layout.
[[nodiscard]] std::int64_t per_io_data_on(const Stack& stack, DeviceIndex device, const MemoryLayout& layout);

/// What a device of any target reserves, one defined in the scenario included.
[[nodiscard]] DeviceReserves target_reserves(Stack& stack, DeviceIndex device);

}  // namespace dmstall::models
