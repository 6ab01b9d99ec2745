// The one semantics: what a step may do in a state (alternatives) and what it then does (apply).
//
// Simulate, explore and the replayer use these two functions; they know resources only, no tokens. What a step does to
// tokens (spawn, call, finish, tickets) follows from NodeKind and is carried out by the holder of the tokens: World
// for runs with individual tokens, packed counters for the explorer.
//
// An alternative with `needs_allocator` is one an adversary can refuse for ever: a state in which only such
// alternatives are enabled is dead.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/machine/machine.hpp"

namespace dmstall::models {

/// The abstract state of all resources; words are laid out by Machine::slots.
struct Levels {
  std::vector<std::int32_t> words;
  std::int32_t free_pages = 0;
  bool operator==(const Levels&) const = default;
};

[[nodiscard]] Levels initial_levels(const Machine& machine);

enum class AlternativeKind : std::uint8_t {
  go_on,      ///< the step's only way
  allocator,  ///< a soft resource from its allocator
  page,       ///< a soft resource by consuming a free page
  reserve,    ///< a soft resource from its reserve
  sleep,      ///< becomes a waiter of a resource without poll
  refused,    ///< try failed: the else branch
  branch,     ///< of a choose; `index` is the branch
};

struct Alternative {
  AlternativeKind kind = AlternativeKind::go_on;
  std::int32_t index = 0;  ///< branch of a choose; of a take of several: how many of them from the reserve
  bool needs_allocator = false;
  std::int32_t faults = 0;
  std::int32_t failures = 0;  ///< failed allocations it stands for
};

/// What a step may ask about the token that stands at it.
struct Asker {
  int children = 0;         ///< own children not finished
  bool submitting = false;  ///< the child just submitted has not detached
  bool my_turn = false;     ///< for await_turn
  bool awoken = false;      ///< for await, take_asleep: a broadcast, a give came since the token began to wait
};

/// Appends every enabled alternative of `node`; none means that the token waits.
void alternatives(const Machine& machine, NodeId node, const Levels& levels, const Asker& asker,
                  std::vector<Alternative>& out);

/// A step that cannot be: the scenario is wrong.
enum class StepError : std::uint8_t { none, counter_below_zero, not_locked, not_read_locked, not_write_locked };

/// The error in words, naming the resource.
[[nodiscard]] std::string describe(StepError error, const Resource& resource);

/// Where the alternative leads (for finish and call: no_node, the caller of apply decides) and what went wrong.
struct Applied {
  NodeId next = no_node;
  ResourceId released = no_resource;  ///< a resource whose waiters may now go on
  StepError error = StepError::none;
};

/// Steps whose only alternative is always to go on: no state can make them wait.
[[nodiscard]] inline bool never_waits(NodeKind kind) {
  switch (kind) {
    case NodeKind::give:
    case NodeKind::read_unlock:
    case NodeKind::write_arrive:
    case NodeKind::write_unlock:
    case NodeKind::count:
    case NodeKind::signal:
    case NodeKind::clear:
    case NodeKind::broadcast:
    case NodeKind::ticket:
    case NodeKind::pass_turn:
    case NodeKind::spend:
    case NodeKind::spawn:
    case NodeKind::spawn_submit:
    case NodeKind::call:
    case NodeKind::detach:
    case NodeKind::remember:
    case NodeKind::end_writeback:
    case NodeKind::finish:
    case NodeKind::stop:
      return true;
    default:
      return false;
  }
}

/// A sleeper that was woken, found nothing and falls asleep again: it has made no progress, and who can do only this is
/// stuck.
[[nodiscard]] inline bool is_futile(const Node& node, const Alternative& alternative) {
  return node.kind == NodeKind::take_asleep && alternative.kind == AlternativeKind::sleep;
}

/// Requires: `alternative` is one of alternatives(...) in this state.
[[nodiscard]] Applied apply(const Machine& machine, NodeId node, const Alternative& alternative, Levels& levels);

/// Gives back n elements outside a step of their own (after_detach).
[[nodiscard]] StepError give_back(const Machine& machine, ResourceId resource, std::int32_t n, Levels& levels);

/// Free elements of a pool, value of a counter, 1/0 of an event: the first word.
[[nodiscard]] inline std::int32_t level(const Machine& machine, const Levels& levels, ResourceId resource) {
  return levels.words[static_cast<std::size_t>(machine.slots[static_cast<std::size_t>(resource)].first)];
}

}  // namespace dmstall::models
