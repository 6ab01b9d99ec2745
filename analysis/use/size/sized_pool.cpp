#include "analysis/use/size/sized_pool.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "models/kernel/dm_core.hpp"
#include "models/scenario/pool_names.hpp"
#include "models/scenario/suggestion.hpp"
#include "models/targets/build.hpp"

namespace dmstall::analysis {

namespace {

using models::Device;
using models::Resource;
using models::Scenario;
using models::SharingRule;

const char* const parameter_name = "reserved_bio_based_ios";

/// Who owns the device's pool: the device, its target, or a group; nobody where the machine has one.
std::string owner_of(const Scenario& scenario, const Device& device, const std::string& pool) {
  const auto rule = scenario.sharing.rules.find(device.target + "." + pool);
  if (rule == scenario.sharing.rules.end()) return models::is_machine_wide(device.target, pool) ? "" : device.name;
  if (rule->second.scope == SharingRule::Scope::module) return device.target;
  const auto& members = rule->second.devices;
  const bool member = rule->second.scope == SharingRule::Scope::group &&
                      std::find(members.begin(), members.end(), device.name) != members.end();
  return member ? rule->second.group : device.name;
}

/// "lower.io_client" of "lower.io_client.pool": the two pools of a client are made together and are of one size.
std::string whole_client(const std::string& name) {
  for (const std::string_view part : {".pool", ".bios"}) {
    if (name.size() > part.size() && name.compare(name.size() - part.size(), part.size(), part) == 0)
      return name.substr(0, name.size() - part.size());
  }
  return name;
}

[[noreturn]] void refuse(const std::string& name, const std::vector<std::string>& candidates) {
  const std::string near = models::nearest(name, candidates);
  if (!near.empty()) throw SizeError(fmt::format("no pool {} to size; did you mean \"{}\"?", name, near));
  constexpr std::size_t most = 20;
  std::vector<std::string> first(candidates.begin(),
                                 candidates.begin() + static_cast<std::ptrdiff_t>(std::min(most, candidates.size())));
  throw SizeError(fmt::format("no pool {} to size; there are {}{}", name, fmt::join(first, ", "),
                              candidates.size() > most ? ", ..." : ""));
}

SizedPool parameter_of(const Scenario& scenario) {
  if (scenario.devices.empty()) {
    std::vector<std::string> names;
    for (const Resource& resource : scenario.form.resources) names.push_back(resource.name);
    throw SizeError(fmt::format("a scenario without devices has no {}; --pool names one of {}", parameter_name,
                                fmt::join(names, ", ")));
  }
  SizedPool sized;
  sized.name = parameter_name;
  sized.parameter = true;
  sized.now = models::effective_reserved_ios(scenario.kernel.reserved_bio_based_ios);
  sized.smallest = 1;  // dm.c:__dm_get_module_param turns 0 into the default
  sized.largest = models::effective_reserved_ios(std::numeric_limits<int>::max());
  return sized;
}

SizedPool resource_of_tasks(const Scenario& scenario, const std::string& name) {
  std::vector<std::string> candidates;
  SizedPool sized;
  for (std::size_t i = 0; i < scenario.form.resources.size(); ++i) {
    const Resource& resource = scenario.form.resources[i];
    if (!models::has_elements(resource.kind) || resource.kind == models::ResourceKind::mutex) continue;
    candidates.push_back(resource.name);
    if (resource.name != name) continue;
    sized.resource = i;
    sized.now = resource.capacity;
  }
  if (!sized.resource) refuse(name, candidates);
  return sized;
}

}  // namespace

SizedPool find_sized(const Scenario& scenario, const std::string& name) {
  if (name.empty() || name == parameter_name) return parameter_of(scenario);
  SizedPool sized;
  if (scenario.devices.empty()) {
    sized = resource_of_tasks(scenario, name);
  } else {
    const std::string wanted = whole_client(name);
    std::vector<std::string> candidates;
    const auto add = [&](const std::string& candidate) {
      if (std::find(candidates.begin(), candidates.end(), candidate) == candidates.end())
        candidates.push_back(candidate);
    };
    // Only pools that some flow takes from: the size of another cannot matter.
    const models::Program program = models::build_program(scenario);
    for (const Resource& resource : program.resources) {
      if (resource.pool.empty() || (resource.kind == models::ResourceKind::thread && resource.soft)) continue;
      const std::string pool = whole_pool(resource);
      for (std::size_t i = 0; i < scenario.devices.size(); ++i) {
        const Device& device = scenario.devices[i];
        const std::vector<std::string> pools = models::pools_of_target(scenario, device.target);
        if (std::find(pools.begin(), pools.end(), pool) == pools.end() ||
            owner_of(scenario, device, pool) != resource.owner)
          continue;
        const bool machine_wide = resource.owner.empty(), shared = resource.owner != device.name;
        const std::string own = machine_wide ? pool : resource.owner + "." + pool, all = device.target + "." + pool;
        add(own);
        if (wanted != own && (shared || wanted != all)) continue;
        if (std::find(sized.devices.begin(), sized.devices.end(), i) == sized.devices.end()) sized.devices.push_back(i);
        sized.pool = pool;
        sized.machine_wide = machine_wide;
        if (shared && !machine_wide) sized.sharing_rule = all;
        sized.now = resource.capacity;
      }
    }
    if (sized.devices.empty()) refuse(wanted, candidates);
    sized.name = wanted;
  }
  if (sized.name.empty()) sized.name = name;
  sized.smallest = 0;
  sized.largest = std::numeric_limits<int>::max();
  return sized;
}

Scenario resized(const Scenario& scenario, const SizedPool& sized, int size) {
  Scenario changed = scenario;
  if (sized.parameter) changed.kernel.reserved_bio_based_ios = size;
  if (sized.resource) changed.form.resources[*sized.resource].capacity = size;
  for (const std::size_t device : sized.devices) changed.devices[device].reserve[sized.pool] = size;
  return changed;
}

bool is_shared(const Scenario& scenario, const SizedPool& sized) {
  if (!sized.parameter) return !sized.sharing_rule.empty() || (sized.machine_wide && sized.devices.size() > 1);
  return std::any_of(scenario.sharing.rules.begin(), scenario.sharing.rules.end(),
                     [](const auto& rule) { return rule.second.scope != SharingRule::Scope::device; });
}

Scenario with_private_pools(const Scenario& scenario, const SizedPool& sized) {
  Scenario changed = scenario;
  changed.sharing.preset.clear();
  if (sized.parameter) {
    changed.sharing.rules.clear();
  } else if (sized.machine_wide) {
    for (const std::size_t device : sized.devices)
      changed.sharing.rules[scenario.devices[device].target + "." + sized.pool] = {};
  } else {
    changed.sharing.rules.erase(sized.sharing_rule);
  }
  return changed;
}

}  // namespace dmstall::analysis
