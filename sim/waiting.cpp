// Who gets what: the choice among a step's alternatives, and the order in which waiters are served.
//
// A mempool wakes all its waiters, newest first; they contend again, and a newcomer may be faster. What is counted,
// locked or queued by the kernel in order (semaphores, mutexes, workqueue slots and workers) goes to the oldest waiter
// at once.
#include <algorithm>

#include "sim/interpreter.hpp"

namespace dmstall::sim {

namespace {

using models::Alternative;
using models::AlternativeKind;
using models::Node;
using models::NodeKind;
using models::ResourceId;
using models::TokenId;

/// io_schedule_timeout(5*HZ) in mempool_alloc().
constexpr Nanoseconds mempool_poll_interval = 5 * ns_per_s;
/// Of threads woken together, one of the first few may be quicker than the newest.
constexpr std::uint64_t overtake_one_in = 4, overtake_reach = 8;

bool is_take(NodeKind kind) {
  return kind == NodeKind::take || kind == NodeKind::take_asleep || kind == NodeKind::try_take;
}

}  // namespace

/// `arriving`: not a waiter's further attempt. No alternative: the token waits.
std::optional<Alternative> Interpreter::decide(TokenId id, bool arriving) {
  if (models::never_waits(node_of(state(id)).kind)) return Alternative{};
  enabled_.clear();
  world_.alternatives(id, enabled_);
  if (enabled_.empty()) return std::nullopt;
  const Node& node = node_of(state(id));
  if (node.kind == NodeKind::choose) return enabled_[static_cast<std::size_t>(choices_.choose(world_, id))];
  if (is_take(node.kind))
    return accounts_for(node.resource) ? decide_accounted(node, arriving) : decide_take(node, arriving);
  return enabled_.front();
}

/// mempool_alloc(): the allocator without direct reclaim, the reserve, the allocator with direct reclaim, sleep. A try
/// and a waiter that has woken up ask the allocator once.
std::optional<Alternative> Interpreter::decide_take(const Node& node, bool arriving) {
  const auto find = [&](AlternativeKind kind) -> const Alternative* {
    const auto found =
        std::find_if(enabled_.begin(), enabled_.end(), [&](const auto& each) { return each.kind == kind; });
    return found == enabled_.end() ? nullptr : &*found;
  };
  const Alternative* const allocator = find(AlternativeKind::allocator);
  if (allocator != nullptr && (!allocator->needs_allocator || memory_.attempt(node.resource))) return *allocator;
  if (const auto* page = find(AlternativeKind::page)) return *page;
  if (const auto* reserve = find(AlternativeKind::reserve)) return *reserve;
  if (allocator != nullptr && arriving && node.kind == NodeKind::take && memory_.attempt(node.resource))
    return *allocator;
  if (const auto* refused = find(AlternativeKind::refused)) return *refused;
  if (const auto* sleep = find(AlternativeKind::sleep)) return *sleep;
  return std::nullopt;
}

void Interpreter::wait(TokenId id) {
  State& mine = state(id);
  const Node& node = node_of(mine);
  mine.doing = Doing::waiting;
  ++waiting_;
  mine.queued_at = now();
  if (!mine.in_wait) {
    mine.in_wait = true;
    mine.asleep_since = now();
    mine.polls = 0;
    mine.turns = 0;
    if (node.resource != models::no_resource) tally_.waits(node.resource);
    if (watchers_.on()) watchers_.tell([&](Watcher& each) { each.waits(now(), world_, id); });
  }
  if (node.resource != models::no_resource) {
    waiters_.add(node.resource, id);
    if (node.kind == NodeKind::take && resource(node.resource).soft) {
      ++polled_;
      arm_poll(node.resource);
    }
  }
  if (!look_armed_ && !relief_) {
    look_armed_ = true;
    schedule(now() + look_interval(), look, 0);
  }
}

/// A waiter takes the alternative, which is enabled, and can go on.
void Interpreter::wake(TokenId id, const Alternative& alternative) {
  const Node& node = world_.node_of(id);
  if (node.kind == NodeKind::take && resource(node.resource).soft) --polled_;
  waiters_.remove(id);
  --waiting_;
  state(id).doing = Doing::nothing;
  if (take_step(id, alternative)) make_runnable(id);
}

/// Workqueue items are served in order, although their threads are made by an allocator.
bool Interpreter::in_order(ResourceId id) const {
  return !resource(id).soft || resource(id).kind == models::ResourceKind::thread;
}

/// No waiter of the resource can get anything now, and asking the allocator would not be noticed.
bool Interpreter::nothing_to_take(ResourceId id) const {
  const models::Resource& of = resource(id);
  switch (of.kind) {
    case models::ResourceKind::rwsem:
    case models::ResourceKind::counter:
    case models::ResourceKind::event:
    case models::ResourceKind::order:
      return false;
    default:
      break;
  }
  if (models::level(machine_, world_.levels(), id) > 0) return false;
  if (!of.soft) return true;
  if (accounts_for(id)) return !pages_->may_allocate(id);
  return !memory_.may_succeed(id) && (of.allocator != models::AllocatorRule::pages || world_.levels().free_pages <= 0);
}

void Interpreter::released(ResourceId id) {
  if (over_ || waiters_.count(id) == 0) return;
  if (in_order(id)) return grant_in_order(id);
  // An element that went back to the allocator wakes nobody: mempool_free() with min_nr 0.
  if (models::level(machine_, world_.levels(), id) <= 0) return;
  Pool& pool = pools_[static_cast<std::size_t>(id)];
  if (pool.contended) return;
  pool.contended = true;
  queue_.push_back(~id);
}

void Interpreter::grant_in_order(ResourceId id) {
  for (auto walk = waiters_.from_oldest(id); !over_ && !nothing_to_take(id);) {
    const TokenId waiter = walk.next();
    if (waiter == models::no_token) return;
    retry(waiter);
  }
}

/// One attempt of a waiter. True: it goes on.
bool Interpreter::retry(TokenId id) {
  const auto alternative = decide(id, false);
  if (!alternative) return false;
  if (alternative->kind == AlternativeKind::sleep) {
    sleep_again(id, *alternative);
    return false;
  }
  wake(id, *alternative);
  return true;
}

/// Woken by a give, and nothing was left for it: the same wait goes on until the next give.
void Interpreter::sleep_again(TokenId id, const Alternative& alternative) {
  recorder_.add(
      {.token = world_.token(id).serial, .start_class = -1, .kind = alternative.kind, .index = alternative.index});
  world_.apply(id, alternative, effects_);
  ++steps_;
}

/// Everybody woken tries again, newest first; the losers queue up again in the order in which they lost.
void Interpreter::contend(ResourceId id) {
  Pool& pool = pools_[static_cast<std::size_t>(id)];
  pool.contended = false;
  pool.woken_at = now();
  if (waiters_.count(id) > 1 && order_.once_in(overtake_one_in)) {
    auto walk = waiters_.from_newest(id);
    TokenId quick = walk.next();
    const auto reach = std::min<std::uint64_t>(waiters_.count(id), overtake_reach);
    for (auto ahead = order_.below(reach); ahead > 0; --ahead) quick = walk.next();
    retry(quick);
  }
  // Who sleeps without a poll asks the allocator now, whether an element is left or not, and then sleeps again.
  const bool all = models::gives_wake(resource(id));
  for (auto walk = waiters_.from_newest(id); !over_ && (all || !nothing_to_take(id));) {
    const TokenId waiter = walk.next();
    if (waiter == models::no_token) break;
    retry(waiter);
  }
  waiters_.turn_round(id);
}

Nanoseconds Interpreter::poll_date(TokenId id, ResourceId pool) const {
  const Nanoseconds asleep =
      std::max(states_[static_cast<std::size_t>(id)].queued_at, pools_[static_cast<std::size_t>(pool)].woken_at);
  return asleep + poll_interval(pool);
}

/// A kernel thread that could not be made is tried again sooner, where memory is accounted.
Nanoseconds Interpreter::poll_interval(ResourceId pool) const {
  const bool thread = resource(pool).kind == models::ResourceKind::thread;
  return pages_ && thread ? to_nanoseconds(pages_->memory().thread_retry_s) : mempool_poll_interval;
}

void Interpreter::arm_poll(ResourceId id) {
  Pool& pool = pools_[static_cast<std::size_t>(id)];
  if (pool.poll_armed || waiters_.count(id) == 0) return;
  pool.poll_armed = true;
  schedule(poll_date(waiters_.oldest(id), id), poll, id);
}

/// The waiters of a pool whose 5 s are over each make one attempt. The oldest sleeper is always the next to wake up.
void Interpreter::poll_waiters(ResourceId id) {
  pools_[static_cast<std::size_t>(id)].poll_armed = false;
  while (!over_ && waiters_.count(id) > 0) {
    const TokenId waiter = waiters_.oldest(id);
    if (poll_date(waiter, id) > now()) break;
    ++state(waiter).polls;
    if (poll_interval(id) == mempool_poll_interval) tally_.polls(id);
    if (stalls_.any()) stalls_.polled(world_.token(waiter).serial);
    if (retry(waiter)) continue;
    if (watchers_.on()) watchers_.tell([&](Watcher& each) { each.polls(now(), world_, waiter); });
    waiters_.make_newest(waiter);
    state(waiter).queued_at = now();
  }
  if (!over_) arm_poll(id);
}

}  // namespace dmstall::sim
