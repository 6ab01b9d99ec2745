#include "models/kernel/fault_plans.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/kernel/fault_places.hpp"
#include "models/machine/compile.hpp"

namespace dmstall::models {

namespace {

constexpr std::size_t most_at_once_when_any = 3;
constexpr std::size_t most_combinations = 1024;

/// Of each group at most one fault hits a request.
using Group = std::vector<std::int32_t>;

class FaultPlanner {
 public:
  FaultPlanner(Stack& stack, const FaultyRequests& requests)
      : stack_(stack), requests_(requests), devices_(devices_on_the_way()) {}

  FaultChoice run() {
    const Faults& faults = stack_.scenario().faults;
    if (faults.any) {
      collect_any();
    } else {
      for (const Fault& fault : faults.list) collect(fault);
    }
    FaultChoice choice;
    FaultSet chosen;
    combine(0, chosen, faults.any ? most_at_once_when_any : groups_.size(), choice);
    if (choice.sets.size() > most_combinations) {
      throw CompileError(fmt::format("the faults listed for {} make {} combinations; at most {} are searched",
                                     requests_.name, choice.sets.size(), most_combinations),
                         requests_.where.line, requests_.where.column);
    }
    std::vector<std::int32_t> listed;
    for (const Group& group : groups_) {
      std::copy_if(group.begin(), group.end(), std::back_inserter(listed), [&](std::int32_t fault) {
        return !stack_.program().faults[static_cast<std::size_t>(fault)].seeded;
      });
    }
    choice.plan.places = fault_places(stack_, requests_.asks, listed);
    return choice;
  }

 private:
  /// Every device that a request of the item comes to, the nearest first.
  [[nodiscard]] std::vector<DeviceIndex> devices_on_the_way() const {
    std::vector<std::pair<DeviceIndex, IoOp>> queue;
    for (const Region& asked : requests_.asks) queue.emplace_back(asked.device, asked.op);
    std::vector<DeviceIndex> found;
    for (std::size_t i = 0; i < queue.size(); ++i) {
      const auto [device, op] = queue[i];
      if (std::find(found.begin(), found.end(), device) == found.end()) found.push_back(device);
      for (const Region& region : stack_.regions(device, op)) {
        const auto next = std::make_pair(region.device, region.op);
        if (std::find(queue.begin(), queue.end(), next) == queue.end()) queue.push_back(next);
      }
    }
    return found;
  }

  /// Of those the ones that keep metadata of the area.
  [[nodiscard]] std::vector<DeviceIndex> with_area(FaultArea area) const {
    std::vector<DeviceIndex> found;
    std::copy_if(devices_.begin(), devices_.end(), std::back_inserter(found), [&](DeviceIndex device) {
      const auto& all = stack_.regions(device, IoOp::read);
      return std::any_of(all.begin(), all.end(), [&](const Region& region) { return region.area == area; });
    });
    return found;
  }

  /// A group of those that can show in a request of the item. False: none can.
  bool add_group(const Group& all) {
    const auto can_show = [&](std::int32_t fault) {
      return std::any_of(requests_.asks.begin(), requests_.asks.end(), [&](const Region& asked) {
        Io io;
        io.op = asked.op;
        return stack_.can_meet(fault, asked.device, io);
      });
    };
    Group group;
    std::copy_if(all.begin(), all.end(), std::back_inserter(group), can_show);
    if (!group.empty()) groups_.push_back(group);
    return !group.empty();
  }

  PlacedFault placed(FaultKind kind, const std::string& where) const {
    PlacedFault fault;
    fault.label = fmt::format("{}@{}", to_string(kind), where);
    return fault;
  }

  /// Faults of the blocks of an area that devices keep on the disk, one for each device.
  Group metadata_group(FaultKind kind, FaultArea area, DeviceIndex disk, const PlacedFault& like, const char* of) {
    Group group;
    for (const DeviceIndex owner : with_area(area)) {
      PlacedFault fault = like;
      fault.label = fmt::format("{}{}{}", like.label, of, stack_.device(owner).name);
      group.push_back(stack_.add_fault(kind, disk, owner, fault, FaultOn::both, area));
    }
    return group;
  }
  Group hash_group(FaultKind kind, DeviceIndex disk, const PlacedFault& like) {
    return metadata_group(kind, FaultArea::hash, disk, like, " of ");
  }
  Group parity_group(FaultKind kind, DeviceIndex disk, const PlacedFault& like) {
    return metadata_group(kind, FaultArea::fec, disk, like, ", parity of ");
  }

  void collect_any() {
    const bool verified = std::any_of(devices_.begin(), devices_.end(),
                                      [&](DeviceIndex device) { return stack_.traits(device).verifies; });
    for (const DeviceIndex disk : devices_) {
      if (stack_.timed_device(disk) < 0) continue;
      const std::string& name = stack_.device(disk).name;
      const auto drawn = [&](FaultKind kind) {
        PlacedFault fault = placed(kind, name);
        fault.device = name;
        fault.seeded = true;
        return fault;
      };
      Group group;
      const auto add = [&](FaultKind kind) {
        group.push_back(stack_.add_fault(kind, disk, -1, drawn(kind), FaultOn::both, FaultArea::data));
      };
      if (verified) {
        add(FaultKind::bad_block);
        add(FaultKind::late_corruption);
      }
      add(FaultKind::io_error);
      add_group(group);
      add_group(hash_group(FaultKind::hash_block, disk, drawn(FaultKind::hash_block)));
      add_group(parity_group(FaultKind::bad_block, disk, drawn(FaultKind::bad_block)));
    }
    if (verified && requests_.rewrites) add_rewritten(true, nullptr);
  }

  void add_rewritten(bool seeded, const Fault* written) {
    PlacedFault fault = placed(FaultKind::buffer_rewritten, requests_.name);
    fault.workload = requests_.name;
    fault.seeded = seeded;
    if (written != nullptr) place(*written, fault);
    groups_.push_back({stack_.add_fault(FaultKind::buffer_rewritten, -1, -1, fault, FaultOn::both, FaultArea::data)});
  }

  static void place(const Fault& written, PlacedFault& fault) {
    fault.optional = written.optional;
    fault.at_most = written.at_most.value_or(-1);
    fault.all_blocks = written.blocks.all;
    fault.blocks = written.blocks.list;
    fault.every = written.blocks.every;
  }

  void collect(const Fault& written) {
    if (!written.workload.empty() && written.workload != requests_.name) return;
    if (written.kind == FaultKind::buffer_rewritten) {
      if (requests_.rewrites) add_rewritten(false, &written);
      return;
    }
    if (written.device.empty()) return;
    const DeviceIndex device = stack_.index_of(written.device);
    PlacedFault fault = placed(written.kind, written.device);
    fault.device = written.device;
    place(written, fault);
    if (written.area == FaultArea::hash) {
      add_to_trees(written, device, fault);
    } else if (written.area == FaultArea::fec) {
      add_to_parity(written, device, fault);
    } else {
      // Forced at the device whatever lies on the disks.
      if (written.kind == FaultKind::hash_mismatch) fault.label += " of " + requests_.name;
      if (add_group({stack_.add_fault(written.kind, device, -1, fault, written.on, FaultArea::data)})) return;
      if (written.kind != FaultKind::bad_block && written.kind != FaultKind::io_error) return;
      // The disk holds no data of these requests; what is wrong with it is wrong with the trees and the parity that it
      // holds.
      add_to_trees(written, device, fault);
      if (written.blocks.all) add_to_parity(written, device, fault);
    }
  }

  /// The fault hits the trees of all devices that keep theirs there.
  void add_to_trees(const Fault& written, DeviceIndex disk, PlacedFault fault) {
    const FaultKind kind = written.kind == FaultKind::io_error ? written.kind : FaultKind::hash_block;
    fault.label = placed(kind, written.device).label;
    for (const std::int32_t each : hash_group(kind, disk, fault)) add_group({each});
  }
  void add_to_parity(const Fault& written, DeviceIndex disk, const PlacedFault& fault) {
    for (const std::int32_t each : parity_group(written.kind, disk, fault)) add_group({each});
  }

  void combine(std::size_t group, FaultSet& chosen, std::size_t left, FaultChoice& choice) {
    if (choice.sets.size() > most_combinations) return;
    if (group == groups_.size()) {
      FaultCombination combination;
      FaultSet sorted = chosen;
      std::sort(sorted.begin(), sorted.end());
      bool rewritten = false;
      for (const std::int32_t fault : sorted) {
        const PlacedFault& placed_fault = stack_.program().faults[static_cast<std::size_t>(fault)];
        combination.label += (combination.label.empty() ? "" : " + ") + placed_fault.label;
        rewritten = rewritten || stack_.fault_kind(fault) == FaultKind::buffer_rewritten;
      }
      if (combination.label.empty()) combination.label = "none";
      combination.faults = sorted;
      choice.plan.combinations.push_back(combination);
      choice.sets.push_back(sorted);
      choice.rewritten.push_back(rewritten);
      return;
    }
    combine(group + 1, chosen, left, choice);
    if (left == 0) return;
    for (const std::int32_t fault : groups_[group]) {
      chosen.push_back(fault);
      combine(group + 1, chosen, left - 1, choice);
      chosen.pop_back();
    }
  }

  Stack& stack_;
  const FaultyRequests& requests_;
  std::vector<DeviceIndex> devices_;
  std::vector<Group> groups_;
};

/// "v8" and "v9": the same text, and a number one larger.
bool is_next_name(const std::string& name, const std::string& next) {
  const std::size_t digits = name.find_last_not_of("0123456789") + 1;
  constexpr std::size_t most_digits = 9;
  if (digits == name.size() || name.size() - digits > most_digits) return false;
  return next == fmt::format("{}{}", name.substr(0, digits), std::stol(name.substr(digits)) + 1);
}

}  // namespace

std::string_view to_string(FaultKind kind) {
  switch (kind) {
    case FaultKind::bad_block:
      return "bad_block";
    case FaultKind::late_corruption:
      return "late_corruption";
    case FaultKind::buffer_rewritten:
      return "buffer_rewritten";
    case FaultKind::hash_block:
      return "hash_block";
    case FaultKind::hash_mismatch:
      return "hash_mismatch";
    case FaultKind::io_error:
      return "io_error";
  }
  return "?";
}

FaultChoice fault_choice(Stack& stack, const FaultyRequests& requests) {
  return FaultPlanner(stack, requests).run();
}

FaultChoice fault_choice(Stack& stack, const WorkloadItem& item, IoOp op) {
  const bool rewrites = item.verb == WorkloadVerb::read && item.direct;
  return fault_choice(
      stack, FaultyRequests{item.name, {same_addresses(stack.index_of(item.device), op)}, rewrites, item.where});
}

std::string describe_faults(const Faults& faults) {
  if (faults.any) return faults.given ? "any" : "any (the default)";
  if (faults.list.empty()) return "none";
  const auto subject = [](const Fault& fault) -> const std::string& {
    return fault.device.empty() ? fault.workload : fault.device;
  };
  std::string text;
  for (std::size_t i = 0; i < faults.list.size();) {
    const Fault& fault = faults.list[i];
    // The same of v0, v1, v2 and so on is one.
    std::size_t last = i;
    while (last + 1 < faults.list.size() && faults.list[last + 1].kind == fault.kind &&
           faults.list[last + 1].area == fault.area &&
           is_next_name(subject(faults.list[last]), subject(faults.list[last + 1]))) {
      ++last;
    }
    if (last == i + 1) last = i;
    if (!text.empty()) text += ", ";
    text += fmt::format("{} on {}", to_string(fault.kind), subject(fault));
    if (last > i) text += fmt::format(" to {}", subject(faults.list[last]));
    if (fault.area == FaultArea::fec) text += " (parity)";
    if (fault.kind == FaultKind::hash_mismatch) text += " (not physical)";
    i = last + 1;
  }
  return text;
}

}  // namespace dmstall::models
