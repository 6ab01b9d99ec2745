#include "analysis/engines/explore/siblings.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "models/machine/graph.hpp"

namespace dmstall::analysis {

namespace {

using models::at;
using models::Machine;
using models::no_node;
using models::no_resource;
using models::Node;
using models::node_at;
using models::NodeId;
using models::Resource;
using models::ResourceId;

/// Who reaches a node or a resource: nobody, one class, or several.
constexpr std::int32_t nobody = -1, several = -2;

void reach(std::int32_t& owner, std::int32_t request_class) {
  if (owner == nobody) owner = request_class;
  if (owner != request_class) owner = several;
}

class Comparison {
 public:
  Comparison(const Machine& machine, const std::vector<std::int32_t>& node_owner,
             const std::vector<std::int32_t>& resource_owner, std::int32_t first, std::int32_t other)
      : machine_(machine), node_owner_(node_owner), resource_owner_(resource_owner), first_(first), other_(other) {}

  bool same() {
    if (!pair_nodes(machine_.class_entry[at(other_)], machine_.class_entry[at(first_)])) return false;
    while (!work_.empty()) {
      const auto [theirs, firsts] = work_.back();
      work_.pop_back();
      if (!same_node(node_at(machine_, theirs), node_at(machine_, firsts))) return false;
    }
    return true;
  }

  std::unordered_map<NodeId, NodeId> nodes;
  std::unordered_map<ResourceId, ResourceId> resources;

 private:
  bool pair_nodes(NodeId theirs, NodeId firsts) {
    if (theirs == no_node || firsts == no_node) return theirs == firsts;
    const bool own = node_owner_[at(theirs)] == other_;
    if (own != (node_owner_[at(firsts)] == first_)) return false;
    if (!own) return theirs == firsts;
    const auto [known, fresh] = nodes.emplace(theirs, firsts);
    if (fresh) work_.emplace_back(theirs, firsts);
    return known->second == firsts;
  }

  bool pair_resources(ResourceId theirs, ResourceId firsts) {
    if (theirs == no_resource || firsts == no_resource) return theirs == firsts;
    const bool own = resource_owner_[at(theirs)] == other_;
    if (own != (resource_owner_[at(firsts)] == first_)) return false;
    if (!own) return theirs == firsts;
    const auto [known, fresh] = resources.emplace(theirs, firsts);
    if (!fresh) return known->second == firsts;
    if (const auto [back, first_use] = of_first_.emplace(firsts, theirs); !first_use) return back->second == theirs;
    const Resource& a = machine_.resources[at(theirs)];
    const Resource& b = machine_.resources[at(firsts)];
    return std::tie(a.kind, a.capacity, a.soft, a.poll, a.retained, a.allocator, a.rescuer) ==
           std::tie(b.kind, b.capacity, b.soft, b.poll, b.retained, b.allocator, b.rescuer);
  }

  bool same_node(const Node& a, const Node& b) {
    if (std::tie(a.kind, a.n, a.keep, a.choices, a.gives, a.context, a.status, a.back_edge, a.in_submit) !=
        std::tie(b.kind, b.n, b.keep, b.choices, b.gives, b.context, b.status, b.back_edge, b.in_submit)) {
      return false;
    }
    if (!pair_resources(a.resource, b.resource)) return false;
    for (std::int32_t i = 0; i < a.gives; ++i) {
      const models::GiveBack& theirs = machine_.gives[at(a.first_give + i)];
      const models::GiveBack& firsts = machine_.gives[at(b.first_give + i)];
      if (theirs.n != firsts.n || !pair_resources(theirs.resource, firsts.resource)) return false;
    }
    for (std::int32_t i = 0; i < a.choices; ++i) {
      const models::Choice& theirs = machine_.choices[at(a.first_choice + i)];
      const models::Choice& firsts = machine_.choices[at(b.first_choice + i)];
      if (theirs.faults != firsts.faults || !pair_nodes(theirs.next, firsts.next)) return false;
    }
    bool same = pair_nodes(a.next, b.next) && pair_nodes(a.other, b.other) &&
                pair_nodes(a.reserve_next, b.reserve_next) && pair_nodes(a.entry, b.entry);
    for (std::size_t i = 0; i < a.by_status.size(); ++i) same = same && pair_nodes(a.by_status[i], b.by_status[i]);
    return same;
  }

  const Machine& machine_;
  const std::vector<std::int32_t>& node_owner_;
  const std::vector<std::int32_t>& resource_owner_;
  std::int32_t first_, other_;
  std::unordered_map<ResourceId, ResourceId> of_first_;
  std::vector<std::pair<NodeId, NodeId>> work_;
};

}  // namespace

std::vector<ResourceId> resources_of_class(const Machine& machine, std::int32_t request_class) {
  std::set<ResourceId> found;
  for (const NodeId id : models::Reach(machine).from({machine.class_entry[at(request_class)]})) {
    for_each_resource(machine, node_at(machine, id), [&](ResourceId resource) { found.insert(resource); });
  }
  return {found.begin(), found.end()};
}

std::vector<SiblingGroup> find_siblings(const Machine& machine) {
  std::vector<std::int32_t> node_owner(machine.nodes.size(), nobody), resource_owner(machine.resources.size(), nobody);
  models::Reach reach_of(machine);
  std::vector<std::size_t> sizes;
  for (std::size_t c = 0; c < machine.classes.size(); ++c) {
    const auto request_class = static_cast<std::int32_t>(c);
    const std::vector<NodeId> nodes = reach_of.from({machine.class_entry[c]});
    sizes.push_back(nodes.size());
    for (const NodeId id : nodes) {
      reach(node_owner[at(id)], request_class);
      for_each_resource(machine, node_at(machine, id),
                        [&](ResourceId resource) { reach(resource_owner[at(resource)], request_class); });
    }
  }
  std::map<std::tuple<std::size_t, std::int64_t, bool>, std::vector<SiblingGroup>> by_size;
  for (std::size_t c = 0; c < machine.classes.size(); ++c) {
    const models::RequestClass& of = machine.classes[c];
    if (of.daemon) continue;
    const auto request_class = static_cast<std::int32_t>(c);
    std::vector<SiblingGroup>& groups = by_size[{sizes[c], of.population, of.counts_progress}];
    bool placed = false;
    for (SiblingGroup& group : groups) {
      Comparison comparison(machine, node_owner, resource_owner, group.classes.front(), request_class);
      if (!comparison.same()) continue;
      group.classes.push_back(request_class);
      group.node_of_first.push_back(std::move(comparison.nodes));
      group.resource_of_first.push_back(std::move(comparison.resources));
      placed = true;
      break;
    }
    if (placed) continue;
    SiblingGroup alone;
    alone.classes = {request_class};
    alone.node_of_first.emplace_back();
    alone.resource_of_first.emplace_back();
    groups.push_back(std::move(alone));
  }
  std::vector<SiblingGroup> result;
  for (auto& [size, groups] : by_size) {
    for (SiblingGroup& group : groups) {
      if (group.classes.size() < 2) continue;
      for (std::size_t r = 0; r < resource_owner.size(); ++r) {
        if (resource_owner[r] == group.classes.front()) group.own.push_back(static_cast<ResourceId>(r));
      }
      result.push_back(std::move(group));
    }
  }
  return result;
}

}  // namespace dmstall::analysis
