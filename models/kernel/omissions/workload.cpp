#include "models/kernel/omissions/conditions.hpp"
#include "models/kernel/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& workload_part() {
  static const ModelPart part{
      "workload",
      "fs/fs-writeback.c, mm/vmscan.c, block/fops.c, Linux 6.1 and 6.12",
      {
          {"workload.direct-reclaim", "mm/vmscan.c:shrink_folio_list, pageout",
           "tasks that reclaim memory for themselves and swap out, beside kswapd", Effect::hides_deadlock,
           "an allocation with GFP_KERNEL in the stack reclaims: it swaps out to the stack that it serves, or evicts "
           "inodes of a filesystem on it, and waits there"},
          {"workload.kswapd-writes",
           "mm/vmscan.c:shrink_folio_list, pageout; block/fops.c:blkdev_writepage",
           "6.1: kswapd writes dirty pages of block devices itself, a bio of fs_bio_set for each, beside the flusher; "
           "it is in the model where memory is counted, and beside a writeback to a device on one that takes from "
           "fs_bio_set, too",
           Effect::hides_deadlock,
           "kswapd has bios of fs_bio_set for pages that no writeback of the scenario writes, or it takes one "
           "submitter more "
           "than the scenario has",
           {kswapd_may_write,
            "no page of a block device gets dirty, or kswapd is in the model, or it leaves such pages to the flusher "
            "(6.12)"}},
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
           "a command suspends the device below the filesystem: writers wait for the thaw, also a loop device whose "
           "file lies on it",
           {has_commands, "the scenario has no commands"}},
          {"workload.unaligned-buffers", "block/fops.c:blkdev_direct_IO",
           "direct I/O whose buffer does not begin at a page and so has a page more", Effect::hides_deadlock,
           "a synchronous direct I/O of exactly 256 pages has such a buffer: it takes from blkdev_dio_pool, as one of "
           "257 pages does. On 6.12 dm-verity refuses such buffers"},
          {"workload.dirty-pages-of-reads", "block/bio.c:bio_check_pages_dirty, bio_dirty_fn",
           "pages of a direct read that were cleaned meanwhile: a worker puts the bio", Effect::hides_deadlock,
           "writeback cleans pages of a buffer that is being read into, and the system's workqueue has no thread"},
          {"workload.pages-of-blocks", "fs/buffer.c:__block_write_full_page",
           "blocks smaller than a page in the page cache of a block device: one bio for each", Effect::none,
           "each is submitted before the next one is taken, and completes on its own"},
          {"workload.rw-page", "block/bdev.c:bdev_write_page, bdev_read_page",
           "devices that read and write a page without a bio", Effect::none,
           "on 6.1 only brd, zram and nvdimm do, and none of them is a device of a scenario; on 6.12 none does"},
          {"workload.chained-bios", "block/bio.c:__bio_chain_endio",
           "a bio of a discard or a zero-out is put when the one before it is over, too", Effect::hides_deadlock,
           "bios of one range go to devices of which one waits for a bio and the other does not, and the allocator "
           "gives "
           "some bios and no others: with nothing but the reserve of two the bios end in this order anyway"},
          {"workload.zeroes-again", "block/blk-lib.c:blkdev_issue_zeroout",
           "writing zeroes as data after a device refused the command", Effect::none,
           "it takes bios in the same way as the first attempt, which has ended"},
          {"workload.swap-reference", "mm/page_io.c:swap_readpage",
           "6.1: a second reference to the bio of a page that is read: the task keeps it until submit_bio returns",
           Effect::none, "between the end of the bio and that moment the task asks for nothing: the bio was its last"},
          {"workload.direct-vectors", "block/fops.c:__blkdev_direct_IO_simple",
           "the vectors of synchronous direct I/O above 16 KiB on a block device (GFP_KERNEL)", Effect::none,
           "the task holds nothing of the stack yet"},
          {"workload.device-locks",
           "block/fops.c:blkdev_read_iter, blkdev_write_iter, blkdev_fallocate; block/ioctl.c:blk_ioctl_discard, "
           "blk_ioctl_zeroout",
           "i_rwsem and invalidate_lock of a block device: readers and writers of its page cache share them, and who "
           "discards or zeroes a range has them until the range is done",
           Effect::hides_deadlock,
           "somebody discards or zeroes a block device while a loop device reads or writes it through its page cache: "
           "the work item waits for him, and he for a bio of the machine's sets",
           {has_ranges, "nobody discards or zeroes a range"}},
          {"workload.own-pages", "mm/filemap.c:__filemap_get_folio; fs/buffer.c:alloc_buffer_head",
           "the pages and buffer heads of who reads or writes a block device through its page cache, and his wait for "
           "them",
           Effect::none, "the task holds nothing of the stack yet, or no longer"},
          {"workload.memory-cgroups", "mm/memcontrol.c:try_charge_memcg", "limits of memory cgroups", Effect::none,
           "they make allocations fail for some tasks, which the adversary does for all"},
      }};
  return part;
}

}  // namespace dmstall::models
