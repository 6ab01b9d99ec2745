#include "models/targets/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& snapshot_merge_part() {
  static const ModelPart part{
      "snapshot-merge",
      "drivers/md/dm-snap.c, drivers/md/dm-snap-persistent.c, Linux 6.1",
      {
          {"snapshot-merge.consecutive",
           "drivers/md/dm-snap.c:snapshot_merge_next_chunks; drivers/md/dm-snap-persistent.c:persistent_prepare_merge",
           "several consecutive chunks in one copy", Effect::hides_deadlock,
           "the copy of several chunks is larger than a sub-job or makes exceptions in more chunks of another snapshot "
           "than one chunk does"},
          {"snapshot-merge.lock", "drivers/md/dm-snap.c:snapshot_merge_map, remove_single_exception_chunk",
           "s->lock, taken for writing", Effect::none,
           "nobody sleeps while he holds it: snapshot_merge_map drops it before do_origin"},
          {"snapshot-merge.earlier-area", "drivers/md/dm-snap-persistent.c:persistent_prepare_merge",
           "reading an earlier metadata area", Effect::none,
           "one read through the client of the metadata more, in the same thread, at a moment when nothing is held"},
          {"snapshot-merge.failure", "drivers/md/dm-snap.c:merge_callback, snapshot_merge_next_chunks",
           "a merge that fails or is stopped: here it goes on with the next chunk after an error", Effect::none,
           "it ends (merge_shutdown), and bios that were queued for the chunk end, too"},
          {"snapshot-merge.first-chunk", "drivers/md/dm-snap.c:start_merge, snapshot_merge_resume",
           "the first chunk, which dmsetup resume starts", Effect::hides_deadlock,
           "dmsetup sleeps for a job or a pending exception while the device is being resumed"},
          {"snapshot-merge.handover", "drivers/md/dm-snap.c:snapshot_merge_resume",
           "the handover from the snapshot that it was", Effect::none, "both devices are suspended"},
          {"snapshot-merge.merged-chunks", "drivers/md/dm-snap.c:snapshot_merge_map",
           "merged chunks, which stay in the COW device in a timed run", Effect::none,
           "only figures of a timed run differ"},
      }};
  return part;
}

}  // namespace dmstall::models
