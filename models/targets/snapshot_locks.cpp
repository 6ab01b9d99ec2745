#include "models/targets/snapshot_locks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/targets/snapshot_exceptions.hpp"

namespace dmstall::models {

namespace {

bool writes(const WorkloadItem& item) {
  return item.verb != WorkloadVerb::read && item.verb != WorkloadVerb::flush && item.verb != WorkloadVerb::admin;
}

bool a_copy_may_fail(const Scenario& scenario) {
  return scenario.faults.any || !scenario.faults.list.empty();
}

bool is_asked_for(const Stack& stack, DeviceIndex snapshot, AdminVerb verb) {
  const auto& workload = stack.scenario().workload;
  return std::any_of(workload.begin(), workload.end(), [&](const WorkloadItem& item) {
    return item.verb == WorkloadVerb::admin && item.admin == verb && stack.index_of(item.device) == snapshot;
  });
}

}  // namespace

bool is_snapshot(const Device& device) {
  return device.target == "snapshot" || device.target == "snapshot-merge";
}

std::int64_t most_pending_exceptions(const Stack& stack, DeviceIndex snapshot) {
  const Device& of = stack.device(snapshot);
  const DeviceIndex origin = stack.index_of(of.text("origin"));
  const auto is_origin_target = [&](DeviceIndex device) {
    const Device& other = stack.device(device);
    if (other.target == "snapshot-merge") return stack.index_of(other.text("origin")) == origin;
    return other.target == "snapshot-origin" && stack.index_of(other.text("device")) == origin;
  };
  std::int64_t most = 1;
  for (const WorkloadItem& item : stack.scenario().workload) {
    if (!writes(item)) continue;
    const DeviceIndex top = stack.index_of(item.device);
    if (top == snapshot || is_origin_target(top)) {
      const std::int64_t chunk_kib =
          top == snapshot ? of.integer("chunk_kib") : smallest_chunk_bytes(stack, origin) / 1024;
      most += item.in_flight * ((item.write_kib + chunk_kib - 1) / chunk_kib);
      continue;
    }
    const auto count = static_cast<DeviceIndex>(stack.scenario().devices.size());
    for (DeviceIndex device = 0; device < count; ++device) {
      if ((device == snapshot || is_origin_target(device)) && stack.reaches(top, device)) return INT64_MAX;
    }
  }
  for (const Device& device : stack.scenario().devices) {  // the chunk that is being merged
    if (device.target == "snapshot-merge" && stack.index_of(device.text("origin")) == origin)
      most += (device.integer("chunk_kib") + of.integer("chunk_kib") - 1) / of.integer("chunk_kib");
  }
  return most;
}

bool may_become_invalid(const Stack& stack, DeviceIndex snapshot) {
  return a_copy_may_fail(stack.scenario()) || is_asked_for(stack, snapshot, AdminVerb::remove_snapshot);
}

bool snapshot_lock_matters(Stack& stack, DeviceIndex snapshot, ResourceId pending) {
  const Resource& pool = stack.program().resources[static_cast<std::size_t>(pending)];
  const bool shared = pool.owner != stack.device(snapshot).name;
  const bool sleeps =
      pool.allocator != AllocatorRule::always && (shared || most_pending_exceptions(stack, snapshot) > pool.capacity);
  return sleeps && (a_copy_may_fail(stack.scenario()) || is_asked_for(stack, snapshot, AdminVerb::status));
}

std::string why_no_lock(Stack& stack, DeviceIndex snapshot, ResourceId pending) {
  const Resource& pool = stack.program().resources[static_cast<std::size_t>(pending)];
  const std::int64_t most = most_pending_exceptions(stack, snapshot);
  if (pool.allocator == AllocatorRule::always || most > pool.capacity) return "no map sleeps while it holds it";
  return fmt::format("no map sleeps while it holds it: at most {} of {} are wanted at once", most, pool.name);
}

bool origins_lock_matters(const Stack& stack) {
  const auto& workload = stack.scenario().workload;
  return std::any_of(workload.begin(), workload.end(), [](const WorkloadItem& item) {
    return item.verb == WorkloadVerb::admin &&
           (item.admin == AdminVerb::create_snapshot || item.admin == AdminVerb::remove_snapshot);
  });
}

}  // namespace dmstall::models
