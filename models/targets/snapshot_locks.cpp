#include "models/targets/snapshot_locks.hpp"

#include <algorithm>

namespace dmstall::models {

namespace {

bool writes(const WorkloadItem& item) {
  return item.verb != WorkloadVerb::read && item.verb != WorkloadVerb::flush && item.verb != WorkloadVerb::admin;
}

std::int64_t smallest_chunk_kib(const Stack& stack, DeviceIndex origin) {
  std::int64_t least = INT64_MAX;
  for (const Device& device : stack.scenario().devices) {
    if (device.target == "snapshot" && stack.index_of(device.text("origin")) == origin)
      least = std::min(least, device.integer("chunk_kib"));
  }
  return least;
}

}  // namespace

std::int64_t most_pending_exceptions(const Stack& stack, DeviceIndex snapshot) {
  const Device& of = stack.device(snapshot);
  const DeviceIndex origin = stack.index_of(of.text("origin"));
  const auto is_origin_target = [&](DeviceIndex device) {
    return stack.device(device).target == "snapshot-origin" &&
           stack.index_of(stack.device(device).text("device")) == origin;
  };
  std::int64_t most = 1;
  for (const WorkloadItem& item : stack.scenario().workload) {
    if (!writes(item)) continue;
    const DeviceIndex top = stack.index_of(item.device);
    if (top == snapshot || is_origin_target(top)) {
      const std::int64_t chunk_kib = top == snapshot ? of.integer("chunk_kib") : smallest_chunk_kib(stack, origin);
      most += item.in_flight * ((item.write_kib + chunk_kib - 1) / chunk_kib);
      continue;
    }
    const auto count = static_cast<DeviceIndex>(stack.scenario().devices.size());
    for (DeviceIndex device = 0; device < count; ++device) {
      if ((device == snapshot || is_origin_target(device)) && stack.reaches(top, device)) return INT64_MAX;
    }
  }
  return most;
}

bool snapshot_lock_matters(Stack& stack, DeviceIndex snapshot, ResourceId pending) {
  const Scenario& scenario = stack.scenario();
  const Resource& pool = stack.program().resources[static_cast<std::size_t>(pending)];
  const bool shared = pool.owner != stack.device(snapshot).name;
  const bool sleeps =
      pool.allocator != AllocatorRule::always && (shared || most_pending_exceptions(stack, snapshot) > pool.capacity);
  const bool a_copy_may_fail = scenario.faults.any || !scenario.faults.list.empty();
  const bool asked_for_status =
      std::any_of(scenario.workload.begin(), scenario.workload.end(), [&](const WorkloadItem& item) {
        return item.verb == WorkloadVerb::admin && item.admin == AdminVerb::status &&
               stack.index_of(item.device) == snapshot;
      });
  return sleeps && (a_copy_may_fail || asked_for_status);
}

bool origins_lock_matters(const Stack& stack) {
  const auto& workload = stack.scenario().workload;
  return std::any_of(workload.begin(), workload.end(), [](const WorkloadItem& item) {
    return item.verb == WorkloadVerb::admin &&
           (item.admin == AdminVerb::create_snapshot || item.admin == AdminVerb::remove_snapshot);
  });
}

}  // namespace dmstall::models
