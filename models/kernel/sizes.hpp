// Sizes of kernel structures: one table, one line for each, with the place that it was read from. The reserves of the
// models, the footprint, accounted memory and `show --bytes` read it, and nobody else knows a size.
//
// Linux 6.1.192, compiled with Debian's configuration for amd64, and for arm64 where that differs; Linux 6.12.117 for
// amd64, where it differs; verity with sha256. What a machine changes beside that is in models/kernel/memory_layout. A
// further release is a further number in the lines that it changes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/kernel/memory_layout.hpp"
#include "models/machine/resource.hpp"

namespace dmstall::models {

/// What hands the memory out.
enum class From : std::uint8_t {
  slab,      ///< a cache of its own, or part of something else: as large as compiled
  bio_slab,  ///< a cache of bios: rounded up to what that is aligned to
  kmalloc,   ///< rounded up to a size class
  pages,     ///< as large as a page of the machine
};

struct Structure {
  const char* what;        ///< "struct dm_io_client", "biovecs"
  ByRelease compiled = 0;  ///< sizeof on amd64 with pages of 4 KiB, in bytes; 0: differs by device, see `how`
  From from = From::slab;
  const char* how = "";     ///< what the number is made of; empty: which size class it comes from
  const char* source = "";  ///< where it is allocated or defined: file and function
  std::int32_t arm64 = 0;   ///< sizeof there, where it is another one
  std::int64_t (*on)(const MemoryLayout&) = nullptr;  ///< follows from the machine by a rule of its own

  /// As the allocator of the first release hands it out on amd64.
  [[nodiscard]] constexpr std::int32_t bytes() const;
};

/// kmalloc's size class for so many bytes, up to a page. `least`: the smallest that the machine has.
/// mm/slab_common.c:size_index, setup_kmalloc_cache_index_table.
[[nodiscard]] constexpr std::int32_t kmalloc_bytes(std::int32_t bytes, std::int32_t least = 8) {
  if (bytes > 64 && bytes <= 96 && least < 64) return 96;
  if (bytes > 128 && bytes <= 192 && least < 128) return 192;
  std::int32_t size = least;
  while (size < bytes) size *= 2;
  return size;
}

constexpr std::int32_t Structure::bytes() const {
  const std::int32_t size = compiled.first();
  return from == From::kmalloc && size != 0 ? kmalloc_bytes(size) : size;
}

/// Numbers that several lines are made of.
namespace compiled {
inline constexpr std::int32_t bio = 128, bio_vec = 16, bio_inline_vecs = 4, bio_max_vecs = 256;
inline constexpr std::int32_t dm_io_to_bio = 120;        ///< dm-core.h:DM_IO_BIO_OFFSET
inline constexpr std::int32_t dm_target_io_to_bio = 40;  ///< dm-core.h:DM_TARGET_IO_BIO_OFFSET
inline constexpr std::int32_t blkdev_dio_to_bio = 64;    ///< offsetof(struct blkdev_dio, bio), a cache line of its own
inline constexpr std::int32_t disk_exception = 16, commit_callback = 16;  ///< of dm-snap-persistent.c
inline constexpr std::int32_t page = 4096;
}  // namespace compiled

inline constexpr std::int32_t inline_vecs_bytes =
    compiled::bio_inline_vecs * compiled::bio_vec;  ///< back pad of a set with BIOSET_NEED_BVECS

/// Bytes of one object of the slab for bios with these pads. block/bio.c (bs_bio_slab_size, create_bio_slab),
/// mm/slub.c: the slab is SLAB_TYPESAFE_BY_RCU, so its free pointer lies behind the object, and SLAB_HWCACHE_ALIGN
/// rounds up to cache lines (arm64 on 6.1: to two, see From::bio_slab).
[[nodiscard]] constexpr std::int32_t bio_slab_object(std::int32_t front_pad, std::int32_t back_pad) {
  constexpr std::int32_t free_pointer = 8, cache_line = 64;
  return (front_pad + compiled::bio + back_pad + free_pointer + cache_line - 1) / cache_line * cache_line;
}

inline constexpr std::int32_t biovecs_bytes = compiled::bio_max_vecs * compiled::bio_vec;

/// What the vectors of a set are called whose bios all have at most BIO_INLINE_VECS of them: reserved, and never used.
inline constexpr const char* unused_biovecs = "never-used biovecs";

/// struct dm_verity_fec_io with DM_VERITY_FEC_BUF_MAX pointers.
[[nodiscard]] constexpr std::int64_t fec_io_bytes(std::int64_t page_bytes, std::int64_t head = 1056) {
  return head + page_bytes / 16 * 8;
}

/// struct dm_bufio_client: from 6.4 on with a lock and a tree for each of them, 2 for each processor, rounded up to a
/// power of two, at most 64. drivers/md/dm-bufio.c:num_hash_locks (dm_num_hash_locks).
[[nodiscard]] constexpr std::int32_t bufio_client_bytes(bool locks_by_cpus, int cpus) {
  if (!locks_by_cpus) return kmalloc_bytes(336);
  std::int32_t locks = 2;
  while (locks < 2 * cpus && locks < 64) locks *= 2;
  std::int32_t bytes = 512;
  while (bytes < 384 + 64 * locks) bytes *= 2;
  return bytes;
}

/// struct rs_control and its 8 arrays of roots + 1 numbers of 16 bits.
/// lib/reed_solomon/reed_solomon.c:init_rs_internal.
[[nodiscard]] constexpr std::int32_t rs_control_bytes(std::int32_t roots) {
  return kmalloc_bytes(8 + 8 * 2 * (roots + 1));
}

/// THREAD_SIZE: 16 KiB, and with vmapped stacks at least a page.
[[nodiscard]] constexpr std::int64_t kernel_stack_bytes(std::int64_t page_bytes) {
  return page_bytes > 16384 ? page_bytes : 16384;
}

// clang-format off: one line for each, as wide as it is
inline constexpr auto structures = std::to_array<Structure>({
    // what, compiled, from, how, source
    {"bio", bio_slab_object(0, inline_vecs_bytes), From::bio_slab,
     "struct bio 128 + 4 inline vectors 64 + free pointer 8, to cache lines",
     "block/bio.c:bs_bio_slab_size, create_bio_slab"},
    {"biovecs", biovecs_bytes, From::slab, "slab biovec-max: 256 struct bio_vec of 16, whatever a bio needs",
     "block/bio.c:bvec_slabs, bioset_init"},
    {unused_biovecs, biovecs_bytes, From::slab, "the same, of a set whose bios have at most BIO_INLINE_VECS 4 vectors",
     "block/bio.c:bio_alloc_bioset"},
    {"bio with struct dm_io", 0, From::bio_slab,
     "front pad: 120 + per-bio data of the target, to 8; then as a bio without inline vectors",
     "drivers/md/dm-table.c:dm_table_alloc_md_mempools"},
    {"bio with struct dm_target_io", 0, From::bio_slab,
     "front pad: 40 + per-bio data of the target, to 8; then as a bio without inline vectors",
     "drivers/md/dm-table.c:dm_table_alloc_md_mempools"},
    {"bio with struct md_io_acct",
     {bio_slab_object(16, 0), bio_slab_object(40, 0)},
     From::bio_slab,
     "front pad 16 (6.12: struct md_io_clone, 40); then as a bio without inline vectors",
     "drivers/md/md.c:md_run; mddev_init"},
    {"struct dm_md_mempools", 784, From::kmalloc, "", "drivers/md/dm-core.h"},
    {"mempool slots", 8, From::slab, "one pointer per element of min_nr", "mm/mempool.c:mempool_init_node"},
    {"struct io", 64, From::slab, "its alignment is its size", "drivers/md/dm-io.c"},
    {"struct dm_io_client", 464, From::kmalloc, "", "drivers/md/dm-io.c:dm_io_client_create"},
    {"struct dm_bufio_client", 336, From::kmalloc, "336; from 6.4 on 384 and 64 for each lock, from kmalloc",
     "drivers/md/dm-bufio.c:dm_bufio_client_create", 0,
     [](const MemoryLayout& of) {
       return std::int64_t{bufio_client_bytes(of.release.has(Change::bufio_locks_by_cpus), of.cpus)};
     }},
    {"struct dm_buffer", {152, 144}, From::slab, "a slab of its own", "drivers/md/dm-bufio.c:dm_bufio_client_create"},
    {"buffer data", 0, From::slab, "one block", "drivers/md/dm-bufio.c:alloc_buffer_data"},
    {"pages", compiled::page, From::pages, "one page",
     "mm/mempool.c:mempool_alloc_pages; drivers/md/dm-kcopyd.c:client_reserve_pages"},
    {"struct page_list", 16, From::kmalloc, "16; one for each page of kcopyd's reserve",
     "drivers/md/dm-kcopyd.c:alloc_pl"},
    {"kcopyd jobs", 9 * 360, From::slab, "struct kcopyd_job 360: one and SPLIT_COUNT 8 parts",
     "drivers/md/dm-kcopyd.c:dm_kcopyd_init"},
    {"struct dm_kcopyd_client", 248, From::kmalloc, "", "drivers/md/dm-kcopyd.c:dm_kcopyd_client_create"},
    {"pending exceptions", 128, From::slab, "struct dm_snap_pending_exception", "drivers/md/dm-snap.c:snapshot_ctr"},
    {"kernel stack", kernel_stack_bytes(compiled::page), From::slab, "THREAD_SIZE",
     "kernel/fork.c:alloc_thread_stack_node", 0,
     [](const MemoryLayout& of) { return kernel_stack_bytes(of.page_bytes()); }},
    {"struct dm_verity_fec", {376, 368}, From::kmalloc, "", "drivers/md/dm-verity-fec.c:verity_fec_ctr_alloc", 368},
    {"struct dm_verity_fec_io", fec_io_bytes(compiled::page), From::slab,
     "1056 (6.12: 1048), and a pointer for each 16 B of a page; in the front pad of every bio of a device with FEC",
     "drivers/md/dm-verity-fec.h:DM_VERITY_FEC_BUF_MAX", 0,
     [](const MemoryLayout& of) {
       constexpr ByRelease head{1056, 1048};
       return fec_io_bytes(of.page_bytes(), head.on(of.release));
     }},
    {"pooled dm_verity_fec_io", 0, From::kmalloc, "1 KiB and a pointer for each of 256 buffers, from kmalloc-4k",
     "drivers/md/dm-verity-fec.c:fec_alloc_and_init_io"},
    {"struct rs_control", 0, From::kmalloc, "8 + 16 for each root and one more, from kmalloc",
     "lib/reed_solomon/reed_solomon.c:init_rs_internal"},
    {"decode buffer", 0, From::slab, "16 codewords of 255 - roots", "drivers/md/dm-verity-fec.c:verity_fec_ctr"},
    {"output block", 0, From::slab, "one data block", "drivers/md/dm-verity-fec.c:verity_fec_ctr"},
    {"struct dm_verity", {752, 784}, From::kmalloc, "", "drivers/md/dm-verity-target.c:verity_ctr"},
    {"algorithm name", 7, From::kmalloc, "\"sha256\"", "drivers/md/dm-verity-target.c:verity_ctr"},
    {"struct dm_snapshot", 456, From::kmalloc, "", "drivers/md/dm-snap.c:snapshot_ctr"},
    {"struct pstore", 104, From::kmalloc, "", "drivers/md/dm-snap-persistent.c:persistent_ctr"},
    {"struct transient_c", 8, From::kmalloc, "8, from kmalloc", "drivers/md/dm-snap-transient.c:transient_ctr"},
    {"metadata areas", 0, From::slab, "three chunks", "drivers/md/dm-snap-persistent.c:alloc_area"},
    {"commit callbacks", 0, From::slab, "16 for each exception of an area",
     "drivers/md/dm-snap-persistent.c:persistent_read_metadata"},
    {"struct task_struct", 9792, From::slab, "of every kernel thread", "kernel/fork.c:alloc_task_struct_node", 4160},
    // Part of every bio of a device: in the front pads above.
    {"struct dm_verity_io", {96, 248}, From::slab, "in the front pad of every bio of verity", "drivers/md/dm-verity.h"},
    {"ahash_request",
     {80 + 112, 8 + 104},
     From::slab,
     "struct ahash_request (6.12: shash_desc) and sha256's own; after struct dm_verity_io",
     "drivers/md/dm-verity-target.c:verity_ctr"},
    {"digests",
     {2 * 32, 0},
     From::slab,
     "the wanted and the real one, sha256; after the request (6.12: in struct dm_verity_io)",
     "drivers/md/dm-verity.h:verity_io_real_digest, verity_io_want_digest"},
    {"struct dm_snap_tracked_chunk", 24, From::slab, "in the front pad of every bio of a snapshot",
     "drivers/md/dm-snap.c:snapshot_ctr"},
    // Allocated for a request, with no pool behind it.
    {"struct dm_exception", 32, From::slab, "a slab of its own", "drivers/md/dm-snap.c:alloc_completed_exception"},
    {"bio_vecs of a request", 128 * compiled::bio_vec, From::kmalloc, "", "drivers/block/loop.c:lo_rw_aio"},
    {"struct iomap_dio", 96, From::kmalloc, "", "fs/iomap/direct-io.c:__iomap_dio_rw"},
    {"ext4_io_end_t", 64, From::slab, "a slab of its own", "fs/ext4/page-io.c:ext4_init_io_end"},
    {"jbd2 handle", 56, From::slab, "struct jbd2_journal_handle, a slab of its own",
     "fs/jbd2/transaction.c:new_handle"},
    {"struct buffer_head", 104, From::slab, "a slab of its own", "fs/buffer.c:alloc_buffer_head"},
    {"allocation tree block", compiled::page, From::slab,
     "a block of the filesystem, the largest thing that a new extent takes",
     "fs/ext4/mballoc.c:ext4_mb_load_buddy_gfp"},
    {"struct kobj_uevent_env", 2592, From::kmalloc, "", "lib/kobject_uevent.c:kobject_uevent_env"},
});
// clang-format on

/// nullptr: a pool of a scenario's own, or there is none of that name.
[[nodiscard]] constexpr const Structure* find_structure(std::string_view what) {
  for (const Structure& each : structures) {
    if (what == each.what) return &each;
  }
  return nullptr;
}

/// The line of that name. That there is one is checked when it is compiled.
[[nodiscard]] consteval const Structure& structure(std::string_view what) {
  const Structure* found = find_structure(what);
  if (found == nullptr) throw "no line of the table is called so";
  return *found;
}

/// So many of them for each element of a pool, or for the pool.
[[nodiscard]] constexpr MemoryPart part(const Structure& of, std::int16_t count = 1, bool per_element = true) {
  return {of.what, of.bytes(), count, per_element};
}

/// One whose size the device decides.
[[nodiscard]] constexpr MemoryPart part_of_bytes(const Structure& of, std::int64_t bytes, std::int16_t count = 1) {
  return {of.what, static_cast<std::int32_t>(bytes), count, true};
}

/// As the allocator of a machine hands it out. `bytes`: as it does on amd64, for what a device decides.
[[nodiscard]] std::int64_t bytes_on(const Structure& of, const MemoryLayout& layout, std::int64_t bytes);
[[nodiscard]] inline std::int64_t bytes_on(const Structure& of, const MemoryLayout& layout) {
  return bytes_on(of, layout, of.bytes());
}

/// A line of the table as people read it.
struct SizeFact {
  std::string what;
  std::int64_t bytes = 0;  ///< of one; 0: differs, `how` says by what
  std::string how;         ///< "464 from kmalloc-512"
  std::string source;
  bool by_page = false;  ///< follows from the page size
};

[[nodiscard]] std::vector<SizeFact> size_facts(const MemoryLayout& layout);

}  // namespace dmstall::models
