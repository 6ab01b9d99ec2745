#include "models/targets/reserved_memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_map>

#include "models/kernel/dm_core.hpp"
#include "models/kernel/sizes.hpp"
#include "models/scenario/own_target.hpp"
#include "models/targets/scenario_target.hpp"
#include "models/targets/target.hpp"

namespace dmstall::models {

namespace {

// __alloc_disk_node: BIO_POOL_SIZE bios without pads, for every gendisk.
std::int64_t bio_split_bytes(const MemoryLayout& layout) {
  return 2 * (bytes_on(structure("bio"), layout, bio_slab_object(0, 0)) + structure("mempool slots").bytes());
}

bool holds_memory(const Resource& resource) {
  switch (resource.kind) {
    case ResourceKind::mempool:
    case ResourceKind::bio_set:
    case ResourceKind::page_pool:
    case ResourceKind::buffer_pool:
      return true;
    default:
      return false;
  }
}

class Collector {
 public:
  Collector(const Scenario& scenario, const MemoryLayout& layout) : stack_(scenario), layout_(layout) {
    layout_.release = scenario.kernel.release;
    layout_.cpus = scenario.kernel.cpus;
  }

  ReservedMemory collect() {
    const Scenario& scenario = stack_.scenario();
    for (DeviceIndex index = 0; index < static_cast<DeviceIndex>(scenario.devices.size()); ++index) add_device(index);
    say_what_is_missing();
    return std::move(memory_);
  }

 private:
  void add_device(DeviceIndex index) {
    const Device& device = stack_.device(index);
    const DeviceReserves reserves = target_reserves(stack_, index);
    memory_.rescuers += reserves.rescuers;
    ReservedDevice row{device.name, device.target, 0, reserves.fixed};
    for (MemoryPart& part : row.fixed) part = on_this_machine(index, part);
    for (const MemoryPart& part : row.fixed) row.bytes += std::int64_t{part.count} * part.bytes;
    const std::size_t first = memory_.pools.size();
    for (const ResourceId id : reserves.pools) add_pool(index, id);
    for (std::size_t i = first; i < memory_.pools.size(); ++i) {
      if (!memory_.pools[i].shared) row.bytes += memory_.pools[i].bytes();
    }
    memory_.devices.push_back(std::move(row));
  }

  /// The models say what was compiled for amd64.
  MemoryPart on_this_machine(DeviceIndex index, MemoryPart part) const {
    const Structure* of = part.what == nullptr ? nullptr : find_structure(part.what);
    if (of == nullptr) return part;
    std::int64_t bytes = part.bytes;
    if (of == &structure("bio with struct dm_io"))
      bytes = core_bio_bytes(per_io_data_on(stack_, index, layout_), compiled::dm_io_to_bio);
    if (of == &structure("bio with struct dm_target_io"))
      bytes = core_bio_bytes(per_io_data_on(stack_, index, layout_), compiled::dm_target_io_to_bio);
    part.bytes = static_cast<std::int32_t>(bytes_on(*of, layout_, bytes));
    return part;
  }

  void add_pool(DeviceIndex index, ResourceId id) {
    const Device& device = stack_.device(index);
    const Resource& resource = stack_.program().resources[static_cast<std::size_t>(id)];
    if (!holds_memory(resource)) return;
    const std::string kind = whole_pool(resource);
    std::string name = resource.owner.empty() ? kind : fmt::format("{}.{}", resource.owner, kind);
    const auto [known, fresh] = rows_.emplace(name, memory_.pools.size());
    if (fresh)
      memory_.pools.push_back({std::move(name),
                               kind,
                               device.target,
                               resource.owner,
                               resource.owner != device.name,
                               0,
                               elements_of(device, resource, kind),
                               {}});
    ReservedPool& row = memory_.pools[known->second];
    // The second pool of a client belongs to the same device.
    if (last_user_.size() <= known->second) last_user_.resize(known->second + 1, nullptr);
    if (last_user_[known->second] != &device) ++row.devices;
    last_user_[known->second] = &device;
    if (static_cast<std::size_t>(id) >= counted_.size()) counted_.resize(static_cast<std::size_t>(id) + 1, false);
    if (counted_[static_cast<std::size_t>(id)]) return;
    counted_[static_cast<std::size_t>(id)] = true;
    for (MemoryPart part : resource.reserves) {
      if (part.what == nullptr) continue;
      part = on_this_machine(index, part);
      const auto same = std::find_if(row.parts.begin(), row.parts.end(), [&](const MemoryPart& each) {
        return std::string_view(each.what) == part.what && each.bytes == part.bytes &&
               each.per_element == part.per_element;
      });
      if (same == row.parts.end()) {
        row.parts.push_back(part);
      } else {
        same->count = static_cast<std::int16_t>(same->count + part.count);
      }
    }
  }

  /// A reserve given in KiB is fewer pages where these are larger (dm_kcopyd_client_create: DIV_ROUND_UP); one given in
  /// pages is not.
  std::int64_t elements_of(const Device& device, const Resource& resource, const std::string& kind) const {
    if (resource.kind != ResourceKind::page_pool || device.reserve.find(kind) != device.reserve.end())
      return resource.capacity;
    return (resource.capacity * compiled::page + layout_.page_bytes() - 1) / layout_.page_bytes();
  }

  void say_what_is_missing() {
    const Scenario& scenario = stack_.scenario();
    const auto of_target = [&](std::string_view target) {
      return std::count_if(scenario.devices.begin(), scenario.devices.end(),
                           [&](const Device& device) { return device.target == target; });
    };
    auto& out = memory_.not_counted;
    const bool has_queue = std::any_of(scenario.devices.begin(), scenario.devices.end(), [&](const Device& device) {
      const TargetDescription* target = target_of(scenario, device.target);
      return target == nullptr || (target->block_device && !target->traits.takes_time);
    });
    if (has_queue) {
      out.push_back(fmt::format("bio_split: {} B per device; part of every gendisk, whatever the target",
                                bio_split_bytes(layout_)));
    }
    for (const TargetDescription* target : all_targets(scenario)) {
      if (!target->not_counted.empty() && of_target(target->id) > 0)
        out.push_back(fmt::format("{}: {}", target->id, target->not_counted));
    }
    if (!scenario.form.resources.empty()) out.emplace_back("resources of tasks: what an element costs is not known");
  }

  Stack stack_;
  ReservedMemory memory_;
  std::unordered_map<std::string, std::size_t> rows_;
  std::vector<const Device*> last_user_;  ///< per row
  std::vector<bool> counted_;             ///< per resource
  MemoryLayout layout_;
};

}  // namespace

std::int64_t part_count(const MemoryPart& part, std::int64_t elements) {
  return part.per_element ? part.count * elements : part.count;
}

std::int64_t ReservedPool::bytes() const {
  return std::accumulate(parts.begin(), parts.end(), std::int64_t{0}, [&](std::int64_t sum, const MemoryPart& part) {
    return sum + part_count(part, elements) * part.bytes;
  });
}

std::int64_t ReservedPool::never_used_bytes() const {
  return std::accumulate(parts.begin(), parts.end(), std::int64_t{0}, [&](std::int64_t sum, const MemoryPart& part) {
    return sum + (std::string_view(part.what) == unused_biovecs ? part_count(part, elements) * part.bytes : 0);
  });
}

ReservedMemory reserved_memory(const Scenario& scenario, const MemoryLayout& layout) {
  return Collector(scenario, layout).collect();
}

}  // namespace dmstall::models
