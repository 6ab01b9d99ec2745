// The flow of a workload item: what a request of it does, from its arrival to its end.
#pragma once

#include "models/kernel/stack.hpp"

namespace dmstall::models {

inline constexpr FlowRole workload_item{"a request of a workload item"};

/// Each item has one, and a request class of its own. Requires: that class is the next one to be added to the program.
template <typename Build>
FlowId item_flow(Stack& stack, const WorkloadItem& item, const Build& build) {
  return stack.flow(
      {.role = &workload_item,
       .device = stack.index_of(item.device),
       .number = static_cast<std::int64_t>(stack.program().classes.size())},
      [&] { return "workload " + item.name; }, build);
}

}  // namespace dmstall::models
