#include "analysis/use/page/witness_walk.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "models/machine/graph.hpp"
#include "models/machine/narrate.hpp"
#include "models/machine/semantics.hpp"
#include "models/machine/world.hpp"

namespace dmstall::analysis {

namespace {

using models::Node;
using models::NodeKind;
using models::ResourceId;
using models::TokenId;
using models::World;

WalkedLevel level_of(const World& world, ResourceId id) {
  const models::Machine& machine = world.machine();
  WalkedLevel level{id, models::level(machine, world.levels(), id), false, 0};
  if (machine.resources[static_cast<std::size_t>(id)].kind != models::ResourceKind::rwsem) return level;
  const auto first = static_cast<std::size_t>(machine.slots[static_cast<std::size_t>(id)].first);
  level.writer = world.levels().words[first + 1] != 0;
  level.queued = world.levels().words[first + 2];
  return level;
}

/// Whether an allocator that refuses and others that give nothing keep the token where it stands.
bool waits(const World& world, TokenId id, std::vector<models::Alternative>& enabled) {
  const Node& node = world.node_of(id);
  if (models::never_waits(node.kind)) return false;
  enabled.clear();
  world.alternatives(id, enabled);
  return std::all_of(enabled.begin(), enabled.end(), [&](const models::Alternative& each) {
    return each.needs_allocator || models::is_futile(node, each);
  });
}

class Walk {
 public:
  Walk(const models::Machine& machine, std::size_t most_steps) : machine_(machine), most_steps_(most_steps) {
    const World world(machine);
    for (std::size_t i = 0; i < machine.resources.size(); ++i)
      levels_.push_back(level_of(world, static_cast<ResourceId>(i)));
    first_ = levels_;
    changes_.assign(machine.resources.size(), false);
  }

  void step(NarratedStep told, const World& world) {
    const bool has_line = !told.what.empty();
    if (!has_line && steps_.empty()) return;
    if (has_line) {
      steps_.emplace_back();
      steps_.back().told = std::move(told);
    }
    WalkedStep& step = steps_.back();
    for (std::size_t i = 0; i < levels_.size(); ++i) {
      const WalkedLevel now = level_of(world, static_cast<ResourceId>(i));
      if (now == levels_[i]) continue;
      levels_[i] = now;
      changes_[i] = true;
      std::erase_if(step.levels, [&](const WalkedLevel& each) { return each.resource == now.resource; });
      step.levels.push_back(now);
    }
    look_who_waits(world, step);
    // Twice as many as are wanted, so that few are moved.
    if (steps_.size() > 2 * most_steps_) forget(steps_.size() - most_steps_);
  }

  WitnessWalk result(std::vector<std::int64_t> stuck) {
    if (steps_.size() > most_steps_) forget(steps_.size() - most_steps_);
    WitnessWalk walk;
    for (std::size_t i = 0; i < first_.size(); ++i) {
      if (changes_[i]) walk.first.push_back(first_[i]);
    }
    for (const auto& [token, wait] : first_waiting_) walk.waiting.push_back(wait);
    walk.steps = std::move(steps_);
    walk.left_out = left_out_;
    walk.stuck = std::move(stuck);
    return walk;
  }

 private:
  void look_who_waits(const World& world, WalkedStep& step) {
    std::map<std::int64_t, WalkedWait> now;
    for (const TokenId id : world.live()) {
      if (!waits(world, id, enabled_)) continue;
      const models::Token& token = world.token(id);
      const Node& node = world.node_of(id);
      if (token.daemon && node.resource == models::no_resource) continue;
      now.emplace(token.serial, WalkedWait{token.serial, models::who(world, id), node.resource, node.n,
                                           machine_.function_of(token.at)});
    }
    for (const auto& [token, wait] : now) {
      const auto before = waiting_.find(token);
      if (before != waiting_.end() && before->second == wait) continue;
      std::erase_if(step.waits, [of = token](const WalkedWait& each) { return each.token == of; });
      std::erase(step.go_on, token);
      step.waits.push_back(wait);
    }
    for (const auto& [token, wait] : waiting_) {
      if (now.count(token) > 0) continue;
      std::erase_if(step.waits, [of = token](const WalkedWait& each) { return each.token == of; });
      step.go_on.push_back(token);
    }
    waiting_ = std::move(now);
  }

  /// The first steps become what the others begin with.
  void forget(std::size_t steps) {
    for (std::size_t s = 0; s < steps; ++s) {
      for (const WalkedLevel& level : steps_[s].levels) first_[static_cast<std::size_t>(level.resource)] = level;
      for (const std::int64_t token : steps_[s].go_on) first_waiting_.erase(token);
      for (const WalkedWait& wait : steps_[s].waits) first_waiting_.insert_or_assign(wait.token, wait);
    }
    steps_.erase(steps_.begin(), steps_.begin() + static_cast<std::ptrdiff_t>(steps));
    left_out_ += static_cast<std::int64_t>(steps);
  }

  const models::Machine& machine_;
  std::size_t most_steps_;
  std::vector<WalkedLevel> levels_, first_;
  std::vector<bool> changes_;
  std::map<std::int64_t, WalkedWait> waiting_, first_waiting_;
  std::vector<WalkedStep> steps_;
  std::int64_t left_out_ = 0;
  std::vector<models::Alternative> enabled_;
};

}  // namespace

WitnessWalk walk_witness(const models::Machine& machine, const models::Witness& witness, std::size_t most_steps) {
  Walk made(machine, most_steps);
  walk(machine, witness, [&](NarratedStep step, const World& after) { made.step(std::move(step), after); });
  return made.result(witness.stuck);
}

}  // namespace dmstall::analysis
