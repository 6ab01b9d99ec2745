// What one flow does with what it holds, seen from its own entry: where it waits, whom it calls and spawns, how it
// ends.
//
// Holdings are relative to the entry; below zero means given back on behalf of a caller. A flow is walked once, whoever
// calls it, so a machine costs as much as it has steps.
//
// Function summaries: M. Sharir, A. Pnueli, "Two approaches to interprocedural data flow analysis", in "Program Flow
// Analysis: Theory and Applications", 1981 (the functional approach). A flow is summarised for one abstract entry
// only, "nothing held", because what it does adds to what its caller holds.
#pragma once

#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/engines/prove/deadline.hpp"
#include "analysis/engines/prove/holdings.hpp"
#include "analysis/engines/prove/objection.hpp"

namespace dmstall::analysis {

/// A step that may find its guard closed.
struct Wait {
  ThingId thing = no_thing;
  std::int64_t need = 1;
  bool writing = false;
  models::NodeId node = models::no_node;  ///< one of the steps that wait like this
  Holdings held;
  bool detached = false;  ///< the submitter that called has returned
  auto operator<=>(const Wait&) const = default;
};

struct Call {
  models::NodeId node = models::no_node;
  models::FlowId flow = models::no_flow;
  Holdings held;
  bool detached = false;
  auto operator<=>(const Call&) const = default;
};

struct Spawn {
  models::FlowId flow = models::no_flow;
  Holdings begins_with;
  auto operator<=>(const Spawn&) const = default;
};

struct Exit {
  models::Status status = models::Status::ok;
  Holdings held;
  bool detached = false;
  std::vector<models::FlowId> children;  ///< spawned and not awaited
  auto operator<=>(const Exit&) const = default;
};

/// A step that must be taken while something is held, for the rule of a batch.
struct GuardedStep {
  models::ResourceId event = models::no_resource;
  Holdings held;
  auto operator<=>(const GuardedStep&) const = default;
};

struct FlowSummary {
  std::vector<Wait> waits;
  std::vector<Call> calls;
  std::vector<Spawn> spawns;
  std::vector<Exit> exits;
  std::vector<GuardedStep> guarded;
  Holdings lowest;     ///< over all paths: how much the caller must hold
  Holdings highest;    ///< over all paths, of tickets and turns only
  bool joins = false;  ///< awaits children, or calls who does
};

class Summaries {
 public:
  Summaries(const Things& things, Deadline& deadline) : things_(things), deadline_(deadline) {}

  /// Walks every flow that is called, spawned or begun. None: done; else why nothing can be shown. Throws OutOfTime,
  /// as all that is given a deadline.
  [[nodiscard]] Objection walk();

  [[nodiscard]] const FlowSummary& of(models::FlowId flow) const { return known_.at(flow); }
  /// Called flows before their callers.
  [[nodiscard]] const std::vector<models::FlowId>& order() const { return order_; }
  /// Per thing: whether some flow waits for it.
  [[nodiscard]] std::vector<bool> waited_for() const;
  [[nodiscard]] std::size_t positions() const { return positions_; }

  /// What is held when the submitter has returned from the call, on top of what the callee did.
  [[nodiscard]] Holdings given_at_detach(const models::Node& call) const;

  static constexpr std::size_t most_positions = 40'000'000;

 private:
  friend class FlowWalk;

  [[nodiscard]] Objection put_in_order(std::vector<std::vector<models::FlowId>>& calls);
  [[nodiscard]] std::vector<bool> who_keeps_children(const std::vector<std::vector<models::FlowId>>& calls) const;

  const Things& things_;
  Deadline& deadline_;
  std::unordered_map<models::FlowId, FlowSummary> known_;
  std::vector<models::FlowId> order_;
  std::size_t positions_ = 0;
};

}  // namespace dmstall::analysis
