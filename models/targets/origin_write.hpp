// What a write to the origin of snapshots does in them, for the target that stands on the origin and for a snapshot
// that is being merged.
//
// Linux 6.1.192 and 6.12.117: drivers/md/dm-snap.c (do_origin, __origin_write, retry_origin_bios, origin_write_extent).
// _origins_lock is held for reading over the whole pass, s->lock of each snapshot over its allocation of a pending
// exception. Snapshots are visited in one fixed order. The bio is queued on the first exception, which is started last;
// the others are started at once, in the same thread. When an exception is complete, its kcopyd thread makes the pass
// again for the bios queued on it: those that wait for another snapshot's copy are queued there, the others go on to
// the device below. Every snapshot has had its exception for the chunk from the first pass, so the later ones allocate
// nothing: exact as long as no further snapshot of this origin becomes active meanwhile.
#pragma once

#include "models/kernel/stack.hpp"

namespace dmstall::models {

/// do_origin for a write that came to `device` and goes on to `below`: to the end of the bio. `limit`: it waits for the
/// throttle of each snapshot first. Requires: the bio's element of the device's io_bs is held; it ends with giving that
/// back.
[[nodiscard]] Steps origin_write(Stack& stack, DeviceIndex device, DeviceIndex below, const Io& io, bool limit);

/// origin_write_extent for one chunk of `bytes` that kcopyd's thread of the merging snapshot is about to write to
/// `below`, and the wait for _pending_exceptions_done until all snapshots have their copies. One look again after the
/// wait. The copies meet the faults.
[[nodiscard]] Steps origin_write_extent(Stack& stack, DeviceIndex merging, DeviceIndex below, std::int64_t bytes,
                                        const FaultSet& faults);

}  // namespace dmstall::models
