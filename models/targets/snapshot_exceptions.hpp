// The exceptions of one dm-snapshot device: what writes to the snapshot and writes to its origin share, from the
// pending exception to pending_complete, and the two locks over it.
//
// Linux 6.1.192 and 6.12.117: drivers/md/dm-snap.c (alloc_pending_exception, __find_pending_exception, start_copy,
// copy_callback, complete_exception, pending_complete, invalidate_snapshot, __origin_write), dm-snap-persistent.c
// (persistent_prepare_exception, persistent_commit_exception, chunk_io), dm-snap-transient.c. s->lock is held for
// reading while a map allocates a pending exception, and taken for reading again by pending_complete in the kcopyd
// thread; it is dropped before the kcopyd job is allocated. dmsetup status and the invalidation of the snapshot (in the
// kcopyd thread, after a failed copy) take it for writing. A thread that never sleeps while it holds the lock keeps
// nobody waiting for long, so the model has the lock where a map can sleep in the pool of pending exceptions and
// somebody writes. _origins_lock, one for the whole system, is held for reading by an origin write while it gets
// pending exceptions and jobs of every snapshot; creation and removal of any snapshot take it for writing. The model
// has it where there is such a command. After one failed copy persistent_commit_exception fails every exception of its
// group and all later ones, and each of them invalidates the snapshot (snapshot.later-invalidations in the ledger).
#pragma once

#include <string>
#include <vector>

#include "models/kernel/kcopyd.hpp"

namespace dmstall::models {

struct SnapshotExceptions {
  Stack* stack = nullptr;
  DeviceIndex index = -1;
  DeviceIndex origin = -1, cow = -1;
  std::int64_t chunk_bytes = 0;
  bool persistent = true;
  bool throttled = true;  ///< its copies are counted against the throttle; false: nobody waited for that
  /// Without the change snapshot_throttle_before_locks: start_copy counts them, under the locks of an origin write, and
  /// copy_callback gives the place back as the last thing that it does. Here it is taken before the exception: a place
  /// is given to exceptions in their order then, as in the kernel, where one that is out of turn gives it back at once.
  bool counted_by_start = false;
  bool may_be_invalid = false;  ///< a copy may fail, or a command removes the snapshot
  ResourceId throttle = no_resource, pending = no_resource, order = no_resource, prepared = no_resource,
             committed = no_resource;
  ResourceId unfinished = no_resource, tracked = no_resource, invalid = no_resource;
  ResourceId lock = no_resource;           ///< s->lock; no_resource: nobody can wait for it for long, see above
  ResourceId store_invalid = no_resource;  ///< !ps->valid, where s->lock is there and the store is persistent
  DmIoClient pstore;                       ///< of a persistent store only
  Kcopyd kcopyd;
  TableId exceptions = no_table;

  [[nodiscard]] const std::string& name() const { return stack->device(index).name; }
};

[[nodiscard]] SnapshotExceptions snapshot_exceptions(Stack& stack, DeviceIndex index);

/// The snapshots whose origin is this device, in the order of __insert_snapshot: largest chunks first, then as they
/// stand in the scenario.
[[nodiscard]] std::vector<DeviceIndex> snapshots_of(const Stack& stack, DeviceIndex origin);

/// Of those snapshots and of one that is being merged; 0: there is none.
[[nodiscard]] std::int64_t smallest_chunk_bytes(const Stack& stack, DeviceIndex origin);

/// What a write that makes an exception in the snapshot reads and writes: the chunk of the origin, the COW device,
/// which is flushed before the metadata is written.
void add_exception_regions(const Stack& stack, DeviceIndex snapshot, std::vector<Region>& regions);

/// The same of every snapshot of the device.
void add_origin_write_regions(const Stack& stack, DeviceIndex origin, std::vector<Region>& regions);

/// _origins_lock; no_resource where no command of the workload takes it for writing.
[[nodiscard]] ResourceId origins_lock(Stack& stack);

/// down_read, up_read, and both sides of writing; nothing for no_resource.
[[nodiscard]] Steps down_read(ResourceId lock, const std::string& caller);
[[nodiscard]] Steps up_read(ResourceId lock, const std::string& caller);
[[nodiscard]] Steps down_write(ResourceId lock, const std::string& caller);
[[nodiscard]] Steps up_write(ResourceId lock, const std::string& caller);

/// s->valid, asked without waiting.
[[nodiscard]] Steps if_valid(const SnapshotExceptions& s, const Steps& valid, const Steps& invalid);

/// A new exception: element, chunk of the COW device and place in the order. Requires: s->lock is held for reading.
[[nodiscard]] Steps new_exception(const SnapshotExceptions& s, const std::string& caller);

/// A place among the copies under way; nothing where none is counted.
[[nodiscard]] Steps place_in_progress(const SnapshotExceptions& s, const std::string& function);
/// It is given back by who starts no copy.
[[nodiscard]] Steps not_in_progress(const SnapshotExceptions& s, const std::string& caller);
/// What the end of copy_callback gives back beside the thread: the pending exception, and the place that start_copy
/// took.
[[nodiscard]] std::vector<GiveBack> held_by_copy(const SnapshotExceptions& s);
[[nodiscard]] Steps free_copy(const SnapshotExceptions& s);

/// What pending_complete does with the bios, in the kcopyd thread, holding the pending exception and nothing else of
/// it. Gives both back.
struct AfterCopy {
  Steps completed, failed;
};

/// kcopyd copies the chunk, then the exception completes. Both, and the metadata that is written at the end, meet the
/// faults of the request. Requires: the job is held, the submitter has returned.
[[nodiscard]] Steps copied_exception(const SnapshotExceptions& s, const FaultSet& faults, const AfterCopy& then);

/// full_bio_end_io: no copy, the exception completes through kcopyd's callback list. Requires: as above.
[[nodiscard]] Steps written_exception(const SnapshotExceptions& s, const FaultSet& faults, bool failed,
                                      const AfterCopy& then);

/// The pending exception's bios wait until it is complete. Which exception is not kept: they wait until none is
/// unfinished, which is when a group commit ends. Goes on in the kcopyd thread.
[[nodiscard]] Steps wait_for_exception(const SnapshotExceptions& s, const std::string& queued,
                                       const std::string& woken);

}  // namespace dmstall::models
