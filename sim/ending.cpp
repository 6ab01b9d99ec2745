// How a run ends: stuck sets and stalls on the way, the result, and what memory would still change afterwards.
#include <algorithm>

#include "models/machine/relief.hpp"
#include "sim/interpreter.hpp"

namespace dmstall::sim {

namespace {

/// How long a trace shows what stuck requests do once memory is back: a dozen polls.
constexpr Nanoseconds relief_time = 60 * ns_per_s;

}  // namespace

void Interpreter::look_for_stuck() {
  switch (detector_.look(world_, sources_.to_come(), sources_.later(),
                         pages_ && (moving_ > 0 || !queue_.empty() || pages_may_come()))) {
    case Detector::Finding::nothing:
      return;
    case Detector::Finding::stall:
      return mark_stalls();
    case Detector::Finding::stuck:
      return declare_stuck(detector_.tokens());
  }
}

void Interpreter::mark_stalls() {
  for (const models::TokenId id : detector_.tokens()) {
    const State& asleep = state(id);
    const models::Node& node = world_.node_of(id);
    const bool takes = node.kind == models::NodeKind::take || node.kind == models::NodeKind::take_asleep;
    if (asleep.doing != Doing::waiting || !takes || !resource(node.resource).soft) continue;
    stalls_.mark(world_.token(id).serial, node.resource, asleep.asleep_since, asleep.polls);
  }
}

void Interpreter::declare_stuck(const std::vector<models::TokenId>& stuck) {
  Nanoseconds since = 0;
  result_.stuck.clear();
  for (const models::TokenId id : stuck) {
    result_.stuck.push_back(world_.token(id).serial);
    if (state(id).doing == Doing::waiting) since = std::max(since, state(id).asleep_since);
  }
  result_.stuck_at_s = to_seconds(since);
  result_.stuck_report = models::explain(world_, stuck);
  if (watchers_.on()) watchers_.note(now(), "these requests can never move again while allocations keep failing");
  freeze(Ending::stuck);
  if (options_.memory_returns_after_stuck)
    result_.relieved_by_memory = models::relieved_by_memory(world_, stuck, sources_.later());
  watchers_.leave_before_relief(now());
  // What follows is for the reader of a trace.
  if (!watchers_.on() || !result_.relieved_by_memory) {
    over_ = true;
    return;
  }
  relief_ = true;
  to_relieve_.insert(result_.stuck.begin(), result_.stuck.end());
  memory_.recover_all();
  choices_.no_more_faults();
  watchers_.note(now(), "what if memory came back now: every allocation succeeds, no new faults");
  schedule(now() + relief_time, relief_is_over, 0);
}

void Interpreter::end_relief() {
  over_ = true;
}

/// Memory let the stuck requests go on, and one of them stopped the machine: they are stuck no more.
void Interpreter::end_relief_by_stop() {
  to_relieve_.clear();
  end_relief();
}

/// The numbers as of now. What happens afterwards no longer counts.
void Interpreter::freeze(Ending ending) {
  result_.ending = ending;
  result_.sim_time_s = to_seconds(now());
  result_.steps = steps_;
  result_.context_switches = clock_.switches();
  result_.timers = clock_.timers();
  result_.most_threads = clock_.most_threads();
  result_.record_complete = recorder_.complete();
  if (ending == Ending::stuck || recorder_.complete()) result_.witness.steps = recorder_.steps();
  result_.witness.stuck = result_.stuck;
  result_.witness.complete = recorder_.complete();
  result_.digest = recorder_.digest();
  for (const models::TokenId id : world_.live()) {
    const models::Node& node = world_.node_of(id);
    if (state(id).in_wait && node.resource != models::no_resource) {
      tally_.waited(node.resource, state(id).asleep_since, now());
    }
  }
  tally_.fill(result_);
  result_.devices.clear();
  for (const Disk& disk : disks_) result_.devices.push_back(disk.metrics(now()));
  result_.stalls = stalls_.ended();
  result_.longest_request_s = to_seconds(longest_request_);
  if (!pages_) return;
  pages_->at(now());
  result_.memory = pages_->metrics();
  for (std::size_t i = 0; i < result_.classes.size(); ++i) {
    // Their number is open: what came is all there was to do.
    ClassMetrics& of = result_.classes[i];
    if (models::follows_pressure(pages_->traffic(static_cast<std::int32_t>(i)).use)) of.total = of.started;
  }
}

}  // namespace dmstall::sim
