#include "models/machine/potential.hpp"

#include <algorithm>

namespace dmstall::models {

namespace {

/// end_writeback adds to the free pages, which are no resource.
constexpr ResourceId free_pages = -2;

template <typename Visit>
void for_each_successor(const Machine& machine, const Node& node, const Visit& visit) {
  const auto go = [&](NodeId to) {
    if (to != no_node) visit(to);
  };
  switch (node.kind) {
    case NodeKind::choose:
      for (std::int32_t i = 0; i < node.choices; ++i) {
        go(machine.choices[static_cast<std::size_t>(node.first_choice + i)].next);
      }
      return;
    case NodeKind::call:
    case NodeKind::await_children:
      for (const NodeId to : node.by_status) go(to);
      return;
    default:
      go(node.next);
      go(node.other);
      go(node.reserve_next);
  }
}

}  // namespace

Potential::Potential(const Machine& machine)
    : machine_(&machine), givers_(machine.resources.size()), callers_(machine.flows.size()), nodes_of_flow_(machine.flows.size()) {
  for (std::size_t i = 0; i < machine.nodes.size(); ++i) {
    const Node& node = machine.nodes[i];
    if (node.flow == no_flow) continue;
    const auto id = static_cast<NodeId>(i);
    nodes_of_flow_[static_cast<std::size_t>(node.flow)].push_back(id);
    if (node.resource != no_resource && effect(node, node.resource, false) > 0) {
      givers_[static_cast<std::size_t>(node.resource)].push_back(id);
    }
    for (std::int32_t g = 0; g < node.gives; ++g) {
      if (node.kind != NodeKind::call) continue;
      givers_[static_cast<std::size_t>(machine.gives[static_cast<std::size_t>(node.first_give + g)].resource)].push_back(id);
    }
    if (node.entry != no_node) {
      const FlowId callee = machine.nodes[static_cast<std::size_t>(node.entry)].flow;
      callers_[static_cast<std::size_t>(callee)].push_back(node.flow);
    }
  }
}

std::int64_t Potential::effect(const Node& node, ResourceId resource, bool takes_are_free) const {
  if (node.kind == NodeKind::end_writeback) return resource == free_pages ? 1 : 0;
  if (node.resource != resource) return 0;
  switch (node.kind) {
    case NodeKind::give: return node.n;
    case NodeKind::read_unlock:
    case NodeKind::write_unlock:
    case NodeKind::signal:
    case NodeKind::broadcast: return 1;
    case NodeKind::count: return -node.n;
    case NodeKind::take:
    case NodeKind::take_asleep:
    case NodeKind::try_take: return takes_are_free ? 0 : -node.n;
    case NodeKind::read_lock:
    case NodeKind::try_read_lock:
    case NodeKind::write_acquire:
    case NodeKind::try_write_lock: return -1;
    default: return 0;
  }
}

void Potential::evaluate(NodeId id, ResourceId resource, bool takes_are_free, const Values& values, std::int64_t& best,
                         std::int64_t& total) const {
  const Node& node = machine_->nodes[static_cast<std::size_t>(id)];
  if (node.kind == NodeKind::finish) {
    best = total = 0;
    return;
  }
  std::int64_t next_best = 0;
  std::int64_t next_total = INT64_MIN;
  for_each_successor(*machine_, node, [&](NodeId to) {
    const std::int64_t own = to == node.other ? 0 : effect(node, resource, takes_are_free);   // a failed try takes nothing
    const std::int64_t branch = node.kind == NodeKind::count ? effect(node, resource, takes_are_free) : own;
    next_best = std::max(next_best, add(branch, values.best[static_cast<std::size_t>(to)]));
    next_total = std::max(next_total, add(branch, values.total[static_cast<std::size_t>(to)]));
  });
  if (next_total == INT64_MIN) next_total = 0;
  if (node.kind == NodeKind::call) {
    std::int64_t back = 0;
    for (std::int32_t i = 0; i < node.gives; ++i) {
      const GiveBack& give = machine_->gives[static_cast<std::size_t>(node.first_give + i)];
      if (give.resource == resource) back += give.n;
    }
    const auto entry = static_cast<std::size_t>(node.entry);
    const std::int64_t through = add(values.total[entry], back);
    best = std::max({std::int64_t{0}, add(values.best[entry], back), add(through, next_best)});
    total = add(through, next_total);
    return;
  }
  if (node.kind == NodeKind::spawn || node.kind == NodeKind::spawn_submit) {
    const std::int64_t child = std::max<std::int64_t>(0, values.best[static_cast<std::size_t>(node.entry)]);
    best = add(next_best, child);   // what a child carries it gives without having taken it
    total = add(next_total, child);
    return;
  }
  best = std::max<std::int64_t>(0, next_best);
  total = next_total;
}

const Potential::Values& Potential::values(ResourceId resource, bool takes_are_free) {
  auto& known = known_[{resource, takes_are_free}];
  if (known) return *known;
  known = std::make_unique<Values>();
  known->best.assign(machine_->nodes.size(), 0);
  known->total.assign(machine_->nodes.size(), 0);
  // Only flows from which a giving step can be reached can add anything; all others count for 0.
  std::vector<char> relevant(machine_->flows.size(), 0);
  std::vector<FlowId> queue;
  const auto reach = [&](FlowId flow) {
    if (flow == no_flow || relevant[static_cast<std::size_t>(flow)]) return;
    relevant[static_cast<std::size_t>(flow)] = 1;
    queue.push_back(flow);
  };
  if (resource >= 0) {
    for (const NodeId giver : givers_[static_cast<std::size_t>(resource)]) reach(machine_->nodes[static_cast<std::size_t>(giver)].flow);
  } else {
    for (const Node& node : machine_->nodes) {
      if (node.kind == NodeKind::end_writeback) reach(node.flow);
    }
  }
  for (std::size_t i = 0; i < queue.size(); ++i) {
    for (const FlowId caller : callers_[static_cast<std::size_t>(queue[i])]) reach(caller);
  }
  std::sort(queue.begin(), queue.end());
  std::size_t nodes = 0;
  for (const FlowId flow : queue) nodes += nodes_of_flow_[static_cast<std::size_t>(flow)].size();
  // Nodes are numbered from the end of a flow to its beginning, so one round settles code without loops or calls;
  // what still grows after as many rounds as there are nodes grows without limit.
  const std::size_t rounds = std::min<std::size_t>(nodes + 2, 64);
  for (std::size_t round = 0; round <= rounds; ++round) {
    bool changed = false;
    for (const FlowId flow : queue) {
      for (const NodeId id : nodes_of_flow_[static_cast<std::size_t>(flow)]) {
        std::int64_t best = 0, total = 0;
        evaluate(id, resource, takes_are_free, *known, best, total);
        auto& old_best = known->best[static_cast<std::size_t>(id)];
        auto& old_total = known->total[static_cast<std::size_t>(id)];
        if (best == old_best && total == old_total) continue;
        changed = true;
        old_best = round == rounds && best > old_best ? unlimited : best;
        old_total = round == rounds && total > old_total ? unlimited : total;
      }
    }
    if (!changed) break;
  }
  return *known;
}

std::int64_t Potential::gain_from(NodeId entry, ResourceId resource, bool takes_are_free) {
  return values(resource, takes_are_free).best[static_cast<std::size_t>(entry)];
}

std::int64_t Potential::gain(const Token& token, ResourceId resource, bool takes_are_free) {
  const Values& of = values(resource, takes_are_free);
  std::int64_t best = of.best[static_cast<std::size_t>(token.at)];
  std::int64_t so_far = of.total[static_cast<std::size_t>(token.at)];
  for (auto frame = token.frames.rbegin(); frame != token.frames.rend(); ++frame) {
    const Node& call = machine_->nodes[static_cast<std::size_t>(frame->call)];
    for (std::int32_t i = 0; i < call.gives; ++i) {
      const GiveBack& give = machine_->gives[static_cast<std::size_t>(call.first_give + i)];
      if (give.resource == resource) so_far = add(so_far, give.n);
    }
    best = std::max(best, so_far);
    std::int64_t after_best = 0, after_total = INT64_MIN;
    for (const NodeId to : call.by_status) {
      if (to == no_node) continue;
      after_best = std::max(after_best, of.best[static_cast<std::size_t>(to)]);
      after_total = std::max(after_total, of.total[static_cast<std::size_t>(to)]);
    }
    best = std::max(best, add(so_far, after_best));
    so_far = add(so_far, after_total == INT64_MIN ? 0 : after_total);
  }
  return best;
}

bool Potential::may_free_pages_from(NodeId entry) { return gain_from(entry, free_pages, false) > 0; }

bool Potential::may_free_pages(const Token& token) { return gain(token, free_pages, false) > 0; }

}  // namespace dmstall::models
