#include "analysis/engines/explore/ample.hpp"

#include <algorithm>

#include "models/machine/compile.hpp"
#include "models/machine/graph.hpp"

namespace dmstall::analysis {

namespace {

using models::AllocatorRule;
using models::at;
using models::Machine;
using models::no_node;
using models::Node;
using models::node_at;
using models::NodeId;
using models::NodeKind;
using models::Resource;
using models::ResourceId;
using models::ResourceKind;

/// Steps that these requests never come to read nothing.
void forget_unreachable_reads(Machine& machine, const std::vector<std::int64_t>& requests) {
  std::vector<NodeId> entries;
  for (std::size_t c = 0; c < requests.size(); ++c) {
    if (requests[c] > 0) entries.push_back(machine.class_entry[c]);
  }
  machine.read_negatively.assign(machine.resources.size(), false);
  for (const NodeId id : models::Reach(machine).from(std::move(entries))) {
    const Node& node = node_at(machine, id);
    if (node.resource != models::no_resource && models::reads_negatively(node))
      machine.read_negatively[at(node.resource)] = true;
  }
}

bool has_no_reserve(const Resource& resource) {
  return resource.soft && resource.capacity + resource.retained == 0 && resource.allocator != AllocatorRule::pages;
}

/// Whether a page can ever be free: then a take that uses one matters to the others.
bool pages_can_be_free(const Machine& machine, const std::vector<bool>& patient) {
  for (std::size_t r = 0; r < machine.resources.size(); ++r) {
    if (patient[r] && machine.resources[r].soft && machine.resources[r].allocator == AllocatorRule::pages) return true;
  }
  return std::any_of(machine.nodes.begin(), machine.nodes.end(),
                     [](const Node& node) { return node.kind == NodeKind::end_writeback; });
}

}  // namespace

Slim slim(const Machine& machine, Demand& demand, const std::vector<std::int64_t>& requests, bool reduce, bool watch) {
  Slim result;
  result.machine = machine;
  result.ample.assign(machine.resources.size(), false);
  result.failures.assign(machine.nodes.size(), 0);
  result.counts_as_step.assign(machine.nodes.size(), false);
  result.by_source.assign(machine.nodes.size(), false);
  result.passes_through.assign(machine.nodes.size(), false);
  result.patient.assign(machine.resources.size(), false);
  result.watched.assign(machine.resources.size(), false);
  for (std::size_t c = 0; c < requests.size(); ++c) {
    if (requests[c] == 0) continue;
    for (const ResourceId resource : demand.given_unheld(static_cast<std::int32_t>(c))) {
      if (resource_at(machine, resource).soft) result.patient[at(resource)] = true;
    }
  }
  const bool pages = pages_can_be_free(machine, result.patient);
  const auto by_pages = [&](const Resource& resource) {
    return pages && resource.soft && resource.allocator == AllocatorRule::pages;
  };
  const bool somebody_sleeps_beside_pages =
      std::any_of(machine.resources.begin(), machine.resources.end(),
                  [&](const Resource& resource) { return by_pages(resource) && models::gives_wake(resource); });
  for (std::size_t r = 0; r < machine.resources.size(); ++r) {
    const Resource& resource = machine.resources[r];
    const bool wakes = models::gives_wake(resource);
    if (somebody_sleeps_beside_pages && by_pages(resource)) result.patient[r] = true;
    result.watched[r] = wakes && (by_pages(resource) || watch);
  }
  if (!reduce) return result;
  std::vector<std::int64_t> total(machine.resources.size(), 0), spare(machine.resources.size(), 0);
  for (std::size_t c = 0; c < requests.size(); ++c) {
    if (requests[c] == 0) continue;
    const std::vector<std::int64_t>& each = demand.of_class(static_cast<std::int32_t>(c));
    for (std::size_t r = 0; r < total.size(); ++r) {
      total[r] = each[r] >= Demand::unbounded ? Demand::unbounded
                                              : std::min(Demand::unbounded, total[r] + each[r] * requests[c]);
    }
  }
  // Who only passes through needs room for the moment; who leaves some needs them to be there.
  for (const Node& node : machine.nodes) {
    if (node.kind != NodeKind::take && node.kind != NodeKind::try_take) continue;
    std::int64_t& room = spare[at(node.resource)];
    room = std::max<std::int64_t>(room, node.keep);
    if (is_passed_through(machine, node)) room = std::max<std::int64_t>(room, node.n);
  }
  for (std::size_t r = 0; r < machine.resources.size(); ++r) {
    const Resource& resource = machine.resources[r];
    // An allocator that never refuses makes the reserve, whatever its size, a thing nobody looks at.
    const bool enough =
        total[r] + spare[r] <= resource.capacity || (resource.soft && resource.allocator == AllocatorRule::always);
    result.ample[r] = models::has_elements(resource.kind) && !by_pages(resource) && enough;
  }
  const std::vector<bool> passing = passages(machine);
  for (std::size_t i = 0; i < machine.nodes.size(); ++i) {
    Node& node = result.machine.nodes[i];
    if (node.resource == models::no_resource) continue;
    if (node.kind == NodeKind::give && has_no_reserve(resource_at(machine, node.resource))) {
      node.kind = NodeKind::spend;  // straight back to the allocator
      node.resource = models::no_resource;
      continue;
    }
    if (is_always_refused(machine, node)) {
      node.kind = NodeKind::spend;
      node.next = node.other;
      node.resource = models::no_resource;
      result.failures[i] = 1;
      result.counts_as_step[i] = true;
      continue;
    }
    if (!result.ample[at(node.resource)]) continue;
    if (node.kind == NodeKind::take || node.kind == NodeKind::try_take) {
      const Resource& resource = resource_at(machine, node.resource);
      const bool refused =
          resource.soft && (resource.allocator == AllocatorRule::never || resource.allocator == AllocatorRule::pages);
      result.failures[i] = refused ? 1 : 0;
      result.counts_as_step[i] = true;
      const bool splits = node.reserve_next != no_node && node.reserve_next != node.next;
      if (splits && resource.soft && resource.allocator == AllocatorRule::any) {
        node.first_choice = static_cast<std::int32_t>(result.machine.choices.size());
        node.choices = 2;
        for (const NodeId to : {node.next, node.reserve_next}) {
          models::Choice choice;
          choice.next = to;
          result.machine.choices.push_back(choice);
        }
        node.kind = NodeKind::choose;
        node.resource = models::no_resource;
        result.by_source[i] = true;
        continue;
      }
      if (splits && !(resource.soft && resource.allocator == AllocatorRule::always)) node.next = node.reserve_next;
      if (passing[i]) {
        result.passes_through[i] = true;
        node.next = node_at(machine, node.next).next;
      }
    } else if (node.kind != NodeKind::give) {
      continue;  // a waiter without poll: nobody falls asleep any more
    }
    node.kind = NodeKind::spend;
    node.resource = models::no_resource;
  }
  forget_unreachable_reads(result.machine, requests);
  return result;
}

}  // namespace dmstall::analysis
