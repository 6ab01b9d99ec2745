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

bool is_taken_from_pages(const Resource& resource) {
  return resource.soft && resource.allocator == AllocatorRule::pages;
}

/// Whether a page can ever be free: then a take that uses one matters to the others.
bool pages_can_be_free(const Machine& machine, const std::vector<bool>& patient) {
  for (std::size_t r = 0; r < machine.resources.size(); ++r) {
    if (patient[r] && is_taken_from_pages(machine.resources[r])) return true;
  }
  return std::any_of(machine.nodes.begin(), machine.nodes.end(),
                     [](const Node& node) { return node.kind == NodeKind::end_writeback; });
}

std::vector<bool> patient_resources(const Machine& machine, Demand& demand, const std::vector<std::int64_t>& requests) {
  std::vector<bool> patient(machine.resources.size(), false);
  for (std::size_t c = 0; c < requests.size(); ++c) {
    if (requests[c] == 0) continue;
    for (const ResourceId resource : demand.given_unheld(static_cast<std::int32_t>(c))) {
      if (resource_at(machine, resource).soft) patient[at(resource)] = true;
    }
  }
  return patient;
}

/// Of each resource, by all requests together; saturated.
std::vector<std::int64_t> most_held(const Machine& machine, Demand& demand, const std::vector<std::int64_t>& requests) {
  std::vector<std::int64_t> total(machine.resources.size(), 0);
  for (std::size_t c = 0; c < requests.size(); ++c) {
    if (requests[c] == 0) continue;
    const std::vector<std::int64_t>& each = demand.of_class(static_cast<std::int32_t>(c));
    for (std::size_t r = 0; r < total.size(); ++r) {
      total[r] = each[r] >= Demand::unbounded ? Demand::unbounded
                                              : std::min(Demand::unbounded, total[r] + each[r] * requests[c]);
    }
  }
  return total;
}

/// Who only passes through needs room for the moment; who leaves some needs them to be there.
std::vector<std::int64_t> room_needed(const Machine& machine) {
  std::vector<std::int64_t> room(machine.resources.size(), 0);
  for (const Node& node : machine.nodes) {
    if (node.kind != NodeKind::take && node.kind != NodeKind::try_take) continue;
    std::int64_t& of = room[at(node.resource)];
    of = std::max<std::int64_t>(of, node.keep);
    if (is_passed_through(machine, node)) of = std::max<std::int64_t>(of, node.n);
  }
  return room;
}

/// Turns steps on ample resources, and those whose end is certain, into steps that touch nothing.
class Emptying {
 public:
  Emptying(const Machine& whole, Slim& slim) : whole_(whole), slim_(slim), passing_(passages(whole)) {}

  void node(std::size_t i) {
    Node& node = slim_.machine.nodes[i];
    if (node.resource == models::no_resource) return;
    if (node.kind == NodeKind::give && has_no_reserve(resource_at(whole_, node.resource))) {
      touch_nothing(node);  // straight back to the allocator
    } else if (is_always_refused(whole_, node)) {
      node.next = node.other;
      touch_nothing(node);
      slim_.failures[i] = 1;
      slim_.counts_as_step[i] = true;
    } else if (!slim_.ample[at(node.resource)]) {
      return;
    } else if (node.kind == NodeKind::take || node.kind == NodeKind::try_take) {
      take(i, node);
    } else if (node.kind == NodeKind::give) {
      touch_nothing(node);
    }  // a waiter without poll: nobody falls asleep any more
  }

 private:
  static void touch_nothing(Node& node) {
    node.kind = NodeKind::spend;
    node.resource = models::no_resource;
  }

  void take(std::size_t i, Node& node) {
    const Resource& resource = resource_at(whole_, node.resource);
    const bool never = resource.soft && resource.allocator == AllocatorRule::never;
    slim_.failures[i] = never || is_taken_from_pages(resource) ? 1 : 0;
    slim_.counts_as_step[i] = true;
    const bool splits = node.reserve_next != no_node && node.reserve_next != node.next;
    if (splits && resource.soft && resource.allocator == AllocatorRule::any) return choose_source(i, node);
    if (splits && !(resource.soft && resource.allocator == AllocatorRule::always)) node.next = node.reserve_next;
    if (passing_[i]) {
      slim_.passes_through[i] = true;
      node.next = node_at(whole_, node.next).next;
    }
    touch_nothing(node);
  }

  void choose_source(std::size_t i, Node& node) {
    node.first_choice = static_cast<std::int32_t>(slim_.machine.choices.size());
    node.choices = 2;
    for (const NodeId to : {node.next, node.reserve_next}) {
      models::Choice choice;
      choice.next = to;
      slim_.machine.choices.push_back(choice);
    }
    node.kind = NodeKind::choose;
    node.resource = models::no_resource;
    slim_.by_source[i] = true;
  }

  const Machine& whole_;
  Slim& slim_;
  std::vector<bool> passing_;
};

}  // namespace

Slim slim(const Machine& machine, Demand& demand, const std::vector<std::int64_t>& requests, bool reduce, bool watch) {
  Slim result;
  result.machine = machine;
  result.ample.assign(machine.resources.size(), false);
  result.failures.assign(machine.nodes.size(), 0);
  result.counts_as_step.assign(machine.nodes.size(), false);
  result.by_source.assign(machine.nodes.size(), false);
  result.passes_through.assign(machine.nodes.size(), false);
  result.watched.assign(machine.resources.size(), false);
  result.patient = patient_resources(machine, demand, requests);
  const bool pages = pages_can_be_free(machine, result.patient);
  const auto by_pages = [&](const Resource& resource) { return pages && is_taken_from_pages(resource); };
  const bool somebody_sleeps_beside_pages =
      std::any_of(machine.resources.begin(), machine.resources.end(),
                  [&](const Resource& resource) { return by_pages(resource) && models::gives_wake(resource); });
  for (std::size_t r = 0; r < machine.resources.size(); ++r) {
    const Resource& resource = machine.resources[r];
    if (somebody_sleeps_beside_pages && by_pages(resource)) result.patient[r] = true;
    result.watched[r] = models::gives_wake(resource) && (by_pages(resource) || watch);
  }
  if (!reduce) return result;
  const std::vector<std::int64_t> held = most_held(machine, demand, requests), room = room_needed(machine);
  for (std::size_t r = 0; r < machine.resources.size(); ++r) {
    const Resource& resource = machine.resources[r];
    // An allocator that never refuses makes the reserve, whatever its size, a thing nobody looks at.
    const bool enough =
        held[r] + room[r] <= resource.capacity || (resource.soft && resource.allocator == AllocatorRule::always);
    result.ample[r] = models::has_elements(resource.kind) && !by_pages(resource) && enough;
  }
  Emptying emptying(machine, result);
  for (std::size_t i = 0; i < machine.nodes.size(); ++i) emptying.node(i);
  forget_unreachable_reads(result.machine, requests);
  return result;
}

}  // namespace dmstall::analysis
