#include "models/targets/footprint.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "models/kernel/sizes.hpp"
#include "models/targets/reserved_memory.hpp"

namespace dmstall::models {

namespace {

class Lines {
 public:
  /// The line of that target and kind; by target in order of first appearance.
  FootprintLine& of(const std::string& target, const std::string& kind) {
    targets_.emplace(target, targets_.size());
    const auto [known, fresh] = index_.emplace(std::pair(target, kind), lines_.size());
    if (fresh) {
      lines_.emplace_back();
      lines_.back().kind = kind;
      lines_.back().target = target;
    }
    return lines_[known->second];
  }

  std::vector<FootprintLine> take() {
    std::stable_sort(lines_.begin(), lines_.end(),
                     [&](const auto& a, const auto& b) { return targets_.at(a.target) < targets_.at(b.target); });
    for (FootprintLine& line : lines_) {
      std::stable_sort(line.parts.begin(), line.parts.end(),
                       [](const auto& a, const auto& b) { return a.count * a.bytes_each > b.count * b.bytes_each; });
    }
    return std::move(lines_);
  }

 private:
  std::map<std::string, std::size_t> targets_;
  std::map<std::pair<std::string, std::string>, std::size_t> index_;
  std::vector<FootprintLine> lines_;
};

void add_part(FootprintLine& line, std::string_view what, std::int64_t count, std::int64_t bytes_each) {
  if (count == 0) return;
  line.bytes += count * bytes_each;
  const auto same = std::find_if(line.parts.begin(), line.parts.end(), [&](const FootprintPart& part) {
    return part.what == what && part.bytes_each == bytes_each;
  });
  if (same == line.parts.end()) {
    line.parts.push_back({std::string(what), count, bytes_each});
  } else {
    same->count += count;
  }
}

}  // namespace

Footprint footprint(const Scenario& scenario, const MemoryLayout& layout) {
  ReservedMemory memory = reserved_memory(scenario, layout);
  Footprint result;
  result.layout = layout;
  result.rescuers = memory.rescuers;
  result.rescuer_bytes =
      bytes_on(structure("kernel stack"), layout) + bytes_on(structure("struct task_struct"), layout);
  Lines lines;
  for (const ReservedPool& pool : memory.pools) {
    FootprintLine& line = lines.of(pool.target, pool.kind);
    line.elements_each = line.pools == 0 || line.elements_each == pool.elements ? pool.elements : -1;
    ++line.pools;
    line.devices += pool.devices;
    line.elements += pool.elements;
    for (const MemoryPart& part : pool.parts) add_part(line, part.what, part_count(part, pool.elements), part.bytes);
    line.never_used += pool.never_used_bytes();
    result.never_used_bytes += pool.never_used_bytes();
    if (pool.parts.empty() && pool.elements > 0) result.lower_bound = true;
    if (pool.shared) result.shared_bytes += pool.bytes();
  }
  for (ReservedDevice& device : memory.devices) {
    if (!device.fixed.empty()) {
      FootprintLine& line = lines.of(device.target, "fixed");
      ++line.pools;
      ++line.devices;
      line.elements_each = -1;
      for (const MemoryPart& part : device.fixed) add_part(line, part.what, part.count, part.bytes);
    }
    result.bytes += device.bytes;
    result.devices.push_back({std::move(device.name), std::move(device.target), device.bytes});
  }
  result.bytes += result.shared_bytes;
  result.lines = lines.take();
  result.not_counted = std::move(memory.not_counted);
  return result;
}

}  // namespace dmstall::models
