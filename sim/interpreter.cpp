#include "sim/interpreter.hpp"

#include <algorithm>
#include <array>

namespace dmstall::sim {

namespace {

using models::Node;
using models::NodeKind;
using models::TokenId;

// Seeded ties. Threads that become runnable at one date run on several CPUs, so their order is open: now and then one
// of the first few goes before the first.
/// Requests and their children alive at once: a task that spawns itself must not eat the machine's memory.
constexpr std::size_t most_tokens = 2'000'000;
constexpr std::uint64_t disorder_reach = 8;
/// How often, and at how many of its contention points a thread is overtaken, is drawn per run: threads in lockstep
/// find other deadlocks than threads that run on. Lockstep comes twice: CPUs do run in parallel.
constexpr std::array<std::uint64_t, 3> disorder_one_in{3, 12, 50};
constexpr std::array<std::uint64_t, 4> overtaken_one_in{1, 1, 2, 8};
/// The seed whose schedule is plain: lockstep, in order.
constexpr std::uint64_t plain_seed = 1;
constexpr std::int64_t steps_between_reports = 4096;
constexpr auto report_interval = std::chrono::milliseconds(500);
/// Steps left to the stuck requests when memory comes back after the step budget is used up.
constexpr std::int64_t relief_steps = 10'000'000;

/// Where another thread that slips in may change what either of them gets.
bool is_contention_point(NodeKind kind) {
  switch (kind) {
    case NodeKind::take:
    case NodeKind::try_take:
    case NodeKind::read_lock:
    case NodeKind::try_read_lock:
    case NodeKind::write_arrive:
    case NodeKind::try_write_lock:
    case NodeKind::give:
    case NodeKind::read_unlock:
    case NodeKind::write_unlock:
      return true;
    default:
      return false;
  }
}

}  // namespace

Interpreter::Interpreter(const models::Machine& machine, const MemoryPlan& memory, const Options& options)
    : machine_(machine),
      options_(options),
      world_(machine_),
      memory_(machine_, memory, options.seed),
      choices_(machine_, options.seed),
      sources_(machine_, options.seed),
      waiters_(machine.resources.size()),
      recorder_(options.recorded_steps),
      tally_(machine_),
      watchers_(options.watchers),
      stalls_(machine_),
      detector_(machine, memory_),
      processors_(machine.cpus, machine.hash_bytes_per_s),
      order_(random_for(options.seed, Stream::order)),
      clock_(*this),
      pools_(machine.resources.size()),
      reported_(std::chrono::steady_clock::now()) {
  for (std::size_t i = 0; i < pools_.size(); ++i) {
    const models::ResourceKind kind = machine.resources[i].kind;
    pools_[i].is_thread = kind == models::ResourceKind::thread || kind == models::ResourceKind::workers;
  }
  if (options.seed != plain_seed) {
    disorder_one_in_ = disorder_one_in[order_.below(disorder_one_in.size())];
    overtaken_one_in_ = overtaken_one_in[order_.below(overtaken_one_in.size())];
  }
  if (options.trace != nullptr) watchers_.add(trace_.emplace(*options.trace));
  Random disks = random_for(options.seed, Stream::disk);
  for (const models::TimedDevice& device : machine.timed_devices) {
    disks_.emplace_back(device, options.latency_jitter, Random(disks.next(), 0));
  }
  if (memory.pages) pages_.emplace(*memory.pages);
}

Result Interpreter::run() {
  if (pages_) set_up_pages();
  for (std::size_t i = 0; i < sources_.classes(); ++i) {
    const auto request_class = static_cast<std::int32_t>(i);
    if (machine_.classes[i].total > 0) schedule(sources_.begins(request_class), source, request_class);
  }
  if (const auto date = memory_.begins()) schedule(*date, memory_fails, 0);
  if (const auto date = memory_.recovers()) schedule(*date, memory_returns, 0);
  schedule(to_nanoseconds(options_.sim_seconds), time_is_up, 0);
  clock_.run();
  watchers_.end(now());
  return std::move(result_);
}

void Interpreter::schedule(Nanoseconds date, EventKind kind, std::int32_t what) {
  if (moves(kind)) ++moving_;
  clock_.at(date, kind, what);
}

void Interpreter::due(const Event& event) {
  if (over_) return;
  if (moves(event.kind)) --moving_;
  if (pages_) pages_->at(now());
  const auto start_next = [&](const auto& next, EventKind kind) {
    if (next) schedule(next->ends, kind, next->who);
  };
  switch (static_cast<EventKind>(event.kind)) {
    case spent:
      return make_runnable(event.what);
    case disk_done: {
      Disk& disk = disks_[static_cast<std::size_t>(world_.node_of(event.what).device)];
      start_next(disk.complete(state(event.what).submitted, now()), disk_done);
      return make_runnable(event.what);
    }
    case processor_done:
      start_next(processors_.complete(now()), processor_done);
      return make_runnable(event.what);
    case source:
      if (const Nanoseconds again = sources_.tick(event.what); again > 0) schedule(now() + again, source, event.what);
      return start_requests(event.what);
    case poll:
      return poll_waiters(event.what);
    case look:
      look_armed_ = false;
      if (relief_) return;
      look_for_stuck();
      if (!over_ && !relief_ && waiting_ > 0) {
        look_armed_ = true;
        schedule(now() + look_interval(), look, 0);
      }
      return;
    case memory_fails:
      if (watchers_.on()) watchers_.note(now(), "allocations may fail from now on");
      return memory_.begin();
    case memory_returns:
      if (watchers_.on()) watchers_.note(now(), "memory is back: every allocation succeeds");
      return memory_.recover();
    case time_is_up:
      if (!relief_) end(Ending::out_of_time);
      return;
    case relief_is_over:
      return end_relief();
    case hog_grows:
    case out_of_memory:
    case kswapd_runs:
    case flusher_looks:
    case writer_goes_on:
    case step_goes_on:
      return pages_due(event);
  }
}

bool Interpreter::next_item() {
  if (next_) return true;
  if (queue_.empty()) return false;
  if (queue_.size() > 1 && disorder_one_in_ > 0 && order_.once_in(disorder_one_in_)) {
    const auto reach = std::min<std::uint64_t>(queue_.size(), disorder_reach);
    std::swap(queue_.front(), queue_[order_.below(reach)]);
  }
  next_ = queue_.front();
  queue_.pop_front();
  return true;
}

ThreadId Interpreter::run(ThreadId self) {
  for (;;) {
    if (over_) return over;
    if (!next_item()) {
      if (pages_ && options_.watch_pages) options_.watch_pages(to_seconds(now()), pages_->counts());
      if (pages_ && watchers_.on()) watchers_.tell([&](Watcher& each) { each.pages(now(), pages_->counts()); });
      if (settle()) continue;
      return over_ ? over : idle;
    }
    const std::int32_t item = *next_;
    if (item >= 0) {
      const ThreadId on = state(item).on;
      if (on != no_thread && on != self) return on;
    }
    next_.reset();
    if (item < 0) {
      contend(~item);
    } else {
      advance(item);
    }
  }
}

/// Nothing can run at this date. True: something can now.
bool Interpreter::settle() {
  if (!relief_ && sources_.all_finished() && live_ == 0 && (!pages_ || pages_->all_written())) {
    end(Ending::completed);
    return false;
  }
  if (moving_ > 0) return false;
  if (relief_) {
    if (polled_ == 0) end_relief();
    return false;
  }
  look_for_stuck();
  if (relief_ && polled_ == 0) end_relief();
  if (over_ || relief_) return false;
  // Accounted pages may come from events that are nobody's step; when none can, polling is in vain, too.
  if (pages_ ? pages_may_come() : polled_ > 0) return !queue_.empty();
  if (memory_.will_return() && memory_.recovers()) return false;
  // Nothing is scheduled and nobody polls: whoever is left will never move in this run.
  if (live_ > 0 && queue_.empty()) {
    std::vector<TokenId> left;
    for (const TokenId id : world_.live()) {
      if (!world_.token(id).daemon) left.push_back(id);
    }
    declare_stuck(left);
  }
  return !over_ && !queue_.empty();
}

void Interpreter::end(Ending ending) {
  if (over_) return;
  if (ending == Ending::out_of_time || ending == Ending::out_of_events) {
    look_for_stuck();
    if (over_ || relief_) return;
  }
  freeze(ending);
  over_ = true;
}

void Interpreter::make_runnable(TokenId id) {
  State& woken = state(id);
  if (woken.doing == Doing::spending) woken.spent = true;
  woken.doing = Doing::runnable;
  queue_.push_back(id);
}

void Interpreter::advance(TokenId id) {
  state(id).doing = Doing::nothing;
  for (;;) {
    if (over_) return;
    const Node& node = node_of(state(id));
    if (node.kind == NodeKind::spend && !state(id).spent) return spend(id, node);
    if (node.back_edge && rest(id, node)) return;
    if (!queue_.empty() && is_contention_point(node.kind) && overtaken(id)) return make_runnable(id);
    const auto alternative = decide(id, true);
    if (!alternative) return wait(id);
    const ThreadId before = state(id).on;
    if (!take_step(id, *alternative)) return;
    const ThreadId after = state(id).on;
    if (after != before && after != no_thread) {
      // Another kernel thread goes on with it.
      state(id).doing = Doing::runnable;
      queue_.push_front(id);
      return;
    }
  }
}

/// Others go first, once per step.
bool Interpreter::overtaken(TokenId id) {
  State& mine = state(id);
  mine.overtaken = !mine.overtaken && order_.once_in(overtaken_one_in_);
  return mine.overtaken;
}

/// False when the token or the run has ended.
bool Interpreter::take_step(TokenId id, const models::Alternative& alternative) {
  apply(id, alternative);
  const bool goes_on = !effects_.finished && !over_;
  if (releasing_) return goes_on;
  releasing_ = true;
  for (std::size_t i = 0; i < released_.size(); ++i) released(released_[i]);
  released_.clear();
  releasing_ = false;
  return goes_on && !over_;
}

void Interpreter::note_step(TokenId id, const Node& node, const models::Alternative& alternative,
                            std::int64_t address) {
  switch (node.kind) {
    case NodeKind::take:
    case NodeKind::take_asleep:
    case NodeKind::try_take:
      if (alternative.kind == models::AlternativeKind::refused || alternative.kind == models::AlternativeKind::sleep)
        break;
      tally_.took(node.resource, alternative.kind, models::level(machine_, world_.levels(), node.resource));
      if (is_thread(node.resource)) match_threads(id);
      break;
    case NodeKind::give:
      if (is_thread(node.resource)) match_threads_of_family(id);
      break;
    case NodeKind::detach:
      match_threads_of_family(id);
      break;
    case NodeKind::finish:
      // Back from a call: perhaps into the thread that slept in it.
      if (effects_.finished) break;
      state(id).on = thread_of(id);
      tally_.served(node.flow, state(id).called.back(), now());
      state(id).called.pop_back();
      break;
    case NodeKind::call:
      state(id).called.push_back(now());
      break;
    case NodeKind::remember:
      choices_.remember(node, address);
      break;
    default:
      break;
  }
}

void Interpreter::apply(TokenId id, const models::Alternative& alternative) {
  State& mine = state(id);
  const models::Token& token = *mine.token;
  const Node& node = node_of(mine);
  const std::int64_t serial = token.serial, request = token.request;
  const std::int32_t request_class = token.request_class;
  const std::int64_t address = token.address;
  const std::int32_t faults = token.faults;
  if (mine.in_wait) {
    mine.in_wait = false;
    if (node.resource != models::no_resource) tally_.waited(node.resource, mine.asleep_since, now());
    using enum models::AlternativeKind;
    if (stalls_.any()) stalls_.went_on(serial, alternative.kind == allocator || alternative.kind == page, now());
  }
  mine.spent = mine.rested = mine.overtaken = false;
  recorder_.add({.token = serial, .start_class = -1, .kind = alternative.kind, .index = alternative.index});
  if (watchers_.on()) watchers_.tell([&](Watcher& each) { each.before_step(now(), world_, id); });

  world_.apply(id, alternative, effects_);

  if (++steps_ % steps_between_reports == 0) report_progress();
  if (watchers_.on()) watchers_.tell([&](Watcher& each) { each.after_step(now(), world_, alternative, effects_); });
  if (accounts()) note_levels(node);
  released_.insert(released_.end(), effects_.released.begin(), effects_.released.end());
  note_step(id, node, alternative, address);
  if (effects_.spawned != models::no_token) {
    recorder_.child(request, world_.token(effects_.spawned).serial);
    adopt(effects_.spawned);
    match_threads(id);
    make_runnable(effects_.spawned);
  }
  for (const TokenId ready : effects_.ready) {
    if (state(ready).doing != Doing::waiting) continue;
    waiters_.remove(ready);
    --waiting_;
    make_runnable(ready);
  }
  if (effects_.stopped) {
    const std::string& device = machine_.flows[static_cast<std::size_t>(node.flow)].device;
    result_.stopped_by =
        machine_.strings[static_cast<std::size_t>(node.note)] + (device.empty() ? "" : " by " + device);
    if (watchers_.on()) watchers_.note(now(), "the machine is gone");
    return relief_ ? end_relief_by_stop() : end(Ending::stopped);
  }
  if (effects_.finished) finish(id, serial, request, request_class, faults);
  if (effects_.error) {
    result_.error = *effects_.error;
    end(Ending::scenario_error);
  }
  if (world_.live_count() > most_tokens) return end(Ending::out_of_threads);
  if (given_up_ || steps_ >= options_.events + (relief_ ? relief_steps : 0)) {
    if (relief_) return end_relief();
    end(given_up_ ? Ending::given_up : Ending::out_of_events);
  }
}

/// Takes charge of a token that has just come into the world.
void Interpreter::adopt(TokenId id) {
  if (states_.size() <= static_cast<std::size_t>(id)) states_.resize(static_cast<std::size_t>(id) + 1);
  const models::Token& token = world_.token(id);
  std::vector<ThreadId> threads = std::move(state(id).threads);
  std::vector<Nanoseconds> called = std::move(state(id).called);
  State fresh;
  fresh.threads = std::move(threads);  // empty; keeps its allocation
  fresh.called = std::move(called);
  fresh.called.clear();
  fresh.token = &token;
  fresh.started = now();
  fresh.own_thread = !token.detached && !token.being_submitted;
  state(id) = std::move(fresh);
  if (!token.daemon) ++live_;
  match_threads(id);
}

void Interpreter::finish(TokenId id, std::int64_t serial, std::int64_t request, std::int32_t request_class,
                         std::int32_t faults) {
  State& ended = state(id);
  release_threads(ended);
  ended.doing = Doing::nothing;
  if (!machine_.classes[static_cast<std::size_t>(request_class)].daemon) --live_;
  choices_.forget(serial);
  if (relief_ && to_relieve_.erase(serial) > 0 && to_relieve_.empty()) end_relief();
  if (!effects_.request_finished) return;
  tally_.finished(request_class, effects_.status, faults, ended.started, now());
  if (pages_) {
    pages_->finished(serial);
    if (!models::follows_pressure(pages_->traffic(request_class).use))
      longest_request_ = std::max(longest_request_, now() - ended.started);
  } else {
    longest_request_ = std::max(longest_request_, now() - ended.started);
  }
  recorder_.finished(request);
  recorder_.keep_within_bound(world_);
  sources_.finish(request_class);
  start_requests(request_class);
}

void Interpreter::start_requests(std::int32_t request_class) {
  while (!over_ && sources_.may_start(request_class)) {
    if (accounts() && !pages_allow(request_class)) break;
    const TokenId id = world_.start(request_class, sources_.start(request_class));
    recorder_.add({.token = world_.token(id).serial, .start_class = request_class});
    tally_.started(request_class, now());
    if (pages_ && models::follows_pressure(pages_->traffic(request_class).use))
      pages_->started(world_.token(id).serial);
    adopt(id);
    if (watchers_.on()) watchers_.tell([&](Watcher& each) { each.starts(now(), world_, id); });
    make_runnable(id);
  }
  if (accounts()) tend_pages();
}

void Interpreter::report_progress() {
  recorder_.keep_within_bound(world_);
  given_up_ = given_up_ || (options_.give_up && options_.give_up());
  if (!options_.progress) return;
  const auto wall = std::chrono::steady_clock::now();
  if (wall - reported_ < report_interval) return;
  reported_ = wall;
  const double by_time = to_seconds(now()) / std::max(1e-9, options_.sim_seconds);
  const double by_steps = static_cast<double>(steps_) / static_cast<double>(std::max<std::int64_t>(1, options_.events));
  options_.progress(to_seconds(now()), std::min(1.0, std::max({sources_.fraction_finished(), by_time, by_steps})),
                    steps_);
}

}  // namespace dmstall::sim
