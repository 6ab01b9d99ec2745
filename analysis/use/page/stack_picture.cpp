#include "analysis/use/page/stack_picture.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <variant>

#include "models/machine/graph.hpp"
#include "models/scenario/named_devices.hpp"
#include "models/targets/reserved_memory.hpp"

namespace dmstall::analysis {

namespace {

using models::Device;
using models::Scenario;

struct Below {
  std::string role;
  std::size_t device = 0;
};

std::string text_of(const models::ParameterValue& value) {
  struct Text {
    std::string operator()(bool on) const { return on ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
    std::string operator()(double number) const { return fmt::format("{}", number); }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(const std::vector<std::string>& names) const { return fmt::format("{}", names.size()); }
    std::string operator()(const std::vector<models::Segment>& segments) const {
      std::string text;
      for (const models::Segment& each : segments) text += fmt::format("{}+{} ", each.start_sectors, each.size_sectors);
      return text;
    }
    std::string operator()(const models::FecSettings& fec) const { return fmt::format("{}", fec.roots); }
  };
  return std::visit(Text{}, value);
}

class Folding {
 public:
  explicit Folding(const Scenario& scenario) : scenario_(scenario), below_(scenario.devices.size()) {
    std::map<std::string_view, std::size_t> index;
    for (std::size_t i = 0; i < scenario.devices.size(); ++i) index.emplace(scenario.devices[i].name, i);
    for (std::size_t i = 0; i < scenario.devices.size(); ++i) {
      for (const auto& [key, value] : scenario.devices[i].parameters) {
        for (const std::string& name : models::named_devices(value)) {
          if (const auto found = index.find(name); found != index.end()) below_[i].push_back({key, found->second});
        }
      }
    }
    for (const models::WorkloadItem& item : scenario.workload) work_[item.device].push_back(&item);
  }

  StackPicture picture() {
    kind_of_.assign(scenario_.devices.size(), unknown);
    for (std::size_t i = 0; i < scenario_.devices.size(); ++i) (void)kind(i);
    place();
    return std::move(picture_);
  }

  /// The box of a device. Requires: the picture was made.
  [[nodiscard]] std::size_t box_of(std::size_t device) const { return new_place_[kind_of_[device]]; }

 private:
  static constexpr std::size_t unknown = static_cast<std::size_t>(-1), open = static_cast<std::size_t>(-2);

  /// What makes devices alike. Names of lower devices do not, their kinds do.
  std::string signature(std::size_t device) {
    const Device& of = scenario_.devices[device];
    std::string text = of.target;
    const auto add = [&](std::string_view part) { text += fmt::format("|{}:{}", part.size(), part); };
    for (const auto& [key, value] : of.parameters) {
      const bool names = std::any_of(below_[device].begin(), below_[device].end(),
                                     [&, name = &key](const Below& each) { return each.role == *name; });
      add(key);
      if (!names || !std::holds_alternative<std::string>(value)) add(text_of(value));
    }
    for (const auto& [pool, size] : of.reserve) add(fmt::format("{}={}", pool, size));
    for (const Below& each : below_[device]) add(fmt::format("{} {}", each.role, kind(each.device)));
    if (const auto work = work_.find(of.name); work != work_.end()) {
      for (const models::WorkloadItem* item : work->second)
        add(fmt::format("{} {} {} {}", static_cast<int>(item->verb), item->count, item->in_flight, item->threads));
    }
    return text;
  }

  std::size_t kind(std::size_t device) {
    if (kind_of_[device] == open) return open;  // devices in a circle, which the reader refuses
    if (kind_of_[device] != unknown) return kind_of_[device];
    kind_of_[device] = open;
    const auto [found, fresh] = kinds_.emplace(signature(device), members_.size());
    if (fresh) members_.emplace_back();
    members_[found->second].push_back(device);
    return kind_of_[device] = found->second;
  }

  std::vector<std::size_t> levels() const {
    // The longest way from a top. A kind is found after all below it, so the walk goes backwards.
    std::vector<std::size_t> level(members_.size(), 0);
    for (std::size_t k = members_.size(); k-- > 0;) {
      for (const Below& each : below_[members_[k].front()])
        level[kind_of_[each.device]] = std::max(level[kind_of_[each.device]], level[k] + 1);
    }
    return level;
  }

  void place() {
    const std::vector<std::size_t> level = levels();
    std::vector<std::size_t> order(members_.size());
    for (std::size_t k = 0; k < order.size(); ++k) order[k] = k;
    for (std::vector<std::size_t>& each : members_) std::sort(each.begin(), each.end());
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return std::pair(level[a], members_[a].front()) < std::pair(level[b], members_[b].front());
    });
    new_place_.assign(members_.size(), 0);
    for (std::size_t i = 0; i < order.size(); ++i) new_place_[order[i]] = i;
    for (const std::size_t k : order) picture_.boxes.push_back(box(k, level[k]));
    for (const std::size_t k : order) {
      std::map<std::size_t, std::set<std::string>> roles;
      for (const Below& each : below_[members_[k].front()]) roles[kind_of_[each.device]].insert(each.role);
      for (const auto& [to, names] : roles)
        picture_.edges.push_back({new_place_[k], new_place_[to], {names.begin(), names.end()}});
    }
  }

  PicturedBox box(std::size_t k, std::size_t level) const {
    PicturedBox box;
    for (const std::size_t device : members_[k]) box.members.push_back(scenario_.devices[device].name);
    box.name = box.members.front();
    if (box.members.size() > 1) box.last = box.members.back();
    box.what = scenario_.devices[members_[k].front()].target;
    box.copies = box.members.size();
    box.level = level;
    if (const auto work = work_.find(box.name); work != work_.end()) {
      for (const models::WorkloadItem* item : work->second) box.work.push_back(item->name);
    }
    return box;
  }

  const Scenario& scenario_;
  std::vector<std::vector<Below>> below_;
  std::map<std::string, std::vector<const models::WorkloadItem*>, std::less<>> work_;
  std::map<std::string, std::size_t> kinds_;
  std::vector<std::size_t> kind_of_;
  std::vector<std::vector<std::size_t>> members_;  ///< of a kind, in the order in which kinds were found
  std::vector<std::size_t> new_place_;
  StackPicture picture_;
};

/// The devices that a shared pool serves.
std::vector<std::size_t> users_of(const Scenario& scenario, const models::ReservedPool& pool) {
  const auto rule = scenario.sharing.rules.find(fmt::format("{}.{}", pool.target, pool.kind));
  std::set<std::string_view> named;
  if (rule != scenario.sharing.rules.end() && rule->second.scope == models::SharingRule::Scope::group)
    named.insert(rule->second.devices.begin(), rule->second.devices.end());
  std::vector<std::size_t> users;
  for (std::size_t i = 0; i < scenario.devices.size(); ++i) {
    const Device& device = scenario.devices[i];
    if (device.target == pool.target && (named.empty() || named.count(device.name) > 0)) users.push_back(i);
  }
  return users;
}

void add_pools(const Scenario& scenario, const Folding& folding, StackPicture& picture) {
  std::map<std::string, std::size_t> first;  // devices that a box shows
  for (std::size_t b = 0; b < picture.boxes.size(); ++b) first.emplace(picture.boxes[b].name, b);
  for (const models::ReservedPool& pool : models::reserved_memory(scenario).pools) {
    if (!pool.shared) {
      if (const auto box = first.find(pool.owner); box != first.end())
        picture.boxes[box->second].pools.push_back({pool.kind, pool.elements});
      continue;
    }
    SharedPool shared{pool.name, pool.elements, pool.devices, {}};
    std::set<std::size_t> boxes;
    if (!pool.owner.empty()) {
      for (const std::size_t device : users_of(scenario, pool)) boxes.insert(folding.box_of(device));
    }
    shared.boxes.assign(boxes.begin(), boxes.end());
    picture.shared.push_back(std::move(shared));
  }
}

/// Tasks, and the resources that more than one of them takes from.
StackPicture tasks_picture(const models::Machine& machine) {
  StackPicture picture;
  std::map<models::FlowId, std::size_t> box_of_flow;
  for (std::size_t i = 0; i < machine.classes.size(); ++i) {
    const models::RequestClass& of = machine.classes[i];
    PicturedBox box;
    box.name = of.name;
    box.what = "task";
    box.copies = static_cast<std::size_t>(std::max<std::int64_t>(1, of.population));
    box.members = {of.name};
    if (machine.class_entry[i] != models::no_node)
      box_of_flow.emplace(models::node_at(machine, machine.class_entry[i]).flow, picture.boxes.size());
    picture.boxes.push_back(std::move(box));
  }
  std::map<models::ResourceId, std::set<std::size_t>> takers;
  for (const models::Node& node : machine.nodes) {
    const auto box = box_of_flow.find(node.flow);
    if (box == box_of_flow.end() || node.resource == models::no_resource) continue;
    takers[node.resource].insert(box->second);
  }
  for (const auto& [id, boxes] : takers) {
    const models::Resource& of = machine.resources[static_cast<std::size_t>(id)];
    std::int64_t users = 0;
    for (const std::size_t box : boxes) users += static_cast<std::int64_t>(picture.boxes[box].copies);
    if (users > 1) {
      picture.shared.push_back({of.name, of.capacity, users, {boxes.begin(), boxes.end()}});
    } else {
      picture.boxes[*boxes.begin()].pools.push_back({of.name, of.capacity});
    }
  }
  return picture;
}

}  // namespace

StackPicture stack_picture(const Scenario& scenario, const models::Machine& machine) {
  if (scenario.devices.empty()) return tasks_picture(machine);
  Folding folding(scenario);
  StackPicture picture = folding.picture();
  add_pools(scenario, folding, picture);
  return picture;
}

}  // namespace dmstall::analysis
