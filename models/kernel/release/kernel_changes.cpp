// The table of changes: one line for each commit that a model asks for, in the order of the enumeration.
#include "models/kernel/release/release.hpp"

namespace dmstall::models {

namespace {

constexpr const char* number_from_memory = "a source that names the release: the number is from memory";

}  // namespace

const std::vector<KernelChange>& kernel_changes() {
  static const std::vector<KernelChange> all{
      {.id = Change::mempool_poll,
       .name = "mempool_poll",
       .commit = "0b1d647a02c5",
       .first = "2.6.18",
       .alters = "a sleeper of a mempool asks the allocator again every 5 s; without it only a give wakes him, so "
                 "memory that returns does not end a deadlock",
       .source = "mm/mempool.c:mempool_alloc",
       .not_read = number_from_memory},
      {.id = Change::private_bio_sets,
       .name = "private_bio_sets",
       .commit = "9faf400f7e51",
       .first = "2.6.19",
       .alters = "each device-mapper device has bio_sets of its own; without it all of them draw from one, at every "
                 "level of a stack",
       .source = "drivers/md/dm.c:alloc_dev",
       .not_read =
           "the kernel before it took clones from fs_bio_set; here they come from one set of all devices, as large "
           "as reserved_bio_based_ios says. The number of the release is from memory"},
      {.id = Change::kcopyd_thread_per_client,
       .name = "kcopyd_thread_per_client",
       .commit = "8c0cbc2f79bb",
       .first = "2.6.26",
       .alters = "each kcopyd client has a work item of its own; without it one thread copies for all snapshots, and "
                 "stands still for all when it sleeps for one",
       .source = "drivers/md/dm-kcopyd.c:dm_kcopyd_client_create",
       .not_read = number_from_memory},
      {.id = Change::verity_prefetch_in_worker,
       .name = "verity_prefetch_in_worker",
       .commit = "3b6b7813b198",
       .first = "3.9",
       .alters = "a work item of kverityd reads hash blocks ahead; without it verity_map does, so the thread that "
                 "submits the read waits in the dm-bufio client for elements that lie on its own bio_list",
       .source = "drivers/md/dm-verity-target.c:verity_map, verity_prefetch_io",
       .not_read = "the kernel before it: dm-bufio is that of the release. Its lock is never held over a wait here "
                   "(dm-bufio.eviction-under-lock), so the circle of that lock and a bio_list, which the change was "
                   "made for, is not among those found. The number of the release is from memory"},
      {.id = Change::bio_list_depth_first,
       .name = "bio_list_depth_first",
       .commit = "79bd99596b73",
       .first = "4.11",
       .alters = "bios that a driver submits go before those that waited; without it they queue behind them, so the "
                 "rest of a split bio asks for an element before its first part is on its way",
       .source = "block/blk-core.c:__submit_bio_noacct",
       .not_read = number_from_memory},
      {.id = Change::flush_clones_under_lock,
       .name = "flush_clones_under_lock",
       .commit = "318716ddea08",
       .first = "4.16",
       .alters = "who does not get all clones of one bio at once gives them back and collects them under a lock; "
                 "without it several collect from the same set and each holds what another needs",
       .source = "drivers/md/dm.c:alloc_multiple_bios",
       .not_read = number_from_memory},
      {.id = Change::reserve_fits_one_flush,
       .name = "reserve_fits_one_flush",
       .commit = "0776aa0e30aa",
       .first = "4.16",
       .alters = "the bio_sets of a device hold at least num_flush_bios elements; without it "
                 "reserved_bio_based_ios alone",
       .source = "drivers/md/dm-table.c:dm_table_alloc_md_mempools",
       .not_read = number_from_memory},
      {.id = Change::loop_queue_per_device,
       .name = "loop_queue_per_device",
       .commit = "f4aa4c7bbac6",
       .first = "4.2",
       .alters = "each loop device has a workqueue of its own; without it all of them share one, so a loop device on "
                 "another one waits for a place that it occupies itself",
       .source = "drivers/block/loop.c:loop_configure",
       .not_read = number_from_memory},
      {.id = Change::snapshot_throttle_before_locks,
       .name = "snapshot_throttle_before_locks",
       .commit = "b21555786f18",
       .first = "5.4",
       .alters = "a write waits for its place among the copies of a snapshot before it takes _origins_lock, holding "
                 "nothing of it; without it start_copy takes that place under the lock, and the end of a copy gives it "
                 "back after it has read the lock itself",
       .source = "drivers/md/dm-snap.c:wait_for_in_progress, account_start_copy, account_end_copy",
       .not_read = "the rest of the kernels that had the semaphore (5.0 to 5.3): only the patch was read"},
      {.id = Change::verity_recheck,
       .name = "verity_recheck",
       .commit = "9177f3c0dea6",
       .first = "6.8",
       .also_in = "6.1",
       .alters = "a data block that does not match is read again into a page of the device's own before it counts as "
                 "corrupt; without it nothing is taken from recheck_pool and io_client",
       .source = "drivers/md/dm-verity-target.c:verity_recheck"},
      {.id = Change::bufio_timed_wait,
       .name = "bufio_timed_wait",
       .commit = "450e8dee51aa",
       .first = "6.4",
       .alters = "a sleeper for a dm-bufio buffer wakes after 5 s and asks the allocator again, so memory that returns "
                 "ends the wait; without it only a buffer of the same client that is released does",
       .source = "drivers/md/dm-bufio.c:__wait_for_free_buffer"},
      {.id = Change::bufio_locks_by_cpus,
       .name = "bufio_locks_by_cpus",
       .first = "6.4",
       .alters = "a dm-bufio client has 2 locks for each processor, up to 64: bytes only",
       .source = "drivers/md/dm-bufio.c:dm_bufio_client_create",
       .not_read = "the source of the releases between; the first one is that of the pull request (tags/for-6.4/"
                   "dm-changes: dm_num_hash_locks)"},
      {.id = Change::kverityd_per_cpu,
       .name = "kverityd_per_cpu",
       .commit = "c25da5b7baf1",
       .first = "6.3",
       .alters = "kverityd runs 256 work items on each processor; without it as many as there are processors, and on "
                 "a machine with one of them one after the other",
       .source = "drivers/md/dm-verity-target.c:verity_ctr"},
      {.id = Change::loop_buffered_aio,
       .name = "loop_buffered_aio",
       .commit = "f2fed441c69b",
       .first = "6.15",
       .also_in = "6.12",
       .alters = "a request of several bios needs an array for their vectors through the page cache, too",
       .source = "drivers/block/loop.c:do_req_filebacked, lo_rw_aio"},
      {.id = Change::nowait_in_alloc_io,
       .name = "nowait_in_alloc_io",
       .commit = "6f25dd1c57b8",
       .first = "6.7",
       .alters = "a bio that must not wait (REQ_NOWAIT, a workload with \"nowait\") gets its element of io_bs at once "
                 "or ends with an error; without it it waits for one",
       .source = "drivers/md/dm.c:dm_split_and_process_bio, alloc_io"},
      {.id = Change::dm_io_vec_plus_one,
       .name = "dm_io_vec_plus_one",
       .first = "6.12",
       .alters =
           "dm-io asks for one vector more than pages, so a bio of 4 pages has vectors of a slab, and not the 4 "
           "inside it: the reserve of vectors of a snapshot's metadata client is one that can be used from chunks "
           "of 16 KiB on, not from 20",
       .source = "drivers/md/dm-io.c:do_region",
       .not_read = "which release between 6.1 and 6.12 brought it"},
      {.id = Change::md_clones_every_bio,
       .name = "md_clones_every_bio",
       .commit = "c687297b8845",
       .first = "6.6",
       .alters = "an md array clones every bio that it maps; without it only where statistics of the array are on",
       .source = "drivers/md/md.c:md_account_bio, md_clone_bio",
       .not_read = "which release brought it: 6.6 follows from the date of its series"},
      {.id = Change::md_flush_by_submitter,
       .name = "md_flush_by_submitter",
       .commit = "b75197e86e6d",
       .first = "6.12",
       .alters = "who sends a flush to an md array takes a bio for each member from mddev->bio_set, one by one, and "
                 "holds those before on its own bio_list; without it a work item of md_wq sends them, one flush of an "
                 "array after the other",
       .source = "drivers/md/md.c:md_flush_request"},
      {.id = Change::flush_per_device,
       .name = "flush_per_device",
       .commit = "aaa53168cbcc",
       .first = "6.11",
       .alters = "a flush of a table of linear and striped targets has a clone for each device below, taken one by one "
                 "and without a lock; without it one for each segment, or for all stripes at once",
       .source = "drivers/md/dm.c:__send_empty_flush; drivers/md/dm-table.c:dm_table_complete"},
      {.id = Change::write_cache_inherited,
       .name = "write_cache_inherited",
       .commit = "1122c0c1cc71",
       .first = "6.11",
       .alters = "a device-mapper device has a write cache where any device of its table has one, so flushes are sent "
                 "to verity, too, and count for the device above; without it only targets that want flushes are asked",
       .source = "block/blk-settings.c:blk_stack_limits; drivers/md/dm-table.c:dm_table_supports_flush"},
      {.id = Change::no_writepage,
       .name = "no_writepage",
       .first = "6.12",
       .alters = "kswapd writes no page of a file or of a block device itself; it leaves them to the flusher",
       .source = "mm/vmscan.c:pageout; block/fops.c:def_blk_aops; fs/ext4/inode.c:ext4_aops",
       .not_read = "which of the releases between 6.1 and 6.12 dropped the method of which file"},
      {.id = Change::iomap_error_by_worker,
       .name = "iomap_error_by_worker",
       .first = "6.12",
       .alters = "an asynchronous direct read of a file that ends in an error is completed by a worker of dio_wq, as "
                 "writes are; without it in the completion itself",
       .source = "fs/iomap/direct-io.c:iomap_dio_done",
       .not_read = "which release brought it; 6.12.117 has it"},
      {.id = Change::rescuer_one_by_one,
       .name = "rescuer_one_by_one",
       .commit = "e5a30c303b07",
       .first = "7.0",
       .also_in = "6.12",
       .alters = "a rescuer takes one work item at a time, so threads that come later run the others; without it all "
                 "queued items are its own",
       .source = "kernel/workqueue.c:assign_rescuer_work"},
      {.id = Change::punch_without_writeback,
       .name = "punch_without_writeback",
       .first = "6.14",
       .also_in = "6.12",
       .alters = "a hole is punched into an ext4 file without writing the dirty pages of the range first; without it "
                 "whoever punches takes bios of fs_bio_set for them and waits",
       .source = "fs/ext4/inode.c:ext4_punch_hole, ext4_truncate_page_cache_block_range",
       .not_read = "files whose data is journalled (data=journal), whose pages are still written. The number of the "
                   "release is from memory; 6.12.117 has it"},
      {.id = Change::verity_fec_after_read_error,
       .name = "verity_fec_after_read_error",
       .first = "6.15",
       .alters = "a hash block that cannot be read is decoded like one that does not match; without it the read ends "
                 "in the error",
       .source = "drivers/md/dm-verity-target.c:verity_verify_level",
       .not_read = "the first look at a block, before the walk from the root, which does not decode; and the pull "
                   "request: 6.15 follows from the date on which it came to be in for-next (February 2025)"},
      {.id = Change::verity_fec_pool,
       .name = "verity_fec_pool",
       .commit = "b140a921eadf",
       .first = "7.0",
       .alters = "what error correction keeps for a bio comes from a mempool of its own (fec_io, one element for each "
                 "processor), taken first; without it it lies in every bio",
       .source = "drivers/md/dm-verity-fec.c:fec_alloc_and_init_io",
       .not_read = "the rest of that release: sizes of its verity device and its bios are those of 6.12"},
      {.id = Change::loop_direct_submission,
       .name = "loop_direct_submission",
       .commit = "0ba93a906dda",
       .first = "6.19",
       .alters = "a loop device with direct I/O first submits to its file from the thread that sends the request, "
                 "without waiting for requests, but after it took a bio of the file",
       .source = "drivers/block/loop.c:loop_queue_rq",
       .not_read = "the merged file: a posted series was read; a submission that succeeds at once is modelled as one "
                   "that the worker makes after the attempt"},
      {.id = Change::verity_module_pools,
       .name = "verity_module_pools",
       .alters = "the proposal of April 2025: all verity devices share one recheck page and one dm_io client",
       .source = "drivers/md/dm-verity-target.c:dm_verity_init, verity_recheck"},
      {.id = Change::loop_rescuer,
       .name = "loop_rescuer",
       .alters = "the workqueue of a loop device has a rescuer (WQ_MEM_RECLAIM), so its work runs where no thread can "
                 "be made",
       .source = "drivers/block/loop.c:loop_configure"},
  };
  return all;
}

const std::vector<OtherChange>& other_changes() {
  static const std::vector<OtherChange> all{
      {"bufio_lockless_hit", "450e8dee51aa", "6.4",
       "a block in the cache, and the release of a good one, take no lock of the client: here they take none in any "
       "release",
       "drivers/md/dm-bufio.c:new_read, dm_bufio_release"},
      {"verity_audit", "", "6.4",
       "a mismatch that stays is told to the audit log, which allocates (GFP_KERNEL) where auditing is on: the uevent "
       "right before it allocates with the same flags, in the same thread, with the same things held",
       "drivers/md/dm-verity-target.c:verity_handle_data_hash_mismatch"},
      {"verity_bh", "", "6.9",
       "try_verify_in_tasklet verifies in softirq: it never waits, and holds nothing when it hands over to kverityd",
       "drivers/md/dm-verity-target.c:verity_bh_work"},
      {"flush_nowait_single", "4a2fe2960891", "6.7",
       "a single clone of a flush is asked for with GFP_NOWAIT and then with GFP_NOIO: a mempool makes the same two "
       "attempts when it is asked once",
       "drivers/md/dm.c:__send_duplicate_bios"},
      {"unbound_not_ordered", "3bc1e711c26b", "6.9",
       "an unbound workqueue with max_active 1 is not ordered (__WQ_ORDERED) for that. Of those that are modelled "
       "these "
       "are kverityd on a machine with one processor and ext4-rsv-conversion. Either way __queue_work lets one item in "
       "(max_active) and puts the others on the list of inactive ones, from which pwq_dec_nr_in_flight takes the first "
       "when it is over: one item at a time, in the order in which they came. What differs is several NUMA nodes, "
       "where each has a place of its own",
       "kernel/workqueue.c:alloc_workqueue, __queue_work, pwq_activate_first_inactive"},
      {"unbound_system_wide", "5797b1c18919", "6.9",
       "max_active of an unbound workqueue counts over all NUMA nodes: a machine of a scenario has one node",
       "kernel/workqueue.c:wq_update_node_max_active"},
      {"loop_start_write", "", "6.16",
       "a direct write of a loop device holds its filesystem against freezing: no scenario freezes one",
       "drivers/block/loop.c:lo_rw_aio", number_from_memory},
      {"uevent_lock_later", "", "6.12",
       "the mutex of uevents is held for the broadcast alone: the allocations before and under it are the same",
       "lib/kobject_uevent.c:kobject_uevent_env", "which release between 6.1 and 6.12 brought it"},
  };
  return all;
}

}  // namespace dmstall::models
