#include "analysis/engines/explore/demand.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "models/machine/graph.hpp"

namespace dmstall::analysis {

namespace {

using models::AllocatorRule;
using models::at;
using models::GiveBack;
using models::Machine;
using models::no_node;
using models::Node;
using models::node_at;
using models::NodeId;
using models::NodeKind;
using models::Resource;
using models::ResourceId;
using models::ResourceKind;

/// How many nodes lead to each node.
std::vector<std::int32_t> ways_in(const Machine& machine) {
  std::vector<std::int32_t> count(machine.nodes.size(), 0);
  for (const Node& node : machine.nodes) models::for_each_successor(machine, node, [&](NodeId to) { ++count[at(to)]; });
  for (const NodeId entry : machine.class_entry) ++count[at(entry)];
  return count;
}

}  // namespace

/// What a token that starts at a node holds at most, its children on top. Remembers every child it has seen: classes of
/// requests share most of them.
class DemandWalk {
 public:
  /// Of a child or a request, children of its own included.
  struct Peak {
    Load load;
    std::set<ResourceId> given_unheld;  ///< given by somebody who may not hold it
  };

  DemandWalk(const Machine& machine, std::chrono::steady_clock::time_point ends) : machine_(machine), ends_(ends) {
    passages_.assign(machine.nodes.size(), false);
    const std::vector<bool> takes = passages(machine);
    for (std::size_t i = 0; i < takes.size(); ++i) {
      if (takes[i]) passages_[at(machine.nodes[i].next)] = true;
    }
  }

  Peak of_request(NodeId entry) { return walk(entry, {}); }

 private:
  struct Known {
    Peak peak;
    bool done = false;
  };

  /// Of the child that the node starts. nullptr while it is being walked: a child that starts itself.
  const Peak* of_child(NodeId from) {
    const auto [known, fresh] = known_.try_emplace(from);
    if (!fresh) return known->second.done ? &known->second.peak : nullptr;
    const Node& node = node_at(machine_, from);
    Load travels;
    for (const GiveBack& with : gives_of(machine_, node)) add(travels, with.resource, with.n);
    Peak peak = walk(node.entry, travels);
    Known& result = known_[from];
    result.peak = std::move(peak);
    result.done = true;
    return &result.peak;
  }

  Peak walk(NodeId entry, const Load& travels) {
    PathLoads own(machine_, passages_, ends_);
    own.walk(entry, travels);
    Peak total;
    total.given_unheld = own.given_unheld();
    for (const auto& [key, n] : own.peak()) {
      if (key < first_child_key) {
        add(total.load, key, n);
        continue;
      }
      const Peak* child = of_child(static_cast<NodeId>(key - first_child_key));
      if (child == nullptr) {
        for (std::size_t r = 0; r < machine_.resources.size(); ++r)
          total.load[static_cast<std::int64_t>(r)] = Demand::unbounded;
        return total;
      }
      add_children(total, *child, n);
    }
    return total;
  }

  /// `n` children of a kind, as many at once.
  static void add_children(Peak& total, const Peak& child, std::int64_t n) {
    total.given_unheld.insert(child.given_unheld.begin(), child.given_unheld.end());
    for (const auto& [resource, each] : child.load) {
      const bool more = n >= Demand::unbounded / std::max<std::int64_t>(each, 1);
      add(total.load, resource, more ? Demand::unbounded : n * each);
    }
  }

  const Machine& machine_;
  std::chrono::steady_clock::time_point ends_;
  std::unordered_map<NodeId, Known> known_;
  std::vector<bool> passages_;  ///< gives
};

bool is_always_refused(const Machine& machine, const Node& node) {
  if (node.kind != NodeKind::try_take) return false;
  const Resource& resource = machine.resources[at(node.resource)];
  return resource.soft && resource.capacity + resource.retained == 0 && resource.allocator == AllocatorRule::never;
}

bool is_passed_through(const Machine& machine, const Node& take) {
  if (take.back_edge || take.next == no_node || (take.reserve_next != no_node && take.reserve_next != take.next))
    return false;
  const Node& give = node_at(machine, take.next);
  if (give.kind != NodeKind::give || give.resource != take.resource || give.n != take.n || give.back_edge) return false;
  const Resource& resource = machine.resources[at(take.resource)];
  return !resource.soft && !machine.read_negatively[at(take.resource)];
}

std::vector<bool> passages(const Machine& machine) {
  std::vector<bool> result(machine.nodes.size(), false);
  const std::vector<std::int32_t> in = ways_in(machine);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const Node& node = machine.nodes[i];
    result[i] = node.kind == NodeKind::take && is_passed_through(machine, node) && in[at(node.next)] == 1;
  }
  return result;
}

Demand::Demand(const Machine& machine, const std::vector<SiblingGroup>& groups,
               std::chrono::steady_clock::time_point ends)
    : machine_(&machine),
      ends_(ends),
      places_(machine.classes.size()),
      known_(machine.classes.size()),
      unheld_(machine.classes.size()) {
  for (const SiblingGroup& group : groups) {
    for (std::size_t member = 1; member < group.classes.size(); ++member)
      places_[at(group.classes[member])] = {&group, member};
  }
}

void Demand::of_sibling(std::int32_t request_class, const Place& place) {
  const std::int32_t first = place.group->classes.front();
  std::vector<std::int64_t>& result = known_[at(request_class)];
  const std::vector<ResourceId>& unheld = given_unheld(first);
  result = of_class(first);
  for (const ResourceId own : place.group->own) result[at(own)] = 0;
  std::map<ResourceId, ResourceId> theirs;
  for (const auto& [mine, firsts] : place.group->resource_of_first[place.member]) {
    theirs.emplace(firsts, mine);
    result[at(mine)] = of_class(first)[at(firsts)];
  }
  for (const ResourceId resource : unheld) {
    const auto mine = theirs.find(resource);
    unheld_[at(request_class)].push_back(mine == theirs.end() ? resource : mine->second);
  }
  std::sort(unheld_[at(request_class)].begin(), unheld_[at(request_class)].end());
}

const std::vector<std::int64_t>& Demand::of_class(std::int32_t request_class) {
  std::vector<std::int64_t>& result = known_[at(request_class)];
  if (!result.empty()) return result;
  if (const Place& place = places_[at(request_class)]; place.group != nullptr) {
    of_sibling(request_class, place);
    return result;
  }
  result.assign(machine_->resources.size(), 0);
  if (!walk_) walk_ = std::make_shared<DemandWalk>(*machine_, ends_);
  const DemandWalk::Peak peak = walk_->of_request(machine_->class_entry[at(request_class)]);
  for (const auto& [key, n] : peak.load) {
    if (key < static_cast<std::int64_t>(result.size())) result[static_cast<std::size_t>(key)] = n;
  }
  // Unlocking what nobody holds is a mistake that must be seen.
  for (const ResourceId resource : peak.given_unheld) {
    if (machine_->resources[at(resource)].kind == ResourceKind::mutex) result[at(resource)] = Demand::unbounded;
  }
  unheld_[at(request_class)].assign(peak.given_unheld.begin(), peak.given_unheld.end());
  return result;
}

const std::vector<ResourceId>& Demand::given_unheld(std::int32_t request_class) {
  (void)of_class(request_class);
  return unheld_[at(request_class)];
}

}  // namespace dmstall::analysis
