#include "models/targets/size_facts.hpp"

#include <algorithm>

#include "models/kernel/bio_slab.hpp"

namespace dmstall::models {

std::vector<SizeFact> size_facts(const MemoryLayout& layout) {
  const auto from_kmalloc = [&](std::int64_t bytes) { return std::max(bytes, layout.kmalloc_least_bytes()); };
  return {
      {"bio", bio_slab_object(0, inline_vecs_bytes),
       "struct bio 128 + 4 inline vectors 64 + free pointer 8, to cache lines",
       "block/bio.c:bs_bio_slab_size, create_bio_slab", false},
      {"biovecs", 256 * 16, "slab biovec-max: 256 struct bio_vec of 16, whatever a bio needs",
       "block/bio.c:bvec_slabs, bioset_init", false},
      {unused_biovecs, 256 * 16, "the same, of a set whose bios have at most BIO_INLINE_VECS 4 vectors",
       "block/bio.c:bio_alloc_bioset", false},
      {"bio with struct dm_io", 0,
       "front pad: 120 + per-bio data of the target, to 8; then as a bio without inline vectors",
       "drivers/md/dm-table.c:dm_table_alloc_md_mempools", false},
      {"bio with struct dm_target_io", 0,
       "front pad: 40 + per-bio data of the target, to 8; then as a bio without inline vectors",
       "drivers/md/dm-table.c:dm_table_alloc_md_mempools", false},
      {"struct dm_md_mempools", 1024, "784 from kmalloc-1k", "drivers/md/dm-core.h", false},
      {"mempool slots", mempool_slot_bytes, "one pointer per element of min_nr", "mm/mempool.c:mempool_init_node",
       false},
      {"struct io", 64, "its alignment is its size", "drivers/md/dm-io.c", false},
      {"struct dm_io_client", 512, "464 from kmalloc-512", "drivers/md/dm-io.c:dm_io_client_create", false},
      {"struct dm_bufio_client", 512, "336 from kmalloc-512", "drivers/md/dm-bufio.c:dm_bufio_client_create", false},
      {"struct dm_buffer", 152, "a slab of its own", "drivers/md/dm-bufio.c:dm_bufio_client_create", false},
      {"buffer data", 0, "one block", "drivers/md/dm-bufio.c:alloc_buffer_data", false},
      {"pages", layout.page_bytes(), "one page",
       "mm/mempool.c:mempool_alloc_pages; drivers/md/dm-kcopyd.c:client_reserve_pages", true},
      {"struct page_list", from_kmalloc(16), "16; one for each page of kcopyd's reserve",
       "drivers/md/dm-kcopyd.c:alloc_pl", false},
      {"kcopyd jobs", 9 * 360, "struct kcopyd_job 360: one and SPLIT_COUNT 8 parts",
       "drivers/md/dm-kcopyd.c:dm_kcopyd_init", false},
      {"struct dm_kcopyd_client", 256, "248 from kmalloc-256", "drivers/md/dm-kcopyd.c:dm_kcopyd_client_create", false},
      {"pending exceptions", 128, "struct dm_snap_pending_exception", "drivers/md/dm-snap.c:snapshot_ctr", false},
      {"kernel stack", layout.stack_bytes(), "THREAD_SIZE", "kernel/fork.c:alloc_thread_stack_node", true},
      {"struct dm_verity_fec", 512, "376 (arm64: 368) from kmalloc-512",
       "drivers/md/dm-verity-fec.c:verity_fec_ctr_alloc", false},
      {"struct dm_verity_fec_io", layout.fec_io_bytes(),
       "1056, and a pointer for each 16 B of a page; in the front pad of every bio of a device with FEC",
       "drivers/md/dm-verity-fec.h:DM_VERITY_FEC_BUF_MAX", true},
      {"struct rs_control", 0, "8 + 16 for each root and one more, from kmalloc",
       "lib/reed_solomon/reed_solomon.c:init_rs_internal", false},
      {"decode buffer", 0, "16 codewords of 255 - roots", "drivers/md/dm-verity-fec.c:verity_fec_ctr", false},
      {"output block", 0, "one data block", "drivers/md/dm-verity-fec.c:verity_fec_ctr", false},
      {"struct dm_verity", 1024, "752 from kmalloc-1k", "drivers/md/dm-verity-target.c:verity_ctr", false},
      {"algorithm name", from_kmalloc(8), "\"sha256\"", "drivers/md/dm-verity-target.c:verity_ctr", false},
      {"struct dm_snapshot", 512, "456 from kmalloc-512", "drivers/md/dm-snap.c:snapshot_ctr", false},
      {"struct pstore", 128, "104 from kmalloc-128", "drivers/md/dm-snap-persistent.c:persistent_ctr", false},
      {"struct transient_c", from_kmalloc(8), "8, from kmalloc", "drivers/md/dm-snap-transient.c:transient_ctr", false},
      {"metadata areas", 0, "three chunks", "drivers/md/dm-snap-persistent.c:alloc_area", false},
      {"commit callbacks", 0, "16 for each exception of an area",
       "drivers/md/dm-snap-persistent.c:persistent_read_metadata", false},
      {"struct task_struct", layout.task_struct_bytes(), "of every kernel thread",
       "kernel/fork.c:alloc_task_struct_node", false},
  };
}

}  // namespace dmstall::models
