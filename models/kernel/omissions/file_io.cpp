#include "models/kernel/omissions/conditions.hpp"
#include "models/kernel/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& file_io_part() {
  static const ModelPart part{
      "file-io",
      "fs/iomap/direct-io.c, mm/filemap.c, fs/ext4, Linux 6.1 and 6.12",
      {
          {"file-io.folio-locks",
           "mm/filemap.c:filemap_update_page, folio_wait_writeback; fs/ext4/inode.c:mpage_prepare_extent_to_map",
           "the lock and the writeback bit of a folio: the flusher holds them on all pages of an extent while it takes "
           "bios, and readers and writers of these pages wait",
           Effect::hides_deadlock,
           "a work item of a loop device wants a page of its file that the flusher has locked, and the flusher waits "
           "for what the request of that item holds"},
          {"file-io.inode-locks",
           "fs/ext4/file.c:ext4_dio_write_iter, ext4_buffered_write_iter; fs/ext4/inode.c:ext4_map_blocks",
           "i_rwsem of the file, and i_data_sem over its extents", Effect::hides_deadlock,
           "two writers of one file, of whom the one that holds the lock waits for memory, and the other is a work "
           "item of a loop device that others wait for"},
          {"file-io.metadata-reads",
           "fs/ext4/extents.c:read_extent_tree_block; fs/ext4/balloc.c:ext4_read_block_bitmap_nowait; "
           "fs/buffer.c:__bread_gfp",
           "blocks of the extent tree and of bitmaps that must be read to find where data lies, or to free it",
           Effect::hides_deadlock,
           "they are not in the page cache when a request needs them: a further bio of fs_bio_set and a page without a "
           "pool"},
          {"file-io.journal",
           "fs/jbd2/checkpoint.c:__jbd2_log_wait_for_space; fs/jbd2/commit.c:jbd2_journal_commit_transaction",
           "checkpoints of a full journal, frozen copies of metadata, and more than one commit of the timer",
           Effect::hides_deadlock,
           "the journal is full, so that a handle waits until older metadata is written back, with a bio for each "
           "block"},
          {"file-io.log-blocks", "fs/jbd2/commit.c:jbd2_journal_commit_transaction",
           "the blocks of the log after the first, and the commit record behind them, a bio each; here one is for all",
           Effect::none,
           "all blocks are submitted before one is waited for, and each bio is put when it is complete: where the "
           "first "
           "gets one, so does the next, and the record is sent when no buffer is in shadow any more"},
          {"file-io.conversions-in-turn", "fs/ext4/super.c:__ext4_fill_super",
           "ext4-rsv-conversion runs one item at a time (max_active 1); here 256", Effect::none,
           "all conversions of a filesystem wait for one thing, blocks that its journal is writing: an item that could "
           "overtake the first would wait there beside it, and puts its bios when the first does"},
          {"file-io.conversion-by-the-flusher", "fs/ext4/page-io.c:ext4_put_io_end",
           "the conversion of an extent by the flusher himself, when all its bios were faster than he", Effect::none,
           "it waits for nothing that the work item would not wait for: the handle is reserved, and blocks that the "
           "journal writes are waited for in both"},
          {"file-io.buffered-writes", "block/fops.c:blkdev_write_iter; mm/filemap.c:generic_perform_write",
           "buffered writes of a block device on 6.12: its page comes with GFP_NOFS, not GFP_KERNEL, and the writer is "
           "throttled before he takes a page, not after he made it dirty (so on ext4)",
           Effect::none,
           "only the work item of a loop device writes a block device so here, and its allocations are GFP_NOIO in any "
           "case; who is throttled holds the same before the page as after it, and it makes no page dirty meanwhile"},
          {"file-io.failed-conversion", "fs/ext4/page-io.c:ext4_end_io_end",
           "6.12: an extent whose write failed is not converted", Effect::none,
           "the work item takes less: it gives its bios and the reserved credits back"},
          {"file-io.punched-pages",
           "fs/ext4/inode.c:ext4_punch_hole",
           "6.12: dirty pages of a range that is punched are dropped, and only those under writeback are waited for; "
           "here one is written first",
           Effect::invents_deadlock,
           "a loop device discards a range of its file whose pages are dirty: the models take a bio of fs_bio_set for "
           "one of them",
           {on_6_12, "6.1 writes them first, as the models do"}},
          {"file-io.contiguous-pages", "block/bio.c:bio_add_page",
           "pages that are contiguous in memory, of which a bio holds more than 256", Effect::invents_deadlock,
           "the pages of an extent above 2 MiB happen to lie side by side in memory"},
          {"file-io.bounce-pages", "fs/ext4/page-io.c:ext4_bio_write_page",
           "bounce pages of encrypted files (fscrypt_bounce_page_pool, 32)", Effect::hides_deadlock,
           "files are encrypted with fscrypt without inlinecrypt"},
          {"file-io.access-times", "fs/inode.c:touch_atime; fs/ext4/inode.c:ext4_dirty_inode",
           "the access time of a file that is read: a handle of the journal", Effect::hides_deadlock,
           "a read is the first of a file since it was written, or of that day (relatime): the reader waits for a "
           "commit that waits for a bio, and a work item of a loop device may be the reader"},
          {"file-io.kswapd-writes",
           "mm/vmscan.c:shrink_folio_list, pageout; fs/ext4/inode.c:ext4_writepage",
           "6.1: kswapd writes dirty pages of files itself where their blocks are written already, a bio of fs_bio_set "
           "for each, beside the flusher; it is in the model where memory is counted, and beside a writeback to a "
           "filesystem "
           "on a device that takes from fs_bio_set, too",
           Effect::hides_deadlock,
           "kswapd has bios of fs_bio_set for pages that no writeback of the scenario writes, or it takes one "
           "submitter more "
           "than the scenario has",
           {kswapd_may_write_files,
            "no file is written, or kswapd is in the model, or it leaves such pages to the flusher (6.12)"}},
          {"file-io.first-direct-io", "fs/direct-io.c:sb_init_dio_done_wq; fs/iomap/direct-io.c:iomap_dio_alloc_bio",
           "the workqueue that the first asynchronous direct I/O of a filesystem makes (alloc_workqueue with "
           "GFP_KERNEL, and a thread)",
           Effect::hides_deadlock,
           "memory is exhausted before the first such I/O since the mount, and a work item of a loop device makes it"},
          {"file-io.metadata-memory",
           "fs/ext4/extents.c:ext4_find_extent; fs/ext4/mballoc.c:ext4_mb_new_blocks; fs/jbd2/transaction.c:"
           "jbd2__journal_start; fs/jbd2/commit.c:jbd2_journal_get_descriptor_buffer",
           "memory without a pool for extents, blocks that are allocated or freed, handles and the log, beside "
           "new_blocks, io_end and journal_handle",
           Effect::hides_deadlock,
           "allocations without a pool fail, and a thread waits for one of these where the models have none: with a "
           "lock of the inode or a handle in hand, or as kjournald2",
           {unpooled_fails, "allocations without a pool are assumed to succeed"}},
          {"file-io.metadata-writeback", "block/fops.c:blkdev_writepage, blkdev_writepages",
           "blocks of metadata that the flusher of the disk writes", Effect::none,
           "each takes a bio, is submitted before the next one is taken, and completes on its own"},
          {"file-io.data-journal",
           "fs/ext4/inode.c:ext4_writepages; fs/ext4/super.c:ext4_journal_submit_inode_data_buffers",
           "data=journal, and ordered data that the commit writes itself", Effect::hides_deadlock,
           "it is mounted with data=journal, or with dioread_lock and data=ordered: the commit takes bios for data, on "
           "6.12 also an io_end without a pool"},
          {"file-io.several-bios", "fs/ext4/readpage.c:ext4_mpage_readpages", "readahead, and reads of several bios",
           Effect::none, "each bio is submitted before the next one is taken, and completes on its own"},
          {"file-io.post-read", "fs/ext4/readpage.c:ext4_set_bio_post_read_ctx",
           "the contexts of encrypted and fs-verity files (pool of 128)", Effect::hides_deadlock,
           "files are encrypted with fscrypt or protected with fs-verity: a read takes a context for each bio and is "
           "finished by work items of the filesystem"},
          {"file-io.other-filesystems", "fs/iomap/buffered-io.c:iomap_alloc_ioend; fs/xfs, fs/btrfs, fs/f2fs",
           "filesystems other than ext4, with bio_sets and work items of their own", Effect::hides_deadlock,
           "the filesystem is not ext4"},
          {"file-io.swap-files", "mm/page_io.c:swap_writepage_fs", "swap through a filesystem (SWP_FS_OPS)",
           Effect::none, "only NFS and CIFS ask for it; swap files of ext4 are written to the block device"},
          {"file-io.kiocb", "fs/aio.c:aio_get_req; io_uring/io_uring.c:io_alloc_req_refill",
           "the request structures of asynchronous I/O", Effect::none,
           "they are taken before the I/O begins, by a task that holds nothing of the stack yet"},
          {"file-io.one-flusher", "mm/backing-dev.c:bdi_init; fs/fs-writeback.c:wb_workfn",
           "filesystems on one disk share its flusher: here each has one of its own", Effect::hides_deadlock,
           "two filesystems lie on one disk, and its flusher sleeps in a submission to one of them"},
          {"file-io.partial-blocks", "fs/iomap/direct-io.c:iomap_dio_zero", "zeroing of partial blocks", Effect::none,
           "its bio is submitted before the next one is taken"},
      }};
  return part;
}

}  // namespace dmstall::models
