#include "analysis/verdict/decision.hpp"

#include <algorithm>

#include "models/machine/graph.hpp"
#include "models/machine/narrate.hpp"

namespace dmstall::analysis {

namespace {

using models::Alternative;
using models::AlternativeKind;
using models::TokenId;
using models::World;

/// Takes one recorded step; false where it cannot be taken.
bool step_on(World& world, const models::RecordedStep& step) {
  if (step.start_class >= 0) {
    (void)world.start(step.start_class);
    return true;
  }
  const TokenId id = world.find(step.token);
  if (id == models::no_token) return false;
  std::vector<Alternative> enabled;
  world.alternatives(id, enabled);
  const auto taken = std::find_if(enabled.begin(), enabled.end(),
                                  [&](const auto& each) { return each.kind == step.kind && each.index == step.index; });
  if (taken == enabled.end()) return false;
  models::StepEffects effects;
  world.apply(id, Alternative(*taken), effects);
  return true;
}

bool has_faults(const models::Machine& machine, const models::Node& node) {
  const auto choices = choices_of(machine, node);
  return std::any_of(choices.begin(), choices.end(), [](const auto& each) { return each.faults > 0; });
}

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

void add_ways_of(const World& world, TokenId id, const models::RecordedStep& step, Decision& decision) {
  const models::Node& node = world.node_of(id);
  if (has_faults(world.machine(), node)) return;  // which faults there are is not decided anew
  std::vector<Alternative> enabled;
  world.alternatives(id, enabled);
  for (const Alternative& each : enabled) {
    if (each.kind == step.kind && each.index == step.index) continue;
    if (each.kind == AlternativeKind::branch) {
      add_once(decision.instead, choices_of(world.machine(), node)[models::at(each.index)].label);
      continue;
    }
    World other = world;
    models::StepEffects effects;
    other.apply(id, each, effects);
    if (!effects.error) add_once(decision.instead, models::describe_step(other, node, each));
  }
}

}  // namespace

std::optional<Decision> decision_of(const models::Machine& machine, const models::Witness& witness,
                                    std::int64_t no_return, bool exact) {
  if (!witness.complete || no_return < 1 || static_cast<std::size_t>(no_return) > witness.steps.size())
    return std::nullopt;
  World world(machine);
  const auto at = static_cast<std::size_t>(no_return) - 1;
  for (std::size_t i = 0; i < at; ++i) {
    if (!step_on(world, witness.steps[i])) return std::nullopt;
  }
  Decision decision{no_return, exact, {}, {}};
  const models::RecordedStep& step = witness.steps[at];
  if (step.start_class >= 0) return decision;
  const TokenId decides = world.find(step.token);
  if (decides == models::no_token) return std::nullopt;
  add_ways_of(world, decides, step, decision);
  std::vector<Alternative> enabled;
  for (const TokenId id : world.live()) {
    if (id == decides || world.token(id).daemon) continue;
    enabled.clear();
    world.alternatives(id, enabled);
    if (!enabled.empty()) add_once(decision.others, models::who(world, id));
  }
  return decision;
}

}  // namespace dmstall::analysis
