#include "models/kernel/traces/never_seen.hpp"

namespace dmstall::models {

namespace {

constexpr std::string_view no_bio_for_prefetch =
    "a buffer to read ahead into can be had at once, and the kmalloc of its bio right after that fails; without memory "
    "there is no such buffer (the reserve is not for reading ahead)";
constexpr std::string_view no_bio_in_walk =
    "while a hash block is decoded with its buffer held, a second buffer can be had and the kmalloc of its bio right "
    "after that fails, before the walk comes to the block that is decoded and waits for the memory of its uevent";

constexpr std::string_view no_bio_for_discard =
    "other requests have used up the reserve of the device's set and the slab of clones when a discard asks for its "
    "own: discards of a block device come one at a time (its inode's lock), so they do not do so themselves; flushes "
    "of the same device were seen there on 6.1";

constexpr std::string_view kswapd_writes_rarely =
    "kswapd writes a page itself where it comes to the page again and it is still dirty, and pages of a device under "
    "or on a loop device are written soon; kswapd was seen in these functions on a filesystem of a disk and on a "
    "linear device, where the ledger explains them";

}  // namespace

std::string_view to_string(WhyNotSeen why) {
  switch (why) {
    case WhyNotSeen::no_event:
      return "no event";
    case WhyNotSeen::moment:
      return "a moment";
  }
  return {};
}

const std::vector<NeverSeen>& never_seen() {
  using enum WhyNotSeen;
  static const std::vector<NeverSeen> all{
      {"take", "jbd2_log_wait_commit < ext4_sync_file < vfs_fsync", no_event,
       "kjournald2 sleeps in a loop of its own and is woken: nothing is queued, and no work function begins; who waits "
       "for the commit is seen asleep in jbd2_log_wait_commit"},
      {"take", "async_io < dm_io < use_dmio < submit_io < dm_bufio_prefetch < verity_prefetch_io", moment,
       no_bio_for_prefetch},
      {"take",
       "do_region < dispatch_io < async_io < dm_io < use_dmio < submit_io < dm_bufio_prefetch < verity_prefetch_io",
       moment, no_bio_for_prefetch},
      {"take",
       "async_io < dm_io < use_dmio < submit_io < new_read < dm_bufio_read < verity_verify_level < "
       "verity_hash_for_block < fec_read_bufs < fec_decode_rsb < verity_fec_decode < verity_verify_level",
       moment, no_bio_in_walk},
      {"take",
       "do_region < dispatch_io < async_io < dm_io < use_dmio < submit_io < new_read < dm_bufio_read < "
       "verity_verify_level < verity_hash_for_block < fec_read_bufs < fec_decode_rsb < verity_fec_decode < "
       "verity_verify_level",
       moment, no_bio_in_walk},
      {"take", "bio_alloc < swap_readpage < do_swap_page", moment,
       "a page that was swapped out has been freed, too, before somebody touches it: in the attempts on 6.12 kswapd "
       "swapped out pages of tmpfs instead, which nobody touched; recorded on 6.1",
       "6.12"},
      {"take",
       "bio_alloc < io_submit_init_bio < ext4_bio_write_page < ext4_writepage < pageout < shrink_folio_list < kswapd",
       moment, kswapd_writes_rarely, "6.1"},
      {"take", "bio_alloc < submit_bh_wbc < blkdev_writepage < pageout < shrink_folio_list < kswapd", moment,
       kswapd_writes_rarely, "6.1"},
      {"give",
       "free_tio < alloc_multiple_bios < __send_duplicate_bios < __send_changing_extent_only < __process_abnormal_io < "
       "dm_submit_bio",
       moment, no_bio_for_discard},
      {"take",
       "alloc_multiple_bios < __send_duplicate_bios < __send_changing_extent_only < __process_abnormal_io < "
       "dm_submit_bio",
       moment, no_bio_for_discard},
  };
  return all;
}

}  // namespace dmstall::models
