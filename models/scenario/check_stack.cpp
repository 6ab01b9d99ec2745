// What must hold of the devices together: every name exists, nothing stands on itself.
#include <fmt/format.h>

#include <algorithm>

#include "models/scenario/own_target.hpp"
#include "models/scenario/parts.hpp"

namespace dmstall::models {

namespace {

constexpr std::size_t none = static_cast<std::size_t>(-1);

struct Edge {
  std::size_t to = none;
  const RoleUse* use = nullptr;
};

std::vector<std::string> device_names(const Scenario& scenario) {
  std::vector<std::string> names;
  names.reserve(scenario.devices.size());
  for (const Device& device : scenario.devices) names.push_back(device.name);
  return names;
}

std::string cycle_text(const Scenario& scenario, const std::vector<std::size_t>& cycle) {
  constexpr std::size_t most_shown = 8;
  std::string text;
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    if (i == most_shown && cycle.size() > most_shown + 1) {
      text += "… -> ";
      break;
    }
    text += scenario.devices[cycle[i]].name + " -> ";
  }
  return text + scenario.devices[cycle.front()].name;
}

/// Depth first without recursion: a chain of devices may be as long as the file. True: there is none, and
/// `lowest_first` has the devices in an order in which nothing stands before what it stands on.
bool report_cycles(const ReadContext& context, const std::vector<std::vector<Edge>>& lower,
                   std::vector<std::size_t>& lowest_first) {
  bool none_found = true;
  enum class Mark : std::uint8_t { unseen, open, done };
  std::vector<Mark> marks(lower.size(), Mark::unseen);
  std::vector<std::size_t> path, next;
  for (std::size_t root = 0; root < lower.size(); ++root) {
    if (marks[root] != Mark::unseen) continue;
    path = {root};
    next = {0};
    marks[root] = Mark::open;
    while (!path.empty()) {
      const std::size_t device = path.back();
      if (next.back() == lower[device].size()) {
        marks[device] = Mark::done;
        lowest_first.push_back(device);
        path.pop_back();
        next.pop_back();
        continue;
      }
      const Edge edge = lower[device][next.back()++];
      if (marks[edge.to] == Mark::open) {
        const auto begin = std::find(path.begin(), path.end(), edge.to);
        const std::vector<std::size_t> cycle(begin, path.end());
        context.error(edge.use->where, fmt::format("the stack has a cycle: {}", cycle_text(context.scenario, cycle)));
        none_found = false;
      } else if (marks[edge.to] == Mark::unseen) {
        marks[edge.to] = Mark::open;
        path.push_back(edge.to);
        next.push_back(0);
      }
    }
  }
  return none_found;
}

bool takes_files(const Scenario& scenario, const Device& device, const std::string& role) {
  const TargetDescription* target = target_of(scenario, device.target);
  return target != nullptr && std::any_of(target->parameters.begin(), target->parameters.end(),
                                          [&](const Parameter& of) { return of.name == role && of.takes_files; });
}

bool is_block_device(const Scenario& scenario, const Device& device) {
  const TargetDescription* target = target_of(scenario, device.target);
  return target == nullptr || target->block_device;
}

}  // namespace

void check_stack(const ReadContext& context, const DeviceUses& uses) {
  const Scenario& scenario = context.scenario;
  std::vector<std::vector<Edge>> lower(scenario.devices.size());
  std::vector<std::string> names;
  std::size_t last_reported = none;
  for (const RoleUse& use : uses.roles) {
    const auto found = scenario.device_index.find(use.name);
    if (found == scenario.device_index.end()) {
      if (use.where.begin == last_reported) continue;  // once for all copies of a repeated device
      last_reported = use.where.begin;
      if (names.empty()) names = device_names(scenario);
      context.error(use.where, fmt::format("no device is called {}{}", in_quotes(use.name),
                                           context.diagnostics.did_you_mean(use.name, names)));
    } else if (found->second == use.device) {
      context.error(use.where, fmt::format("device {} stands on itself", in_quotes(use.name)));
    } else if (!is_block_device(scenario, scenario.devices[found->second]) &&
               !takes_files(scenario, scenario.devices[use.device], use.role)) {
      if (use.where.begin == last_reported) continue;
      last_reported = use.where.begin;
      context.error(use.where, fmt::format("{} is a {}, not a block device: put a loop device on a file of it",
                                           in_quotes(use.name), scenario.devices[found->second].target));
    } else {
      lower[use.device].push_back({found->second, &use});
    }
  }
  std::vector<std::size_t> lowest_first;
  if (!report_cycles(context, lower, lowest_first)) return;
  std::vector<std::vector<std::size_t>> below(lower.size());
  for (std::size_t i = 0; i < lower.size(); ++i) {
    for (const Edge& edge : lower[i]) below[i].push_back(edge.to);
  }
  check_depth(context, below, lowest_first);
}

}  // namespace dmstall::models
