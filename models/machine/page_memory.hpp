// Accounted memory: every page of the machine has a place, and whether an allocation succeeds follows from them.
//
// free → taken by pools, the page cache and the hog; clean → free when somebody reclaims;
// dirty → writeback → clean when a write completes. What is counted never changes in sum. The figures and the kernel's
// rules come from models/kernel/accounted_memory.hpp; sim/pages.hpp moves the pages. In pages of 4 KiB, where no other
// unit is named.
#pragma once

#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "models/machine/resource.hpp"

namespace dmstall::models {

/// Where the pages are.
struct PageCounts {
  std::int64_t free = 0;
  std::int64_t clean = 0;           ///< page cache that reclaim can drop
  std::vector<std::int64_t> dirty;  ///< per backing (PageTraffic::backing)
  std::int64_t writeback = 0;
  std::int64_t hog = 0;    ///< anonymous pages of the memory hog
  std::int64_t pools = 0;  ///< elements beyond the reserves, kernel threads beyond the rescuers
  std::int64_t unreclaimable = 0;

  [[nodiscard]] std::int64_t all_dirty() const { return std::accumulate(dirty.begin(), dirty.end(), std::int64_t{0}); }
  [[nodiscard]] std::int64_t sum() const {
    return free + clean + all_dirty() + writeback + hog + pools + unreclaimable;
  }
};

struct Watermarks {
  std::int64_t min = 0, low = 0, high = 0;
};

/// How a taker of a resource asks the allocator, in the order of its attempts.
enum class Asking : std::uint8_t {
  reserve_then_reclaim,  ///< free pages, the reserve, then one round of direct reclaim
  reclaim_then_reserve,  ///< free pages, one round of direct reclaim, then the reserve
  never_reclaims,        ///< free pages, the reserve
  may_kill,              ///< free pages, direct reclaim, at last the OOM killer; the reserve meanwhile
};

/// What one element of a resource costs when it does not come from the reserve.
struct ElementCost {
  std::int64_t pages = 1;     ///< per element, or per slab when `per_slab` is above 1
  std::int64_t per_slab = 1;  ///< elements that share them
  bool kept = false;          ///< given back, it stays for the next taker (idle kernel threads)
  Asking asking = Asking::reserve_then_reclaim;
};

/// An application that takes all memory it can get and holds it, until the OOM killer ends it.
struct MemoryHog {
  std::optional<std::int64_t> most;  ///< pages it wants; absent: all
  std::int64_t pages_per_s = 0;
  double start_s = 0;
  bool killable = true;
  double kill_s = 0;                    ///< from a reclaim that found nothing to the pages being free
  std::optional<double> again_after_s;  ///< it is started again so long after its death
};

/// What starting and finishing a request does to the pages. Timed runs alone ask: elsewhere a request may come at any
/// time, which covers every answer.
enum class PageUse : std::uint8_t {
  none,
  dirties,        ///< a buffered write: needs pages of the page cache, leaves them dirty, is throttled above the limits
  writes_back,    ///< the flusher: comes while it is awake and pages are dirty; leaves them clean
  reclaims_file,  ///< kswapd: comes while it finds nothing but dirty file pages; leaves them clean
  swaps_out,      ///< kswapd or direct reclaim: comes while anonymous pages are to go; leaves them clean
};

struct PageTraffic {
  PageUse use = PageUse::none;
  std::int64_t pages = 0;           ///< per request
  std::int32_t backing = -1;        ///< whose pages: index into PageMemory::backings
  ResourceId thread = no_resource;  ///< who submits; while all are held no further request is on its way
  std::int32_t threads = 1;         ///< submitters, each throttled for itself
};

/// Comes with the pressure and ends with it: a run does not wait for a number of these.
[[nodiscard]] constexpr bool follows_pressure(PageUse use) {
  return use == PageUse::writes_back || use == PageUse::reclaims_file || use == PageUse::swaps_out;
}

struct PageMemory {
  PageCounts at_start;                   ///< dirty: one entry per backing
  std::vector<std::string> backings;     ///< names of the devices whose pages are dirty
  std::vector<std::int32_t> backing_of;  ///< per device of the scenario: index into backings, -1: has no dirty pages
  Watermarks marks;
  double dirty_ratio = 0, background_ratio = 0;  ///< parts of dirtyable memory
  std::optional<MemoryHog> hog;
  std::vector<ElementCost> costs;    ///< per resource
  std::vector<PageTraffic> traffic;  ///< per class of requests
  ResourceId kswapd = no_resource;   ///< while it is held kswapd sleeps in a submission and reclaims nothing

  // Rules of the kernel that a run needs as numbers.
  std::int64_t reclaim_batch = 0;  ///< clean pages that one round of direct reclaim drops
  std::int64_t kswapd_pages_per_ms = 0;
  std::int64_t pages_between_pauses = 0;  ///< a writer looks at the dirty limits after so many
  double longest_pause_s = 0;             ///< of a throttled writer
  double reclaim_pause_s = 0;             ///< of an application whose reclaim found nothing
  std::int64_t reclaim_retries = 0;       ///< such rounds before the OOM killer, where there is something to wait for
  double flush_interval_s = 0, expire_s = 0;
  double thread_retry_s = 0;  ///< from a kernel thread that could not be made to the next attempt
};

}  // namespace dmstall::models
