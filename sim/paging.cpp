// Accounted memory on the clock: attempts to allocate, writers and their limits, kswapd, the hog and the OOM killer.
#include <algorithm>
#include <string>

#include "models/machine/graph.hpp"
#include "sim/interpreter.hpp"

namespace dmstall::sim {

namespace {

using models::Alternative;
using models::AlternativeKind;
using models::Asking;
using models::Node;
using models::NodeKind;
using models::PageUse;
using models::ResourceId;
using models::TokenId;

constexpr std::int64_t page_bytes = 4096;
constexpr Nanoseconds tick = ns_per_s / 1000;
/// kswapd that finds nothing is throttled (VMSCAN_THROTTLE_WRITEBACK).
constexpr Nanoseconds idle_tick = ns_per_s / 10;

}  // namespace

void Interpreter::set_up_pages() {
  paused_until_.assign(machine_.classes.size(), 0);
  shadow_.resize(machine_.resources.size(), 0);
  for (std::size_t i = 0; i < shadow_.size(); ++i) {
    const models::ResourceKind kind = machine_.resources[i].kind;
    if (models::has_elements(kind)) shadow_[i] = models::level(machine_, world_.levels(), static_cast<ResourceId>(i));
  }
  given_on_leaving_.assign(machine_.resources.size(), 1);
  for (const Node& node : machine_.nodes) {
    if (node.kind != NodeKind::call) continue;
    for (const models::GiveBack& back : gives_of(machine_, node)) {
      given_on_leaving_[static_cast<std::size_t>(back.resource)] = back.n;
    }
  }
  for (std::size_t i = 0; i < machine_.classes.size(); ++i) {
    const auto request_class = static_cast<std::int32_t>(i);
    if (models::follows_pressure(pages_->traffic(request_class).use)) sources_.open_number(request_class);
  }
  if (const auto& hog = pages_->memory().hog) schedule(to_nanoseconds(hog->start_s), hog_grows, 0);
  if (!pages_->memory().backings.empty()) schedule(to_nanoseconds(pages_->memory().flush_interval_s), flusher_looks, 0);
  tend_pages();
}

void Interpreter::pages_due(const Event& event) {
  if (!accounts()) return;
  switch (static_cast<EventKind>(event.kind)) {
    case hog_grows:
      if (concerns_hog(event)) grow_hog();
      return;
    case out_of_memory:
      if (concerns_hog(event)) kill_hog();
      return;
    case kswapd_runs:
      return run_kswapd();
    case flusher_looks:
      pages_->flush_expired();
      schedule(now() + to_nanoseconds(pages_->memory().flush_interval_s), flusher_looks, 0);
      return start_background();
    case writer_goes_on:
      return start_requests(event.what);
    case step_goes_on:
      return dirty_pages(event.what, world_.node_of(event.what));
    default:
      return;
  }
}

/// One taker's attempts, in the order in which its kind of resource makes them.
std::optional<Alternative> Interpreter::decide_accounted(const Node& node, bool arriving) {
  if (node.n > 1) return decide_several(node);
  const auto find = [&](AlternativeKind kind) -> const Alternative* {
    const auto found = std::find_if(enabled_.begin(), enabled_.end(),
                                    [&](const auto& each) { return each.kind == kind && each.index == 0; });
    return found == enabled_.end() ? nullptr : &*found;
  };
  const Asking asking = pages_->cost(node.resource).asking;
  const Alternative* const allocator = find(AlternativeKind::allocator);
  const Alternative* const reserve = find(AlternativeKind::reserve);
  const auto attempt = [&](bool reclaims) { return allocator != nullptr && pages_->allocate(node.resource, reclaims); };
  const bool may_sleep = node.kind != NodeKind::try_take && asking != Asking::never_reclaims;
  // A waiter that wakes up keeps its full flags; a new one first asks without reclaim.
  const bool first_reclaims = may_sleep && (!arriving || asking == Asking::may_kill);
  bool got = attempt(first_reclaims);
  if (!got && may_sleep && arriving && asking == Asking::reclaim_then_reserve) got = attempt(true);
  if (!got && reserve == nullptr && may_sleep && arriving && asking == Asking::reserve_then_reclaim)
    got = attempt(true);
  if (!got && allocator != nullptr && asking == Asking::may_kill) order_kill();
  tend_pages();
  if (got) return *allocator;
  if (reserve != nullptr) return *reserve;
  if (const auto* refused = find(AlternativeKind::refused)) return *refused;
  if (const auto* sleep = find(AlternativeKind::sleep)) return *sleep;
  return std::nullopt;
}

/// Several at once: one after the other from the allocator or else from the reserve, and all back if that is not
/// enough.
std::optional<Alternative> Interpreter::decide_several(const Node& node) {
  std::int32_t got = 0;
  while (got < node.n && pages_->allocate(node.resource, false)) ++got;
  tend_pages();
  const auto wanted = [&](const Alternative& way) {
    if (got == 0) return way.kind == AlternativeKind::reserve;
    return way.kind == AlternativeKind::allocator && way.index == node.n - got;
  };
  if (const auto way = std::find_if(enabled_.begin(), enabled_.end(), wanted); way != enabled_.end()) return *way;
  pages_->give_back(node.resource, got);
  for (const AlternativeKind kind : {AlternativeKind::refused, AlternativeKind::sleep}) {
    const auto way =
        std::find_if(enabled_.begin(), enabled_.end(), [&](const auto& each) { return each.kind == kind; });
    if (way != enabled_.end()) return *way;
  }
  return std::nullopt;
}

/// After a step: elements that a full reserve did not keep are pages again.
void Interpreter::note_levels(const Node& node) {
  const auto note = [&](ResourceId id, std::int32_t given) {
    if (!accounts_for(id)) return;
    std::int32_t& before = shadow_[static_cast<std::size_t>(id)];
    const std::int32_t level = models::level(machine_, world_.levels(), id);
    if (given > level - before) pages_->give_back(id, given - (level - before));
    before = level;
  };
  switch (node.kind) {
    case NodeKind::take:
    case NodeKind::take_asleep:
    case NodeKind::try_take:
      return note(node.resource, models::level(machine_, world_.levels(), node.resource) -
                                     shadow_[static_cast<std::size_t>(node.resource)]);
    case NodeKind::give:
      return note(node.resource, node.n);
    case NodeKind::detach:
    case NodeKind::finish:
      for (const ResourceId id : effects_.released) note(id, given_on_leaving_[static_cast<std::size_t>(id)]);
      return;
    default:
      return;
  }
}

/// May a request of the class start now? Then its pages have been moved.
bool Interpreter::pages_allow(std::int32_t request_class) {
  const models::PageTraffic& of = pages_->traffic(request_class);
  if (of.use == PageUse::none) return true;
  if (models::follows_pressure(of.use)) return pages_->begin_write(request_class);
  if (paused_until_[static_cast<std::size_t>(request_class)] > now()) return false;
  if (pages_->over_dirty_limit()) {
    const Nanoseconds pause = to_nanoseconds(pages_->memory().longest_pause_s);
    pages_->note_throttled(pause);
    pause_writers(request_class, pause);
    return false;
  }
  if (!pages_->dirty(request_class)) {
    const Nanoseconds pause = to_nanoseconds(pages_->memory().reclaim_pause_s);
    pages_->note_waited(pause);
    pause_writers(request_class, pause);
    order_kill();
    return false;
  }
  if (const Nanoseconds pause = pages_->pause_after(request_class); pause > 0) {
    pages_->note_throttled(pause);
    pause_writers(request_class, pause);
  }
  return true;
}

void Interpreter::pause_writers(std::int32_t request_class, Nanoseconds time) {
  paused_until_[static_cast<std::size_t>(request_class)] = now() + time;
  schedule(now() + time, writer_goes_on, request_class);
}

/// A step that fills pages of the page cache. Without memory or above the limits of its own device it sleeps and tries
/// again; above the free run it sleeps afterwards.
void Interpreter::dirty_pages(TokenId id, const Node& node) {
  if (!accounts()) return schedule(now(), spent, id);
  const std::int32_t backing = pages_->memory().backing_of[static_cast<std::size_t>(node.device)];
  if (pages_->over_own_limit(backing)) {
    const Nanoseconds pause = to_nanoseconds(pages_->memory().longest_pause_s);
    pages_->note_throttled(pause);
    return schedule(now() + pause, step_goes_on, id);
  }
  if (!pages_->dirty_pages(backing, (node.amount + page_bytes - 1) / page_bytes)) {
    const Nanoseconds pause = to_nanoseconds(pages_->memory().reclaim_pause_s);
    pages_->note_waited(pause);
    order_kill();
    return schedule(now() + pause, step_goes_on, id);
  }
  const Nanoseconds pause = pages_->own_pause(backing);
  pages_->note_throttled(pause);
  tend_pages();
  schedule(now() + pause, spent, id);
}

/// Whether a page may become free without anybody's step: if not, and nobody moves, whoever waits for memory waits for
/// ever.
bool Interpreter::pages_may_come() const {
  if (!accounts()) return false;
  const models::PageMemory& memory = pages_->memory();
  if (!pages_->short_of_memory() || pages_->counts().clean > 0) return true;
  if (memory.hog && memory.hog->killable && hog_.alive) return true;
  for (std::size_t i = 0; i < machine_.classes.size(); ++i) {
    const auto request_class = static_cast<std::int32_t>(i);
    const models::PageTraffic& of = pages_->traffic(request_class);
    if (!models::follows_pressure(of.use) || pages_->writable(request_class) == 0) continue;
    const std::int64_t places = machine_.classes[i].in_flight;
    const bool thread_free =
        of.thread == models::no_resource || models::level(machine_, world_.levels(), of.thread) > 0;
    if (thread_free && (places == 0 || sources_.live(request_class) < places)) return true;
  }
  return false;
}

void Interpreter::start_background() {
  if (starting_background_) return;
  starting_background_ = true;
  for (std::size_t i = 0; i < machine_.classes.size(); ++i) {
    const auto request_class = static_cast<std::int32_t>(i);
    if (models::follows_pressure(pages_->traffic(request_class).use)) start_requests(request_class);
  }
  starting_background_ = false;
}

/// Whoever has a reason to run since pages moved.
void Interpreter::tend_pages() {
  if (pages_->kswapd_awake() && !kswapd_armed_) {
    kswapd_armed_ = true;
    schedule(now() + tick, kswapd_runs, 0);
  }
  if (pages_->counts().all_dirty() > 0) start_background();
}

void Interpreter::run_kswapd() {
  const ResourceId thread = pages_->memory().kswapd;
  const bool asleep_in_submission =
      thread != models::no_resource && models::level(machine_, world_.levels(), thread) == 0;
  const bool moves_on = !asleep_in_submission && pages_->kswapd_round();
  start_background();
  kswapd_armed_ = pages_->kswapd_awake();
  if (kswapd_armed_) schedule(now() + (moves_on ? tick : idle_tick), kswapd_runs, 0);
}

/// One millisecond of page faults.
void Interpreter::grow_hog() {
  const models::MemoryHog& hog = *pages_->memory().hog;
  hog_.alive = true;
  const std::int64_t thousandths = hog.pages_per_s + hog_.rest;
  std::int64_t wanted = thousandths / 1000;
  if (hog.most) wanted = std::min(wanted, *hog.most - hog_.held);
  const std::int64_t got = pages_->grow_hog(wanted);
  hog_.held += got;
  hog_.rest = got == wanted ? thousandths % 1000 : 0;
  tend_pages();
  if (hog.most && hog_.held >= *hog.most) return;
  // Without a page it goes from one round of reclaim to the next: what others free meanwhile is its own.
  if (got < wanted) order_kill();
  const bool hopeless = got < wanted && !hog.killable;
  schedule(now() + (hopeless ? idle_tick : tick), hog_grows, hog_.life);
}

/// Reclaim found nothing for somebody who may call the OOM killer. Where pages are still to be written he waits for
/// some rounds first (should_reclaim_retry).
void Interpreter::order_kill() {
  const auto& hog = pages_->memory().hog;
  if (!hog || !hog->killable || !hog_.alive || hog_.kill_ordered) return;
  hog_.kill_ordered = true;
  hog_.reclaimed_before = pages_->reclaimed();
  double delay = hog->kill_s;
  if (!pages_->all_written())
    delay += static_cast<double>(pages_->memory().reclaim_retries) * pages_->memory().reclaim_pause_s;
  schedule(now() + to_nanoseconds(delay), out_of_memory, hog_.life);
}

void Interpreter::kill_hog() {
  hog_.kill_ordered = false;
  if (!hog_.alive) return;
  const bool progress = pages_->reclaimed() != hog_.reclaimed_before;
  if (!pages_->short_of_memory() || progress) return;  // whoever still lacks a page asks again
  const std::int64_t pages = pages_->kill_hog();
  const std::int32_t next_life = hog_.life + 1;
  hog_ = {};
  hog_.life = next_life;
  if (watchers_.on())
    watchers_.note(now(), "the OOM killer ends the hog: " + std::to_string(pages) + " pages are free");
  if (const auto& again = pages_->memory().hog->again_after_s)
    schedule(now() + std::max(tick, to_nanoseconds(*again)), hog_grows, hog_.life);
}

}  // namespace dmstall::sim
