#include "analysis/engines/prove/waits.hpp"

#include <algorithm>
#include <set>

#include "analysis/engines/prove/components.hpp"
#include "models/machine/graph.hpp"

namespace dmstall::analysis {

using models::CallContext;
using models::FlowId;
using models::Machine;
using models::no_resource;
using models::Node;
using models::ResourceId;
using models::ResourceKind;

namespace {

using models::at;

}  // namespace

Objection Waits::build() {
  find_roots();
  if (Objection objection = check_roots()) return objection;
  if (Objection objection = choose_guards()) return objection;
  find_edges();
  return {};
}

void Waits::find_roots() {
  const Machine& machine = things_.machine();
  std::set<Root> roots;
  for (std::size_t c = 0; c < machine.classes.size(); ++c) {
    Root root;
    root.flow = machine.nodes[at(machine.class_entry[c])].flow;
    root.request_class = static_cast<std::int32_t>(c);
    for (std::size_t r = 0; r < machine.resources.size(); ++r) {
      const auto& source = things_.source(static_cast<ResourceId>(r));
      if (source && source->owed_by == root.request_class) root.begins_with.add(static_cast<HoldId>(r), 1);
    }
    roots.insert(std::move(root));
  }
  for (const FlowId flow : summaries_.order()) {
    for (const Spawn& child : summaries_.of(flow).spawns) roots.insert({child.flow, child.begins_with, -1});
  }
  roots_.assign(roots.begin(), roots.end());
}

/// Nobody may give what it does not hold, and nobody may end holding what others wait for.
Objection Waits::check_roots() const {
  const Machine& machine = things_.machine();
  for (const Root& root : roots_) {
    const auto holding = [&](Objection::Kind kind, HoldId hold) {
      const bool turn = things_.is_turn(hold);
      const std::string what =
          turn ? machine.resources[at(things_.resource_of(hold))].name : things_.name(things_.thing_of(hold));
      return Objection{.kind = kind, .names = {machine.flows[at(root.flow)].name, what}, .turn = turn};
    };
    const FlowSummary& does = summaries_.of(root.flow);
    for (const auto& [hold, n] : does.lowest.entries()) {
      if (root.begins_with.of(hold) + n < 0) return holding(Objection::Kind::gives_unheld, hold);
    }
    for (const auto& [hold, n] : does.highest.entries()) {
      if (root.begins_with.of(hold) + n > 1) return holding(Objection::Kind::two_tickets, hold);
    }
    for (const Exit& exit : does.exits) {
      Holdings left = root.begins_with;
      left.set(things_.completion(root.flow), 0);
      left.set(things_.submission(root.flow), 0);
      left.add(exit.held);
      for (const auto& [hold, n] : left.entries()) {
        const ThingId thing = things_.thing_of(hold);
        if (thing != no_thing && things_.waited_for(thing)) return holding(Objection::Kind::ends_holding, hold);
      }
    }
  }
  return {};
}

/// Per flow: how much of each resource every caller holds at least when it enters the flow.
std::vector<std::map<ResourceId, std::int32_t>> Waits::held_for_certain(const std::vector<ResourceId>& of) const {
  const Machine& machine = things_.machine();
  std::vector<std::map<ResourceId, std::int32_t>> least(machine.flows.size());
  std::vector<bool> entered(machine.flows.size(), false);
  const auto enter = [&](FlowId flow, const auto& amount) {
    for (const ResourceId resource : of) {
      const std::int32_t n = amount(resource);
      const auto [known, fresh] = least[at(flow)].try_emplace(resource, n);
      if (!fresh) known->second = std::min(known->second, n);
    }
    entered[at(flow)] = true;
  };
  for (const Root& root : roots_) enter(root.flow, [&](ResourceId resource) { return root.begins_with.of(resource); });
  for (auto flow = summaries_.order().rbegin(); flow != summaries_.order().rend(); ++flow) {
    if (!entered[at(*flow)]) continue;
    for (const Call& call : summaries_.of(*flow).calls) {
      const Node& node = machine.nodes[at(call.node)];
      const Holdings given = node.context == CallContext::async ? summaries_.given_at_detach(node) : Holdings{};
      enter(call.flow, [&](ResourceId resource) {
        return least[at(*flow)].at(resource) + call.held.of(resource) + given.of(resource);
      });
    }
  }
  return least;
}

/// For each batch: something of which there is one, held at each of its guarded steps.
Objection Waits::choose_guards() {
  const Machine& machine = things_.machine();
  std::vector<ResourceId> single;
  for (std::size_t r = 0; r < machine.resources.size(); ++r) {
    const models::Resource& resource = machine.resources[r];
    if (models::has_elements(resource.kind) && is_hard(resource) && resource.capacity == 1 &&
        things_.followed(static_cast<ThingId>(r)))
      single.push_back(static_cast<ResourceId>(r));
  }
  std::map<ResourceId, std::set<ResourceId>> guards;  // event → what is held at every step seen so far
  std::map<ResourceId, bool> guarded;
  for (std::size_t e = 0; e < machine.resources.size(); ++e) {
    const auto& source = things_.source(static_cast<ResourceId>(e));
    if (!source) continue;
    if (source->counter == no_resource) {
      rules_.push_back({machine.resources[e].name, {}, {}, machine.classes[at(source->owed_by)].name});
    } else {
      guards[static_cast<ResourceId>(e)] = std::set<ResourceId>(single.begin(), single.end());
    }
  }
  if (guards.empty()) return {};
  const auto least = held_for_certain(single);
  for (const FlowId flow : summaries_.order()) {
    if (least[at(flow)].empty()) continue;  // nobody calls it; or nothing can be a guard
    for (const GuardedStep& step : summaries_.of(flow).guarded) {
      const auto of_event = guards.find(step.event);
      if (of_event == guards.end()) continue;
      guarded[step.event] = true;
      std::erase_if(of_event->second,
                    [&](ResourceId resource) { return least[at(flow)].at(resource) + step.held.of(resource) < 1; });
    }
  }
  for (const auto& [event, held] : guards) {
    if (held.empty()) {
      return {Objection::Kind::batch_unguarded, {machine.resources[at(event)].name}};
    }
    rules_.push_back({machine.resources[at(event)].name,
                      machine.resources[at(things_.source(event)->counter)].name,
                      machine.resources[at(*held.begin())].name,
                      {}});
  }
  return {};
}

Waits::Vertex Waits::head(Head head) {
  const auto [known, fresh] = heads_.try_emplace(head, static_cast<Vertex>(edges_.size()));
  if (fresh) {
    edges_.emplace_back();
    const FlowId flow = head.flow;
    heads_of_[at(flow)].emplace_back(known->second, std::move(head));
  }
  return known->second;
}

/// Everything held points at what is waited for; a ticket does not point at its own turn.
void Waits::hold(const Holdings& held, Vertex to, ResourceId turn, bool detached) {
  for (const auto& [hold, n] : held.entries()) {
    if (n <= 0) continue;
    const ThingId thing = things_.thing_of(hold);
    if (thing == no_thing || !things_.waited_for(thing) || thing == turn) continue;
    if (detached && things_.is_submission(thing)) continue;
    edges_[at(thing)].push_back(to);
  }
}

void Waits::find_edges_of(FlowId flow) {
  const Machine& machine = things_.machine();
  const FlowSummary& does = summaries_.of(flow);
  const auto turn_of = [&](ThingId thing) {
    return things_.is_resource(thing) && machine.resources[at(thing)].kind == ResourceKind::order ? thing : no_resource;
  };
  for (const Wait& wait : does.waits) {
    deadline_.poll();
    const ResourceId turn = turn_of(wait.thing);
    hold(wait.held, wait.thing, turn, wait.detached);
    const Vertex from = head({flow, wait.held.owed(), wait.detached, turn});
    edges_[at(from)].push_back(wait.thing);
  }
  for (const Call& call : does.calls) {
    const Node& node = machine.nodes[at(call.node)];
    const auto below = heads_of_[at(call.flow)];  // a copy: heads of this flow are added meanwhile
    for (const auto& [to, head_below] : below) {
      deadline_.poll();
      Holdings held = call.held;
      held.add(head_below.owed);
      if (head_below.detached && node.context == CallContext::async) held.add(summaries_.given_at_detach(node));
      const bool detached = call.detached || (head_below.detached && node.context == CallContext::inherit);
      hold(held, to, head_below.turn, detached);
      const Vertex from = head({flow, held.owed(), detached, head_below.turn});
      edges_[at(from)].push_back(to);
    }
  }
}

void Waits::find_edges_of(const Root& root) {
  for (const auto& [to, head_below] : heads_of_[at(root.flow)]) {
    Holdings held = root.begins_with;
    held.add(head_below.owed);
    hold(held, to, head_below.turn, head_below.detached);
  }
}

void Waits::find_edges() {
  const Machine& machine = things_.machine();
  edges_.assign(things_.things(), {});
  heads_of_.assign(machine.flows.size(), {});
  for (const FlowId flow : summaries_.order()) find_edges_of(flow);
  for (const Root& root : roots_) find_edges_of(root);
  // Who awaits the end of a batch waits for those who are counted.
  for (std::size_t e = 0; e < machine.resources.size(); ++e) {
    const auto& source = things_.source(static_cast<ResourceId>(e));
    if (source && source->counter != no_resource) edges_[e].push_back(source->counter);
  }
  for (std::vector<Vertex>& to : edges_) {
    std::sort(to.begin(), to.end());
    to.erase(std::unique(to.begin(), to.end()), to.end());
  }
}

std::vector<Waits::Group> Waits::groups() const {
  std::vector<Group> result;
  for (const std::vector<std::int32_t>& component : components(edges_)) {
    Group group;
    for (const Vertex vertex : component) {
      if (at(vertex) < things_.things() && things_.waited_for(vertex)) group.things.push_back(vertex);
    }
    if (group.things.empty()) continue;
    const Vertex only = group.things.front();
    group.strict = component.size() == 1 &&
                   std::find(edges_[at(only)].begin(), edges_[at(only)].end(), only) == edges_[at(only)].end();
    result.push_back(std::move(group));
  }
  return result;
}

std::vector<std::vector<ThingId>> Waits::held_by_waiters() const {
  std::vector<std::vector<Vertex>> back(edges_.size());
  for (std::size_t from = 0; from < edges_.size(); ++from) {
    for (const Vertex to : edges_[from]) back[at(to)].push_back(static_cast<Vertex>(from));
  }
  std::vector<std::vector<ThingId>> result(things_.things());
  std::vector<std::size_t> seen_for(edges_.size(), edges_.size());  // the thing on whose way back it was seen last
  for (std::size_t thing = 0; thing < result.size(); ++thing) {
    if (!things_.waited_for(static_cast<ThingId>(thing))) continue;
    std::vector<ThingId>& holders = result[thing];
    std::vector<Vertex> ahead{static_cast<Vertex>(thing)};
    while (!ahead.empty()) {
      const Vertex next = ahead.back();
      ahead.pop_back();
      for (const Vertex from : back[at(next)]) {
        if (seen_for[at(from)] == thing) continue;
        seen_for[at(from)] = thing;
        (at(from) < things_.things() ? holders : ahead).push_back(from);
      }
    }
    std::sort(holders.begin(), holders.end());
  }
  return result;
}

std::vector<bool> Waits::flows_waiting_for(const std::vector<ThingId>& things) const {
  const std::set<ThingId> wanted(things.begin(), things.end());
  std::vector<bool> result(things_.machine().flows.size(), false);
  for (const FlowId flow : summaries_.order()) {
    const FlowSummary& does = summaries_.of(flow);
    result[at(flow)] =
        std::any_of(does.waits.begin(), does.waits.end(),
                    [&](const Wait& wait) { return wanted.count(wait.thing) > 0; }) ||
        std::any_of(does.calls.begin(), does.calls.end(), [&](const Call& call) { return result[at(call.flow)]; });
  }
  return result;
}

}  // namespace dmstall::analysis
