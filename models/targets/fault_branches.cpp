#include "models/targets/fault_branches.hpp"

#include <algorithm>

namespace dmstall::models {

namespace {

bool costs_a_fault(const Branch& branch) {
  return branch.faults > 0;
}

}  // namespace

bool without_faults(const Scenario& scenario) {
  return !scenario.faults.any && scenario.faults.list.empty();
}

void drop_fault_branches(Steps& steps) {
  for (Step& step : steps) {
    if (step.kind == StepKind::choose) std::erase_if(step.branches, costs_a_fault);
    drop_fault_branches(step.body);
    drop_fault_branches(step.else_steps);
    for (Branch& branch : step.branches) drop_fault_branches(branch.steps);
  }
  std::erase_if(steps, [](const Step& step) { return step.kind == StepKind::choose && step.branches.empty(); });
}

bool has_fault_branches(const Steps& steps) {
  return std::any_of(steps.begin(), steps.end(), [](const Step& step) {
    return has_fault_branches(step.body) || has_fault_branches(step.else_steps) ||
           std::any_of(step.branches.begin(), step.branches.end(),
                       [](const Branch& branch) { return costs_a_fault(branch) || has_fault_branches(branch.steps); });
  });
}

bool tasks_have_fault_branches(const Scenario& scenario) {
  return std::any_of(scenario.form.tasks.begin(), scenario.form.tasks.end(),
                     [](const Task& task) { return has_fault_branches(task.steps); });
}

bool targets_have_fault_branches(const Scenario& scenario) {
  return std::any_of(scenario.targets.begin(), scenario.targets.end(), [&](const ScenarioTarget& target) {
    const bool used = std::any_of(scenario.devices.begin(), scenario.devices.end(),
                                  [&](const Device& device) { return device.target == target.name; });
    return used && std::any_of(target.flows.begin(), target.flows.end(),
                               [](const auto& flow) { return has_fault_branches(flow.second); });
  });
}

}  // namespace dmstall::models
