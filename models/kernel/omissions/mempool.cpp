#include "models/kernel/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& mempool_part() {
  static const ModelPart part{
      "mempool",
      "mm/mempool.c, block/bio.c, Linux 6.1 and 6.12",
      {
          {"mempool.direct-reclaim", "mm/mempool.c:mempool_alloc",
           "the round of direct reclaim in an attempt that found the reserve empty", Effect::none,
           "with GFP_NOIO it starts no I/O, waits for no writeback (shrink_folio_list without may_enter_fs) and takes "
           "no lock of a filesystem; with GFP_KERNEL it is workload.direct-reclaim"},
          {"mempool.throttled", "mm/vmscan.c:throttle_direct_reclaim, reclaim_throttle",
           "sleeps of a task that reclaims", Effect::none,
           "without __GFP_FS they end by a timer; with it the task waits for kswapd to free pages, as it does in an "
           "attempt that fails"},
          {"mempool.rescuer-of-a-set", "block/bio.c:punt_bios_to_rescuer", "the rescuers of bio_sets", Effect::none,
           "only bcache asks for one (BIOSET_NEED_RESCUER)"},
          {"mempool.resize", "mm/mempool.c:mempool_resize", "pools that change their size", Effect::none,
           "none of the modelled ones does"},
      }};
  return part;
}

}  // namespace dmstall::models
