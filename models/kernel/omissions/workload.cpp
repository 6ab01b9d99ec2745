#include "models/kernel/omissions/conditions.hpp"
#include "models/kernel/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& workload_part() {
  static const ModelPart part{
      "workload",
      "fs/fs-writeback.c, mm/vmscan.c, block/fops.c, Linux 6.1",
      {
          {"workload.direct-reclaim", "mm/vmscan.c:shrink_folio_list, pageout",
           "tasks that reclaim memory for themselves and swap out, beside kswapd", Effect::hides_deadlock,
           "an allocation with GFP_KERNEL in the stack reclaims: it swaps out to the stack that it serves, or evicts "
           "inodes of a filesystem on it, and waits there"},
          {"workload.cgroup-writeback", "fs/fs-writeback.c:wb_workfn, inode_switch_wbs",
           "a flusher for each memory cgroup: here a filesystem has one", Effect::hides_deadlock,
           "several cgroups write to one filesystem, so more flushers sleep in a submission at once than the scenario "
           "has threads"},
          {"workload.page-cache", "mm/page-writeback.c:write_cache_pages",
           "which pages are written, and in which order", Effect::none,
           "a request of the scenario stands for any of them"},
          {"workload.freezing",
           "fs/super.c:freeze_super",
           "a filesystem that is frozen",
           Effect::hides_deadlock,
           "a command suspends the device below the filesystem: writers wait for the thaw",
           {has_commands, "the scenario has no commands"}},
          {"workload.direct-vectors", "block/fops.c:__blkdev_direct_IO_simple",
           "the vectors of synchronous direct I/O above 16 KiB on a block device (GFP_KERNEL)", Effect::none,
           "the task holds nothing of the stack yet"},
          {"workload.memory-cgroups", "mm/memcontrol.c:try_charge_memcg", "limits of memory cgroups", Effect::none,
           "they make allocations fail for some tasks, which the adversary does for all"},
      }};
  return part;
}

}  // namespace dmstall::models
