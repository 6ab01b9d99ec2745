#include "models/scenario/alike.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "models/scenario/named_devices.hpp"
#include "models/scenario/own_target.hpp"

namespace dmstall::models {

namespace {

constexpr std::size_t most_users_in_a_stack = 8;  ///< a device that names none and has more is common to its users

/// Names of resources and flows are made of names of devices; what could be taken for another is left alone.
bool is_plain(const std::string& name) {
  return !name.empty() && name.find_first_of("./ @(),*:\"") == std::string::npos && find_target(name) == nullptr;
}

bool tells_devices_apart(const Scenario& scenario) {
  const auto for_all = [](const std::string& pattern) {
    return pattern == "page" || pattern == "slab" || pattern == "*" || pattern.rfind("*.", 0) == 0;
  };
  const MemorySettings& memory = scenario.memory;
  return memory.allocator == AllocatorMode::accounted || !scenario.form.tasks.empty() ||
         !scenario.form.resources.empty() || !std::all_of(memory.fails.begin(), memory.fails.end(), for_all);
}

class StackFinder {
 public:
  explicit StackFinder(const Scenario& scenario) : scenario_(scenario), stack_of_(scenario.devices.size()) {
    for (std::size_t i = 0; i < scenario.devices.size(); ++i) index_.emplace(scenario.devices[i].name, i);
    for (const ScenarioTarget& own : scenario.targets) taken_.insert(own.name);
    for (const auto& [pool, rule] : scenario.sharing.rules) {
      taken_.insert(rule.group);
      members_[&rule].insert(rule.devices.begin(), rule.devices.end());
    }
  }

  std::vector<AlikeStacks> run(std::size_t at_least) {
    put_together();
    std::map<std::size_t, Found> stacks;  // by their first device
    for (std::size_t i = 0; i < scenario_.devices.size(); ++i) {
      if (!common_[i]) stacks[root(i)].devices.push_back(i);
    }
    std::unordered_map<std::string_view, std::string_view> device_of_item;
    for (std::size_t i = 0; i < scenario_.workload.size(); ++i) {
      const auto device = index_.find(scenario_.workload[i].device);
      if (device == index_.end() || common_[device->second]) continue;
      stacks[root(device->second)].items.push_back(i);
      device_of_item.emplace(scenario_.workload[i].name, scenario_.workload[i].device);
    }
    for (std::size_t i = 0; i < scenario_.faults.list.size(); ++i) {
      const Fault& fault = scenario_.faults.list[i];
      std::string_view on = fault.device;
      if (const auto item = device_of_item.find(fault.workload); item != device_of_item.end()) on = item->second;
      const auto device = index_.find(on);
      if (device != index_.end() && !common_[device->second]) stacks[root(device->second)].faults.push_back(i);
    }
    std::unordered_map<std::string, std::size_t> kind_of;
    std::vector<AlikeStacks> kinds;
    for (const auto& [first, stack] : stacks) {
      const std::optional<std::string> text = in_text(stack);
      if (!text) continue;
      const auto [known, fresh] = kind_of.emplace(*text, kinds.size());
      if (fresh) kinds.emplace_back();
      kinds[known->second].push_back(named(stack));
    }
    std::erase_if(kinds, [&](const AlikeStacks& kind) { return kind.size() < std::max<std::size_t>(2, at_least); });
    return kinds;
  }

 private:
  struct Found {
    std::vector<std::size_t> devices, items, faults;  ///< indices into the scenario's
  };

  [[nodiscard]] bool is_role(const Device& device, const std::string& key) const {
    const TargetDescription* target = target_of(scenario_, device.target);
    return target != nullptr && std::any_of(target->parameters.begin(), target->parameters.end(),
                                            [&](const Parameter& of) { return of.is_role && of.name == key; });
  }

  [[nodiscard]] std::vector<std::size_t> named_by(const Device& device) const {
    std::vector<std::size_t> all;
    for (const auto& [key, value] : device.parameters) {
      if (!is_role(device, key)) continue;
      for (const std::string& name : named_devices(value)) {
        if (const auto found = index_.find(name); found != index_.end()) all.push_back(found->second);
      }
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
  }

  std::size_t root(std::size_t device) {
    while (stack_of_[device] != device) device = stack_of_[device] = stack_of_[stack_of_[device]];
    return device;
  }

  void put_together() {
    std::iota(stack_of_.begin(), stack_of_.end(), 0U);
    std::vector<std::vector<std::size_t>> below;
    std::vector<std::size_t> users(scenario_.devices.size(), 0);
    for (const Device& device : scenario_.devices) {
      below.push_back(named_by(device));
      for (const std::size_t lower : below.back()) ++users[lower];
    }
    for (std::size_t i = 0; i < below.size(); ++i)
      common_.push_back(below[i].empty() && users[i] > most_users_in_a_stack);
    for (std::size_t i = 0; i < below.size(); ++i) {
      for (const std::size_t lower : below[i]) {
        if (common_[lower]) continue;
        const std::size_t a = root(i), b = root(lower);
        stack_of_[std::max(a, b)] = std::min(a, b);
      }
    }
  }

  [[nodiscard]] NamedStack named(const Found& stack) const {
    NamedStack names;
    for (const std::size_t i : stack.devices) names.devices.push_back(scenario_.devices[i].name);
    for (const std::size_t i : stack.items) names.workload.push_back(scenario_.workload[i].name);
    return names;
  }

  /// All that is written about the stack, with numbers for its own names. Nothing: it cannot stand for another.
  [[nodiscard]] std::optional<std::string> in_text(const Found& stack) const {
    std::unordered_map<std::string_view, std::size_t> own;
    for (const std::size_t i : stack.devices) {
      const std::string& name = scenario_.devices[i].name;
      if (!is_plain(name) || taken_.count(name) > 0) return std::nullopt;
      own.emplace(name, own.size());
    }
    const auto device_text = [&](const std::string& name) {
      const auto found = own.find(name);
      return found == own.end() ? fmt::format("\"{}\"", name) : fmt::format("#{}", found->second);
    };
    std::string text;
    for (const std::size_t i : stack.devices) text += of_device(scenario_.devices[i], device_text);
    std::unordered_map<std::string_view, std::size_t> items;
    for (const std::size_t i : stack.items) {
      const WorkloadItem& item = scenario_.workload[i];
      if (!is_plain(item.name) || taken_.count(item.name) > 0 || item.verb == WorkloadVerb::admin) return std::nullopt;
      items.emplace(item.name, items.size());
      text += of_item(item, device_text);
    }
    for (const std::size_t i : stack.faults) {
      const Fault& fault = scenario_.faults.list[i];
      const auto item = items.find(fault.workload);
      text += fmt::format(
          "fault {} {} {} {} {} {} {} {} {} [{}]\n", static_cast<int>(fault.kind), device_text(fault.device),
          item == items.end() ? fmt::format("\"{}\"", fault.workload) : fmt::format("#{}", item->second),
          static_cast<int>(fault.area), static_cast<int>(fault.on), fault.at_most.value_or(-1), fault.optional,
          fault.blocks.all, fault.blocks.every, numbers(fault.blocks.list));
    }
    return text;
  }

  static std::string numbers(const std::vector<std::int64_t>& list) {
    std::string text;
    for (const std::int64_t number : list) text += fmt::format("{} ", number);
    return text;
  }

  template <typename DeviceText>
  [[nodiscard]] std::string of_device(const Device& device, const DeviceText& device_text) const {
    std::string text = fmt::format("device \"{}\"\n", device.target);
    for (const auto& [key, value] : device.parameters) {
      text += fmt::format("  {} {} ", key, value.index());
      const bool role = is_role(device, key);
      const auto word = [&](const std::string& name) {
        return role ? device_text(name) : fmt::format("'{}:{}'", name.size(), name);
      };
      if (const auto* flag = std::get_if<bool>(&value)) text += *flag ? "yes" : "no";
      if (const auto* integer = std::get_if<std::int64_t>(&value)) text += fmt::format("{}", *integer);
      if (const auto* number = std::get_if<double>(&value)) text += fmt::format("{:a}", *number);
      if (const auto* name = std::get_if<std::string>(&value)) text += word(*name);
      if (const auto* names = std::get_if<std::vector<std::string>>(&value)) {
        for (const std::string& name : *names) text += word(name) + ",";
      }
      if (const auto* segments = std::get_if<std::vector<Segment>>(&value)) {
        for (const Segment& of : *segments)
          text += fmt::format("{} {} {},", word(of.to), of.size_sectors, of.start_sectors);
      }
      if (const auto* fec = std::get_if<FecSettings>(&value))
        text += fmt::format("{} {} {}", word(fec->device), fec->roots, fec->blocks);
      text += '\n';
    }
    for (const auto& [pool, size] : device.reserve) text += fmt::format("  reserve {} {}\n", pool, size);
    for (const auto& [pool, rule] : scenario_.sharing.rules) {
      if (members_.at(&rule).count(device.name) > 0) text += fmt::format("  shares {}\n", pool);
    }
    return text;
  }

  template <typename DeviceText>
  [[nodiscard]] static std::string of_item(const WorkloadItem& item, const DeviceText& device_text) {
    return fmt::format("item {} {} {} {} {} {} {} {} {} {} {} {} {} {:a} {:a}\n", static_cast<int>(item.verb),
                       static_cast<int>(item.admin), device_text(item.device), item.count, item.counts_pages,
                       item.write_kib, item.discard_kib, item.in_flight, item.threads, static_cast<int>(item.pattern),
                       item.direct, item.aio, item.nowait, item.start_s, item.period_s.value_or(-1));
  }

  const Scenario& scenario_;
  std::unordered_map<std::string_view, std::size_t> index_;
  std::unordered_map<const SharingRule*, std::unordered_set<std::string_view>> members_;
  std::unordered_set<std::string_view> taken_;  ///< names of other things
  std::vector<std::size_t> stack_of_;
  std::vector<bool> common_;
};

}  // namespace

std::vector<AlikeStacks> alike_stacks(const Scenario& scenario, std::size_t at_least) {
  if (scenario.devices.size() < at_least || tells_devices_apart(scenario)) return {};
  return StackFinder(scenario).run(at_least);
}

Scenario with_few(const Scenario& scenario, const std::vector<AlikeStacks>& kinds, std::size_t kept) {
  std::unordered_set<std::string_view> devices, items;
  for (const AlikeStacks& kind : kinds) {
    for (std::size_t i = kept; i < kind.size(); ++i) {
      devices.insert(kind[i].devices.begin(), kind[i].devices.end());
      items.insert(kind[i].workload.begin(), kind[i].workload.end());
    }
  }
  Scenario few = scenario;
  std::erase_if(few.devices, [&](const Device& device) { return devices.count(device.name) > 0; });
  std::erase_if(few.workload, [&](const WorkloadItem& item) { return items.count(item.name) > 0; });
  std::erase_if(few.faults.list,
                [&](const Fault& fault) { return devices.count(fault.device) > 0 || items.count(fault.workload) > 0; });
  for (auto& [pool, rule] : few.sharing.rules)
    std::erase_if(rule.devices, [&](const std::string& name) { return devices.count(name) > 0; });
  few.device_index.clear();
  for (std::size_t i = 0; i < few.devices.size(); ++i) few.device_index.emplace(few.devices[i].name, i);
  return few;
}

}  // namespace dmstall::models
