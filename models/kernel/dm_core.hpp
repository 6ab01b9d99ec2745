// Device-mapper core: the per-device bio_sets io_bs and bs, their sizes, and the empty flush.
//
// Linux 6.1.192: drivers/md/dm.c (alloc_io, alloc_tio, __send_empty_flush, clone_endio, __dm_io_complete,
// __dm_get_module_param), drivers/md/dm-table.c (dm_table_alloc_md_mempools).
// Leaves out: SRCU and suspend, integrity profiles, polled I/O, discards (bio_split), requeue.
#pragma once

#include "models/kernel/device_reserves.hpp"
#include "models/kernel/stack.hpp"

namespace dmstall::models {

/// dm_mod.reserved_bio_based_ios as the kernel uses it: 0 means the default of 16, more than 1024 means 1024.
/// Range of `written`: 0…65535. Source: drivers/md/dm.c:__dm_get_module_param, dm-core.h:DM_RESERVED_MAX_IOS.
[[nodiscard]] int effective_reserved_ios(int written);

/// struct dm_io with its embedded first clone: one per bio and level, back before the upper level's end_io runs.
[[nodiscard]] ResourceId io_bs(Stack& stack, DeviceIndex device);

/// Further clones: flushes to the second and later targets of a table.
[[nodiscard]] ResourceId bs(Stack& stack, DeviceIndex device);

/// What dm core reserves for any device: io_bs, bs, the structure they lie in, the rescuer of kdmflush. Sizes of their
/// elements follow from the target's per-bio data. bio_split is not part of it: it belongs to the gendisk, like a disk's.
[[nodiscard]] DeviceReserves core_reserves(Stack& stack, DeviceIndex device);

/// A bio that needs one clone: element, `inner` (ends every path in give_io_and_finish).
[[nodiscard]] Steps one_clone(Stack& stack, DeviceIndex device, Steps inner);

/// __dm_io_complete: the element goes back, then the upper level hears of the completion.
[[nodiscard]] Steps end_io(Stack& stack, DeviceIndex device, Status status);

/// Remap: the whole bio goes to one lower flow and its status comes back unchanged.
[[nodiscard]] Steps remap(Stack& stack, DeviceIndex device, FlowId lower, AddressMap address = {});

/// An empty flush to lower devices, one clone each; a lower device without write cache completes it at once.
[[nodiscard]] Steps empty_flush(Stack& stack, DeviceIndex device, const std::vector<DeviceIndex>& targets);

/// A write with PREFLUSH (a metadata commit) as one flow: with a write cache the empty flush comes first; on a device-mapper device the
/// data follows from its kdmflush worker (dm_wq_work).
[[nodiscard]] FlowId write_after_flush(Stack& stack, DeviceIndex device, Io write);

/// A bio that straddles two targets of a table: the first part is submitted completely before the remainder.
struct Part {
  FlowId lower = no_flow;
  AddressMap address;
};
[[nodiscard]] Steps split_in_two(Stack& stack, DeviceIndex device, const Part& first, const Part& second);

}  // namespace dmstall::models
