#include "analysis/verdict/shared_pools.hpp"

#include <algorithm>

#include "analysis/verdict/stack_levels.hpp"

namespace dmstall::analysis {

std::vector<SharedThing> shared_pools(const models::Program& program, const models::StuckReport& stuck) {
  std::vector<std::string> names = stuck.circle;
  for (const std::string& name : stuck.waited_for) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  std::vector<SharedThing> shared;
  const StackLevels levels = stack_levels(program);
  for (const std::string& name : names) {
    const auto takers = levels.takers.find(name);
    if (takers == levels.takers.end() || takers->second.size() < 2) continue;
    const auto resource = std::find_if(program.resources.begin(), program.resources.end(),
                                       [&](const models::Resource& each) { return each.name == name; });
    SharedThing pool{name, resource == program.resources.end() ? 0 : resource->capacity, {}, {}};
    for (const std::string& device : levels.devices) {
      if (takers->second.count(device) != 0) pool.devices.push_back(device);
    }
    for (const std::string& upper : pool.devices) {
      for (const std::string& lower : pool.devices) {
        if (upper != lower && levels.stands_on(upper, lower)) pool.stands_on.emplace_back(upper, lower);
      }
    }
    shared.push_back(std::move(pool));
  }
  return shared;
}

}  // namespace dmstall::analysis
