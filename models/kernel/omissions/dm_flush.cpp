#include "models/kernel/omissions/conditions.hpp"
#include "models/kernel/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& dm_flush_part() {
  static const ModelPart part{
      "dm-flush",
      "drivers/md/dm.c, Linux 6.1 and 6.12",
      {
          {"dm-flush.suspended",
           "drivers/md/dm.c:queue_io, dm_wq_work",
           "flushes on md->deferred of a suspended device",
           Effect::hides_deadlock,
           "a command suspends the device while a flush with data is between its two halves",
           {has_commands, "no command of the scenario suspends a device"}},
          {"dm-flush.fua", "block/blk-flush.c:blk_insert_flush",
           "forced unit access, which a disk without it answers with a flush after the write", Effect::none,
           "the flush request of a disk is allocated with its queue (blk_alloc_flush_queue) and needs nothing else"},
          {"dm-flush.nowait", "drivers/md/dm.c:dm_submit_bio", "flushes with REQ_NOWAIT", Effect::none,
           "no flush of a scenario is one. On 6.1 alloc_io takes an element for them like for any other; on 6.12 it "
           "ends them where it would wait, but a flush still waits for its further clones"},
      }};
  return part;
}

}  // namespace dmstall::models
