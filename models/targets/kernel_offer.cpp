#include "models/targets/kernel_offer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/scenario/own_target.hpp"

namespace dmstall::models {

namespace {

/// Whether the owner of the pool is the target, a device of it, or a group that shares it among them.
bool owns(const Scenario& scenario, const std::string& target, const Resource& resource) {
  if (resource.owner == target) return true;
  const Device* device = scenario.find_device(resource.owner);
  if (device != nullptr) return device->target == target;
  const auto rule = scenario.sharing.rules.find(target + "." + whole_pool(resource));
  return rule != scenario.sharing.rules.end() && rule->second.group == resource.owner;
}

/// The scenario's own target that has the resource; nullptr: one of the kernel's, or a resource of tasks.
const ScenarioTarget* own_target_of(const Scenario& scenario, const Resource& resource) {
  const std::string pool = whole_pool(resource);
  const auto found = std::find_if(scenario.targets.begin(), scenario.targets.end(), [&](const ScenarioTarget& own) {
    const auto& pools = own.description.pools;
    return std::any_of(pools.begin(), pools.end(), [&](const auto& each) { return each.name == pool; }) &&
           owns(scenario, own.name, resource);
  });
  return found == scenario.targets.end() ? nullptr : &*found;
}

/// What the size of the pool follows: a module parameter by its name, or words for a constant.
std::string sized_by(const Scenario& scenario, const Resource& resource) {
  const std::string wanted = whole_pool(resource);
  for (const TargetDescription* target : all_targets(scenario)) {
    for (const PoolDescription& each : pools_of(*target)) {
      if (each.name == wanted && (resource.owner.empty() || owns(scenario, target->id, resource))) return each.sized_by;
    }
  }
  return {};
}

std::string as_linux_does_it(const Scenario& scenario) {
  return fmt::format("Linux {} does that", scenario.kernel.release.name());
}

}  // namespace

std::string offer_of_pools_per_device(const Scenario& scenario, const Resource& resource) {
  if (const ScenarioTarget* own = own_target_of(scenario, resource))
    return fmt::format("\"sharing\" of the scenario's target {}", own->name);
  return as_linux_does_it(scenario);
}

std::string offer_of_all_pools_per_device(const Scenario& scenario) {
  const auto& rules = scenario.sharing.rules;
  const bool any_own = std::any_of(rules.begin(), rules.end(), [&](const auto& rule) {
    return std::any_of(scenario.targets.begin(), scenario.targets.end(), [&](const ScenarioTarget& own) {
      const auto& pools = own.description.pools;
      return rule.second.scope != SharingRule::Scope::device &&
             std::any_of(pools.begin(), pools.end(),
                         [&](const PoolDescription& pool) { return own.name + "." + pool.name == rule.first; });
    });
  });
  return any_own ? "\"sharing\" of the scenario" : as_linux_does_it(scenario);
}

std::string offer_of_another_size(const Scenario& scenario, const Resource& resource) {
  constexpr const char* parameter = "reserved_bio_based_ios";
  if (resource.pool.empty()) return "as the scenario is written";
  if (const ScenarioTarget* own = own_target_of(scenario, resource))
    return fmt::format("targets.{}.resources.{} of the scenario", own->name, whole_pool(resource));
  const std::string_view kernel = scenario.kernel.release.name();
  if (sized_by(scenario, resource).rfind(parameter, 0) == 0)
    return fmt::format("{}: module parameter {}", kernel, parameter);
  return fmt::format("{}: a fixed size, needs a patch", kernel);
}

std::string offer_of_other_code(const Scenario& scenario, const Resource& resource) {
  if (resource.pool.empty() && scenario.devices.empty()) return "other steps in the scenario's tasks";
  if (const ScenarioTarget* own = own_target_of(scenario, resource))
    return fmt::format("other steps in the scenario's target {}", own->name);
  return fmt::format("{}: needs a patch", scenario.kernel.release.name());
}

}  // namespace dmstall::models
