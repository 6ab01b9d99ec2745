#include "models/scenario/pool_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "models/scenario/own_target.hpp"

namespace dmstall::models {

namespace {

std::vector<PoolDescription> described_pools(const Scenario& scenario, std::string_view target) {
  const TargetDescription* known = target_of(scenario, target);
  return known == nullptr ? std::vector<PoolDescription>{} : pools_of(*known);
}

}  // namespace

std::vector<std::string> pools_of_target(const Scenario& scenario, std::string_view target) {
  std::vector<std::string> names;
  for (PoolDescription& pool : described_pools(scenario, target)) names.push_back(std::move(pool.name));
  return names;
}

std::vector<std::string> sizes_of_target(const Scenario& scenario, std::string_view target) {
  std::vector<std::string> names;
  for (PoolDescription& pool : described_pools(scenario, target)) {
    if (pool.has_size) names.push_back(std::move(pool.name));
  }
  return names;
}

bool is_machine_wide(std::string_view target, std::string_view pool) {
  const TargetDescription* known = find_target(target);
  return known != nullptr && std::any_of(known->pools.begin(), known->pools.end(), [&](const PoolDescription& each) {
           return each.machine_wide && each.name == pool;
         });
}

std::string unknown_pool(Diagnostics& diagnostics, const std::string& name, const std::string& target,
                         const std::vector<std::string>& pools) {
  if (pools.empty()) return fmt::format("a {} device has no pools", target);
  const std::size_t dot = name.rfind('.');
  const std::string client = name.substr(0, dot);
  if (dot != std::string::npos && std::find(pools.begin(), pools.end(), client) != pools.end()) {
    return fmt::format("write {}: it stands for {}.pool and {}.bios", in_quotes(client), client, client);
  }
  const std::string hint = diagnostics.did_you_mean(name, pools);
  return fmt::format("target {} has no pool {}{}", in_quotes(target), in_quotes(name),
                     hint.empty() ? fmt::format("; it has {}", fmt::join(pools, ", ")) : hint);
}

std::vector<std::string> printed_pool_names(const Scenario& scenario) {
  std::vector<std::string> names;
  std::unordered_set<std::string> seen;
  const auto add_one = [&](std::string name) {
    if (seen.insert(name).second) names.push_back(std::move(name));
  };
  const auto add = [&](const std::string& owner, const PoolDescription& pool) {
    const std::string name = owner + "." + pool.name;
    add_one(name);
    if (pool.machine_wide) add_one(pool.name);
    if (!pool.is_client) return;
    add_one(name + ".pool");
    add_one(name + ".bios");
  };
  // Threads of workqueues are printed by a name of their own.
  const auto add_threads = [&](const std::string& owner, std::string_view target) {
    for (const ScenarioTarget& own : scenario.targets) {
      if (own.name != target) continue;
      for (const Resource& resource : own.resources) {
        if (resource.kind == ResourceKind::thread) add_one(owner + "." + resource.name);
      }
    }
  };
  std::map<std::string, std::vector<PoolDescription>, std::less<>> by_target;
  for (const Device& device : scenario.devices) {
    auto known = by_target.find(device.target);
    if (known == by_target.end()) {
      known = by_target.emplace(device.target, described_pools(scenario, device.target)).first;
      add_threads(device.target, device.target);
      for (const PoolDescription& pool : known->second) {
        add(device.target, pool);
        const auto rule = scenario.sharing.rules.find(device.target + "." + pool.name);
        if (rule != scenario.sharing.rules.end() && !rule->second.group.empty()) add(rule->second.group, pool);
      }
    }
    for (const PoolDescription& pool : known->second) add(device.name, pool);
    add_threads(device.name, device.target);
  }
  for (const Resource& resource : scenario.form.resources) add_one(resource.name);
  return names;
}

bool matches_pattern(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p, ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace dmstall::models
