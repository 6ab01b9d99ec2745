#include "models/kernel/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& accounted_memory_part() {
  static const ModelPart part{
      "accounted-memory",
      "mm/page_alloc.c, mm/vmscan.c, mm/page-writeback.c, mm/mempool.c, Linux 6.1",
      {
          {"accounted-memory.zones", "mm/page_alloc.c:get_page_from_freelist", "several zones and nodes: there is one",
           Effect::none,
           "a proof and a search take accounted memory as an adversary: any allocation may fail at any time. Only the "
           "course and the figures of a timed run differ"},
          {"accounted-memory.cgroups", "mm/memcontrol.c:try_charge_memcg", "memory cgroups", Effect::none,
           "a proof and a search take accounted memory as an adversary: any allocation may fail at any time. Only the "
           "course and the figures of a timed run differ"},
          {"accounted-memory.page-lists", "mm/page_alloc.c:rmqueue_pcplist", "per-CPU lists of free pages",
           Effect::none,
           "a proof and a search take accounted memory as an adversary: any allocation may fail at any time. Only the "
           "course and the figures of a timed run differ"},
          {"accounted-memory.slabs", "mm/slub.c:get_any_partial",
           "slabs that are not packed, and slabs that pools share by the size of their objects: here each pool packs "
           "its own",
           Effect::none,
           "a proof and a search take accounted memory as an adversary: any allocation may fail at any time. Only the "
           "course and the figures of a timed run differ"},
          {"accounted-memory.buffers", "drivers/md/dm-bufio.c:dm_bufio_shrink_scan",
           "cached buffers of dm-bufio beyond those in use", Effect::none,
           "a proof and a search take accounted memory as an adversary: any allocation may fail at any time. Only the "
           "course and the figures of a timed run differ"},
          {"accounted-memory.lru", "mm/vmscan.c:shrink_lruvec", "the age of pages: reclaim drops clean pages first",
           Effect::none,
           "a proof and a search take accounted memory as an adversary: any allocation may fail at any time. Only the "
           "course and the figures of a timed run differ"},
          {"accounted-memory.swap-in", "mm/memory.c:do_swap_page",
           "swapping of anything but the hog, and swapped pages that come back", Effect::none,
           "a proof and a search take accounted memory as an adversary: any allocation may fail at any time. Only the "
           "course and the figures of a timed run differ"},
          {"accounted-memory.vectors", "block/bio.c:bvec_alloc", "vectors of a bio beyond the inline ones",
           Effect::none,
           "a proof and a search take accounted memory as an adversary: any allocation may fail at any time. Only the "
           "course and the figures of a timed run differ"},
          {"accounted-memory.atomic", "mm/page_alloc.c:__zone_watermark_ok",
           "allocations below the watermark min (GFP_ATOMIC)", Effect::none,
           "a proof and a search take accounted memory as an adversary: any allocation may fail at any time. Only the "
           "course and the figures of a timed run differ"},
      }};
  return part;
}

}  // namespace dmstall::models
