// Answers what models/kernel/stack.hpp asks of a device: from its target, or from what the scenario says of a target
// that it defines itself. Knows no target by name.
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "models/kernel/dm_core.hpp"
#include "models/targets/scenario_target.hpp"
#include "models/targets/target.hpp"

namespace dmstall::models {

namespace {

const Target* find_model(std::string_view id) {
  const auto found = std::find_if(targets().begin(), targets().end(),
                                  [&](const Target* target) { return target->description.id == id; });
  return found == targets().end() ? nullptr : *found;
}

/// nullptr: the scenario defines the target.
const Target* model_of(const Stack& stack, DeviceIndex device) {
  const std::string& id = stack.device(device).target;
  if (find_scenario_target(stack.scenario(), id) != nullptr) return nullptr;
  const Target* target = find_model(id);
  if (target == nullptr) throw std::logic_error(fmt::format("there is no target {}", id));
  return target;
}

/// nullptr: one of the models.
const ScenarioTarget* own_target(const Stack& stack, DeviceIndex device) {
  return find_scenario_target(stack.scenario(), stack.device(device).target);
}

}  // namespace

Steps target_steps(Stack& stack, DeviceIndex device, const Io& io) {
  const Target* target = model_of(stack, device);
  if (target == nullptr) return scenario_target_steps(stack, device, io, *own_target(stack, device));
  switch (io.op) {
    case IoOp::read:
      return target->read(stack, device, io);
    case IoOp::write:
      return target->write(stack, device, io);
    case IoOp::flush:
      return target->flush(stack, device, io);
    case IoOp::discard:
    case IoOp::write_zeroes:
      // A submitter does not send what the device does not take (block/blk-lib.c: -EOPNOTSUPP).
      if (target->deallocation.serve == nullptr) break;
      return target->deallocation.serve(stack, device, io);
  }
  return {};
}

std::optional<TimedDevice> target_timing(const Device& device) {
  const Target* target = find_model(device.target);
  if (target == nullptr || target->timing == nullptr) return std::nullopt;
  return target->timing(device);
}

std::int64_t target_span_bytes(const Stack& stack, DeviceIndex device) {
  const Target* target = model_of(stack, device);
  if (target != nullptr && target->span_bytes != nullptr) return target->span_bytes(stack, device);
  return stack.lower(device).empty() ? 0 : target_span_bytes(stack, stack.lower(device).front());
}

std::optional<FileHolder> target_files(const Stack& stack, DeviceIndex device) {
  const Target* target = model_of(stack, device);
  if (target == nullptr || target->files == nullptr) return std::nullopt;
  return target->files(stack, device);
}

bool target_caches_pages(const Stack& stack, DeviceIndex device) {
  const Target* target = model_of(stack, device);
  return target != nullptr && target->caches_pages != nullptr && target->caches_pages(stack, device);
}

std::vector<Region> target_regions(const Stack& stack, DeviceIndex device, IoOp op) {
  const Target* target = model_of(stack, device);
  return target != nullptr ? target->regions(stack, device, op)
                           : scenario_target_regions(stack, device, op, *own_target(stack, device));
}

Steps target_administration(Stack& stack, DeviceIndex device, AdminVerb verb) {
  if (verb == AdminVerb::create_snapshot) {
    // The snapshot is no device of the scenario: it is made of this one.
    for (const Target* target : targets()) {
      if (target->create_snapshot != nullptr) return target->create_snapshot(stack);
    }
  }
  const Target* target = model_of(stack, device);
  return target == nullptr || target->administer == nullptr ? Steps{} : target->administer(stack, device, verb);
}

void target_runs_by_itself(Stack& stack, DeviceIndex device) {
  const Target* target = model_of(stack, device);
  if (target != nullptr && target->run_by_itself != nullptr) target->run_by_itself(stack, device);
}

int target_flush_bios(const Stack& stack, DeviceIndex device) {
  const Target* target = model_of(stack, device);
  return target == nullptr || target->num_flush_bios == nullptr ? 1 : target->num_flush_bios(stack, device);
}

std::int64_t per_io_data_on(const Stack& stack, DeviceIndex device, const MemoryLayout& layout) {
  const Target* target = model_of(stack, device);
  if (target == nullptr) return 0;
  return target->per_io_data_bytes +
         (target->more_per_io_data != nullptr ? target->more_per_io_data(stack, device, layout) : 0);
}

int target_per_io_data(const Stack& stack, DeviceIndex device) {
  return static_cast<int>(per_io_data_on(stack, device, stack.layout()));
}

DeviceReserves target_reserves(Stack& stack, DeviceIndex device) {
  const Target* target = model_of(stack, device);
  if (target == nullptr) return scenario_target_reserves(stack, device, *own_target(stack, device));
  if (target->reserves != nullptr) return target->reserves(stack, device);
  return target->description.device_mapper ? core_reserves(stack, device) : DeviceReserves{};
}

bool target_has_write_cache(const Stack& stack, DeviceIndex device) {
  const Target* target = model_of(stack, device);
  return target != nullptr && target->has_write_cache != nullptr ? target->has_write_cache(stack, device)
                                                                 : any_lower_has_write_cache(stack, device);
}

bool target_takes_nowait(const Stack& stack, DeviceIndex device) {
  const Target* target = model_of(stack, device);
  return target != nullptr && target->takes_nowait != nullptr && target->takes_nowait(stack, device);
}

bool nowait_as_below(const Stack& stack, DeviceIndex device) {
  const auto& lowers = stack.lower(device);
  return std::all_of(lowers.begin(), lowers.end(),
                     [&](DeviceIndex lower) { return target_takes_nowait(stack, lower); });
}

std::optional<Steps> target_write_behind_flush(Stack& stack, DeviceIndex device, const Io& write) {
  const Target* target = model_of(stack, device);
  if (target == nullptr || target->write_behind_flush == nullptr) return std::nullopt;
  return target->write_behind_flush(stack, device, write);
}

namespace {

/// What the device's target says; of one defined in the scenario: nothing.
Deallocation deallocation_of(const Stack& stack, DeviceIndex device) {
  const Target* target = model_of(stack, device);
  return target == nullptr ? Deallocation{} : target->deallocation;
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

Deallocation as_below(Serve serve) {
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
