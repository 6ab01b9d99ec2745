#include "models/kernel/omissions/conditions.hpp"
#include "models/targets/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& loop_part() {
  static const ModelPart part{
      "loop",
      "drivers/block/loop.c, Linux 6.1",
      {
          {"loop.writeback-throttling", "block/blk-wbt.c:wbt_wait",
           "submitters that sleep until the loop device has fewer writes under way", Effect::hides_deadlock,
           "a submitter that sleeps there holds what the work item of the loop device needs"},
          {"loop.order", "drivers/block/loop.c:loop_process_work", "the order of commands: any in the model",
           Effect::none, "each order is one of them"},
          {"loop.worker-structure", "drivers/block/loop.c:loop_queue_work",
           "the structure of a cgroup's work item (GFP_NOWAIT)", Effect::none,
           "who gets none is queued with the root cgroup; where several cgroups send commands the model does the same"},
          {"loop.idle-timer", "drivers/block/loop.c:loop_free_idle_workers_timer",
           "the timer that frees idle work items", Effect::none, "it frees what is not queued"},
          {"loop.freezing", "drivers/block/loop.c:loop_configure",
           "WQ_FREEZABLE: the queue stands while the machine suspends", Effect::none,
           "suspend to memory and disk is not part of a scenario"},
          {"loop.short-reads", "drivers/block/loop.c:lo_complete_rq",
           "reads beyond the end of the file, which are requeued", Effect::none, "the file is as large as the device"},
      }};
  return part;
}

}  // namespace dmstall::models
