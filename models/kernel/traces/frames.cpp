#include "models/kernel/traces/frames.hpp"

#include <algorithm>
#include <initializer_list>
#include <unordered_map>
#include <unordered_set>

namespace dmstall::models {

namespace {

using Names = std::unordered_set<std::string_view>;

const Names& pools() {
  static const Names names = {
      "mempool_alloc",    "mempool_alloc_slab", "mempool_alloc_pages", "mempool_kmalloc",
      "bio_alloc_bioset", "bio_alloc_clone",    "bio_alloc",           "bio_alloc_percpu_cache",
  };
  return names;
}

const Names& returns() {
  static const Names names = {
      "mempool_free", "mempool_free_slab", "mempool_free_pages", "mempool_kfree", "bio_put", "bio_free", "kfree",
  };
  return names;
}

const Names& allocators() {
  static const Names names = {
      "kmalloc",
      "kzalloc",
      "kmalloc_array",
      "kcalloc",
      "kmalloc_trace",
      "__kmalloc",
      "__kmalloc_node",
      "__kmalloc_cache",
      "kmalloc_large",
      "kmalloc_node_trace",
      "kmem_cache_alloc",
      "kmem_cache_zalloc",
      "kmem_cache_alloc_lru",
      "kmem_cache_alloc_node",
      "__kmem_cache_alloc_node",
      "__kmalloc_large_node",
      "kmalloc_reserve",
      "___kmalloc_large_node",
      "__alloc_pages",
      "alloc_pages",
      "alloc_page",
      "alloc_pages_mpol",
      "__get_free_pages",
      "get_free_pages",
      "folio_alloc",
      "__folio_alloc",
      "filemap_alloc_folio",
      "kvmalloc_node",
      "__kvmalloc_node",
      "kvmalloc",
      "__kmalloc_node_track_caller",
      "__kmalloc_cache_node",
      "alloc_pages_node",
      "alloc_pages_bulk_array_mempolicy",
      "__alloc_pages_bulk",
      "__alloc_pages_slowpath",
      "allocate_slab",
      "new_slab",
      "___slab_alloc",
      "__slab_alloc",
      "pcpu_alloc",
  };
  return names;
}

const Names& waits() {
  static const Names names = {
      "__wait_for_common",
      "submit_bio_wait",
      "folio_wait_bit_common",
      "wait_event",
      "wait_for_completion",
      "wait_for_completion_io",
      "wait_for_completion_io_timeout",
      "wait_for_completion_timeout",
      "wait_for_completion_killable",
      "io_schedule",
      "io_schedule_timeout",
      "schedule",
      "schedule_timeout",
      "schedule_timeout_uninterruptible",
      "schedule_preempt_disabled",
      "bit_wait",
      "bit_wait_io",
      "__wait_on_bit",
      "__wait_on_bit_lock",
      "out_of_line_wait_on_bit",
      "out_of_line_wait_on_bit_lock",
      "wait_on_bit",
      "wait_on_bit_io",
      "__schedule",
      "schedule_hrtimeout",
      "schedule_hrtimeout_range",
      "__cond_resched",
      "msleep",
  };
  return names;
}

const Names& locks() {
  static const Names names = {
      "mutex_lock",
      "__mutex_lock",
      "__mutex_lock_slowpath",
      "mutex_lock_io",
      "mutex_lock_killable",
      "mutex_lock_interruptible",
      "down",
      "__down",
      "___down_common",
      "__down_common",
      "down_interruptible",
      "down_read",
      "down_write",
      "__down_read",
      "__down_write",
      "down_read_killable",
      "down_write_killable",
      "rwsem_down_read_slowpath",
      "rwsem_down_write_slowpath",
      "down_read_trylock",
      "percpu_down_read",
      "__percpu_down_read",
      "percpu_rwsem_wait",
      "percpu_down_write",
  };
  return names;
}

const Names& queues() {
  static const Names names = {
      "queue_work",          "queue_work_on",      "__queue_work",         "queue_delayed_work_on",
      "mod_delayed_work_on", "queue_delayed_work", "__queue_delayed_work", "worker_thread"};
  return names;
}

bool any_of(std::initializer_list<const Names*> sets, std::string_view function) {
  return std::any_of(sets.begin(), sets.end(), [&](const Names* names) { return names->count(function) != 0; });
}

}  // namespace

bool is_inside(EventKind kind, std::string_view function) {
  switch (kind) {
    case EventKind::take:
    case EventKind::bio:
      return any_of({&pools()}, function);
    case EventKind::give:
    case EventKind::put:
      return any_of({&returns()}, function);
    case EventKind::alloc:
    case EventKind::try_:
      return any_of({&allocators()}, function);
    case EventKind::sleep:
      return any_of({&waits(), &locks(), &pools(), &allocators()}, function);
    case EventKind::lock:
      return any_of({&locks(), &waits()}, function);
    case EventKind::queue:
    case EventKind::run:
      return any_of({&queues()}, function);
  }
  return false;
}

bool is_common(std::string_view function) {
  static const Names others = {
      "process_one_work",
      "process_scheduled_works",
      "worker_thread",
      "rescuer_thread",
      "kthread",
      "ret_from_fork",
      "submit_bio",
      "submit_bio_wait",
      "submit_bio_noacct",
      "submit_bio_noacct_nocheck",
      "__submit_bio",
      "__submit_bio_noacct",

      "blk_mq_end_request",
      "__blk_mq_end_request",
      "blk_mq_submit_bio",
      "vfs_read",
      "vfs_write",
      "ksys_read",
      "ksys_write",
      "ksys_pread64",
      "ksys_pwrite64",
      "__x64_sys_read",
      "__x64_sys_write",
      "do_syscall_64",
      "kworker",
      "loop_thread",
  };
  return any_of({&pools(), &returns(), &allocators(), &waits(), &locks(), &queues(), &others}, function);
}

bool is_machine_set(std::string_view pool) {
  return pool == "fs_bio_set" || pool == "blkdev_dio_pool";
}

bool is_completion(std::string_view function) {
  static const Names names = {"blk_update_request", "clone_endio", "bio_endio", "md_end_io_acct", "md_end_clone_io"};
  return names.count(function) != 0;
}

const ShownAs& shown_as(std::string_view function) {
  // Read in the sources of both releases and in the code of Debian's kernels.
  static const std::unordered_map<std::string_view, ShownAs> known = {
      // A part of it is compiled into its caller, which a symbol table does not tell.
      {"complete_io", {{}, true}},
      {"endio", {{}, true}},
      {"jbd2_alloc_handle", {{"jbd2__journal_start"}}},
      {"__blkdev_direct_IO", {{"blkdev_direct_IO"}}},
      {"__blkdev_direct_IO_async", {{"blkdev_direct_IO"}}},
      {"folio_wait_locked", {{"filemap_get_pages", "filemap_read_folio"}}},
      {"filemap_create_folio", {{"page_cache_ra_unbounded", "filemap_get_pages"}}},
      {"loop_workfn", {{"loop_rootcg_workfn"}}},
      {"error_bios", {{"pending_complete"}}},
      // 6.12 makes a bio where 6.1 has blk_next_bio.
      {"blk_next_bio", {{}, true}},
      {"__blkdev_issue_discard", {{"blk_alloc_discard_bio"}}},
      // The last bio of a range, and the first of a large direct I/O, are put by who waited for them.
      {"__bio_chain_endio", {{"blkdev_issue_discard", "blkdev_issue_zeroout", "blkdev_common_ioctl"}}},
      {"blkdev_bio_end_io", {{"__blkdev_direct_IO", "blkdev_direct_IO"}}},
      {"blkdev_issue_discard", {{"blkdev_common_ioctl"}}},
      // A queue of the device, whose work function takes what end_io has put there.
      {"__dm_io_complete", {{"dm_wq_work"}}},
      {"generic_perform_write", {{"iomap_file_buffered_write"}}},
      {"__alloc_buffer_wait", {{"alloc_buffer"}}},
      // A bio that the target refuses ends where it was mapped.
      {"clone_endio", {{"dm_submit_bio", "__map_bio"}}},
      {"file_modified", {{"file_modified_flags", "file_update_time"}}},
      {"start_this_handle", {{"add_transaction_credits"}}},
      {"ext4_journal_start_with_reserve", {{"jbd2__journal_start"}, true}},
      // 6.12 has a folio where 6.1 has a page.
      {"ext4_bio_write_page", {{"ext4_bio_write_folio"}}},
      {"blkdev_writepage", {{"blkdev_writepages", "__block_write_full_page", "__block_write_full_folio"}}},
      {"io_submit_init_bio", {{"ext4_bio_write_page", "ext4_bio_write_folio"}}},
      {"submit_bh", {{"submit_bh_wbc"}}},
      {"swap_readpage", {{"swap_read_folio"}}},
      // Pages of tmpfs come back from swap as those of a task do.
      {"do_swap_page", {{"shmem_swapin"}}},
      // Readahead calls the filesystem's function through a pointer.
      {"blkdev_readahead", {{"read_pages"}}},
      {"mpage_readahead", {{"do_mpage_readpage"}}},
  };
  static const ShownAs itself;
  const auto found = known.find(function);
  return found == known.end() ? itself : found->second;
}

LockMode lock_mode(std::string_view function) {
  const auto has = [&](std::string_view part) { return function.find(part) != std::string_view::npos; };
  if (has("mutex_lock")) return LockMode::mutex;
  if (has("down_read")) return LockMode::read;
  return has("down_write") ? LockMode::write : LockMode::none;
}

std::string_view plain_name(std::string_view function) {
  function = function.substr(0, function.find('.'));
  constexpr std::string_view profiled = "_noprof";
  if (function.size() > profiled.size() && function.ends_with(profiled)) function.remove_suffix(profiled.size());
  return function;
}

}  // namespace dmstall::models
