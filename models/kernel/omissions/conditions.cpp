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

bool has_ranges(const Scenario& scenario) {
  return std::any_of(scenario.workload.begin(), scenario.workload.end(), [](const WorkloadItem& item) {
    return item.verb == WorkloadVerb::discard || item.verb == WorkloadVerb::zero_out;
  });
}

bool unpooled_fails(const Scenario& scenario) {
  return scenario.memory.unpooled == Outcome::fails;
}

bool has_faults(const Scenario& scenario) {
  return scenario.faults.any || !scenario.faults.list.empty();
}

namespace {

/// kswapd writes, and is no part of the model.
bool unmodelled_kswapd(const Scenario& scenario) {
  return on_6_1(scenario) && scenario.memory.allocator != AllocatorMode::accounted;
}

bool dirties_pages(const WorkloadItem& item) {
  return item.verb == WorkloadVerb::writeback || (item.verb == WorkloadVerb::write && !item.direct);
}

}  // namespace

bool kswapd_may_write(const Scenario& scenario) {
  return unmodelled_kswapd(scenario) && std::any_of(scenario.workload.begin(), scenario.workload.end(), dirties_pages);
}

bool kswapd_may_write_files(const Scenario& scenario) {
  return unmodelled_kswapd(scenario) &&
         std::any_of(scenario.workload.begin(), scenario.workload.end(), [](const WorkloadItem& item) {
           return dirties_pages(item) || item.verb == WorkloadVerb::write || item.verb == WorkloadVerb::flush;
         });
}

bool on_6_1(const Scenario& scenario) {
  return scenario.kernel.release.name() == "6.1";
}

bool on_6_12(const Scenario& scenario) {
  return scenario.kernel.release.name() == "6.12";
}

}  // namespace dmstall::models
