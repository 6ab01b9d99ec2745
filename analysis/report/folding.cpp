#include "analysis/report/folding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "models/scenario/alike.hpp"

namespace dmstall::analysis {

namespace {

/// What stands between names of devices and workload items in names of pools and flows; no name that is folded has it
/// (models/scenario/alike).
constexpr std::string_view between_names = "./ @(),*:\"\n>[]";

/// Stacks that get more requests, or others in flight, look the same. So do those among which pages are counted.
models::Scenario with_equal_loads(models::Scenario scenario) {
  if (scenario.memory.allocator == models::AllocatorMode::accounted) scenario.memory = {};
  for (models::WorkloadItem& item : scenario.workload) {
    const models::WorkloadItem plain;
    item.count = plain.count;
    item.in_flight = plain.in_flight;
    item.threads = plain.threads;
    item.start_s = plain.start_s;
    item.period_s = plain.period_s;
  }
  return scenario;
}

}  // namespace

DeviceFolding::DeviceFolding(const models::Scenario& scenario) {
  const std::vector<models::AlikeStacks> kinds = models::alike_stacks(with_equal_loads(scenario), 3);
  if (kinds.empty()) return;
  for (const models::AlikeStacks& kind : kinds) {
    const models::NamedStack& first = kind.front();
    for (std::size_t i = 0; i < first.devices.size(); ++i) {
      kinds_.emplace(first.devices[i], Kind{kind.size(), kind.back().devices[i]});
      shown_.push_back(first.devices[i]);
    }
    for (auto stack = kind.begin() + 1; stack != kind.end(); ++stack) {
      for (std::size_t i = 0; i < stack->devices.size(); ++i) first_.emplace(stack->devices[i], first.devices[i]);
      for (std::size_t i = 0; i < stack->workload.size(); ++i) first_.emplace(stack->workload[i], first.workload[i]);
    }
  }
  few_ = models::with_few(scenario, kinds, 2);
}

std::string DeviceFolding::of(const std::string& text) const {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find_first_of(between_names, at), text.size());
    const std::string word = text.substr(at, end - at);
    const auto known = first_.find(word);
    out += known == first_.end() ? word : known->second;
    if (end < text.size()) out += text[end];
    at = end + 1;
  }
  return out;
}

std::string DeviceFolding::counted(const std::string& device) const {
  const auto known = kinds_.find(device);
  return known == kinds_.end() ? device : fmt::format("{} ×{}", device, known->second.count);
}

std::string DeviceFolding::legend() const {
  std::string out;
  for (const std::string& device : shown_) {
    const Kind& kind = kinds_.at(device);
    out += fmt::format("  {} stands for {} that are alike, up to {}\n", device, kind.count, kind.last);
  }
  return out.empty() ? out : "folded: devices that differ in their names and their load (--all shows each)\n" + out;
}

}  // namespace dmstall::analysis
