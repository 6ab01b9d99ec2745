#include "sim/pages.hpp"

#include <algorithm>
#include <numeric>

namespace dmstall::sim {

using models::PageUse;
using models::ResourceId;

Pages::Pages(const models::PageMemory& memory)
    : memory_(memory),
      counts_(memory.at_start),
      pools_(memory.costs.size()),
      since_pause_(memory.traffic.size(), 0),
      ordered_(memory.backings.size(), 0),
      ages_(memory.backings.size()),
      under_writeback_(memory.backings.size(), 0),
      written_(memory.backings.size(), 0) {
  counts_.dirty.resize(memory.backings.size(), 0);
  for (std::size_t i = 0; i < ages_.size(); ++i) {
    if (counts_.dirty[i] > 0) ages_[i].emplace_back(0, counts_.dirty[i]);
  }
  metrics_.lowest_free = counts_.free;
  if (counts_.free < memory_.marks.low) wake_kswapd();
}

void Pages::at(Nanoseconds now) {
  if (short_of_memory()) metrics_.below_min_s += to_seconds(now - now_);
  now_ = now;
}

void Pages::move(std::int64_t pages, std::int64_t& from, std::int64_t& to) {
  from -= pages;
  to += pages;
  metrics_.lowest_free = std::min(metrics_.lowest_free, counts_.free);
}

/// What reclaim does without writing: clean pages become free.
std::int64_t Pages::drop_clean(std::int64_t most) {
  const std::int64_t pages = std::min(most, counts_.clean);
  move(pages, counts_.clean, counts_.free);
  return pages;
}

void Pages::wake_kswapd() {
  // Hopeless: it has found nothing, and there is nothing now (kswapd_failures).
  if (counts_.clean == 0 && counts_.all_dirty() + counts_.writeback + counts_.hog == 0) return;
  kswapd_awake_ = true;
}

/// get_page_from_freelist() at the low watermark, then at min; between them direct reclaim for those who may.
bool Pages::take(std::int64_t pages, bool reclaims, std::int64_t& to) {
  const auto would_pass = [&](std::int64_t mark) { return counts_.free - (pages - 1) > mark; };
  if (!would_pass(memory_.marks.low)) {
    wake_kswapd();
    if (!would_pass(memory_.marks.min) && reclaims) metrics_.reclaimed_directly += drop_clean(memory_.reclaim_batch);
    if (!would_pass(memory_.marks.min)) {
      ++metrics_.refused;
      return false;
    }
  }
  move(pages, counts_.free, to);
  return true;
}

std::int64_t Pages::pages_to_add(const models::ElementCost& cost, const Pool& pool) const {
  return pool.live % cost.per_slab == 0 ? cost.pages : 0;
}

bool Pages::allocate(ResourceId resource, bool reclaims) {
  const models::ElementCost& of = cost(resource);
  Pool& pool = pools_[static_cast<std::size_t>(resource)];
  if (pool.idle > 0) {
    --pool.idle;
    return true;
  }
  if (const std::int64_t pages = pages_to_add(of, pool); pages > 0 && !take(pages, reclaims, counts_.pools))
    return false;
  ++pool.live;
  return true;
}

bool Pages::may_allocate(ResourceId resource) const {
  const Pool& pool = pools_[static_cast<std::size_t>(resource)];
  return pool.idle > 0 || !short_of_memory() || counts_.clean > 0 || pages_to_add(cost(resource), pool) == 0;
}

void Pages::give_back(ResourceId resource, std::int64_t elements) {
  const models::ElementCost& of = cost(resource);
  Pool& pool = pools_[static_cast<std::size_t>(resource)];
  if (of.kept) {
    pool.idle += elements;
    return;
  }
  // Elements of the reserve that was made at the start are no pages of ours: only what was allocated comes back.
  for (; elements > 0 && pool.live > 0; --elements) {
    --pool.live;
    if (pages_to_add(of, pool) > 0) move(of.pages, counts_.pools, counts_.free);
  }
}

/// global_dirtyable_memory(): free pages without those kept for the kernel, and the page cache.
std::int64_t Pages::dirtyable() const {
  const std::int64_t free = counts_.free - std::min(counts_.free, memory_.marks.high);
  return free + counts_.clean + counts_.all_dirty() + counts_.writeback + 1;
}

std::pair<std::int64_t, std::int64_t> Pages::dirty_limits() const {
  const auto available = static_cast<double>(dirtyable());
  const auto limit = static_cast<std::int64_t>(memory_.dirty_ratio * available);
  auto background = static_cast<std::int64_t>(memory_.background_ratio * available);
  if (background >= limit) background = limit / 2;
  return {limit, background};
}

bool Pages::over_dirty_limit() const {
  return counts_.all_dirty() + counts_.writeback > dirty_limits().first;
}

bool Pages::dirty(std::int32_t request_class) {
  const models::PageTraffic& of = traffic(request_class);
  if (!dirty_pages(of.backing, of.pages)) return false;
  since_pause_[static_cast<std::size_t>(request_class)] += of.pages;
  return true;
}

bool Pages::dirty_pages(std::int32_t backing, std::int64_t pages) {
  const auto at = static_cast<std::size_t>(backing);
  if (!take(pages, true, counts_.dirty[at])) return false;
  auto& ages = ages_[at];
  constexpr Nanoseconds close = ns_per_s / 10;
  if (!ages.empty() && now_ - ages.back().first < close) {
    ages.back().second += pages;
  } else {
    ages.emplace_back(now_, pages);
  }
  metrics_.dirtied += pages;
  return true;
}

double Pages::share(std::int32_t backing) const {
  const auto all = std::accumulate(written_.begin(), written_.end(), std::int64_t{0});
  if (all == 0) return 1.0 / static_cast<double>(written_.size());
  return static_cast<double>(written_[static_cast<std::size_t>(backing)]) / static_cast<double>(all);
}

std::int64_t Pages::own_dirty(std::int32_t backing) const {
  const auto at = static_cast<std::size_t>(backing);
  return counts_.dirty[at] + under_writeback_[at];
}

bool Pages::over_own_limit(std::int32_t backing) const {
  const auto limit = static_cast<double>(dirty_limits().first);
  return over_dirty_limit() && static_cast<double>(own_dirty(backing)) > share(backing) * limit;
}

Nanoseconds Pages::own_pause(std::int32_t backing) const {
  const auto [limit, background] = dirty_limits();
  const double free_run = static_cast<double>(limit + background) / 2, part_of = share(backing);
  if (static_cast<double>(counts_.all_dirty() + counts_.writeback) <= free_run) return 0;
  const double above = static_cast<double>(own_dirty(backing)) - part_of * free_run;
  if (above < 0) return 0;
  const double room = part_of * (static_cast<double>(limit) - free_run);
  return to_nanoseconds(memory_.longest_pause_s * (above < room ? above / room : 1.0));
}

/// balance_dirty_pages(): free running below the middle of both limits, asleep for longer and longer up to the limit.
Nanoseconds Pages::pause_after(std::int32_t request_class) {
  std::int64_t& since = since_pause_[static_cast<std::size_t>(request_class)];
  if (since < memory_.pages_between_pauses * traffic(request_class).threads) return 0;
  since = 0;
  const auto [limit, background] = dirty_limits();
  const std::int64_t free_run = (limit + background) / 2, now = counts_.all_dirty() + counts_.writeback;
  if (now <= free_run) return 0;
  const double part =
      limit > free_run ? static_cast<double>(now - free_run) / static_cast<double>(limit - free_run) : 1;
  return to_nanoseconds(memory_.longest_pause_s * std::min(1.0, part));
}

std::int64_t Pages::writable(std::int32_t request_class) const {
  const models::PageTraffic& of = traffic(request_class);
  switch (of.use) {
    case PageUse::writes_back:
    case PageUse::reclaims_file:
      return counts_.dirty[static_cast<std::size_t>(of.backing)];
    case PageUse::swaps_out:
      return counts_.hog;
    default:
      return 0;
  }
}

bool Pages::begin_write(std::int32_t request_class) {
  const models::PageTraffic& of = traffic(request_class);
  std::int64_t pages = std::min(of.pages, writable(request_class));
  if (pages == 0) return false;
  if (of.use == PageUse::swaps_out) {
    if (!kswapd_awake_ || !below_high()) return false;
    move(pages, counts_.hog, counts_.writeback);
    metrics_.swapped += pages;
    just_begun_ = {pages, -1};
    return true;
  }
  const auto at = static_cast<std::size_t>(of.backing);
  if (of.use == PageUse::reclaims_file) {
    if (!kswapd_awake_ || !tail_is_dirty_ || !below_high()) return false;
  } else if (ordered_[at] == 0 && counts_.all_dirty() <= dirty_limits().second) {
    return false;
  }
  move(pages, counts_.dirty[at], counts_.writeback);
  ordered_[at] = std::max<std::int64_t>(0, ordered_[at] - pages);
  just_begun_ = {pages, of.backing};
  under_writeback_[at] += pages;
  for (auto& ages = ages_[at]; pages > 0 && !ages.empty();) {
    const std::int64_t oldest = std::min(pages, ages.front().second);
    pages -= oldest;
    ages.front().second -= oldest;
    if (ages.front().second == 0) ages.pop_front();
  }
  return true;
}

void Pages::started(std::int64_t request) {
  writing_[request] = just_begun_;
}

/// folio_end_writeback(): clean from now on; whoever reclaims next has it.
void Pages::finished(std::int64_t request) {
  const auto found = writing_.find(request);
  if (found == writing_.end()) return;
  const auto [pages, backing] = found->second;
  move(pages, counts_.writeback, counts_.clean);
  metrics_.written += pages;
  if (backing >= 0) {
    under_writeback_[static_cast<std::size_t>(backing)] -= pages;
    written_[static_cast<std::size_t>(backing)] += pages;
  }
  tail_is_dirty_ = false;
  writing_.erase(found);
}

void Pages::flush_expired() {
  for (std::size_t i = 0; i < ages_.size(); ++i) {
    std::int64_t expired = 0;
    for (const auto& [since, pages] : ages_[i]) {
      if (now_ - since >= to_nanoseconds(memory_.expire_s)) expired += pages;
    }
    ordered_[i] = std::max(ordered_[i], expired);
  }
}

bool Pages::kswapd_round() {
  if (!below_high()) {
    kswapd_awake_ = tail_is_dirty_ = false;
    return true;
  }
  const std::int64_t dropped = drop_clean(std::min(memory_.kswapd_pages_per_ms, memory_.marks.high - counts_.free));
  metrics_.reclaimed_by_kswapd += dropped;
  if (dropped > 0) return true;
  if (counts_.all_dirty() > 0) {
    // WB_REASON_VMSCAN: everything is to be written; what comes round dirty again kswapd writes itself.
    if (tail_is_dirty_) {
      for (std::size_t i = 0; i < ordered_.size(); ++i) ordered_[i] = counts_.dirty[i];
    }
    tail_is_dirty_ = true;
  } else if (counts_.writeback + counts_.hog == 0) {
    kswapd_awake_ = false;
  }
  return false;
}

std::int64_t Pages::grow_hog(std::int64_t pages) {
  std::int64_t got = 0;
  while (got < pages && take(1, true, counts_.hog)) ++got;
  return got;
}

std::int64_t Pages::kill_hog() {
  const std::int64_t pages = counts_.hog;
  move(pages, counts_.hog, counts_.free);
  ++metrics_.oom_kills;
  return pages;
}

MemoryMetrics Pages::metrics() const {
  MemoryMetrics result = metrics_;
  result.at_end = counts_;
  result.marks = memory_.marks;
  result.total = counts_.sum();
  return result;
}

}  // namespace dmstall::sim
