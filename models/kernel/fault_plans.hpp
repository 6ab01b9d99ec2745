// Which faults may hit the requests of a workload item, in which combinations, and where they lie.
//
// A fault is chosen once per request and inherited by every re-read. Listed faults may hit together in any subset;
// "any" draws from every kind each disk below can have, one per disk, at most three at once.
#pragma once

#include <string>
#include <vector>

#include "models/kernel/stack.hpp"
#include "models/kernel/steps.hpp"

namespace dmstall::models {

struct FaultChoice {
  FaultPlan plan;               ///< combinations[0] is "none"
  std::vector<FaultSet> sets;   ///< same index as plan.combinations
  std::vector<bool> rewritten;  ///< the application rewrites its buffer in this combination
};

/// Requests that may meet faults.
struct FaultyRequests {
  std::string name;
  std::vector<Region> asks;  ///< what one of them asks of which device, at its addresses
  bool rewrites = false;     ///< an application may rewrite the buffer during the request
  SourcePosition where;
};

[[nodiscard]] FaultChoice fault_choice(Stack& stack, const FaultyRequests& requests);
/// `op`: what a request of the item asks of its device.
[[nodiscard]] FaultChoice fault_choice(Stack& stack, const WorkloadItem& item, IoOp op);

/// The steps of a request for each combination, and the choice of one.
template <typename Build>
Steps choose_faults(const FaultChoice& faults, const Build& steps_of) {
  if (faults.sets.size() == 1) return steps_of(0);
  Step choose;
  choose.kind = StepKind::choose;
  choose.decider = DeciderKind::fault_plan;
  choose.function = "what the request meets";
  for (std::size_t i = 0; i < faults.sets.size(); ++i) {
    choose.branches.push_back(
        branch(faults.plan.combinations[i].label, steps_of(i), static_cast<int>(faults.sets[i].size())));
  }
  return {choose};
}

/// The fault assumption in words, for the report.
[[nodiscard]] std::string describe_faults(const Faults& faults);

[[nodiscard]] std::string_view to_string(FaultKind kind);

}  // namespace dmstall::models
