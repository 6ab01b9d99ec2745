#include "models/scenario/own_target.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/machine/each_step.hpp"
#include "models/scenario/format_tables.hpp"

namespace dmstall::models {

namespace {

/// The threads of a workqueue, which the file does not name.
bool is_unnamed(const Resource& resource) {
  return resource.kind == ResourceKind::thread;
}

std::string what_it_holds(ResourceKind kind) {
  for (const ResourceForm& form : resource_forms()) {
    if (form.kind == kind) return fmt::format("{}: {}", form.key, form.help);
  }
  return {};
}

PoolDescription pool_of(const Resource& resource) {
  PoolDescription pool;
  pool.name = resource.name;
  pool.holds = what_it_holds(resource.kind);
  pool.has_size = has_elements(resource.kind) && resource.kind != ResourceKind::mutex;
  pool.sized_by = pool.has_size ? fmt::format("{}", resource.capacity) : std::string("none");
  return pool;
}

bool writes_to(const Steps& steps, std::string_view role) {
  bool found = false;
  for_each_step(steps, [&](const Step& step) {
    found = found || (step.kind == StepKind::call && step.role == role && step.op == "write");
  });
  return found;
}

}  // namespace

std::string own_pool_name(const Resource& resource) {
  return is_unnamed(resource) ? resource.name.substr(0, resource.name.size() - thread_part.size()) : resource.name;
}

TargetDescription describe_own(const ScenarioTarget& target) {
  TargetDescription result;
  result.id = target.name;
  result.about = "defined in the scenario";
  result.source = "the scenario";
  result.not_counted = "defined in the scenario, what its pools and its per-bio data cost is not known";
  const auto write = target.flows.find("write");
  for (const std::string& role : target.roles) {
    Parameter parameter;
    parameter.name = role;
    parameter.type = ParameterType::device;
    parameter.required = parameter.is_role = true;
    parameter.takes_writes = write != target.flows.end() && writes_to(write->second, role);
    parameter.help = "a device below";
    result.parameters.push_back(std::move(parameter));
  }
  for (const Resource& resource : target.resources) {
    if (!is_unnamed(resource)) result.pools.push_back(pool_of(resource));
  }
  return result;
}

const TargetDescription* target_of(const Scenario& scenario, std::string_view id) {
  for (const ScenarioTarget& own : scenario.targets) {
    if (own.name == id) return &own.description;
  }
  return find_target(id);
}

std::vector<const TargetDescription*> all_targets(const Scenario& scenario) {
  std::vector<const TargetDescription*> all;
  for (const TargetDescription& target : target_registry()) all.push_back(&target);
  for (const ScenarioTarget& own : scenario.targets) all.push_back(&own.description);
  return all;
}

std::vector<std::string> ids_of_targets(const Scenario& scenario) {
  std::vector<std::string> ids;
  for (const TargetDescription* target : all_targets(scenario)) ids.push_back(target->id);
  return ids;
}

std::vector<PoolDescription> pools_of(const TargetDescription& target) {
  std::vector<PoolDescription> pools;
  if (target.device_mapper) pools = common_pools();
  pools.insert(pools.end(), target.pools.begin(), target.pools.end());
  return pools;
}

}  // namespace dmstall::models
