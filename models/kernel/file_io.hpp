// I/O on a file: of a filesystem, or a block device opened as a file. By an application, by loop, by the flusher.
//
// Linux 6.1.192 and 6.12.117: fs/iomap/direct-io.c (__iomap_dio_rw, iomap_dio_bio_iter, iomap_dio_bio_end_io),
// mm/filemap.c (filemap_read, filemap_create_folio), fs/ext4/readpage.c (ext4_mpage_readpages), fs/mpage.c,
// fs/ext4/page-io.c (io_submit_init_bio), fs/ext4/inode.c (ext4_da_write_begin, ext4_dirty_inode, ext4_punch_hole,
// ext4_iomap_alloc), fs/ext4/extents.c (ext4_fallocate), fs/buffer.c (create_empty_buffers), block/fops.c
// (__blkdev_direct_IO_async, blkdev_fallocate). Writeback and fsync are models/kernel/ext4_writeback, the journal is
// models/kernel/journal. Every I/O that reaches the device below carries a bio of fs_bio_set (direct I/O on a block
// device: of blkdev_dio_pool) until it is complete; direct I/O on a filesystem takes a further one for each 256 pages,
// when the one before it has been submitted. Nothing is reserved for what else it takes, see models/kernel/unpooled:
// struct iomap_dio, ext4's io_end, journal handles and blocks (kmalloc and slabs), pages of the page cache and their
// buffer heads. ext4_writepages runs under memalloc_nofs_save; loop's work items under PF_MEMALLOC_NOIO, and the
// mapping of a loop file lacks __GFP_IO.
#pragma once

#include <string>
#include <string_view>

#include "models/kernel/stack.hpp"
#include "models/kernel/unpooled.hpp"

namespace dmstall::models {

/// Whether the page cache holds a block that is read.
enum class PageCache : std::uint8_t {
  any,   ///< open at every read: pages may be reclaimed between two
  cold,  ///< never: every read goes to the device
  kept,  ///< empty at the start; what was read once stays
  warm,  ///< always
};

struct File {
  DeviceIndex user = -1;        ///< whose file it is: the loop device; the filesystem itself for applications
  DeviceIndex filesystem = -1;  ///< -1: the file is the block device `below`
  DeviceIndex below = -1;       ///< block device that the I/O goes to
  PageCache cache = PageCache::any;
  Gfp thread = Gfp::kernel;  ///< what allocations of the thread may do that reads and writes the file
};

/// Whether a write finds no blocks yet and needs the journal for them.
[[nodiscard]] bool allocates(const Stack& stack, const File& file);

/// What ext4_writepages has allocated when its bios are complete: the io_end at once, blocks where there are none yet.
struct ExtentMemory {
  Allocation io_end, blocks;
};
[[nodiscard]] ExtentMemory new_extent(Stack& stack, const File& file, const std::string& caller);

/// "any", "cold", "kept" or "warm".
[[nodiscard]] PageCache page_cache_named(std::string_view text);
/// The parameter that says so, of a block `of_what`: "that an application reads".
[[nodiscard]] Parameter page_cache_parameter(const std::string& of_what);
/// The file behind `user`: on a device that holds files, or the block device itself. Who has a file of another device
/// below him is a driver and may start no I/O to get memory; applications of a filesystem may.
[[nodiscard]] File file_on(const Stack& stack, DeviceIndex user, DeviceIndex lower, PageCache cache);

/// Serves `io` on the file, by its access. Direct I/O and writeback let a submitter go (detach) when the device below
/// does; what goes through the page cache keeps it until the data is there. Several users of one file share the flow.
[[nodiscard]] FlowId file_flow(Stack& stack, const File& file, const Io& io);
/// Where the I/O on the file goes: to its filesystem if another device uses the file, else below.
[[nodiscard]] std::vector<Region> file_regions(const File& file, IoOp op);
[[nodiscard]] Steps file_steps(Stack& stack, const File& file, const Io& io);
/// fallocate of a range of the file that makes a hole (discard) or zeroes; the caller sleeps until it is done.
[[nodiscard]] FlowId range_flow(Stack& stack, const File& file, const Io& io);

}  // namespace dmstall::models
