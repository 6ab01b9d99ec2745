#include "models/kernel/omissions/conditions.hpp"
#include "models/kernel/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& machine_bio_sets_part() {
  static const ModelPart part{
      "machine-bio-sets",
      "block/bio.c, block/fops.c, Linux 6.1 and 6.12",
      {
          {"machine-bio-sets.strangers", "block/bio.c:bio_alloc_bioset",
           "bios of filesystems, swap and block devices that are not in the scenario but draw from the same elements",
           Effect::hides_deadlock, "a stack beside that of the scenario keeps its bios while it waits for memory"},
          {"machine-bio-sets.per-cpu-cache",
           "block/bio.c:bio_alloc_percpu_cache, bio_put",
           "per-cpu lists of free bios that do not refill the reserve",
           Effect::hides_deadlock,
           "somebody polls with io_uring (IORING_SETUP_IOPOLL) on a file or a block device: up to 576 bios of each CPU "
           "stay on its list while others wait",
           {on_6_1, "on 6.12 a bio of the reserve goes back to it (mempool_is_saturated)"}},
          {"machine-bio-sets.vectors", "block/bio.c:bvec_alloc", "waiting for an element of the pools of vectors",
           Effect::none,
           "such a pool is as large as that of the bios, is asked for only by who holds a bio of the set, and gets its "
           "element back together with the bio"},
      }};
  return part;
}

}  // namespace dmstall::models
