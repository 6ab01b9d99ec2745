#include "models/kernel/fault_plans.hpp"

#include "models/machine/compile.hpp"
#include "models/scenario/fec.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dmstall::models {

namespace {

constexpr std::size_t most_at_once_when_any = 3;
constexpr std::size_t most_combinations = 1024;
constexpr std::int64_t block_bytes = 4096;
constexpr std::int64_t hashes_per_block = 128;

/// Of each group at most one fault hits a request.
using Group = std::vector<std::int32_t>;

class FaultPlanner {
 public:
  FaultPlanner(Stack& stack, const WorkloadItem& item) : stack_(stack), item_(item), top_(stack.index_of(item.device)) {}

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
      throw CompileError(fmt::format("the faults listed for {} make {} combinations; at most {} are searched", item_.name,
                                     choice.sets.size(), most_combinations),
                         item_.where.line, item_.where.column);
    }
    routes(top_, {"", 0, INT64_MAX / 4, 0, 1}, choice.plan.routes);
    return choice;
  }

 private:
  std::vector<DeviceIndex> below(bool (*wanted)(const Stack&, DeviceIndex)) const {
    std::vector<DeviceIndex> found, queue{top_};
    for (std::size_t i = 0; i < queue.size(); ++i) {
      if (wanted(stack_, queue[i])) found.push_back(queue[i]);
      for (const DeviceIndex lower : stack_.lower(queue[i])) {
        if (std::find(queue.begin(), queue.end(), lower) == queue.end()) queue.push_back(lower);
      }
    }
    return found;
  }

  static bool is_disk(const Stack& stack, DeviceIndex device) { return stack.timed_device(device) >= 0; }
  /// Verity is what has a hash tree: a role of its own for it.
  static bool has_hash_tree(const Stack& stack, DeviceIndex device) { return stack.device(device).has("hash"); }

  PlacedFault placed(FaultKind kind, const std::string& where) const {
    PlacedFault fault;
    fault.label = fmt::format("{}@{}", to_string(kind), where);
    return fault;
  }

  Group hash_group(DeviceIndex disk, const PlacedFault& like) {
    Group group;
    for (const DeviceIndex verity : below(has_hash_tree)) {
      if (!stack_.reaches(stack_.index_of(stack_.device(verity).text("hash")), disk)) continue;
      PlacedFault fault = like;
      fault.label = fmt::format("{} of {}", like.label, stack_.device(verity).name);
      group.push_back(stack_.add_fault(FaultKind::hash_block, disk, verity, fault, FaultOn::both, FaultArea::hash));
    }
    return group;
  }

  /// Faults of the parity that verity devices keep on the disk.
  Group parity_group(FaultKind kind, DeviceIndex disk, const PlacedFault& like) {
    Group group;
    for (const DeviceIndex verity : below(has_hash_tree)) {
      const FecSettings* fec = fec_of(stack_.device(verity));
      if (fec == nullptr || !stack_.reaches(stack_.index_of(fec->device), disk)) continue;
      PlacedFault fault = like;
      fault.label = fmt::format("{}, parity of {}", like.label, stack_.device(verity).name);
      group.push_back(stack_.add_fault(kind, disk, verity, fault, FaultOn::both, FaultArea::fec));
    }
    return group;
  }

  void collect_any() {
    const bool verified = !below(has_hash_tree).empty();
    for (const DeviceIndex disk : below(is_disk)) {
      const std::string& name = stack_.device(disk).name;
      Group group;
      const auto add = [&](FaultKind kind) {
        PlacedFault fault = placed(kind, name);
        fault.device = name;
        fault.seeded = true;
        group.push_back(stack_.add_fault(kind, disk, -1, fault, FaultOn::both, FaultArea::data));
      };
      if (verified) {
        add(FaultKind::bad_block);
        add(FaultKind::late_corruption);
      }
      add(FaultKind::io_error);
      groups_.push_back(group);
      PlacedFault hash = placed(FaultKind::hash_block, name);
      hash.device = name;
      hash.seeded = true;
      if (Group hashes = hash_group(disk, hash); !hashes.empty()) groups_.push_back(hashes);
      PlacedFault parity = placed(FaultKind::bad_block, name);
      parity.workload = item_.name;   // whoever decodes meets it; the request's own data lies elsewhere
      parity.seeded = true;
      if (Group parities = parity_group(FaultKind::bad_block, disk, parity); !parities.empty()) groups_.push_back(parities);
    }
    if (verified && item_.verb == WorkloadVerb::read && item_.direct) add_rewritten(true, nullptr);
  }

  void add_rewritten(bool seeded, const Fault* written) {
    PlacedFault fault = placed(FaultKind::buffer_rewritten, item_.name);
    fault.workload = item_.name;
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
    if (!written.workload.empty() && written.workload != item_.name) return;
    if (written.kind == FaultKind::buffer_rewritten) {
      if (item_.verb == WorkloadVerb::read && item_.direct) add_rewritten(false, &written);
      return;
    }
    if (written.device.empty()) return;
    const DeviceIndex device = stack_.index_of(written.device);
    if (!stack_.reaches(top_, device)) return;
    PlacedFault fault = placed(written.kind, written.device);
    fault.device = written.device;
    place(written, fault);
    if (written.kind == FaultKind::hash_block || (written.kind == FaultKind::bad_block && written.area == FaultArea::hash)) {
      // Listed blocks count from the start of the hash area; one of level 0 covers many data blocks.
      fault.label = fmt::format("hash_block@{}", written.device);
      fault.block_bytes = block_bytes * hashes_per_block;
      if (Group group = hash_group(device, fault); !group.empty()) groups_.push_back(group);
      return;
    }
    if (written.area == FaultArea::fec) {
      fault.device.clear();
      fault.workload = item_.name;
      if (Group group = parity_group(written.kind, device, fault); !group.empty()) groups_.push_back(group);
      return;
    }
    if (written.kind == FaultKind::hash_mismatch) {
      // Forced at the device whatever lies on the disks: its blocks are those of the requests.
      fault.device.clear();
      fault.workload = item_.name;
      fault.label += " of " + item_.name;
    }
    groups_.push_back({stack_.add_fault(written.kind, device, -1, fault, written.on, FaultArea::data)});
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

  /// Where the top device's addresses lie on the disks, along the path of request data.
  /// `striped`: below a striped device, where addresses say nothing about the top device's.
  void routes(DeviceIndex device, AddressRoute route, std::vector<AddressRoute>& out, bool striped = false) const {
    const Device& of = stack_.device(device);
    if (stack_.timed_device(device) >= 0) {
      route.device = of.name;
      out.push_back(route);
      return;
    }
    // A write to part of a chunk makes kcopyd read all of it.
    if (of.has("origin") && of.has("chunk_kib") && item_.verb != WorkloadVerb::read) {
      route.granularity = std::max(route.granularity, of.integer("chunk_kib") * 1024);
    }
    if (const auto found = of.parameters.find("segments"); found != of.parameters.end()) {
      if (const auto* segments = std::get_if<std::vector<Segment>>(&found->second); segments != nullptr && !segments->empty()) {
        constexpr std::int64_t mib = 1024 * 1024;
        std::int64_t start = 0;
        for (const Segment& segment : *segments) {
          // In the addresses of the top device, the segment begins where its start lies after all shifts above.
          AddressRoute part = route;
          if (!striped) {
            part.from_byte = std::max(route.from_byte, start - route.add);
            part.to_byte = std::min(route.to_byte, start + segment.size_mib * mib - route.add);
          }
          part.add = route.add + segment.start_mib * mib - start;
          if (part.from_byte < part.to_byte) routes(stack_.index_of(segment.to), part, out, striped);
          start += segment.size_mib * mib;
        }
        return;
      }
    }
    if (const auto found = of.parameters.find("to"); found != of.parameters.end()) {
      if (const auto* stripes = std::get_if<std::vector<std::string>>(&found->second)) {
        // The address decides on the way down which of them it is; a fault elsewhere then changes nothing.
        for (const std::string& stripe : *stripes) routes(stack_.index_of(stripe), route, out, true);
        return;
      }
    }
    // Request data follows the first role: data, origin, to.
    if (!stack_.lower(device).empty()) routes(stack_.lower(device).front(), route, out, striped);
  }

  Stack& stack_;
  const WorkloadItem& item_;
  DeviceIndex top_;
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
    case FaultKind::bad_block: return "bad_block";
    case FaultKind::late_corruption: return "late_corruption";
    case FaultKind::buffer_rewritten: return "buffer_rewritten";
    case FaultKind::hash_block: return "hash_block";
    case FaultKind::hash_mismatch: return "hash_mismatch";
    case FaultKind::io_error: return "io_error";
  }
  return "?";
}

FaultChoice fault_choice(Stack& stack, const WorkloadItem& item) { return FaultPlanner(stack, item).run(); }

std::string describe_faults(const Faults& faults) {
  if (faults.any) return faults.given ? "any" : "any (the default)";
  if (faults.list.empty()) return "none";
  const auto subject = [](const Fault& fault) -> const std::string& { return fault.device.empty() ? fault.workload : fault.device; };
  std::string text;
  for (std::size_t i = 0; i < faults.list.size();) {
    const Fault& fault = faults.list[i];
    // The same of v0, v1, v2 and so on is one.
    std::size_t last = i;
    while (last + 1 < faults.list.size() && faults.list[last + 1].kind == fault.kind && faults.list[last + 1].area == fault.area &&
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
