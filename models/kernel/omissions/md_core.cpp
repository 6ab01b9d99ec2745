#include "models/kernel/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& md_core_part() {
  static const ModelPart part{
      "md-core",
      "drivers/md/md.c, Linux 6.1 and 6.12",
      {
          {"md-core.suspend", "drivers/md/md.c:md_handle_request, mddev_suspend, suspend_lo_store",
           "a suspended array: its bios wait in ->submit_bio until it is resumed", Effect::none,
           "mdadm suspends an array to change it, and no command of a scenario does"},
          {"md-core.coalesced-flushes", "drivers/md/md.c:md_flush_request",
           "6.1: a flush that waited while a later one began and ended is over without members of its own",
           Effect::none, "it waits for the same end of the flush that is running, and then takes less"},
          {"md-core.flush-items", "drivers/md/md.c:md_init, submit_flushes",
           "6.1: md_wq runs 256 work items on each processor; here 256 in all", Effect::invents_deadlock,
           "more than 256 arrays flush at the same time; an array has one work item"},
          {"md-core.superblock", "drivers/md/md.c:md_write_start, md_update_sb, md_super_write",
           "the superblock, and sync_set, from which its bios come", Effect::none,
           "an array without redundancy has no dirty bit and no bitmap: its requests wait for no superblock"},
          {"md-core.integrity-pools",
           "drivers/md/md.c:md_integrity_register; block/bio-integrity.c:bioset_integrity_create",
           "the pools of integrity payloads of an array's bio_sets, where all members have an integrity profile",
           Effect::none,
           "such a pool is as large as that of the bios, is asked for only by who holds a bio of the set, and gets its "
           "element back together with the bio"},
          {"md-core.faulty-members",
           "drivers/md/md.c:md_flush_request, md_error; drivers/md/raid0.c:raid0_map_submit_bio",
           "a member that is gone or faulty", Effect::none,
           "it gets no flush, and bios for it end with an error in the submitter: they take less"},
          {"md-core.read-only", "drivers/md/md.c:md_submit_bio", "writes to an array that is read-only or broken",
           Effect::none, "they end with an error before they take anything"},
          {"md-core.segments", "block/blk-merge.c:bio_split_rw",
           "bios that are cut because a member takes fewer segments than they have pages, or gaps in them",
           Effect::none,
           "each piece takes the element of bio_split that a piece of the largest size takes, and is on its way before "
           "the next one asks"},
      }};
  return part;
}

}  // namespace dmstall::models
