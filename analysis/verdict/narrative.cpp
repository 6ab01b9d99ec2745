#include "analysis/verdict/narrative.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/machine/graph.hpp"
#include "models/machine/narrate.hpp"

namespace dmstall::analysis {

namespace {

using models::NodeKind;

/// Of steps that describe_step has no line for. `world`: after the step.
std::string quiet_step(const models::World& world, models::TokenId id, const models::Node& node) {
  const bool waits = node.resource != models::no_resource;
  const std::string name = waits ? world.machine().resources[static_cast<std::size_t>(node.resource)].name : "";
  switch (node.kind) {
    case NodeKind::test: {
      const bool yes =
          node.next != node.other && world.find(world.token(id).serial) == id && world.token(id).at == node.next;
      const models::Resource& resource = world.machine().resources[static_cast<std::size_t>(node.resource)];
      if (resource.kind == models::ResourceKind::event) return fmt::format("sees {} {}", name, yes ? "set" : "not set");
      return fmt::format("sees {} {}", name, yes ? "above 0" : "at 0");
    }
    case NodeKind::await_detach:
      return "goes on behind what it submitted";
    case NodeKind::remember:
      return "notes how it went";
    case NodeKind::choose:
      return "goes one of its ways";
    default:
      return "goes on";
  }
}

bool has_elements(const models::Machine& machine, const models::Node& node) {
  return node.resource != models::no_resource &&
         models::has_elements(machine.resources[static_cast<std::size_t>(node.resource)].kind);
}

}  // namespace

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
    const models::Node& node = machine.nodes[static_cast<std::size_t>(at)];
    told.at = at;
    told.who = models::who(world, id);
    told.request = world.token(id).request;
    told.functions = machine.function_of(at);
    const models::Alternative alternative = *taken;
    world.apply(id, alternative, effects);
    told.what = effects.spawned != models::no_token
                    ? fmt::format("starts child {}", world.token(effects.spawned).serial)
                    : models::describe_step(world, node, alternative);
    told.quiet = told.what.empty();
    if (told.quiet) told.what = quiet_step(world, id, node);
    if (has_elements(machine, node)) {
      told.resource = node.resource;
      told.free = models::level(machine, world.levels(), node.resource);
    }
    told_to(std::move(told), world);
  }
}

std::vector<NarratedStep> narrate(const models::Machine& machine, const models::Witness& witness) {
  std::vector<NarratedStep> result;
  walk(machine, witness, [&](NarratedStep step, const models::World&) { result.push_back(std::move(step)); });
  return result;
}

}  // namespace dmstall::analysis
