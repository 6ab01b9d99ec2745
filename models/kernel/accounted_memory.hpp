// Accounted memory as Linux keeps it: watermarks, dirty limits, who may go how low, what an element costs.
//
// Linux 6.1.192: mm/page_alloc.c (calculate_min_free_kbytes, __setup_per_zone_wmarks, __zone_watermark_ok,
// should_reclaim_retry, __alloc_pages_may_oom), mm/vmscan.c (SWAP_CLUSTER_MAX, reclaim_throttle, shrink_folio_list),
// mm/page-writeback.c (global_dirtyable_memory, domain_dirty_limits, balance_dirty_pages), mm/mempool.c
// (mempool_alloc), drivers/md/dm-bufio.c (__alloc_buffer_wait_no_callback), drivers/md/dm-kcopyd.c (kcopyd_get_pages),
// kernel/workqueue.c (maybe_create_worker).
//
// There is one zone. Elements of a slab are packed: a page is needed for every full slab's worth of them and comes back
// as soon as they fit into one slab less. Reclaim drops clean pages while there are any; the tail of the LRU is dirty
// when there are none. Swapping takes the hog's pages. What else the kernel does: accounted-memory in the ledger.
#pragma once

#include <cstdint>
#include <string>

#include "models/machine/machine.hpp"
#include "models/machine/page_memory.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::models {

/// vm.min_free_kbytes as the kernel derives it: 4 · sqrt(lowmem), within 128 … 262144.
[[nodiscard]] std::int64_t derived_min_free_kib(std::int64_t total_kib);

/// min is the share of min_free_kib, low and high lie max(min / 4, 0.1 % of memory) apart (watermark_scale_factor 10).
[[nodiscard]] Watermarks watermarks(std::int64_t total_pages, std::int64_t min_free_kib);

/// What an element of the resource costs, and how its takers ask.
[[nodiscard]] ElementCost element_cost(const Resource& resource);

/// The flusher of a device whose pages somebody makes dirty and no writeback item writes, as a class of this name.
[[nodiscard]] std::string flusher_class(const std::string& device);
/// kswapd's writes of file pages to the device, as a class of requests of this name.
[[nodiscard]] std::string kswapd_class(const std::string& device);
inline constexpr const char* kswapd_thread = "kswapd";

/// Everything a run needs. Requires: memory.allocator is accounted, and the machine was built from this scenario.
[[nodiscard]] PageMemory accounted_memory(const Scenario& scenario, const Machine& machine);

/// "64 MiB: 40 unreclaimable, …", for the line of assumptions.
[[nodiscard]] std::string describe_accounted(const MemorySettings& memory);

}  // namespace dmstall::models
