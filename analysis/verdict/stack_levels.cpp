#include "analysis/verdict/stack_levels.hpp"

#include <algorithm>
#include <functional>

#include "models/machine/graph.hpp"

namespace dmstall::analysis {

namespace {

using models::at;

void for_each_step(const models::Steps& steps, const std::function<void(const models::Step&)>& visit) {
  for (const models::Step& step : steps) {
    visit(step);
    for_each_step(step.body, visit);
    for_each_step(step.else_steps, visit);
    for (const models::Branch& branch : step.branches) for_each_step(branch.steps, visit);
  }
}

}  // namespace

bool StackLevels::stands_on(const std::string& upper, const std::string& lower) const {
  std::set<std::string> seen;
  std::vector<std::string> open{upper};
  while (!open.empty()) {
    const auto below = on.find(open.back());
    open.pop_back();
    if (below == on.end()) continue;
    if (below->second.count(lower) != 0) return true;
    for (const std::string& device : below->second) {
      if (seen.insert(device).second) open.push_back(device);
    }
  }
  return false;
}

StackLevels stack_levels(const models::Program& program) {
  StackLevels levels;
  std::vector<std::string> met;  // in the order of the flows
  for (const models::Flow& flow : program.flows) {
    if (flow.device.empty()) continue;
    if (std::find(met.begin(), met.end(), flow.device) == met.end()) met.push_back(flow.device);
    for_each_step(flow.steps, [&](const models::Step& step) {
      if (step.resource != models::no_resource && step.kind == models::StepKind::take) {
        levels.takers[program.resources[at(step.resource)].name].insert(flow.device);
      }
      if (step.flow == models::no_flow) return;
      const std::string& below = program.flows[at(step.flow)].device;
      if (!below.empty() && below != flow.device) levels.on[flow.device].insert(below);
    });
  }
  std::set<std::string> placed;
  const std::function<void(const std::string&)> place = [&](const std::string& device) {
    if (!placed.insert(device).second) return;
    for (const std::string& below : levels.on[device]) place(below);
    levels.devices.push_back(device);
  };
  for (auto device = met.rbegin(); device != met.rend(); ++device) place(*device);
  std::reverse(levels.devices.begin(), levels.devices.end());
  return levels;
}

}  // namespace dmstall::analysis
