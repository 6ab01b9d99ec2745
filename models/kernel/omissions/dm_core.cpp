#include "models/kernel/omissions/conditions.hpp"
#include "models/kernel/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& dm_core_part() {
  static const ModelPart part{
      "dm-core",
      "drivers/md/dm.c, drivers/md/dm-table.c, Linux 6.1 and 6.12",
      {
          {"dm-core.suspend",
           "drivers/md/dm.c:dm_submit_bio, dm_suspend, dm_wait_for_completion",
           "a suspended device: its bios wait on md->deferred until the resume, and the suspend waits for those in "
           "flight",
           Effect::hides_deadlock,
           "a command suspends a device of the stack while it is used, as creating and removing a snapshot do: who "
           "waits for the resume keeps what he holds",
           {has_commands, "no command of the scenario suspends a device"}},
          {"dm-core.requeue",
           "drivers/md/dm.c:dm_handle_requeue, dm_wq_requeue_work; drivers/md/dm-io-rewind.c:dm_io_rewind",
           "bios that are put back and sent again, for which the kdmflush thread takes from disk->bio_split",
           Effect::none,
           "none of the modelled targets returns DM_MAPIO_REQUEUE or DM_ENDIO_REQUEUE, and BLK_STS_AGAIN needs a "
           "polled bio"},
          {"dm-core.integrity-pools",
           "drivers/md/dm-table.c:dm_table_alloc_md_mempools; block/bio-integrity.c:bio_integrity_clone",
           "the pools of integrity payloads of io_bs and bs, where all disks below have an integrity profile",
           Effect::none,
           "such a pool is as large as that of the bios, is asked for only by who holds a bio of the set, and gets its "
           "element back together with the bio"},
          {"dm-core.polled", "drivers/md/dm.c:dm_queue_poll_io, dm_poll_bio; block/bio.c:bio_put",
           "polled I/O, and the per-cpu cache of io_bs, which keeps elements although the reserve is not full",
           Effect::none,
           "only a bio with REQ_ALLOC_CACHE enters the cache: on 6.1 io_uring sets it for polled I/O, and no request "
           "of "
           "a scenario is polled; on 6.12 a bio of the reserve does not enter it"},
          {"dm-core.bio-split",
           "drivers/md/dm.c:dm_split_and_process_bio; block/blk-merge.c:bio_split_discard, bio_split_write_zeroes",
           "the element of disk->bio_split (2) for each piece of a discard, a write of zeroes or a secure erase above "
           "the limits of the device",
           Effect::none,
           "each disk has a set of its own, and who holds an element waits only for the piece below; a second piece is "
           "submitted when the first is on its way"},
          {"dm-core.srcu", "drivers/md/dm.c:dm_get_live_table, dm_sync_table",
           "the read side of md->io_barrier over ->submit_bio", Effect::none,
           "a reader waits for nobody; a writer is a command that changes the table, and it does so after a suspend "
           "(dm-core.suspend)"},
          {"dm-core.swap-limit", "drivers/md/dm.c:__map_bio, swap_bios_limit", "the semaphore over swap bios",
           Effect::none,
           "only a target that sets ti->limit_swap_bios has it: dm-crypt and dm-thin do, the modelled ones do not"},
          {"dm-core.zoned", "drivers/md/dm-zone.c:dm_zone_map_bio",
           "zoned block devices and the emulation of zone append", Effect::none,
           "the disks of a scenario are not zoned"},
          {"dm-core.dax", "drivers/md/dm.c:dm_dax_direct_access", "direct access to persistent memory", Effect::none,
           "it takes no bio; the disks of a scenario are no persistent memory"},
      }};
  return part;
}

}  // namespace dmstall::models
