#include "analysis/engines/explore/demand.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
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

/// Elements held, by resource; children that run, by the node they start at (as a key beyond the resources).
using Load = std::map<std::int64_t, std::int64_t>;

void add(Load& load, std::int64_t key, std::int64_t n) {
  if (n == 0) return;
  std::int64_t& value = load[key];
  value = std::clamp<std::int64_t>(value + n, 0, Demand::unbounded);
  if (value == 0) load.erase(key);
}

/// The larger of both, per key; whether `into` grew.
bool raise(Load& into, const Load& by) {
  bool grew = false;
  for (const auto& [key, n] : by) {
    std::int64_t& value = into[key];
    if (n <= value) continue;
    value = n;
    grew = true;
  }
  return grew;
}

/// Keeps what both hold for certain; whether `into` shrank.
bool lower(Load& into, const Load& by) {
  bool shrank = false;
  for (auto each = into.begin(); each != into.end();) {
    const auto other = by.find(each->first);
    const std::int64_t n = other == by.end() ? 0 : std::min(each->second, other->second);
    shrank = shrank || n < each->second;
    each->second = n;
    each = n == 0 ? into.erase(each) : std::next(each);
  }
  return shrank;
}

/// At a place: the most and the least that is held, over all paths that lead there.
struct Bounds {
  Load most, least;
  int raises = 0;
};

}  // namespace

/// What a token that starts at a node holds at most, by paths over (node, stack of calls). Remembers every child it has
/// seen: classes of requests share most of them.
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
  /// Of the child that the node starts. nullptr while it is being walked: a child that starts itself.
  const Peak* of_child(NodeId from) {
    const auto [known, fresh] = known_.try_emplace(from);
    if (!fresh) return known->second.done ? &known->second.peak : nullptr;
    const Node& node = node_at(machine_, from);
    Load travels;
    for (const GiveBack& with : gives_of(machine_, node)) {
      add(travels, with.resource, with.n);
    }
    Peak peak = walk(node.entry, travels);
    Known& result = known_[from];
    result.peak = std::move(peak);
    result.done = true;
    return &result.peak;
  }

  struct Known {
    Peak peak;
    bool done = false;
  };
  struct Place {
    NodeId at;
    std::vector<NodeId> calls;  ///< innermost last; ~call: what is due when its submitter leaves was given back
    bool operator<(const Place& other) const { return std::tie(at, calls) < std::tie(other.at, other.calls); }
  };
  static constexpr int most_raises = 64;
  static constexpr std::size_t most_places = 200'000;

  Peak walk(NodeId entry, const Load& travels) {
    std::map<Place, Bounds> loads;
    std::vector<Place> work;
    Load peak;
    Peak total;
    bool too_many = false;
    const auto reach = [&](Place place, const Load& most, const Load& least) {
      if (place.at == no_node) return;
      const auto [found, fresh] = loads.try_emplace(place);
      Bounds& there = found->second;
      if (fresh) there.least = least;
      const bool grew = raise(there.most, most);
      const bool shrank = !fresh && lower(there.least, least);
      if (!fresh && !grew && !shrank) return;
      // A loop that takes more each time round has no bound.
      if (grew && ++there.raises > most_raises) {
        for (auto& [key, n] : there.most) n = Demand::unbounded;
      }
      if (there.raises > most_raises + 2 && !shrank) return;
      if (loads.size() > most_places || place.calls.size() > 1000) {
        too_many = true;
        return;
      }
      work.push_back(std::move(place));
    };
    reach({entry, {}}, travels, travels);
    while (!work.empty() && !too_many) {
      const Place place = std::move(work.back());
      work.pop_back();
      constexpr std::size_t looks_once_in = 256;
      if (++visits_ % looks_once_in == 0 && std::chrono::steady_clock::now() > ends_) throw DemandOutOfTime{};
      Load load = loads.at(place).most, least = loads.at(place).least;
      const auto change = [&](std::int64_t key, std::int64_t n) {
        add(load, key, n);
        add(least, key, n);
      };
      const auto give = [&](ResourceId resource, std::int32_t n) {
        if (least.find(resource) == least.end() || least[resource] < n) total.given_unheld.insert(resource);
        change(resource, -static_cast<std::int64_t>(n));
      };
      const auto leave = [&](Place& from, std::size_t depth) {
        NodeId& call = from.calls[depth];
        if (call < 0 || node_at(machine_, call).context != models::CallContext::async) return;
        const Node& submitted = node_at(machine_, call);
        for (const GiveBack& back : gives_of(machine_, submitted)) {
          give(back.resource, back.n);
        }
        call = ~call;
      };
      const Node& node = node_at(machine_, place.at);
      const auto to = [&](NodeId next) { reach({next, place.calls}, load, least); };
      raise(peak, load);
      switch (node.kind) {
        case NodeKind::take:
        case NodeKind::take_asleep:
        case NodeKind::try_take: {
          if (is_always_refused(machine_, node)) {
            to(node.other);
            break;
          }
          if (node.other != no_node) to(node.other);
          if (!(is_passed_through(machine_, node) && passed_through(node.next))) change(node.resource, node.n);
          raise(peak, load);
          if (node.reserve_next != no_node && node.reserve_next != node.next) to(node.reserve_next);
          to(node.next);
          break;
        }
        case NodeKind::give:
          if (passed_through(place.at)) {
            to(node.next);
            break;
          }
          give(node.resource, node.n);
          to(node.next);
          break;
        case NodeKind::call: {
          Place inside{node.entry, place.calls};
          inside.calls.push_back(place.at);
          reach(std::move(inside), load, least);
          break;
        }
        case NodeKind::finish: {
          if (place.calls.empty()) break;
          Place back = place;
          leave(back, back.calls.size() - 1);
          const NodeId call = back.calls.back();
          back.calls.pop_back();
          back.at = node_at(machine_, call < 0 ? ~call : call).by_status[static_cast<std::size_t>(node.status)];
          reach(std::move(back), load, least);
          break;
        }
        case NodeKind::detach: {
          Place after{node.next, place.calls};
          for (std::size_t depth = after.calls.size(); depth-- > 0;) {
            const NodeId call = after.calls[depth];
            if (node_at(machine_, call < 0 ? ~call : call).context == models::CallContext::inherit) continue;
            leave(after, depth);
            break;
          }
          reach(std::move(after), load, least);
          break;
        }
        case NodeKind::spawn:
        case NodeKind::spawn_submit:
          for (const GiveBack& with : gives_of(machine_, node)) {
            give(with.resource, with.n);  // a child that brings what nobody took gives it all the same
          }
          add(load, child_key(place.at), 1);
          to(node.next);
          break;
        case NodeKind::await_children: {
          for (auto each = load.begin(); each != load.end();)
            each = each->first >= first_child_key ? load.erase(each) : std::next(each);
          for (const NodeId next : node.by_status) to(next);
          break;
        }
        case NodeKind::choose:
          for (const models::Choice& choice : choices_of(machine_, node)) to(choice.next);
          break;
        default:
          to(node.next);
          if (node.other != no_node && node.other != node.next) to(node.other);
          break;
      }
    }
    if (too_many) {
      for (std::size_t r = 0; r < machine_.resources.size(); ++r)
        peak[static_cast<std::int64_t>(r)] = Demand::unbounded;
    }
    // The children's own loads on top.
    for (const auto& [key, n] : peak) {
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
      total.given_unheld.insert(child->given_unheld.begin(), child->given_unheld.end());
      for (const auto& [resource, each] : child->load)
        add(total.load, resource,
            n >= Demand::unbounded / std::max<std::int64_t>(each, 1) ? Demand::unbounded : n * each);
    }
    return total;
  }

  /// The give that ends a passage; such a give has no other way to be reached.
  [[nodiscard]] bool passed_through(NodeId give) const { return passages_[at(give)]; }

  static constexpr std::int64_t first_child_key = std::int64_t{1} << 40;
  static std::int64_t child_key(NodeId entry) { return first_child_key + entry; }

  const Machine& machine_;
  std::chrono::steady_clock::time_point ends_;
  std::size_t visits_ = 0;
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
