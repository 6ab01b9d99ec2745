#include "models/machine/potential.hpp"

#include <algorithm>

#include "models/machine/graph.hpp"

namespace dmstall::models {

namespace {

/// end_writeback adds to the free pages, which are no resource.
constexpr ResourceId free_pages = -2;
/// A stop lets everybody go, as if it gave what all of them wait for.
constexpr ResourceId end_of_all = -3;

}  // namespace

Potential::Potential(const Machine& machine)
    : machine_(&machine),
      givers_(machine.resources.size()),
      callers_(machine.flows.size()),
      nodes_of_flow_(machine.flows.size()),
      place_in_flow_(machine.nodes.size(), 0) {
  for (std::size_t i = 0; i < machine.nodes.size(); ++i) {
    const Node& node = machine.nodes[i];
    if (node.flow == no_flow) continue;
    const auto id = static_cast<NodeId>(i);
    auto& nodes = nodes_of_flow_[static_cast<std::size_t>(node.flow)];
    place_in_flow_[i] = static_cast<std::int32_t>(nodes.size());
    nodes.push_back(id);
    if (node.kind == NodeKind::end_writeback) flows_that_clean_.push_back(node.flow);
    if (node.kind == NodeKind::stop) flows_that_stop_.push_back(node.flow);
    if (node.resource != no_resource && effect(node, node.resource, false) > 0) {
      givers_[static_cast<std::size_t>(node.resource)].push_back(id);
    }
    if (node.kind == NodeKind::call) {
      for (const GiveBack& give : gives_of(machine, node)) givers_[models::at(give.resource)].push_back(id);
    }
    if (node.entry != no_node) {
      const FlowId callee = node_at(machine, node.entry).flow;
      callers_[static_cast<std::size_t>(callee)].push_back(node.flow);
    }
  }
}

std::int64_t Potential::effect(const Node& node, ResourceId resource, bool takes_are_free) const {
  if (node.kind == NodeKind::end_writeback) return resource == free_pages ? 1 : 0;
  if (node.resource != resource) return 0;
  switch (node.kind) {
    case NodeKind::give:
      return node.n;
    case NodeKind::read_unlock:
    case NodeKind::write_unlock:
    case NodeKind::signal:
    case NodeKind::broadcast:
      return 1;
    case NodeKind::count:
      return -node.n;
    case NodeKind::take:
    case NodeKind::take_asleep:
    case NodeKind::try_take:
      return takes_are_free ? 0 : -node.n;
    case NodeKind::read_lock:
    case NodeKind::try_read_lock:
    case NodeKind::write_acquire:
    case NodeKind::try_write_lock:
      return -1;
    default:
      return 0;
  }
}

Potential::Value Potential::at(const Values& values, NodeId id) const {
  const auto flow = values.find(node_at(*machine_, id).flow);
  return flow == values.end() ? Value{}
                              : flow->second[static_cast<std::size_t>(place_in_flow_[static_cast<std::size_t>(id)])];
}

Potential::Value Potential::evaluate(NodeId id, ResourceId resource, bool takes_are_free, const Values& values) const {
  const Node& node = node_at(*machine_, id);
  if (node.kind == NodeKind::finish) return {};
  if (node.kind == NodeKind::stop) return resource == end_of_all ? Value{1, 1} : Value{};
  Value next{0, INT64_MIN};
  for_each_next(*machine_, node, [&](NodeId to) {
    const bool nothing_taken = to == node.other && node.kind != NodeKind::count;  // a failed try, a sleeper
    const std::int64_t own = nothing_taken ? 0 : effect(node, resource, takes_are_free);
    const Value there = at(values, to);
    next.best = std::max(next.best, add(own, there.best));
    next.total = std::max(next.total, add(own, there.total));
  });
  if (next.total == INT64_MIN) next.total = 0;
  if (node.kind == NodeKind::call) {
    std::int64_t back = 0;
    for (const GiveBack& give : gives_of(*machine_, node)) {
      if (give.resource == resource) back += give.n;
    }
    const Value callee = at(values, node.entry);
    const std::int64_t through = add(callee.total, back);
    return {std::max({std::int64_t{0}, add(callee.best, back), add(through, next.best)}), add(through, next.total)};
  }
  if (node.kind == NodeKind::spawn || node.kind == NodeKind::spawn_submit) {
    // What a child carries it gives without having taken it.
    const std::int64_t child = std::max<std::int64_t>(0, at(values, node.entry).best);
    return {add(next.best, child), add(next.total, child)};
  }
  return {std::max<std::int64_t>(0, next.best), next.total};
}

const Potential::Values& Potential::values(ResourceId resource, bool takes_are_free) {
  auto& known = known_[{resource, takes_are_free}];
  if (known) return *known;
  known = std::make_unique<Values>();
  std::vector<FlowId> queue;
  const auto reach = [&](FlowId flow) {
    if (flow == no_flow || known->count(flow) > 0) return;
    (*known)[flow].resize(nodes_of_flow_[static_cast<std::size_t>(flow)].size());
    queue.push_back(flow);
  };
  if (resource >= 0) {
    for (const NodeId giver : givers_[static_cast<std::size_t>(resource)]) reach(node_at(*machine_, giver).flow);
  } else {
    for (const FlowId flow : resource == free_pages ? flows_that_clean_ : flows_that_stop_) reach(flow);
  }
  std::size_t nodes = 0;
  for (std::size_t i = 0; i < queue.size(); ++i) {
    nodes += nodes_of_flow_[static_cast<std::size_t>(queue[i])].size();
    for (const FlowId caller : callers_[static_cast<std::size_t>(queue[i])]) reach(caller);
  }
  std::sort(queue.begin(), queue.end());
  // Nodes are numbered from the end of a flow to its beginning, so one round settles code without loops or calls;
  // what still grows after many rounds grows without limit.
  const std::size_t rounds = std::min<std::size_t>(nodes + 2, 64);
  for (std::size_t round = 0; round <= rounds; ++round) {
    bool changed = false;
    for (const FlowId flow : queue) {
      std::vector<Value>& of_flow = known->at(flow);
      for (std::size_t i = 0; i < of_flow.size(); ++i) {
        Value now = evaluate(nodes_of_flow_[static_cast<std::size_t>(flow)][i], resource, takes_are_free, *known);
        Value& old = of_flow[i];
        if (now.best == old.best && now.total == old.total) continue;
        changed = true;
        if (round == rounds && now.best > old.best) now.best = unlimited;
        if (round == rounds && now.total > old.total) now.total = unlimited;
        old = now;
      }
    }
    if (!changed) break;
  }
  return *known;
}

std::int64_t Potential::gain_from(NodeId entry, ResourceId resource, bool takes_are_free) {
  return at(values(resource, takes_are_free), entry).best;
}

std::int64_t Potential::gain(const Token& token, ResourceId resource, bool takes_are_free) {
  const Values& of = values(resource, takes_are_free);
  Value here = at(of, token.at);
  std::int64_t best = here.best;
  std::int64_t so_far = here.total;
  for (auto frame = token.frames.rbegin(); frame != token.frames.rend(); ++frame) {
    const Node& call = node_at(*machine_, frame->call);
    for (const GiveBack& give : gives_of(*machine_, call)) {
      if (give.resource == resource) so_far = add(so_far, give.n);
    }
    best = std::max(best, so_far);
    std::int64_t after_best = 0, after_total = INT64_MIN;
    for (const NodeId to : call.by_status) {
      if (to == no_node) continue;
      here = at(of, to);
      after_best = std::max(after_best, here.best);
      after_total = std::max(after_total, here.total);
    }
    best = std::max(best, add(so_far, after_best));
    so_far = add(so_far, after_total == INT64_MIN ? 0 : after_total);
  }
  return best;
}

bool Potential::may_free_pages_from(NodeId entry) {
  return gain_from(entry, free_pages, false) > 0;
}

bool Potential::may_stop_from(NodeId entry) {
  return !flows_that_stop_.empty() && gain_from(entry, end_of_all, false) > 0;
}

bool Potential::may_stop(const Token& token) {
  return !flows_that_stop_.empty() && gain(token, end_of_all, false) > 0;
}

bool Potential::may_free_pages(const Token& token) {
  return gain(token, free_pages, false) > 0;
}

}  // namespace dmstall::models
