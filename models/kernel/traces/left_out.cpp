#include "models/kernel/traces/left_out.hpp"

namespace dmstall::models {

const std::vector<LeftOut>& left_out_events() {
  using enum EventKind;
  static const std::vector<LeftOut> events = {
      {"workqueue.manager", {sleep | alloc, "__kthread_create_on_node < kthread_create_on_node < create_worker"}},
  };
  return events;
}

}  // namespace dmstall::models
