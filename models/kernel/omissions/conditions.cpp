#include "models/kernel/omissions/conditions.hpp"

#include <algorithm>

namespace dmstall::models {

bool shares_pools(const Scenario& scenario) {
  return std::any_of(scenario.sharing.rules.begin(), scenario.sharing.rules.end(),
                     [](const auto& rule) { return rule.second.scope != SharingRule::Scope::device; });
}

bool has_commands(const Scenario& scenario) {
  return std::any_of(scenario.workload.begin(), scenario.workload.end(),
                     [](const WorkloadItem& item) { return item.verb == WorkloadVerb::admin; });
}

bool has_faults(const Scenario& scenario) {
  return scenario.faults.any || !scenario.faults.list.empty();
}

}  // namespace dmstall::models
