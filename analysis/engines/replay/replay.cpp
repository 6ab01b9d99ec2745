#include "analysis/engines/replay/replay.hpp"

#include <algorithm>
#include <deque>
#include <unordered_map>

#include "analysis/engines/replay/movers.hpp"
#include "analysis/engines/replay/replayed_circle.hpp"
#include "analysis/engines/replay/where.hpp"
#include "models/machine/relief.hpp"

namespace dmstall::analysis {

namespace {

using models::Alternative;
using models::RecordedStep;
using models::TokenId;

/// Recorded numbers and numbers of the replay differ where finished requests were dropped from the record; both are
/// given out in order of creation.
class Numbering {
 public:
  explicit Numbering(bool complete) : complete_(complete) {}
  void started(std::int64_t recorded, std::int64_t replayed) { to_replayed_[recorded] = replayed; }
  void spawned(std::int64_t replayed) { unnamed_.push_back(replayed); }

  std::int64_t find(std::int64_t recorded) {
    if (complete_) return recorded;
    if (const auto known = to_replayed_.find(recorded); known != to_replayed_.end()) return known->second;
    if (unnamed_.empty()) return -1;
    const std::int64_t replayed = unnamed_.front();
    unnamed_.pop_front();
    to_replayed_[recorded] = replayed;
    return replayed;
  }

 private:
  bool complete_;
  std::unordered_map<std::int64_t, std::int64_t> to_replayed_;
  std::deque<std::int64_t> unnamed_;
};

bool contains_all(const models::World& world, const std::vector<TokenId>& stuck,
                  const std::vector<std::int64_t>& claimed, Numbering& numbering) {
  return std::all_of(claimed.begin(), claimed.end(), [&](std::int64_t token) {
    const std::int64_t serial = numbering.find(token);
    return std::any_of(stuck.begin(), stuck.end(), [&](TokenId id) { return world.token(id).serial == serial; });
  });
}

/// Others that go on for ever make the structural answer a cautious one: then every schedule is asked.
void add_never_moving(const models::World& world, const std::vector<std::int64_t>& claimed, Numbering& numbering,
                      std::vector<TokenId>& stuck) {
  const auto movers = find_movers(world);
  if (!movers) return;
  for (const std::int64_t token : claimed) {
    const TokenId id = world.find(numbering.find(token));
    if (id == models::no_token || movers->count(world.token(id).serial) > 0) continue;
    if (std::find(stuck.begin(), stuck.end(), id) == stuck.end()) stuck.push_back(id);
  }
}

/// Walks the witness in an empty world; the stuck set at its end is in `stuck` when the result is confirmed.
Replay walk(const models::Machine& machine, const models::Witness& witness, models::World& world,
            std::vector<TokenId>& stuck) {
  Replay result;
  Numbering numbering(witness.complete);
  models::StepEffects effects;
  std::vector<Alternative> enabled;
  for (const RecordedStep& step : witness.steps) {
    ++result.steps;
    if (step.start_class >= 0) {
      if (static_cast<std::size_t>(step.start_class) >= machine.classes.size()) {
        result.refusal = {MoveRefusal::Kind::no_class, result.steps, step.start_class};
        return result;
      }
      numbering.started(step.token, world.token(world.start(step.start_class)).serial);
      continue;
    }
    const TokenId token = world.find(numbering.find(step.token));
    if (token == models::no_token) {
      result.refusal = {MoveRefusal::Kind::no_token, result.steps, step.token};
      return result;
    }
    enabled.clear();
    world.alternatives(token, enabled);
    const auto chosen = std::find_if(enabled.begin(), enabled.end(), [&](const Alternative& alternative) {
      return alternative.kind == step.kind && alternative.index == step.index;
    });
    if (chosen == enabled.end()) {
      result.refusal = {MoveRefusal::Kind::cannot_move, result.steps, step.token, where(world, token)};
      return result;
    }
    world.apply(token, *chosen, effects);
    if (effects.spawned != models::no_token) numbering.spawned(world.token(effects.spawned).serial);
    if (effects.error) {
      result.refusal = {MoveRefusal::Kind::rule_broken, result.steps, 0, *effects.error};
      return result;
    }
  }
  // Pages that others may still free were accounted for when the run was judged; the replayer has no "later".
  stuck = models::stuck_set_ignoring_pages(world);
  if (!contains_all(world, stuck, witness.stuck, numbering)) add_never_moving(world, witness.stuck, numbering, stuck);
  std::vector<std::int64_t> serials;
  for (const TokenId id : stuck) serials.push_back(world.token(id).serial);
  for (const std::int64_t token : witness.stuck) {
    if (std::find(serials.begin(), serials.end(), numbering.find(token)) == serials.end()) {
      result.refusal = {MoveRefusal::Kind::can_move, 0, token};
      return result;
    }
  }
  if (stuck.empty()) {
    result.refusal = {MoveRefusal::Kind::nobody_stuck};
    return result;
  }
  result.confirmed = true;
  return result;
}

}  // namespace

Replay replay(const models::Machine& machine, const models::Witness& witness) {
  models::World world(machine);
  std::vector<TokenId> stuck;
  Replay result = walk(machine, witness, world, stuck);
  if (!result.confirmed) return result;
  result.report = models::explain(world, stuck);
  result.relieved_by_memory = models::relieved_by_memory(world, stuck, models::later_requests(machine, witness.steps));
  return result;
}

std::vector<models::WaitPlace> replayed_circle(const models::Machine& machine, const models::Witness& witness) {
  models::World world(machine);
  std::vector<TokenId> stuck;
  if (!walk(machine, witness, world, stuck).confirmed) return {};
  return models::circle_places(world, stuck);
}

}  // namespace dmstall::analysis
