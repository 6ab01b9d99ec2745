// The pages of accounted memory: who has them, and what moves them from one place to another.
//
// Plain arithmetic on models::PageCounts; the dates at which something happens (the hog grows, kswapd runs) are the
// interpreter's, see paging.cpp. Every change is a move between two places, so the sum never changes.
#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>
#include <utility>
#include <vector>

#include "models/machine/page_memory.hpp"
#include "sim/clock.hpp"
#include "sim/simulate.hpp"

namespace dmstall::sim {

class Pages {
 public:
  explicit Pages(const models::PageMemory& memory);

  /// Time has come to `now`: to be called before anything moves at that date.
  void at(Nanoseconds now);

  [[nodiscard]] const models::PageMemory& memory() const { return memory_; }
  [[nodiscard]] const models::PageCounts& counts() const { return counts_; }
  [[nodiscard]] const models::ElementCost& cost(models::ResourceId resource) const {
    return memory_.costs[static_cast<std::size_t>(resource)];
  }
  [[nodiscard]] const models::PageTraffic& traffic(std::int32_t request_class) const {
    return memory_.traffic[static_cast<std::size_t>(request_class)];
  }
  [[nodiscard]] bool short_of_memory() const { return counts_.free <= memory_.marks.min; }
  [[nodiscard]] bool below_high() const { return counts_.free < memory_.marks.high; }

  // Elements of pools and threads.
  /// One attempt for one element; `reclaims`: with one round of direct reclaim where free pages do not do.
  bool allocate(models::ResourceId resource, bool reclaims);
  /// An attempt may succeed now.
  [[nodiscard]] bool may_allocate(models::ResourceId resource) const;
  void give_back(models::ResourceId resource, std::int64_t elements);

  // Writers and the dirty limits.
  [[nodiscard]] bool over_dirty_limit() const;
  /// Pages of the page cache become dirty. False: there is no memory for them.
  bool dirty(std::int32_t request_class);
  /// The same for a step of a device's own thread (PF_LOCAL_THROTTLE), which looks at the share of its backing alone.
  bool dirty_pages(std::int32_t backing, std::int64_t pages);
  [[nodiscard]] bool over_own_limit(std::int32_t backing) const;
  [[nodiscard]] Nanoseconds own_pause(std::int32_t backing) const;
  /// What a writer then sleeps; mostly nothing.
  [[nodiscard]] Nanoseconds pause_after(std::int32_t request_class);
  void note_throttled(Nanoseconds time) { metrics_.throttled_s += to_seconds(time); }
  void note_waited(Nanoseconds time) { metrics_.waited_for_memory_s += to_seconds(time); }

  // Writeback, of the flusher, of kswapd, and to swap.
  /// A request of the class takes its pages to write; false: it has no reason to come. started() must follow.
  bool begin_write(std::int32_t request_class);
  void started(std::int64_t request);
  void finished(std::int64_t request);
  /// Pages that a request of the class could take, sooner or later.
  [[nodiscard]] std::int64_t writable(std::int32_t request_class) const;
  [[nodiscard]] bool all_written() const { return counts_.all_dirty() == 0 && counts_.writeback == 0; }
  /// The periodic look for pages that have been dirty for long.
  void flush_expired();

  // kswapd.
  [[nodiscard]] bool kswapd_awake() const { return kswapd_awake_; }
  /// One round of at most a millisecond's work. False: nothing could be reclaimed.
  bool kswapd_round();

  // The hog.
  /// Takes up to `pages`, reclaiming where it must; answers how many it got.
  std::int64_t grow_hog(std::int64_t pages);
  /// The OOM killer ends it.
  std::int64_t kill_hog();

  /// Pages that reclaim has freed so far, by whomever.
  [[nodiscard]] std::int64_t reclaimed() const { return metrics_.reclaimed_directly + metrics_.reclaimed_by_kswapd; }
  [[nodiscard]] MemoryMetrics metrics() const;

 private:
  struct Pool {
    std::int64_t live = 0;  ///< elements from the allocator
    std::int64_t idle = 0;  ///< of those that are kept: not in use
  };
  bool take(std::int64_t pages, bool reclaims, std::int64_t& to);
  void move(std::int64_t pages, std::int64_t& from, std::int64_t& to);
  std::int64_t drop_clean(std::int64_t most);
  void wake_kswapd();
  /// wb_dirty_limits: the part of the limits that is due to the backing, by what has been written back to it so far.
  [[nodiscard]] double share(std::int32_t backing) const;
  [[nodiscard]] std::int64_t own_dirty(std::int32_t backing) const;
  [[nodiscard]] std::int64_t dirtyable() const;
  [[nodiscard]] std::pair<std::int64_t, std::int64_t> dirty_limits() const;  ///< limit, background
  [[nodiscard]] std::int64_t pages_to_add(const models::ElementCost& cost, const Pool& pool) const;

  models::PageMemory memory_;
  models::PageCounts counts_;
  std::vector<Pool> pools_;                ///< per resource
  std::vector<std::int64_t> since_pause_;  ///< per class: pages dirtied since its writers last looked at the limits
  std::vector<std::int64_t> ordered_;      ///< per backing: pages to be written whatever the background limit says
  std::vector<std::deque<std::pair<Nanoseconds, std::int64_t>>> ages_;  ///< per backing: when how many became dirty
  struct Writing {
    std::int64_t pages = 0;
    std::int32_t backing = -1;
  };
  std::unordered_map<std::int64_t, Writing> writing_;    ///< per request: its pages
  std::vector<std::int64_t> under_writeback_, written_;  ///< per backing
  Writing just_begun_;
  bool kswapd_awake_ = false, tail_is_dirty_ = false;
  Nanoseconds now_ = 0;
  MemoryMetrics metrics_;
};

}  // namespace dmstall::sim
