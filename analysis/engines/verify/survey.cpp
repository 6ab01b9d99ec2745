#include "analysis/engines/verify/survey.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dmstall::analysis::checking {

using models::FlowId;
using models::Machine;
using models::Node;
using models::NodeId;
using models::NodeKind;
using models::Resource;
using models::ResourceId;
using models::ResourceKind;

namespace {

class Surveying {
 public:
  Surveying(const Machine& machine, const Slots& slots) : machine_(machine), slots_(slots) {
    const std::size_t flows = machine.flows.size(), resources = machine.resources.size();
    found_.flows.resize(flows);
    found_.called_or_spawned.resize(flows);
    for (auto* by_resource : {&found_.asked_to_write, &found_.signalled, &found_.cleared, &found_.broadcast,
                              &found_.awaited_to_be_zero, &found_.awaited_event}) {
      by_resource->resize(resources);
    }
    found_.may_be_waited_for.resize(static_cast<std::size_t>(slots.count()));
    seen_.resize(machine.nodes.size());
    state_.resize(flows);
  }

  Survey run() {
    for (const Node& node : machine_.nodes) {
      if (node.kind == NodeKind::call || node.kind == NodeKind::spawn || node.kind == NodeKind::spawn_submit) {
        found_.called_or_spawned[static_cast<std::size_t>(flow_at(machine_, node.entry))] = true;
      }
    }
    for (const NodeId entry : machine_.class_entry) visit(flow_at(machine_, entry));
    for (std::size_t i = 0; i < machine_.resources.size(); ++i) {
      const Resource& resource = machine_.resources[i];
      if (resource.kind == ResourceKind::event && resource.capacity != 0 && !found_.cleared[i])
        found_.awaited_event[i] = false;
      if (found_.awaited_event[i]) found_.may_be_waited_for[i] = true;
      if (found_.awaited_to_be_zero[i] && resource.capacity != 0) {
        throw Refused({Refusal::Kind::counter_starts_high, {resource.name}});
      }
    }
    return std::move(found_);
  }

 private:
  enum class Visit : std::uint8_t { not_yet, under_way, done };

  void visit(FlowId flow) {
    Visit& state = state_[static_cast<std::size_t>(flow)];
    if (state == Visit::done) return;
    if (state == Visit::under_way)
      throw Refused({Refusal::Kind::own_caller, {machine_.flows[static_cast<std::size_t>(flow)].name}});
    state = Visit::under_way;
    FlowFacts facts;
    facts.nodes = steps_of(flow);
    std::vector<FlowId> starts;
    for (const NodeId id : facts.nodes) {
      const Node& node = machine_.nodes[static_cast<std::size_t>(id)];
      note(id, node, facts);
      if (node.kind == NodeKind::call) facts.calls.push_back(flow_at(machine_, node.entry));
      if (node.kind == NodeKind::call || node.kind == NodeKind::spawn || node.kind == NodeKind::spawn_submit)
        starts.push_back(flow_at(machine_, node.entry));
    }
    std::sort(facts.calls.begin(), facts.calls.end());
    facts.calls.erase(std::unique(facts.calls.begin(), facts.calls.end()), facts.calls.end());
    for (const FlowId started : starts) visit(started);
    for (const FlowId called : facts.calls) {
      facts.detaches = facts.detaches || found_.flows[static_cast<std::size_t>(called)].detaches;
      facts.awaits_children = facts.awaits_children || found_.flows[static_cast<std::size_t>(called)].awaits_children;
    }
    found_.flows[static_cast<std::size_t>(flow)] = std::move(facts);
    found_.bottom_up.push_back(flow);
    state_[static_cast<std::size_t>(flow)] = Visit::done;
  }

  /// Depth first without recursion (a flow may have very many steps); a way back to a step that is still open is a
  /// loop.
  std::vector<NodeId> steps_of(FlowId flow) {
    std::vector<NodeId> found;
    std::vector<std::pair<NodeId, bool>> open{{machine_.flow_entry[static_cast<std::size_t>(flow)], false}};
    while (!open.empty()) {
      const auto [id, leaving] = open.back();
      open.pop_back();
      if (leaving) {
        seen_[static_cast<std::size_t>(id)] = Visit::done;
        continue;
      }
      if (id < 0 || static_cast<std::size_t>(id) >= machine_.nodes.size())
        throw Refused({Refusal::Kind::leads_nowhere, {machine_.flows[static_cast<std::size_t>(flow)].name}});
      const Node& node = machine_.nodes[static_cast<std::size_t>(id)];
      if (node.flow != flow)
        throw Refused({Refusal::Kind::leads_into_another_flow, {machine_.flows[static_cast<std::size_t>(flow)].name}});
      Visit& seen = seen_[static_cast<std::size_t>(id)];
      if (seen == Visit::done) continue;
      if (seen == Visit::under_way)
        throw Refused({Refusal::Kind::loop, {machine_.flows[static_cast<std::size_t>(flow)].name}});
      seen = Visit::under_way;
      found.push_back(id);
      open.emplace_back(id, true);
      for (const NodeId next : successors(machine_, node)) open.emplace_back(next, false);
    }
    return found;
  }

  void demand(bool fits, NodeId id) const {
    if (!fits) throw Refused({Refusal::Kind::step_misfits, {place(machine_, id)}});
  }

  void note(NodeId id, const Node& node, FlowFacts& facts) {
    const auto is = [&](ResourceKind kind) {
      return node.resource >= 0 && machine_.resources[static_cast<std::size_t>(node.resource)].kind == kind;
    };
    const auto mark = [&](std::vector<bool>& what) { what[static_cast<std::size_t>(node.resource)] = true; };
    switch (node.kind) {
      case NodeKind::take:
      case NodeKind::take_asleep:
      case NodeKind::try_take:
      case NodeKind::give: {
        demand(node.resource >= 0 && node.n >= 1 && node.keep >= 0 &&
                   has_elements(machine_.resources[static_cast<std::size_t>(node.resource)].kind),
               id);
        const Resource& resource = machine_.resources[static_cast<std::size_t>(node.resource)];
        demand(resource.capacity >= 0 && resource.retained >= 0 &&
                   (resource.kind != ResourceKind::mutex || (resource.capacity == 1 && !resource.soft)),
               id);
        const bool never_waits = resource.soft && resource.allocator == models::AllocatorRule::always;
        if (node.kind == NodeKind::take && !never_waits) mark(found_.may_be_waited_for);
        break;
      }
      case NodeKind::read_lock:
      case NodeKind::try_read_lock:
      case NodeKind::read_unlock:
      case NodeKind::write_unlock:
        demand(is(ResourceKind::rwsem), id);
        if (node.kind == NodeKind::read_lock) mark(found_.may_be_waited_for);
        break;
      case NodeKind::write_arrive:
      case NodeKind::write_acquire:
      case NodeKind::try_write_lock:
        demand(is(ResourceKind::rwsem), id);
        mark(found_.asked_to_write);
        if (node.kind == NodeKind::write_acquire) mark(found_.may_be_waited_for);
        break;
      case NodeKind::count:
      case NodeKind::await_zero:
        demand(is(ResourceKind::counter), id);
        if (node.kind == NodeKind::await_zero) mark(found_.awaited_to_be_zero), mark(found_.may_be_waited_for);
        break;
      case NodeKind::signal:
        demand(is(ResourceKind::event), id);
        mark(found_.signalled);
        break;
      case NodeKind::clear:
        demand(is(ResourceKind::event), id);
        mark(found_.cleared);
        break;
      case NodeKind::broadcast:
        demand(is(ResourceKind::event), id);
        mark(found_.broadcast);
        break;
      case NodeKind::await:
        demand(is(ResourceKind::event), id);
        mark(found_.awaited_event);
        break;
      case NodeKind::ticket:
      case NodeKind::await_turn:
      case NodeKind::pass_turn:
        demand(is(ResourceKind::order), id);
        if (node.kind == NodeKind::await_turn) mark(found_.may_be_waited_for);
        break;
      case NodeKind::test:
        demand(is(ResourceKind::event) || is(ResourceKind::counter), id);
        break;
      case NodeKind::call:
      case NodeKind::spawn:
      case NodeKind::spawn_submit: {
        for (std::int32_t i = 0; i < node.gives; ++i) {
          const models::GiveBack& back = machine_.gives[static_cast<std::size_t>(node.first_give + i)];
          demand(back.resource >= 0 && back.n >= 1 &&
                     has_elements(machine_.resources[static_cast<std::size_t>(back.resource)].kind),
                 id);
        }
        const FlowId started = flow_at(machine_, node.entry);
        if (node.kind != NodeKind::call)
          found_.may_be_waited_for[static_cast<std::size_t>(slots_.completion(started))] = true;
        if (node.kind == NodeKind::spawn_submit)
          found_.may_be_waited_for[static_cast<std::size_t>(slots_.submission(started))] = true;
        break;
      }
      case NodeKind::detach:
        facts.detaches = true;
        break;
      case NodeKind::await_children:
        facts.awaits_children = true;
        break;
      case NodeKind::await_detach:
      case NodeKind::spend:
      case NodeKind::choose:
      case NodeKind::remember:
      case NodeKind::end_writeback:
      case NodeKind::finish:
      case NodeKind::stop:
        break;
    }
  }

  const Machine& machine_;
  const Slots& slots_;
  Survey found_;
  std::vector<Visit> seen_;   ///< by node
  std::vector<Visit> state_;  ///< by flow
};

}  // namespace

Survey survey(const Machine& machine, const Slots& slots) {
  return Surveying(machine, slots).run();
}

std::vector<NodeId> successors(const Machine& machine, const Node& node) {
  switch (node.kind) {
    case NodeKind::finish:
    case NodeKind::stop:
      return {};
    case NodeKind::take:  // `other` is the same taker asleep
    case NodeKind::take_asleep:
      if (node.reserve_next != models::no_node && node.reserve_next != node.next) return {node.next, node.reserve_next};
      return {node.next};
    case NodeKind::try_take:
      if (node.reserve_next != models::no_node && node.reserve_next != node.next)
        return {node.next, node.reserve_next, node.other};
      return {node.next, node.other};
    case NodeKind::try_read_lock:
    case NodeKind::try_write_lock:
    case NodeKind::count:
    case NodeKind::test:
      return {node.next, node.other};
    case NodeKind::choose: {
      std::vector<NodeId> all;
      for (std::int32_t i = 0; i < node.choices; ++i)
        all.push_back(machine.choices[static_cast<std::size_t>(node.first_choice + i)].next);
      return all;
    }
    case NodeKind::call:
    case NodeKind::await_children:
      return {node.by_status[0], node.by_status[1], node.by_status[2]};
    default:
      return {node.next};
  }
}

FlowId flow_at(const Machine& machine, NodeId entry) {
  if (entry >= 0 && static_cast<std::size_t>(entry) < machine.nodes.size()) {
    const FlowId flow = machine.nodes[static_cast<std::size_t>(entry)].flow;
    if (flow >= 0 && static_cast<std::size_t>(flow) < machine.flows.size() &&
        machine.flow_entry[static_cast<std::size_t>(flow)] == entry)
      return flow;
  }
  throw Refused({Refusal::Kind::entered_elsewhere});
}

std::string place(const Machine& machine, NodeId id) {
  const Node& node = machine.nodes[static_cast<std::size_t>(id)];
  std::string text = node.flow >= 0 ? machine.flows[static_cast<std::size_t>(node.flow)].name : "?";
  if (!machine.function_of(id).empty()) text += fmt::format(", in {}", machine.function_of(id));
  if (node.line > 0) text += fmt::format(", line {}", node.line);
  return text;
}

}  // namespace dmstall::analysis::checking
