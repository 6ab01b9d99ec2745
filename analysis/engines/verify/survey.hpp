// What can be said of the steps without walking them with anything in hand: which flows are reached, that nothing goes
// round, who asks to write, who signals, what somebody may wait for.
#pragma once

#include <vector>

#include "analysis/engines/verify/slots.hpp"

namespace dmstall::analysis::checking {

struct FlowFacts {
  std::vector<models::NodeId> nodes;  ///< reached from its entry
  std::vector<models::FlowId> calls;  ///< directly, each once
  bool detaches = false;              ///< itself or in what it calls
  bool awaits_children = false;       ///< itself or in what it calls
};

struct Survey {
  std::vector<FlowFacts> flows;           ///< by flow; empty where it is not reached
  std::vector<models::FlowId> bottom_up;  ///< reached flows, called and spawned ones before those that start them
  std::vector<bool> called_or_spawned;    ///< by flow, by any step at all
  std::vector<bool> asked_to_write;       ///< by resource, and so on
  std::vector<bool> signalled, cleared, broadcast;
  std::vector<bool> awaited_to_be_zero;
  std::vector<bool> awaited_event;      ///< awaited, and not set all the time
  std::vector<bool> may_be_waited_for;  ///< by slot of a thing
};

/// Throws Refused: a loop, a flow that starts itself, a step that does not fit its resource.
[[nodiscard]] Survey survey(const models::Machine& machine, const Slots& slots);

/// Where a step may lead within its flow.
[[nodiscard]] std::vector<models::NodeId> successors(const models::Machine& machine, const models::Node& node);

/// The flow that begins at the node. Throws Refused when none does.
[[nodiscard]] models::FlowId flow_at(const models::Machine& machine, models::NodeId entry);

/// "take of lower.io_bs in read lower (mempool_alloc)": a step for a refusal.
[[nodiscard]] std::string place(const models::Machine& machine, models::NodeId node);

}  // namespace dmstall::analysis::checking
