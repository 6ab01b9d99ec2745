// Flushes on a device-mapper device: the empty flush of a table, and a write that is to come after one. A discard of a
// table of one target with several clones, which are allocated in the same way.
//
// Linux 6.1.192 and 6.12.117: drivers/md/dm.c (__send_empty_flush, __process_abnormal_io, __send_duplicate_bios,
// alloc_multiple_bios, alloc_tio, free_tio,
// __dm_io_complete, dm_wq_work), drivers/md/dm-table.c (dm_table_supports_flush), block/blk-core.c (submit_bio_noacct).
// The first clone lies in the io_bs element. Each later one takes an element of bs and keeps it on the submitter's own
// bio_list until ->submit_bio returns, unless the device below has no write cache: submit_bio_noacct completes that one
// at once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/kernel/stack.hpp"

namespace dmstall::models {

/// An empty flush to a table of targets with one clone each, in the order of the table; one device may stand there
/// often.
[[nodiscard]] Steps empty_flush(Stack& stack, DeviceIndex device, const std::vector<DeviceIndex>& targets,
                                const Io& io);

/// What a table wants of an empty flush.
enum class FlushClones : std::uint8_t {
  /// Targets with one clone each, in the order of the table; one device may stand there often.
  each_target,
  /// One target with a clone per device, allocated together: none may wait, or all are given back and taken again under
  /// md->table_devices_lock, waiting. The second round cannot use the clone in the io_bs element, which free_tio does
  /// not hand back, so it takes one element more.
  one_target
};

/// An empty flush to a table of which all targets set ti->flush_bypasses_map, as linear and striped do. With the change
/// flush_per_device the table has one clone for each of its devices, whichever target uses it: the first in the io_bs
/// element, each later one taken with GFP_NOIO when those before it are parked. The walk begins with the device that
/// the table named last (dm_get_device: list_add). Requires: `to` is not empty.
[[nodiscard]] Steps empty_flush_past_map(Stack& stack, DeviceIndex device, const std::vector<DeviceIndex>& to,
                                         FlushClones clones, const Io& io);

/// A discard or write-zeroes bio to a table of one target with a clone per device: each has its part of the range, all
/// are allocated together as those of a flush are (__send_changing_extent_only). Requires: devices is not empty.
[[nodiscard]] Steps range_together(Stack& stack, DeviceIndex device, const std::vector<DeviceIndex>& devices, Io io);

/// dm_table_supports_flush: some device below has a write cache.
[[nodiscard]] bool any_lower_has_write_cache(const Stack& stack, DeviceIndex device);

/// A write with PREFLUSH (a metadata commit) as one flow: with a write cache the empty flush comes first; on a
/// device-mapper device the data follows from its kdmflush worker (dm_wq_work). Both meet the faults of `write`.
[[nodiscard]] FlowId write_after_flush(Stack& stack, DeviceIndex device, Io write);

/// What it asks of the device, the flush first, and how that is called.
[[nodiscard]] std::vector<AskedIo> asked_after_flush(const Stack& stack, DeviceIndex device, const Io& write);
[[nodiscard]] std::string describe_after_flush(const Stack& stack, const std::vector<AskedIo>& all);

}  // namespace dmstall::models
