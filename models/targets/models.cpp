// The registry of target models: one line per target. Answers what models/kernel/stack.hpp asks.
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "models/kernel/dm_flush.hpp"
#include "models/targets/disk.hpp"
#include "models/targets/filesystem.hpp"
#include "models/targets/linear.hpp"
#include "models/targets/loop.hpp"
#include "models/targets/scenario_target.hpp"
#include "models/targets/snapshot.hpp"
#include "models/targets/snapshot_merge.hpp"
#include "models/targets/snapshot_origin.hpp"
#include "models/targets/striped.hpp"
#include "models/targets/verity.hpp"

namespace dmstall::models {

namespace {

const TargetModel* find_model(std::string_view id) {
  static const TargetModel* const models[] = {&disk_model,           &linear_model,     &striped_model,
                                              &verity_model,         &snapshot_model,   &snapshot_origin_model,
                                              &snapshot_merge_model, &filesystem_model, &loop_model};
  for (const TargetModel* model : models) {
    if (model->id == id) return model;
  }
  return nullptr;
}

const TargetModel& target_model(std::string_view id) {
  const TargetModel* model = find_model(id);
  if (model == nullptr) throw std::logic_error(fmt::format("target {} has no model", id));
  return *model;
}

/// nullptr: the scenario defines the target.
const TargetModel* model_of(const Stack& stack, DeviceIndex device) {
  const std::string& id = stack.device(device).target;
  return find_scenario_target(stack.scenario(), id) != nullptr ? nullptr : &target_model(id);
}

}  // namespace

Steps target_steps(Stack& stack, DeviceIndex device, const Io& io) {
  const std::string& id = stack.device(device).target;
  if (const ScenarioTarget* own = find_scenario_target(stack.scenario(), id))
    return scenario_target_steps(stack, device, io, *own);
  const TargetModel& model = target_model(id);
  switch (io.op) {
    case IoOp::read:
      return model.read(stack, device, io);
    case IoOp::write:
      return model.write(stack, device, io);
    case IoOp::flush:
      return model.flush(stack, device, io);
    case IoOp::discard:
    case IoOp::write_zeroes:
      // A submitter does not send what the device does not take (block/blk-lib.c: -EOPNOTSUPP).
      if (model.deallocation.serve == nullptr) break;
      return model.deallocation.serve(stack, device, io);
  }
  return {};
}

std::optional<TimedDevice> target_timing(const Device& device) {
  const TargetModel* model = find_model(device.target);
  if (model == nullptr || model->timing == nullptr) return std::nullopt;
  return model->timing(device);
}

std::int64_t target_span_bytes(const Stack& stack, DeviceIndex device) {
  const TargetModel* model = model_of(stack, device);
  if (model != nullptr && model->span_bytes != nullptr) return model->span_bytes(stack, device);
  return stack.lower(device).empty() ? 0 : target_span_bytes(stack, stack.lower(device).front());
}

std::optional<FileHolder> target_files(const Stack& stack, DeviceIndex device) {
  const TargetModel* model = model_of(stack, device);
  if (model == nullptr || model->files == nullptr) return std::nullopt;
  return model->files(stack, device);
}

bool target_caches_pages(const Stack& stack, DeviceIndex device) {
  const TargetModel* model = model_of(stack, device);
  return model != nullptr && model->caches_pages != nullptr && model->caches_pages(stack, device);
}

std::vector<Region> target_regions(const Stack& stack, DeviceIndex device, IoOp op) {
  const std::string& id = stack.device(device).target;
  if (const ScenarioTarget* own = find_scenario_target(stack.scenario(), id))
    return scenario_target_regions(stack, device, op, *own);
  return target_model(id).regions(stack, device, op);
}

Steps target_administration(Stack& stack, DeviceIndex device, AdminVerb verb) {
  if (verb == AdminVerb::create_snapshot) return create_snapshot(stack);
  const std::string& id = stack.device(device).target;
  if (find_scenario_target(stack.scenario(), id) != nullptr) return {};
  const TargetModel& model = target_model(id);
  return model.administer == nullptr ? Steps{} : model.administer(stack, device, verb);
}

void target_runs_by_itself(Stack& stack, DeviceIndex device) {
  const std::string& id = stack.device(device).target;
  if (find_scenario_target(stack.scenario(), id) != nullptr) return;
  const TargetModel& model = target_model(id);
  if (model.run_by_itself != nullptr) model.run_by_itself(stack, device);
}

int target_flush_bios(const Stack& stack, DeviceIndex device) {
  const std::string& id = stack.device(device).target;
  if (find_scenario_target(stack.scenario(), id) != nullptr) return 1;
  return target_model(id).num_flush_bios(stack, device);
}

int target_per_io_data(const Stack& stack, DeviceIndex device) {
  const std::string& id = stack.device(device).target;
  if (find_scenario_target(stack.scenario(), id) != nullptr) return 0;
  const TargetModel& model = target_model(id);
  return model.per_io_data_bytes + (model.more_per_io_data != nullptr ? model.more_per_io_data(stack, device) : 0);
}

DeviceReserves target_reserves(Stack& stack, DeviceIndex device) {
  const std::string& id = stack.device(device).target;
  if (const ScenarioTarget* own = find_scenario_target(stack.scenario(), id))
    return scenario_target_reserves(stack, device, *own);
  return target_model(id).reserves(stack, device);
}

bool target_has_write_cache(const Stack& stack, DeviceIndex device) {
  const std::string& id = stack.device(device).target;
  if (find_scenario_target(stack.scenario(), id) == nullptr) return target_model(id).has_write_cache(stack, device);
  return any_lower_has_write_cache(stack, device);
}

namespace {

/// What the device's target says; of one defined in the scenario: nothing.
Deallocation deallocation_of(const Stack& stack, DeviceIndex device) {
  const std::string& id = stack.device(device).target;
  return find_scenario_target(stack.scenario(), id) != nullptr ? Deallocation{} : target_model(id).deallocation;
}

bool all_below_discard(const Stack& stack, DeviceIndex device) {
  const auto& lowers = stack.lower(device);
  return std::all_of(lowers.begin(), lowers.end(),
                     [&](DeviceIndex lower) { return target_takes_discards(stack, lower); });
}

std::int64_t least_zeroes_below(const Stack& stack, DeviceIndex device) {
  std::int64_t least = INT64_MAX;
  for (const DeviceIndex lower : stack.lower(device)) {
    least = std::min(least, target_write_zeroes_bytes(stack, lower));
  }
  return least;
}

/// The largest below; where one may be anything, so is the whole.
std::int64_t granularity_below(const Stack& stack, DeviceIndex device) {
  std::int64_t largest = 1;
  for (const DeviceIndex lower : stack.lower(device)) {
    const std::int64_t below = target_discard_granularity(stack, lower);
    if (below == 0) return 0;
    largest = std::max(largest, below);
  }
  return largest;
}

}  // namespace

Deallocation as_below(Steps (*serve)(Stack&, DeviceIndex, const Io&)) {
  return {serve, all_below_discard, least_zeroes_below, granularity_below};
}

bool target_takes_discards(const Stack& stack, DeviceIndex device) {
  const Deallocation of = deallocation_of(stack, device);
  return of.serve != nullptr && of.discards(stack, device);
}

std::int64_t target_write_zeroes_bytes(const Stack& stack, DeviceIndex device) {
  const Deallocation of = deallocation_of(stack, device);
  return of.serve == nullptr ? 0 : of.write_zeroes_bytes(stack, device);
}

std::int64_t target_discard_granularity(const Stack& stack, DeviceIndex device) {
  const Deallocation of = deallocation_of(stack, device);
  return of.serve == nullptr ? 1 : of.granularity(stack, device);
}

}  // namespace dmstall::models
