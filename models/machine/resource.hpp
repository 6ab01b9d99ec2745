// A resource: the one idea behind mempool, bio_set, page pool, semaphore, tag, workqueue slot, kernel thread, mutex,
// rwsem, counter, event and order.
//
// A *soft* resource has an allocator behind it: a taker tries the allocator, then the reserve, then waits. A *hard*
// resource is only ever its capacity. What the allocator may answer is `allocator`, set from the scenario's memory.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace dmstall::models {

using ResourceId = std::int32_t;
inline constexpr ResourceId no_resource = -1;

enum class ResourceKind : std::uint8_t {
  mempool,      ///< soft, min_nr elements, 5 s poll (mm/mempool.c)
  bio_set,      ///< a mempool of bios
  page_pool,    ///< pages taken all or none (dm-kcopyd)
  buffer_pool,  ///< dm-bufio buffers: soft, never polled
  slot,         ///< max_active of a workqueue: hard
  thread,       ///< kernel threads: soft, capacity = existing workers + rescuer
  workers,      ///< hard number of worker threads
  semaphore,    ///< hard; a give may raise it above its start value
  mutex,
  rwsem,  ///< a queued writer blocks new readers
  counter,
  event,  ///< sticky until cleared
  order,  ///< tickets served in sequence
};

/// What is taken and given element by element: pools, slots, threads, semaphores, mutexes. The others have steps of
/// their own.
[[nodiscard]] constexpr bool has_elements(ResourceKind kind) {
  switch (kind) {
    case ResourceKind::rwsem:
    case ResourceKind::counter:
    case ResourceKind::event:
    case ResourceKind::order:
      return false;
    default:
      return true;
  }
}

/// Whoever holds one of these runs on it.
[[nodiscard]] constexpr bool is_thread(ResourceKind kind) {
  return kind == ResourceKind::thread || kind == ResourceKind::workers;
}

/// What the allocator behind a soft resource may answer.
enum class AllocatorRule : std::uint8_t {
  never,   ///< always refuses
  pages,   ///< succeeds only by consuming one of the machine's free pages (exhausted, freed by writeback)
  any,     ///< may succeed or fail at every attempt (adversary)
  always,  ///< never refuses
};

/// Which backing memory an element comes from; `fails: ["page"]` and per-class pressure refer to it.
enum class MemoryClass : std::uint8_t { none, page, slab, thread, unpooled };

/// One kind of thing that a reserve is made of: per element, or once per pool.
struct MemoryPart {
  const char* what =
      nullptr;             ///< "bio", "biovecs", "struct io": text that lives as long as the program; nullptr: no part
  std::int32_t bytes = 0;  ///< of one, as the allocator rounds it up
  std::int16_t count = 1;  ///< that many per element (per pool)
  bool per_element = true;
};

/// At most three kinds per pool; unused places have no `what`.
using MemoryParts = std::array<MemoryPart, 3>;

struct Resource {
  std::string name;  ///< unique, as printed: "verity.recheck_pool", "upper.io_bs"
  ResourceKind kind = ResourceKind::mempool;
  std::int32_t capacity = 0;  ///< reserve (min_nr), permits, slots; start value of a counter; 1: event starts set
  bool soft = false;
  bool poll = true;           ///< a soft waiter tries the allocator again every 5 s
  std::int32_t retained = 0;  ///< elements beyond the reserve that a give keeps instead of freeing (dm-bufio)
  AllocatorRule allocator = AllocatorRule::never;
  MemoryClass memory = MemoryClass::none;
  bool handed_over = false;  ///< what one task takes, another gives back: models/machine/balance does not judge it
  bool rescuer = false;      ///< a bio_set with a rescuer; threads of a workqueue whose rescuer takes all queued items
  bool calls_oom_killer = false;  ///< asks with __GFP_FS: where reclaim finds nothing, the OOM killer is called
  MemoryParts reserves{};     ///< what the reserve is made of when it is created; all empty: no memory, or not known
  std::string pool;           ///< pool name of the format with its part ("io_client.bios"), empty outside devices
  std::string part;           ///< the end of `pool` that "reserve" and "sharing" leave out: ".bios", ".max_active"
  std::string owner;          ///< device, target (shared by the module) or group
  std::string wait_function;  ///< where a waiter sleeps: "mempool_alloc", "down", "mutex_lock"
};

/// The pool as "reserve" and "sharing" name it: "io_client" of "io_client.bios"; empty outside devices.
[[nodiscard]] inline std::string whole_pool(const Resource& resource) {
  return resource.pool.substr(0, resource.pool.size() - resource.part.size());
}

/// Whether it matters that a give wakes the sleepers of the resource: with an allocator that always refuses they can
/// only ever have elements, and whether enough are there says it all.
[[nodiscard]] inline bool gives_wake(const Resource& resource) {
  return resource.soft && !resource.poll && resource.allocator != AllocatorRule::never;
}

}  // namespace dmstall::models
