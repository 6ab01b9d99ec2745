#include "analysis/engines/verify/alike.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>

#include "analysis/engines/verify/slots.hpp"
#include "models/scenario/named_devices.hpp"
#include "models/scenario/target_description.hpp"

namespace dmstall::analysis {

namespace {

using checking::Refused;
using models::Device;
using models::Fault;
using models::Scenario;
using models::WorkloadItem;

using Renaming = std::unordered_map<std::string, std::string>;

/// Which stack a name belongs to: kind and place in it.
using Place = std::pair<std::size_t, std::size_t>;

const std::string& renamed(const Renaming& names, const std::string& name) {
  const auto found = names.find(name);
  return found == names.end() ? name : found->second;
}

class AlikeCheck {
 public:
  AlikeCheck(const Scenario& scenario, const Certificate& certificate)
      : scenario_(scenario), certificate_(certificate) {
    for (const Device& device : scenario.devices) devices_.emplace(device.name, &device);
    for (const WorkloadItem& item : scenario.workload) items_.emplace(item.name, &item);
    for (const auto& [pool, rule] : scenario.sharing.rules) groups_.insert(rule.group);
    for (const models::ScenarioTarget& own : scenario.targets) groups_.insert(own.name);
  }

  void run() {
    nothing_tells_them_apart();
    place_names();
    for (std::size_t kind = 0; kind < certificate_.alike.size(); ++kind) {
      for (std::size_t stack = 1; stack < certificate_.alike[kind].size(); ++stack)
        same_as_first(certificate_.alike[kind][0], certificate_.alike[kind][stack]);
    }
    nobody_else_speaks_of_them();
  }

 private:
  void nothing_tells_them_apart() const {
    const models::MemorySettings& memory = scenario_.memory;
    if (memory.allocator == models::AllocatorMode::accounted) throw Refused({Refusal::Kind::alike_accounted});
    for (const std::string& pattern : memory.fails) {
      if (pattern != "page" && pattern != "slab" && pattern != "*" && pattern.substr(0, 2) != "*.")
        throw Refused({Refusal::Kind::alike_pattern, {pattern}});
    }
    if (!scenario_.form.tasks.empty() || !scenario_.form.resources.empty()) throw Refused({Refusal::Kind::alike_tasks});
    if (!certificate_.any_number) throw Refused({Refusal::Kind::alike_counts_requests});
    for (const RankGroup& group : certificate_.groups) {
      if (group.cases) throw Refused({Refusal::Kind::alike_equations});
    }
  }

  void place_names() {
    for (std::size_t kind = 0; kind < certificate_.alike.size(); ++kind) {
      const AlikeNames& stacks = certificate_.alike[kind];
      if (stacks.size() < 2) throw Refused({Refusal::Kind::alike_alone});
      for (std::size_t stack = 0; stack < stacks.size(); ++stack) {
        if (stacks[stack].devices.empty() || stacks[stack].devices.size() != stacks[0].devices.size() ||
            stacks[stack].workload.size() != stacks[0].workload.size())
          throw Refused({Refusal::Kind::alike_sizes});
        for (const std::string& name : stacks[stack].devices) {
          // Names of pools and flows are made of it: it must not be mistaken for another's.
          const bool odd = name.find_first_of("./ @(),*:\"") != std::string::npos ||
                           models::find_target(name) != nullptr || groups_.count(name) > 0;
          if (odd || devices_.count(name) == 0 || !place_.emplace(name, Place{kind, stack}).second)
            throw Refused({Refusal::Kind::alike_odd_device, {name}});
        }
        for (const std::string& name : stacks[stack].workload) {
          const auto item = items_.find(name);
          const bool odd = name.find_first_of("./ @(),*:\"") != std::string::npos ||
                           models::find_target(name) != nullptr || groups_.count(name) > 0;
          if (odd || item == items_.end() || item->second->verb == models::WorkloadVerb::admin ||
              !item_place_.emplace(name, Place{kind, stack}).second)
            throw Refused({Refusal::Kind::alike_odd_workload, {name}});
        }
      }
    }
  }

  [[nodiscard]] bool names_devices(const Device& device, const std::string& parameter) const {
    for (const models::ScenarioTarget& own : scenario_.targets) {
      if (own.name == device.target) return std::find(own.roles.begin(), own.roles.end(), parameter) != own.roles.end();
    }
    const models::TargetDescription* target = models::find_target(device.target);
    if (target == nullptr) return false;
    return std::any_of(target->parameters.begin(), target->parameters.end(),
                       [&](const models::Parameter& of) { return of.name == parameter && of.is_role; });
  }

  static models::ParameterValue renamed_value(const Renaming& names, models::ParameterValue value) {
    if (auto* name = std::get_if<std::string>(&value)) *name = renamed(names, *name);
    if (auto* list = std::get_if<std::vector<std::string>>(&value)) {
      for (std::string& name : *list) name = renamed(names, name);
    }
    if (auto* segments = std::get_if<std::vector<models::Segment>>(&value)) {
      for (models::Segment& segment : *segments) segment.to = renamed(names, segment.to);
    }
    if (auto* fec = std::get_if<models::FecSettings>(&value)) fec->device = renamed(names, fec->device);
    return value;
  }

  static bool equal(const models::ParameterValue& a, const models::ParameterValue& b) {
    if (a.index() != b.index()) return false;
    if (const auto* segments = std::get_if<std::vector<models::Segment>>(&a)) {
      const auto& others = std::get<std::vector<models::Segment>>(b);
      return std::equal(segments->begin(), segments->end(), others.begin(), others.end(),
                        [](const models::Segment& one, const models::Segment& other) {
                          return one.to == other.to && one.size_sectors == other.size_sectors &&
                                 one.start_sectors == other.start_sectors;
                        });
    }
    if (const auto* fec = std::get_if<models::FecSettings>(&a)) return *fec == std::get<models::FecSettings>(b);
    if (const auto* flag = std::get_if<bool>(&a)) return *flag == std::get<bool>(b);
    if (const auto* integer = std::get_if<std::int64_t>(&a)) return *integer == std::get<std::int64_t>(b);
    if (const auto* number = std::get_if<double>(&a)) return *number == std::get<double>(b);
    if (const auto* text = std::get_if<std::string>(&a)) return *text == std::get<std::string>(b);
    return std::get<std::vector<std::string>>(a) == std::get<std::vector<std::string>>(b);
  }

  void same_as_first(const StackNames& first, const StackNames& other) const {
    Renaming names;
    for (std::size_t i = 0; i < other.devices.size(); ++i) names.emplace(other.devices[i], first.devices[i]);
    for (std::size_t i = 0; i < other.devices.size(); ++i) {
      const Device& device = *devices_.at(other.devices[i]);
      if (!same_device(names, device, *devices_.at(first.devices[i])))
        throw Refused({Refusal::Kind::alike_device_differs, {other.devices[i], first.devices[i]}});
    }
    for (std::size_t i = 0; i < other.workload.size(); ++i) {
      if (!same_item(names, *items_.at(other.workload[i]), *items_.at(first.workload[i])))
        throw Refused({Refusal::Kind::alike_workload_differs, {other.workload[i], first.workload[i]}});
    }
    Renaming items;
    for (std::size_t i = 0; i < other.workload.size(); ++i) items.emplace(other.workload[i], first.workload[i]);
    const std::vector<const Fault*> here = faults_of(other), there = faults_of(first);
    const bool same =
        std::equal(here.begin(), here.end(), there.begin(), there.end(), [&](const Fault* a, const Fault* b) {
          return a->kind == b->kind && renamed(names, a->device) == b->device &&
                 renamed(items, a->workload) == b->workload && a->area == b->area && a->blocks.all == b->blocks.all &&
                 a->blocks.every == b->blocks.every && a->blocks.list == b->blocks.list && a->on == b->on &&
                 a->at_most == b->at_most && a->optional == b->optional;
        });
    if (!same) throw Refused({Refusal::Kind::alike_faults_differ, {other.devices[0], first.devices[0]}});
  }

  [[nodiscard]] bool same_device(const Renaming& names, const Device& one, const Device& other) const {
    if (one.target != other.target || one.reserve != other.reserve || one.parameters.size() != other.parameters.size())
      return false;
    for (const auto& [key, value] : one.parameters) {
      const auto found = other.parameters.find(key);
      if (found == other.parameters.end()) return false;
      const bool role = names_devices(one, key);
      if (!equal(role ? renamed_value(names, value) : value, found->second)) return false;
      if (!role) continue;
      // Devices of the same stack, or a common one that names nobody and so knows nobody.
      for (const std::string& below : models::named_devices(value)) {
        if (names.count(below) == 0 && (place_.count(below) > 0 || !names_nobody(below))) return false;
      }
    }
    return std::all_of(scenario_.sharing.rules.begin(), scenario_.sharing.rules.end(), [&](const auto& rule) {
      const std::unordered_set<std::string>& members = members_of(rule.second);
      return members.count(one.name) == members.count(other.name);
    });
  }

  [[nodiscard]] bool names_nobody(const std::string& name) const {
    const auto device = devices_.find(name);
    if (device == devices_.end()) return false;
    return std::none_of(device->second->parameters.begin(), device->second->parameters.end(), [&](const auto& of) {
      return names_devices(*device->second, of.first) && !models::named_devices(of.second).empty();
    });
  }

  const std::unordered_set<std::string>& members_of(const models::SharingRule& rule) const {
    const auto [known, fresh] = members_.try_emplace(&rule);
    if (fresh) known->second.insert(rule.devices.begin(), rule.devices.end());
    return known->second;
  }

  static bool same_item(const Renaming& names, const WorkloadItem& one, const WorkloadItem& other) {
    return one.verb == other.verb && one.admin == other.admin && renamed(names, one.device) == other.device &&
           names.count(one.device) > 0 && one.count == other.count && one.counts_pages == other.counts_pages &&
           one.write_kib == other.write_kib && one.discard_kib == other.discard_kib &&
           one.in_flight == other.in_flight && one.threads == other.threads && one.pattern == other.pattern &&
           one.direct == other.direct && one.aio == other.aio && one.nowait == other.nowait &&
           one.start_s == other.start_s && one.period_s == other.period_s;
  }

  /// Those that lie in the stack or belong to its requests, in the order of the file.
  [[nodiscard]] std::vector<const Fault*> faults_of(const StackNames& stack) const {
    if (faults_.empty() && !scenario_.faults.list.empty()) {
      for (const Fault& fault : scenario_.faults.list) {
        const auto device = place_.find(fault.device);
        const auto item = item_place_.find(fault.workload);
        if (device != place_.end()) faults_[device->second].push_back(&fault);
        if (item == item_place_.end() || (device != place_.end() && device->second == item->second)) continue;
        faults_[item->second].push_back(&fault);
      }
    }
    const auto found = faults_.find(place_.at(stack.devices[0]));
    return found == faults_.end() ? std::vector<const Fault*>{} : found->second;
  }

  /// Devices outside name none of a stack, and requests to a stack are its own.
  void nobody_else_speaks_of_them() const {
    for (const Device& device : scenario_.devices) {
      if (place_.count(device.name) > 0) continue;
      for (const auto& [key, value] : device.parameters) {
        if (!names_devices(device, key)) continue;
        for (const std::string& below : models::named_devices(value)) {
          if (place_.count(below) > 0) throw Refused({Refusal::Kind::alike_shared_below, {device.name, below}});
        }
      }
    }
    for (const WorkloadItem& item : scenario_.workload) {
      const auto device = place_.find(item.device);
      const auto own = item_place_.find(item.name);
      const bool inside = device != place_.end();
      if (inside != (own != item_place_.end()) || (inside && own->second != device->second))
        throw Refused({Refusal::Kind::alike_workload_outside, {item.name}});
    }
  }

  const Scenario& scenario_;
  const Certificate& certificate_;
  std::unordered_map<std::string, const Device*> devices_;
  std::unordered_map<std::string, const WorkloadItem*> items_;
  std::unordered_set<std::string> groups_;  ///< names of groups of devices, and of targets of the scenario
  std::unordered_map<std::string, Place> place_, item_place_;
  mutable std::unordered_map<const models::SharingRule*, std::unordered_set<std::string>> members_;
  mutable std::map<Place, std::vector<const Fault*>> faults_;
};

}  // namespace

FewStacks check_alike(const Scenario& scenario, const Certificate& certificate) {
  FewStacks few;
  try {
    AlikeCheck(scenario, certificate).run();
  } catch (const Refused& refused) {
    few.refusal = refused.why;
    return few;
  }
  std::unordered_set<std::string> gone, gone_items;
  for (const AlikeNames& stacks : certificate.alike) {
    for (auto stack = stacks.begin() + 2; stack != stacks.end(); ++stack) {
      gone.insert(stack->devices.begin(), stack->devices.end());
      gone_items.insert(stack->workload.begin(), stack->workload.end());
    }
  }
  few.scenario = scenario;
  Scenario& kept = few.scenario;
  std::erase_if(kept.devices, [&](const Device& device) { return gone.count(device.name) > 0; });
  std::erase_if(kept.workload, [&](const WorkloadItem& item) { return gone_items.count(item.name) > 0; });
  std::erase_if(kept.faults.list, [&](const Fault& fault) {
    return gone.count(fault.device) > 0 || gone_items.count(fault.workload) > 0;
  });
  for (auto& [pool, rule] : kept.sharing.rules)
    std::erase_if(rule.devices, [&](const std::string& name) { return gone.count(name) > 0; });
  kept.device_index.clear();
  for (std::size_t i = 0; i < kept.devices.size(); ++i) kept.device_index.emplace(kept.devices[i].name, i);
  return few;
}

}  // namespace dmstall::analysis
