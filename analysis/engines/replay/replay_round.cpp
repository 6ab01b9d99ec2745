#include "analysis/engines/replay/replay_round.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "analysis/engines/replay/movers.hpp"
#include "analysis/engines/replay/where.hpp"

namespace dmstall::analysis {

namespace {

using models::Alternative;
using models::TokenId;
using models::World;

using Actor = std::pair<std::int64_t, std::int32_t>;  // a token; of a choice, with the branch

/// Woken in vain: it still waits, but does not stay awake.
constexpr std::int32_t sleeps_again = -2;

Actor actor_of(std::int64_t serial, const models::Node& node, const Alternative& way) {
  if (models::is_futile(node, way)) return {serial, sleeps_again};
  return {serial, way.kind == models::AlternativeKind::branch ? way.index : -1};
}

class Walk {
 public:
  Walk(const models::Machine& machine, const models::Witness& witness) : world_(machine), witness_(witness) {}

  /// One step of the record; false: it cannot be taken, see `refusal`.
  bool step(std::size_t number) {
    const models::RecordedStep& record = witness_.steps[number];
    if (record.start_class >= 0) {
      (void)world_.start(record.start_class);
      return true;
    }
    const auto at = static_cast<std::int64_t>(number) + 1;
    const TokenId token = world_.find(record.token);
    std::vector<Alternative> enabled;
    if (token != models::no_token) world_.alternatives(token, enabled);
    const auto chosen = std::find_if(enabled.begin(), enabled.end(), [&](const Alternative& each) {
      return each.kind == record.kind && each.index == record.index;
    });
    if (chosen == enabled.end()) {
      refusal = token == models::no_token
                    ? MoveRefusal{MoveRefusal::Kind::no_token, at, record.token}
                    : MoveRefusal{MoveRefusal::Kind::cannot_move, at, record.token, where(world_, token)};
      return false;
    }
    needed_allocator = chosen->needs_allocator;
    actor = actor_of(record.token, world_.node_of(token), *chosen);
    models::StepEffects effects;
    world_.apply(token, Alternative(*chosen), effects);
    if (effects.error) refusal = {MoveRefusal::Kind::rule_broken, at, 0, *effects.error};
    return !effects.error;
  }

  [[nodiscard]] std::set<Actor> able() const {
    std::set<Actor> actors;
    std::vector<Alternative> enabled;
    for (const TokenId id : world_.live()) {
      enabled.clear();
      world_.alternatives(id, enabled);
      for (const Alternative& each : enabled) {
        if (!each.needs_allocator) actors.insert(actor_of(world_.token(id).serial, world_.node_of(id), each));
      }
    }
    return actors;
  }

  [[nodiscard]] const World& world() const { return world_; }

  MoveRefusal refusal;
  bool needed_allocator = false;  ///< of the last step
  Actor actor{-1, -1};            ///< of the last step

 private:
  World world_;
  const models::Witness& witness_;
};

}  // namespace

RoundReplay replay_round(const models::Machine& machine, const models::Witness& witness, std::size_t round_from) {
  RoundReplay result;
  const auto refuse = [&](MoveRefusal why) {
    result.refusal = std::move(why);
    return result;
  };
  if (round_from >= witness.steps.size() || witness.stuck.empty()) return refuse({MoveRefusal::Kind::no_round});
  Walk walk(machine, witness);
  for (std::size_t i = 0; i < round_from; ++i) {
    if (!walk.step(i)) return refuse(walk.refusal);
  }
  const std::vector<std::int64_t> begin = identity(walk.world());
  std::vector<TokenId> starved;
  for (const std::int64_t serial : witness.stuck) {
    starved.push_back(walk.world().find(serial));
    if (starved.back() == models::no_token) return refuse({MoveRefusal::Kind::finished, 0, serial});
  }
  result.report = models::explain(walk.world(), starved);
  std::set<Actor> able, moved;
  for (std::size_t i = round_from; i < witness.steps.size(); ++i) {
    able.merge(walk.able());
    const models::RecordedStep& record = witness.steps[i];
    if (record.start_class >= 0) return refuse({MoveRefusal::Kind::start_within, static_cast<std::int64_t>(i) + 1});
    if (!walk.step(i)) return refuse(walk.refusal);
    if (walk.needed_allocator) return refuse({MoveRefusal::Kind::relieved, static_cast<std::int64_t>(i) + 1});
    moved.insert(walk.actor);
  }
  if (identity(walk.world()) != begin) return refuse({MoveRefusal::Kind::no_return});
  for (const auto& [serial, branch] : able) {
    const bool starves = std::find(witness.stuck.begin(), witness.stuck.end(), serial) != witness.stuck.end();
    if (starves && branch != sleeps_again) return refuse({MoveRefusal::Kind::could_move, 0, serial});
    if (moved.count({serial, branch}) == 0) return refuse({MoveRefusal::Kind::never_moves, 0, serial});
  }
  result.confirmed = true;
  return result;
}

}  // namespace dmstall::analysis
