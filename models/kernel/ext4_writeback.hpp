// How ext4 writes the dirty pages of a file: extents, the bios of one extent, and when these are put.
//
// Linux 6.1.192 and 6.12.117: fs/ext4/inode.c (ext4_writepages, mpage_prepare_extent_to_map,
// mpage_map_and_submit_extent, MAX_WRITEPAGES_EXTENT_LEN), fs/ext4/page-io.c (io_submit_add_bh, io_submit_init_bio,
// ext4_end_bio, ext4_put_io_end_defer, ext4_end_io_rsv_work, ext4_release_io_end), fs/ext4/ext4_jbd2.h
// (ext4_should_dioread_nolock). Consecutive dirty pages are mapped as extents of up to 2048 blocks, each written in
// bios of up to 256 pages, one after the other. Blocks that are new or preallocated are marked unwritten
// (dioread_nolock, the default): a bio of theirs that is complete stays on io_end->bio and is put when the last bio of
// the extent is complete and a worker of ext4-rsv-conversion has converted the extent. The journal handle stays open
// until the extent's last bio is allocated.
#pragma once

#include "models/kernel/file_io.hpp"
#include "models/kernel/sizes.hpp"

namespace dmstall::models {

/// ext4_should_dioread_nolock, of blocks that are allocated or converted when they are written.
[[nodiscard]] bool parks_bios(const Stack& stack, DeviceIndex filesystem);

/// Most bytes that one io_end covers: MAX_WRITEPAGES_EXTENT_LEN blocks of 4 KiB.
inline constexpr std::int64_t largest_extent_bytes = 2048 * compiled::page;

/// ext4_writepages of io.bytes consecutive bytes in bios of io.bio_bytes; the caller may return (detach) when all are
/// submitted. On a block device as a file: one bio a page, see models/kernel/submitter.
[[nodiscard]] Steps write_back(Stack& stack, const File& file, const Io& io);
/// ext4_writepage: a page that kswapd writes itself, on a release where it does (Change::no_writepage).
[[nodiscard]] Steps write_reclaimed(Stack& stack, const File& file, const Io& io);

/// vfs_fsync: io.bytes that are dirty (0: one page) go down and are waited for, the transaction commits, then the
/// device's cache is flushed.
[[nodiscard]] Steps sync_file(Stack& stack, const File& file, const Io& io);

}  // namespace dmstall::models
