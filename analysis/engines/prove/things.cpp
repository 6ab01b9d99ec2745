#include "analysis/engines/prove/things.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_set>

#include "models/machine/graph.hpp"

namespace dmstall::analysis {

namespace {

using models::AllocatorRule;
using models::FlowId;
using models::no_node;
using models::no_resource;
using models::Node;
using models::NodeId;
using models::NodeKind;
using models::Resource;
using models::ResourceId;
using models::ResourceKind;

using models::at;

}  // namespace

bool is_hard(const Resource& resource) {
  return !resource.soft ||
         (resource.allocator == AllocatorRule::never && resource.memory != models::MemoryClass::thread);
}

Things::Things(const models::Machine& machine)
    : machine_(machine),
      resources_(static_cast<std::int32_t>(machine.resources.size())),
      flows_(static_cast<std::int32_t>(machine.flows.size())) {
  reached_.assign(machine.nodes.size(), false);
  waited_for_.assign(things(), false);
  followed_.assign(things(), false);
  has_writers_.assign(machine.resources.size(), false);
  sources_.resize(machine.resources.size());
  announces_.assign(machine.resources.size(), no_resource);
  reach();
  find_waits();
  look_for_objections();
  if (!objection_) find_sources();
}

ThingId Things::thing_of(HoldId hold) const {
  if (is_turn(hold)) return no_thing;
  return is_writing(hold) ? hold - resources_ - 2 * flows_ : hold;
}

ResourceId Things::resource_of(HoldId hold) const {
  if (is_turn(hold)) return hold - 2 * resources_ - 2 * flows_;
  const ThingId thing = thing_of(hold);
  return is_resource(thing) ? thing : no_resource;
}

std::string Things::name(ThingId thing) const {
  if (is_resource(thing)) return machine_.resources[at(thing)].name;
  const std::int32_t which = thing - resources_;
  return fmt::format("{} of {}", which % 2 == 0 ? "completion" : "submission", machine_.flows[at(which / 2)].name);
}

bool Things::may_wait(const Node& node) const {
  switch (node.kind) {
    case NodeKind::take:
    case NodeKind::take_asleep: {
      const Resource& resource = machine_.resources[at(node.resource)];
      return !resource.soft || resource.allocator != AllocatorRule::always;
    }
    case NodeKind::read_lock:
      return has_writers(node.resource);
    case NodeKind::await:
      return sources_[at(node.resource)].has_value();
    case NodeKind::write_acquire:
    case NodeKind::await_zero:
    case NodeKind::await_turn:
    case NodeKind::await_children:
    case NodeKind::await_detach:
      return true;
    default:
      return false;
  }
}

void Things::reach() {
  std::vector<NodeId> work(machine_.class_entry);
  while (!work.empty()) {
    const NodeId id = work.back();
    work.pop_back();
    if (id == no_node || reached_[at(id)]) continue;
    reached_[at(id)] = true;
    const Node& node = machine_.nodes[at(id)];
    for_each_next(machine_, node, [&](NodeId to) { work.push_back(to); });
    work.push_back(node.entry);
    const bool writes = node.kind == NodeKind::write_acquire || node.kind == NodeKind::write_arrive ||
                        node.kind == NodeKind::try_write_lock;
    if (writes) has_writers_[at(node.resource)] = true;
  }
}

void Things::find_waits() {
  std::set<ResourceId> cleared, awaited;
  for (std::size_t i = 0; i < machine_.nodes.size(); ++i) {
    const Node& node = machine_.nodes[i];
    if (!reached_[i]) continue;
    if (node.kind == NodeKind::clear) cleared.insert(node.resource);
    if (node.kind == NodeKind::await) awaited.insert(node.resource);
  }
  // Set from the start and never cleared: nobody waits for it.
  for (const ResourceId event : awaited) {
    if (machine_.resources[at(event)].capacity == 0 || cleared.count(event) > 0) sources_[at(event)].emplace();
  }
  for (std::size_t i = 0; i < machine_.nodes.size(); ++i) {
    const Node& node = machine_.nodes[i];
    if (!reached_[i]) continue;
    if (may_wait(node) && node.resource != no_resource) waited_for_[at(node.resource)] = true;
    if (node.kind == NodeKind::spawn || node.kind == NodeKind::spawn_submit) {
      const FlowId flow = machine_.nodes[at(node.entry)].flow;
      waited_for_[at(completion(flow))] = true;
      if (node.kind == NodeKind::spawn_submit) waited_for_[at(submission(flow))] = true;
    }
  }
  for (std::size_t r = 0; r < machine_.resources.size(); ++r) {
    const ResourceKind kind = machine_.resources[r].kind;
    followed_[r] = waited_for_[r] || kind == ResourceKind::mutex || kind == ResourceKind::rwsem ||
                   kind == ResourceKind::counter || kind == ResourceKind::order;
  }
  for (std::size_t t = machine_.resources.size(); t < things(); ++t) followed_[t] = waited_for_[t];
}

void Things::keep_waited(const std::vector<bool>& things) {
  for (std::size_t t = 0; t < things.size(); ++t) {
    const bool announces = t < announces_.size() && announces_[t] != no_resource && things[at(announces_[t])];
    waited_for_[t] = things[t] || announces;
  }
}

/// A node of the first circle of steps that a search finds, or no_node. The graph itself is asked: that the lowering
/// marked a step as the end of a loop is no proof that there is no other.
NodeId Things::find_circle() const {
  enum class Mark : std::uint8_t { unseen, open, done };
  std::vector<Mark> marks(machine_.nodes.size(), Mark::unseen);
  std::vector<NodeId> path;  // open nodes stay until all that follows is done
  for (std::size_t root = 0; root < marks.size(); ++root) {
    if (!reached_[root] || marks[root] != Mark::unseen) continue;
    path.push_back(static_cast<NodeId>(root));
    while (!path.empty()) {
      const NodeId node = path.back();
      Mark& mark = marks[at(node)];
      if (mark != Mark::unseen) {  // a second time on top: all that follows was seen to
        mark = Mark::done;
        path.pop_back();
        continue;
      }
      mark = Mark::open;
      NodeId closes = no_node;
      for_each_next(machine_, machine_.nodes[at(node)], [&](NodeId to) {
        if (marks[at(to)] == Mark::open) closes = to;
        if (marks[at(to)] == Mark::unseen) path.push_back(to);
      });
      if (closes != no_node) return closes;
    }
  }
  return no_node;
}

void Things::look_for_objections() {
  if (const NodeId looping = find_circle(); looping != no_node) {
    objection_ = {Objection::Kind::loop, {machine_.flows[at(machine_.nodes[at(looping)].flow)].name}};
    return;
  }
  std::unordered_set<std::string> names;
  for (std::size_t t = 0; t < things(); ++t) {
    if (waited_for_[t] && !names.insert(name(static_cast<ThingId>(t))).second) {
      objection_ = {Objection::Kind::name_twice, {name(static_cast<ThingId>(t))}};
      return;
    }
  }
  for (std::size_t i = 0; i < machine_.nodes.size(); ++i) {
    const Node& node = machine_.nodes[i];
    if (!reached_[i]) continue;
    if ((node.kind != NodeKind::take && node.kind != NodeKind::take_asleep) || !may_wait(node)) continue;
    const Resource& resource = machine_.resources[at(node.resource)];
    if (need_of(node) > resource.capacity) {
      objection_ = {.kind = Objection::Kind::need_above_capacity,
                    .names = {machine_.flows[at(node.flow)].name, resource.name},
                    .figure = need_of(node),
                    .of = resource.capacity};
      return;
    }
  }
  for (std::size_t r = 0; r < machine_.resources.size(); ++r) {
    if (waited_for_[r] && machine_.resources[r].kind == ResourceKind::counter && machine_.resources[r].capacity != 0) {
      objection_ = {Objection::Kind::counter_starts_high, {machine_.resources[r].name}};
      return;
    }
  }
}

void Things::find_sources() {
  for (std::size_t r = 0; r < machine_.resources.size(); ++r) {
    if (!sources_[r]) continue;
    const auto event = static_cast<ResourceId>(r);
    bool cleared = false, signalled = false, broadcast = false;
    for (std::size_t i = 0; i < machine_.nodes.size(); ++i) {
      const Node& node = machine_.nodes[i];
      if (!reached_[i] || node.resource != event) continue;
      cleared = cleared || node.kind == NodeKind::clear;
      signalled = signalled || node.kind == NodeKind::signal;
      broadcast = broadcast || node.kind == NodeKind::broadcast;
    }
    const std::string& name = machine_.resources[r].name;
    if (cleared) {
      objection_ = {Objection::Kind::event_cleared, {name}};
    } else if (broadcast && !signalled) {
      const std::vector<ResourceId> counters = counters_announcing(event);
      if (counters.size() == 1 && announces_[at(counters[0])] == no_resource) {
        sources_[r] = EventSource{counters[0], -1};
        announces_[at(counters[0])] = event;
        waited_for_[at(counters[0])] = true;  // by those who await the event
        continue;
      }
      objection_ = {Objection::Kind::event_broadcast_early, {name}};
    } else if (signalled && !broadcast) {
      const std::int32_t owed_by = owing_class(event);
      if (owed_by >= 0) {
        sources_[r] = EventSource{no_resource, owed_by};
        continue;
      }
      objection_ = {Objection::Kind::event_not_owed, {name}};
    } else {
      objection_ = {Objection::Kind::event_from_nowhere, {name}};
    }
    return;
  }
}

/// Counters whose zero branch leads to the broadcast within its flow.
std::vector<ResourceId> Things::counters_announcing(ResourceId event) const {
  std::vector<ResourceId> counters;
  for (std::size_t i = 0; i < machine_.nodes.size(); ++i) {
    const Node& count = machine_.nodes[i];
    if (!reached_[i] || count.kind != NodeKind::count || count.n >= 0 || count.other == count.next) continue;
    std::vector<NodeId> ahead{count.other};
    std::unordered_set<NodeId> seen;
    while (!ahead.empty()) {
      const NodeId next = ahead.back();
      ahead.pop_back();
      if (next == count.next || !seen.insert(next).second) continue;
      const Node& node = machine_.nodes[at(next)];
      if (node.kind == NodeKind::broadcast && node.resource == event) {
        if (std::find(counters.begin(), counters.end(), count.resource) == counters.end())
          counters.push_back(count.resource);
        break;
      }
      for_each_next(machine_, node, [&](NodeId to) { ahead.push_back(to); });
    }
  }
  return counters;
}

/// A task that is there in any case, on every path of which the event is signalled in its own flow.
std::int32_t Things::owing_class(ResourceId event) const {
  for (std::size_t c = 0; c < machine_.classes.size(); ++c) {
    const models::RequestClass& requests = machine_.classes[c];
    if (!requests.in_thread || requests.population < 1) continue;
    const NodeId entry = machine_.class_entry[c];
    bool entered_otherwise = false;
    for (std::size_t i = 0; i < machine_.nodes.size(); ++i) {
      if (reached_[i] && machine_.nodes[i].entry != no_node &&
          machine_.nodes[at(machine_.nodes[i].entry)].flow == requests.flow)
        entered_otherwise = true;
    }
    if (entered_otherwise) continue;
    // No path to the end without a signal.
    bool escapes = false;
    std::vector<NodeId> ahead{entry};
    std::unordered_set<NodeId> seen;
    while (!ahead.empty() && !escapes) {
      const NodeId next = ahead.back();
      ahead.pop_back();
      if (!seen.insert(next).second) continue;
      const Node& node = machine_.nodes[at(next)];
      if (node.kind == NodeKind::signal && node.resource == event) continue;
      escapes = node.kind == NodeKind::finish || (node.kind == NodeKind::await && node.resource == event);
      for_each_next(machine_, node, [&](NodeId to) { ahead.push_back(to); });
    }
    if (!escapes) return static_cast<std::int32_t>(c);
  }
  return -1;
}

}  // namespace dmstall::analysis
