// Allocations on the I/O path with no pool behind them: kmalloc, kmem_cache_alloc, alloc_page.
//
// Linux 6.1.192 and 6.12.117: mm/page_alloc.c (__alloc_pages_slowpath, should_reclaim_retry, __alloc_pages_may_oom). A
// small allocation (order 0 to 3) that may reclaim and lacks __GFP_NORETRY does not fail: it tries again for ever, and
// the I/O waits there. Who asks with __GFP_FS (GFP_KERNEL) has the OOM killer called; GFP_NOIO and GFP_NOFS, also by
// the thread's PF_MEMALLOC_NOIO or PF_MEMALLOC_NOFS, only go round. memory.unpooled says whether such allocations
// succeed; where memory is accounted, "fails" leaves it to the pages.
#pragma once

#include <cstdint>
#include <string>

#include "models/kernel/stack.hpp"

namespace dmstall::models {

/// The flags that the allocator sees: those of the call, less what the thread may not do.
enum class Gfp : std::uint8_t {
  kernel,  ///< may write, swap, and call the OOM killer
  nofs,    ///< may swap
  noio,    ///< drops clean pages only
};

struct AllocationSite {
  DeviceIndex device = -1;  ///< whose code it is
  const char* what = "";    ///< "completed_exception"; the resource is "<device>.<what> (no pool)"
  std::string function;     ///< kernel functions, innermost first
  Gfp gfp = Gfp::noio;
  std::int32_t bytes = 4096;  ///< of one, for accounted memory
  bool stays = false;         ///< the request does not free it
  std::string caller = "";    ///< further functions, said where a thread waits; the site is the same for all callers
};

/// What an allocation asked for with `gfp` may do in a thread that may do no more than `thread`.
[[nodiscard]] constexpr Gfp within(Gfp gfp, Gfp thread) {
  return gfp < thread ? thread : gfp;
}

/// Empty where the scenario lets such allocations succeed.
struct Allocation {
  Steps taken, back;
};

/// Notes the site in the program, and waits at it where it may fail. `n`: allocations one after the other.
[[nodiscard]] Allocation allocation(Stack& stack, const AllocationSite& site, std::int32_t n = 1);

/// Whether allocations without a pool may fail in this scenario.
[[nodiscard]] bool unpooled_may_fail(const Stack& stack);

}  // namespace dmstall::models
