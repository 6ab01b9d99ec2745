// The graph of a machine: nodes and what they name by index, where a step leads, what can be reached, and which
// vertices of any graph reach each other. The certificate checker, the replayer and the oracle read the graph on their
// own.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "models/machine/machine.hpp"

namespace dmstall::models {

/// The index of an id. Requires: it is not negative.
[[nodiscard]] constexpr std::size_t at(std::int32_t id) {
  return static_cast<std::size_t>(id);
}

[[nodiscard]] inline const Node& node_at(const Machine& machine, NodeId id) {
  return machine.nodes[at(id)];
}
[[nodiscard]] inline Node& node_at(Machine& machine, NodeId id) {
  return machine.nodes[at(id)];
}
[[nodiscard]] inline const Resource& resource_at(const Machine& machine, ResourceId id) {
  return machine.resources[at(id)];
}
/// The branches of a choose; of any other node none.
[[nodiscard]] inline std::span<const Choice> choices_of(const Machine& machine, const Node& node) {
  return std::span(machine.choices).subspan(at(node.first_choice), at(node.choices));
}
/// after_detach of a call, `with` of a spawn; of any other node none.
[[nodiscard]] inline std::span<const GiveBack> gives_of(const Machine& machine, const Node& node) {
  return std::span(machine.gives).subspan(at(node.first_give), at(node.gives));
}

/// The step touches no resource: it spends time, calls, or begins or ends something.
[[nodiscard]] constexpr bool touches_no_resource(NodeKind kind) {
  switch (kind) {
    case NodeKind::spend:
    case NodeKind::remember:
    case NodeKind::call:
    case NodeKind::spawn:
    case NodeKind::spawn_submit:
    case NodeKind::await_detach:
    case NodeKind::await_children:
    case NodeKind::finish:
    case NodeKind::detach:
      return true;
    default:
      return false;
  }
}

/// Calls `visit(NodeId&)` for every place of the node that names another, no_node among them. A call leads to its entry
/// and to the nodes that it continues at.
template <typename Visit>
void for_each_edge(Machine& machine, Node& node, const Visit& visit) {
  visit(node.next);
  visit(node.other);
  visit(node.reserve_next);
  visit(node.entry);
  for (NodeId& to : node.by_status) visit(to);
  for (std::int32_t i = 0; i < node.choices; ++i) visit(machine.choices[at(node.first_choice + i)].next);
}

/// Calls `visit(NodeId)` for the nodes that the node leads to; next, other and reserve_next once where they are one.
template <typename Visit>
void for_each_successor(const Machine& machine, const Node& node, const Visit& visit) {
  const auto to = [&](NodeId next) {
    if (next != no_node) visit(next);
  };
  to(node.next);
  // A search makes steps empty that nobody needs (explore/ample): such a step goes on one way, whatever it was before.
  if (node.kind != NodeKind::spend) {
    if (node.other != node.next) to(node.other);
    if (node.reserve_next != node.next) to(node.reserve_next);
  }
  to(node.entry);
  for (const NodeId next : node.by_status) to(next);
  for (const Choice& choice : choices_of(machine, node)) to(choice.next);
}

/// Calls `visit(NodeId)` for the nodes of the same flow at which the token that stands at the node can stand next: what
/// a step calls or spawns is not among them.
template <typename Visit>
void for_each_next(const Machine& machine, const Node& node, const Visit& visit) {
  const auto to = [&](NodeId next) {
    if (next != no_node) visit(next);
  };
  switch (node.kind) {
    case NodeKind::choose:
      for (const Choice& choice : choices_of(machine, node)) to(choice.next);
      return;
    case NodeKind::call:
    case NodeKind::await_children:
      for (const NodeId next : node.by_status) to(next);
      return;
    default:
      to(node.next);
      if (node.other != node.next) to(node.other);
      if (node.reserve_next != node.next) to(node.reserve_next);
  }
}

/// Calls `visit(ResourceId)` for the resource of the node and for those that it gives back.
template <typename Visit>
void for_each_resource(const Machine& machine, const Node& node, const Visit& visit) {
  if (node.resource != no_resource) visit(node.resource);
  for (const GiveBack& give : gives_of(machine, node)) visit(give.resource);
}

/// What can be reached, time and again in one machine. A walk costs as much as it finds.
class Reach {
 public:
  explicit Reach(const Machine& machine) : machine_(&machine), walk_of_(machine.nodes.size(), 0) {}

  /// The nodes that these lead to, themselves among them; depth first, each once.
  [[nodiscard]] std::vector<NodeId> from(std::vector<NodeId> entries);

 private:
  const Machine* machine_;
  std::vector<std::int32_t> walk_of_;  ///< per node: the last walk that met it
  std::int32_t walk_ = 0;
};

/// Strongly connected components of a graph.
struct Components {
  std::vector<std::int32_t> of;  ///< per vertex
  std::int32_t count = 0;        ///< one that is reached has a smaller number than one that reaches it
};

/// `out`: per vertex, where it leads. Tarjan's algorithm (Depth-first search and linear graph algorithms, 1972),
/// without recursion; linear in vertices and edges.
[[nodiscard]] Components strong_components(const std::vector<std::vector<std::uint32_t>>& out);

}  // namespace dmstall::models
