#include "models/kernel/traces/left_out.hpp"

#include <initializer_list>

namespace dmstall::models {

namespace {

/// Chains of one entry that are events of the same kinds.
struct Chains {
  std::string_view id;
  EventKinds kinds;
  std::vector<std::string_view> chains;
  bool of_tasks = false;
};

std::vector<LeftOut> flat(const std::vector<Chains>& entries) {
  std::vector<LeftOut> all;
  for (const Chains& entry : entries) {
    for (const std::string_view chain : entry.chains) all.push_back({entry.id, {entry.kinds, chain}, entry.of_tasks});
  }
  return all;
}

}  // namespace

const std::vector<LeftOut>& left_out_events() {
  using enum EventKind;
  const EventKinds memory = alloc | try_;
  const EventKinds waits = lock | sleep;
  static const std::vector<LeftOut> events = flat({

      {"administration.suspend",
       waits | alloc,
       {"dm_internal_suspend_fast < snapshot_resume", "dm_set_device_limits < snapshot_iterate_devices"}},
      {"administration.table-load",
       waits | alloc,
       {"dm_get_device < snapshot_ctr < dm_table_add_target", "dm_put_device < snapshot_dtr",
        "snapshot_ctr < dm_table_add_target", "alloc_workqueue < persistent_ctr",
        "destroy_workqueue < persistent_dtr"}},
      {"administration.header",
       waits | take | give | bio | put,
       {"__flush_workqueue < chunk_io < persistent_read_metadata"}},
      {"disk.driver",
       take | give | memory,
       {"__sg_alloc_table < sg_alloc_table_chained < virtblk_prep_rq", "__sg_free_table < virtblk_request_done",
        "virtblk_prep_rq"}},
      {"dm-bufio.cache-locks",
       lock,
       {"lh_next < lru_evict < cache_evict", "cache_get", "cache_put_and_wake", "cache_remove",
        "__bufio_new < new_read", "__bufio_new < __dm_bufio_prefetch"}},
      {"dm-bufio.eviction-under-lock",
       lock,
       {"dm_bufio_lock < dm_bufio_release", "dm_bufio_lock < dm_bufio_prefetch",
        "dm_bufio_lock < __dm_bufio_prefetch"}},
      {"dm-bufio.shrinker", queue | run | waits, {"shrink_work"}},
      {"dm-core.bio-split",
       take | bio,
       {"bio_split < bio_submit_split < bio_split_to_limits < dm_submit_bio",
        "bio_split < __bio_split_to_limits < dm_submit_bio"}},
      {"dm-flush.suspended", queue | run, {"dm_wq_work"}},
      {"file-io.access-times",
       memory | waits,
       {"jbd2__journal_start < ext4_dirty_inode < touch_atime", "start_this_handle < ext4_dirty_inode < touch_atime"}},
      {"file-io.first-direct-io",
       memory | waits | queue | run,
       {"alloc_workqueue < sb_init_dio_done_wq", "init_rescuer < alloc_workqueue < sb_init_dio_done_wq",
        "alloc_worker < init_rescuer < alloc_workqueue < sb_init_dio_done_wq",
        "__kthread_create_on_node < kthread_create_on_node < init_rescuer < alloc_workqueue < sb_init_dio_done_wq",
        "kvasprintf < __kthread_create_on_node < kthread_create_on_node < init_rescuer < alloc_workqueue < "
        "sb_init_dio_done_wq",
        "destroy_workqueue < sb_init_dio_done_wq", "kthread_stop < destroy_workqueue < sb_init_dio_done_wq",
        "drain_workqueue < destroy_workqueue < sb_init_dio_done_wq",
        "__flush_workqueue < drain_workqueue < destroy_workqueue < sb_init_dio_done_wq",
        "pcpu_alloc < alloc_workqueue < sb_init_dio_done_wq"}},
      {"file-io.folio-locks", sleep, {"folio_wait_writeback", "filemap_get_pages"}},
      {"file-io.inode-locks",
       waits,
       {"ext4_file_read_iter",
        "ext4_file_write_iter",
        "ext4_buffered_write_iter",
        "ext4_dio_write_iter",
        "ext4_map_blocks",
        "ext4_map_query_blocks",
        "ext4_da_get_block_prep",
        "ext4_fallocate",
        "ext4_punch_hole",
        "ext4_alloc_file_blocks",
        "ext4_handle_inode_extension",
        "ext4_release_file",
        "ext4_xattr_get",
        "ext4_orphan_add",
        "ext4_orphan_del",
        "ext4_mb_initialize_context",
        "ext4_do_writepages",
        "ext4_writepages",
        "unmap_mapping_range < ext4_fallocate",
        "unmap_mapping_range < ext4_punch_hole",
        "filemap_get_pages",
        "page_cache_ra_unbounded"}},
      {"file-io.journal",
       waits | take | bio | give | put,
       {"jbd2_write_superblock < jbd2_journal_update_sb_log_tail", "submit_bh_wbc < jbd2_write_superblock",
        "jbd2_journal_commit_transaction", "jbd2_log_wait_commit"}},
      {"file-io.log-blocks", take | bio | give | put | waits, {"submit_bh_wbc < jbd2_journal_commit_transaction"}},
      {"file-io.metadata-memory",
       memory,
       {"ext4_find_extent", "ext4_free_blocks", "ext4_mb_new_blocks", "__es_insert_extent", "ext4_alloc_io_end_vec",
        "insert_revoke_hash", "jbd2_journal_add_journal_head", "jbd2__journal_start", "start_this_handle",
        "__filemap_get_folio < __getblk_slow", "__filemap_get_folio < pagecache_get_page < __getblk_gfp",
        "alloc_buffer_head < folio_alloc_buffers < __getblk_slow",
        "alloc_buffer_head < alloc_page_buffers < __getblk_gfp", "__filemap_get_folio < ext4_mb_load_buddy_gfp",
        "alloc_buffer_head < jbd2_journal_write_metadata_buffer"}},
      {"file-io.metadata-writeback",
       take | bio | give | put,
       {"submit_bh_wbc < __block_write_full_page < generic_writepages",
        "submit_bh_wbc < __block_write_full_folio < write_cache_pages < blkdev_writepages"}},
      {"kcopyd.job-lock", lock, {"segment_complete < run_complete_job"}},
      {"snapshot.event-lock", lock, {"dm_table_event < pending_complete"}},
      {"snapshot.handover",
       waits,
       {"__find_snapshots_sharing_cow < snapshot_preresume", "__find_snapshots_sharing_cow < snapshot_resume",
        "__find_snapshots_sharing_cow < snapshot_ctr", "__find_snapshots_sharing_cow < snapshot_dtr",
        "snapshot_preresume"}},
      {"snapshot-merge.handover",
       waits,
       {"__find_snapshots_sharing_cow < snapshot_preresume", "__find_snapshots_sharing_cow < snapshot_resume",
        "__find_snapshots_sharing_cow < snapshot_ctr", "__find_snapshots_sharing_cow < snapshot_dtr",
        "snapshot_preresume", "snapshot_resume < snapshot_merge_resume", "get_origin_minimum_chunksize",
        "__origin_write < snapshot_merge_next_chunks < run_complete_job", "snapshot_dtr < dm_table_destroy",
        "unregister_snapshot < snapshot_dtr", "snapshot_resume < dm_table_resume_targets",
        "register_snapshot < snapshot_ctr", "snapshot_ctr < dm_table_add_target", "dm_get_device < snapshot_ctr",
        "dm_put_device < snapshot_dtr", "alloc_workqueue < persistent_ctr", "destroy_workqueue < persistent_dtr",
        "dm_set_device_limits < snapshot_iterate_devices"}},
      {"snapshot-merge.first-chunk",
       waits,
       {"snapshot_merge_next_chunks < dm_table_resume_targets",
        "__origin_write < snapshot_merge_next_chunks < dm_table_resume_targets"}},
      {"snapshot-merge.origins-lock",
       lock,
       {"do_origin < dm_submit_bio", "down_read < snapshot_merge_next_chunks < run_complete_job"}},
      {"snapshot-merge.lock",
       lock,
       {"remove_single_exception_chunk < merge_callback", "merge_callback < run_complete_job", "snapshot_merge_map",
        "down_write < snapshot_merge_next_chunks < run_complete_job"}},
      {"snapshot.new-snapshot", lock, {"snapshot_resume < dm_table_resume_targets"}},
      {"snapshot.header",
       take | give | bio | put | waits,
       {"sync_io < dm_io < do_metadata", "dispatch_io < sync_io < dm_io < do_metadata",
        "dec_count < sync_io < dm_io < do_metadata"}},
      {"snapshot.metadata-thread",
       waits | queue | run,
       {"do_metadata", "__flush_workqueue < chunk_io < persistent_drop_snapshot"}},
      {"submission.disk-split",
       take | bio | give | put,
       {"bio_split < __bio_split_to_limits < blk_mq_submit_bio", "bio_split < bio_submit_split < blk_mq_submit_bio",
        "bio_endio"}},
      {"submission.errors", queue | run, {"blk_mq_timeout_work"}},
      {"submission.kblockd", queue | run, {"blk_mq_run_work_fn", "blk_mq_requeue_work"}},
      {"submission.writeback-throttling", sleep, {"rq_qos_wait < wbt_wait"}},
      {"verity.event-text", memory, {"kobject_get_path < kobject_uevent_env < verity_handle_err"}},
      {"verity-fec.rs-list-lock",
       waits,
       {"init_rs_internal < init_rs_gfp < fec_decode_rsb", "init_rs_internal < init_rs_gfp < verity_fec_decode",
        "free_rs < verity_fec_finish_io"}},
      {"verity-fec.rs-elements", memory, {"init_rs_internal < init_rs_gfp < mempool_alloc < fec_decode_rsb"}},
      {"workload.direct-reclaim",
       take | bio | sleep,
       {"__swap_writepage < pageout < reclaim_pages", "__swap_writepage < pageout < try_to_free_pages"}},
      {"workload.device-locks",
       waits,
       {"blkdev_read_iter", "blkdev_write_iter", "blkdev_common_ioctl", "blkdev_fallocate", "truncate_bdev_range",
        "bd_prepare_to_claim < truncate_bdev_range", "filemap_get_pages < filemap_read < blkdev_read_iter",
        "page_cache_ra_unbounded < filemap_get_pages < filemap_read < blkdev_read_iter"}},
      {"workload.direct-vectors", memory, {"__blkdev_direct_IO_simple"}, true},
      {"workload.own-pages",
       memory | sleep | lock,
       {"page_cache_ra_unbounded", "__filemap_get_folio < iomap_write_begin",
        "__filemap_get_folio < pagecache_get_page < block_write_begin",
        "alloc_buffer_head < alloc_page_buffers < create_empty_buffers",
        "alloc_buffer_head < folio_alloc_buffers < create_empty_buffers", "folio_wait_writeback", "filemap_get_pages",
        "__filemap_get_folio < ext4_da_write_begin", "__filemap_get_folio < pagecache_get_page < ext4_da_write_begin"},
       true},
      {"workqueue.manager",
       memory | waits,
       {"create_worker", "alloc_worker < create_worker",
        "__kthread_create_on_node < kthread_create_on_node < create_worker",
        "kvasprintf < __kthread_create_on_node < kthread_create_on_node < create_worker",
        "worker_attach_to_pool < create_worker"}},
  });
  return events;
}

}  // namespace dmstall::models
