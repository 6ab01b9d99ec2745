#include "analysis/verdict/narrative.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/machine/narrate.hpp"

namespace dmstall::analysis {

void walk(const models::Machine& machine, const models::Witness& witness,
          const std::function<void(NarratedStep step, const models::World& after)>& told_to) {
  if (!witness.complete) return;  // numbers have gaps: the tokens cannot be told apart any more
  models::World world(machine);
  models::StepEffects effects;
  std::vector<models::Alternative> enabled;
  std::int64_t number = 0;
  for (const models::RecordedStep& step : witness.steps) {
    NarratedStep told;
    told.number = ++number;
    if (step.start_class >= 0) {
      const models::TokenId id = world.start(step.start_class);
      told.who = models::who(world, id);
      told.what = "starts";
      told.request = world.token(id).request;
      told_to(std::move(told), world);
      continue;
    }
    const models::TokenId id = world.find(step.token);
    if (id == models::no_token) return;
    enabled.clear();
    world.alternatives(id, enabled);
    const auto taken = std::find_if(enabled.begin(), enabled.end(), [&](const auto& each) {
      return each.kind == step.kind && each.index == step.index;
    });
    if (taken == enabled.end()) return;
    const models::NodeId at = world.token(id).at;
    told.who = models::who(world, id);
    told.request = world.token(id).request;
    told.functions = machine.function_of(at);
    const models::Alternative alternative = *taken;
    world.apply(id, alternative, effects);
    told.what = effects.spawned != models::no_token
                    ? fmt::format("starts child {}", world.token(effects.spawned).serial)
                    : models::describe_step(world, machine.nodes[static_cast<std::size_t>(at)], alternative);
    told_to(std::move(told), world);
  }
}

std::vector<NarratedStep> narrate(const models::Machine& machine, const models::Witness& witness) {
  std::vector<NarratedStep> result;
  walk(machine, witness, [&](NarratedStep step, const models::World&) {
    if (!step.what.empty()) result.push_back(std::move(step));
  });
  return result;
}

}  // namespace dmstall::analysis
