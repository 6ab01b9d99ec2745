// Device-mapper core: the per-device bio_sets io_bs and bs, their sizes, one clone per bio, and splits.
//
// Linux 6.1.192 and 6.12.117: drivers/md/dm.c (alloc_io, alloc_tio, dm_split_and_process_bio, max_io_len, clone_endio,
// __dm_io_complete,
// __dm_get_module_param), drivers/md/dm-table.c (dm_table_alloc_md_mempools).
#pragma once

#include "models/kernel/device_reserves.hpp"
#include "models/kernel/dm_flush.hpp"
#include "models/kernel/stack.hpp"

namespace dmstall::models {

/// dm_mod.reserved_bio_based_ios as the kernel uses it: 0 means the default of 16, more than 1024 means 1024.
/// Range of `written`: 0…65535. Source: drivers/md/dm.c:__dm_get_module_param, dm-core.h:DM_RESERVED_MAX_IOS.
[[nodiscard]] int effective_reserved_ios(int written);

/// Bytes of a bio with the structure that lies `bio_offset` before it and the target's data in front of that
/// (dm_table_alloc_md_mempools).
[[nodiscard]] std::int32_t core_bio_bytes(std::int64_t per_io_data, std::int32_t bio_offset);

/// struct dm_io with its embedded first clone: one per bio and level, back before the upper level's end_io runs.
[[nodiscard]] ResourceId io_bs(Stack& stack, DeviceIndex device);

/// Further clones: flushes to the second and later targets of a table.
[[nodiscard]] ResourceId bs(Stack& stack, DeviceIndex device);

/// What dm core reserves for any device: io_bs, bs, the structure they lie in, the rescuer of kdmflush. Sizes of their
/// elements follow from the target's per-bio data. bio_split is not part of it: it belongs to the gendisk, like a
/// disk's.
[[nodiscard]] DeviceReserves core_reserves(Stack& stack, DeviceIndex device);

/// A bio that needs one clone: element, `inner` (ends every path in give_io_and_finish). `nowait`: the bio must not
/// wait; with the change nowait_in_alloc_io it ends with an error where there is no element at once.
[[nodiscard]] Steps one_clone(Stack& stack, DeviceIndex device, Steps inner, bool nowait = false);

/// __dm_io_complete: the element goes back, then the upper level hears of the completion.
[[nodiscard]] Steps end_io(Stack& stack, DeviceIndex device, Status status);

/// Remap: the whole bio goes to one lower flow and its status comes back unchanged.
[[nodiscard]] Steps remap(Stack& stack, DeviceIndex device, FlowId lower, AddressMap address = {}, bool nowait = false);

/// A bio that straddles targets of a table, or max_io_len of one: each part is submitted completely before the
/// remainder.
struct Part {
  FlowId lower = no_flow;
  AddressMap address;
};
[[nodiscard]] Steps split_bio(Stack& stack, DeviceIndex device, const std::vector<Part>& parts, bool nowait = false);

}  // namespace dmstall::models
