#include "models/kernel/omissions/conditions.hpp"
#include "models/targets/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& snapshot_part() {
  static const ModelPart part{
      "snapshot",
      "drivers/md/dm-snap.c, drivers/md/dm-snap-persistent.c, Linux 6.1",
      {
          {"snapshot.new-snapshot",
           "drivers/md/dm-snap.c:snapshot_resume",
           "the moment in which the origin is suspended for a new snapshot (dm_internal_suspend_fast), and exceptions "
           "of the new one",
           Effect::hides_deadlock,
           "a command creates a snapshot of an origin in use",
           {has_commands, "no command creates a snapshot"}},
          {"snapshot.handover", "drivers/md/dm-snap.c:snapshot_preresume, __handover_exceptions",
           "exceptions that go from one table to the next", Effect::none,
           "it happens while both devices are suspended"},
          {"snapshot.header",
           "drivers/md/dm-snap-persistent.c:write_header",
           "the header, written when a snapshot becomes invalid or is made",
           Effect::hides_deadlock,
           "a copy fails: the write of the header in the kcopyd thread takes from the client and waits for the COW "
           "device",
           {has_faults, "no fault can hit a request"}},
          {"snapshot.full",
           "drivers/md/dm-snap-persistent.c:persistent_prepare_exception; drivers/md/dm-snap.c:snapshot_map, "
           "__origin_write",
           "a COW device that is full: the snapshot becomes invalid, with s->lock held for writing",
           Effect::hides_deadlock, "the COW device fills up while other maps sleep with s->lock held"},
          {"snapshot.area-full", "drivers/md/dm-snap-persistent.c:persistent_commit_exception, zero_disk_area",
           "a metadata area that is full: it is committed before the last exception in flight completes, after the "
           "next area was written with zeroes",
           Effect::none,
           "it is the same write to the same device at an earlier moment, and the next area is one write more in the "
           "same thread"},
          {"snapshot.large-metadata", "drivers/md/dm-snap-persistent.c:chunk_io",
           "metadata I/O above 1 MiB, in several bios", Effect::none,
           "each bio is on its way before the next one is taken: the ksnaphd thread is not in ->submit_bio"},
          {"snapshot.discard", "drivers/md/dm-snap.c:snapshot_map, zero_exception", "discards of a snapshot",
           Effect::none, "without discard_zeroes_cow it takes none, and a scenario that discards one is refused"},
          {"snapshot.later-invalidations", "drivers/md/dm-snap-persistent.c:persistent_commit_exception",
           "after one failed copy each later exception of the group invalidates the snapshot again, where s->lock is "
           "not in the model",
           Effect::none, "invalidate_snapshot does nothing the second time but take and release s->lock"},
          {"snapshot.metadata-thread", "drivers/md/dm-snap-persistent.c:chunk_io, do_metadata",
           "the ksnaphd thread, in which metadata is read and written while the kcopyd thread waits", Effect::none,
           "the queue has a rescuer of its own (WQ_MEM_RECLAIM) and never more than the one item of that kcopyd "
           "thread"},
          {"snapshot.turn", "drivers/md/dm-snap.c:copy_callback",
           "a copy that finishes out of turn gives its place of the throttle back at once; here when its turn comes",
           Effect::invents_deadlock, "the throttle is exhausted by copies that are done and wait for their turn"},
          {"snapshot.invalid-metadata", "drivers/md/dm-snap-persistent.c:persistent_commit_exception",
           "after an invalidation metadata is still written", Effect::invents_deadlock,
           "the client of the metadata is what the stuck ones wait for"},
      }};
  return part;
}

}  // namespace dmstall::models
