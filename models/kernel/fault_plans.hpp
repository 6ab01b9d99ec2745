// Which faults may hit the requests of a workload item, in which combinations, and where they lie.
//
// A fault is chosen once per request and inherited by every re-read. Listed faults may hit together in any subset; "any"
// draws from every kind each disk below can have, one per disk, at most three at once.
#pragma once

#include "models/kernel/stack.hpp"

#include <string>
#include <vector>

namespace dmstall::models {

struct FaultChoice {
  FaultPlan plan;                  ///< combinations[0] is "none"
  std::vector<FaultSet> sets;      ///< same index as plan.combinations
  std::vector<bool> rewritten;     ///< the application rewrites its buffer in this combination
};

/// `op`: what a request of the item asks of its device.
[[nodiscard]] FaultChoice fault_choice(Stack& stack, const WorkloadItem& item, IoOp op);

/// The fault assumption in words, for the report.
[[nodiscard]] std::string describe_faults(const Faults& faults);

[[nodiscard]] std::string_view to_string(FaultKind kind);

}  // namespace dmstall::models
