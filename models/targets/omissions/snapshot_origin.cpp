#include "models/kernel/omissions/conditions.hpp"
#include "models/targets/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& snapshot_origin_part() {
  static const ModelPart part{
      "snapshot-origin",
      "drivers/md/dm-snap.c, Linux 6.1",
      {
          {"snapshot-origin.late-snapshot",
           "drivers/md/dm-snap.c:do_origin, retry_origin_bios",
           "a snapshot of the origin that becomes active while bios are queued: later passes then make exceptions in "
           "it",
           Effect::hides_deadlock,
           "a command creates a snapshot of an origin in use",
           {has_commands, "no command creates a snapshot"}},
          {"snapshot-origin.throttle-again", "drivers/md/dm-snap.c:do_origin, wait_for_in_progress",
           "the throttle of one snapshot, looked at again after the wait for another one", Effect::none,
           "a pass with a place free in every throttle is the one that goes on, and the task holds nothing while it "
           "waits"},
          {"snapshot-origin.shorter", "drivers/md/dm-snap.c:__origin_write",
           "snapshots that are shorter than their origin", Effect::none,
           "a write beyond their end skips them, which takes less"},
          {"snapshot-origin.discard", "drivers/md/dm-snap.c:origin_map", "discards of the origin", Effect::none,
           "it takes none in 6.1, and a scenario that discards one is refused"},
      }};
  return part;
}

}  // namespace dmstall::models
