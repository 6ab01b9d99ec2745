// What a submitter takes of its own before a request reaches a block device: its bios.
//
// Linux 6.1.192 and 6.12.117 (names of 6.1): fs/buffer.c (submit_bh_wbc, end_bio_bh_io_sync), mm/page_io.c
// (__swap_writepage, swap_readpage), block/fops.c (blkdev_direct_IO, __blkdev_direct_IO_simple, __blkdev_direct_IO,
// __blkdev_direct_IO_async, blkdev_readahead, blkdev_writepage), block/blk-flush.c (blkdev_issue_flush),
// block/blk-lib.c (__blkdev_issue_discard, __blkdev_issue_write_zeroes, __blkdev_issue_zero_pages,
// blkdev_issue_zeroout), block/bio.c (blk_next_bio). Writeback, swap and what goes through the page cache of a block
// device take a bio of fs_bio_set for each I/O, held until its put. Direct I/O: up to 256 pages a synchronous one has
// its bio on the stack, an asynchronous one takes one of blkdev_dio_pool; above that the first comes from
// blkdev_dio_pool, held until all are done, and each further one from fs_bio_set, taken when the one before it has been
// submitted. Discards and zeroes take from fs_bio_set, the next bio before the one in hand is submitted: a discard has
// one bio for up to 4 GiB and one more where it begins within a unit of the device, a zero-out one for each command of
// the device or each 256 pages. A flush has its bio on the stack. Files of a filesystem are models/kernel/file_io.
#pragma once

#include <string>
#include <vector>

#include "models/kernel/bio_row.hpp"
#include "models/kernel/sizes.hpp"
#include "models/kernel/stack.hpp"

namespace dmstall::models {

/// Bytes that one bio of 4 KiB pages holds: BIO_MAX_VECS pages (include/linux/bio_types.h, 256).
inline constexpr std::int64_t largest_bio_bytes = compiled::bio_max_vecs * compiled::page;

/// The flow in which a thread of `item` sends `io` to the item's device, a block device, and hears of its end.
/// `by_kswapd`: file pages that reclaim writes itself.
[[nodiscard]] FlowId submission(Stack& stack, const WorkloadItem& item, const Io& io, bool by_kswapd);

/// The bios of __blkdev_issue_discard for a range of a device with that granularity, in bytes; 0: any, and the range
/// may begin within a unit.
[[nodiscard]] std::vector<OwnBio> discard_bios(std::int64_t bytes, std::int64_t granularity, ResourceId set,
                                               const std::string& taken);

}  // namespace dmstall::models
