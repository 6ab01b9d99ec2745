#include "models/kernel/administration.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/kernel/item_flow.hpp"
#include "models/kernel/omissions/parts.hpp"
#include "models/kernel/steps.hpp"
#include "models/kernel/workqueue.hpp"

namespace dmstall::models {

void add_administration(Stack& stack, const WorkloadItem& item) {
  stack.uses(administration_part());
  const DeviceIndex device = stack.index_of(item.device);
  Resource dmsetup = single_thread(fmt::format("dmsetup/{} ({})", item.device, item.name));
  dmsetup.wait_function = "not called yet";
  const ResourceId thread = stack.resource(dmsetup);
  const std::string function = "ctl_ioctl < dm_ctl_ioctl";
  const FlowId flow = item_flow(stack, item, [&] {
    return seq({take(thread, function), target_administration(stack, device, item.admin), give(thread, function),
                finish(Status::ok)});
  });

  RequestClass commands;
  commands.name = item.name;
  commands.device = item.device;
  commands.flow = flow;
  commands.total = item.count;
  commands.population = std::min<std::int64_t>(item.count, 2);
  commands.in_thread = false;
  commands.start_s = item.start_s;
  commands.period_s = item.period_s.value_or(0);
  commands.in_flight = 1;
  stack.program().classes.push_back(commands);
  FaultPlan none;
  none.combinations.push_back({"none", {}});
  stack.program().fault_plans.push_back(none);
}

}  // namespace dmstall::models
