// Sectors are finer than what targets cut requests by. A segment that begins in the middle of a chunk of the device
// below makes requests lie across chunks, where the models have each inside of one.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/scenario/named_devices.hpp"
#include "models/scenario/own_target.hpp"
#include "models/scenario/parts.hpp"

namespace dmstall::models {

namespace {

constexpr std::int64_t always_aligned = 1024 * 1024;

const std::vector<Segment>* table_of(const Device& device) {
  for (const auto& [key, value] : device.parameters) {
    if (const auto* segments = std::get_if<std::vector<Segment>>(&value)) return segments;
  }
  return nullptr;
}

class Alignment {
 public:
  explicit Alignment(const ReadContext& context) : context_(context), scenario_(context.scenario) {}

  void check() {
    for (const Device& device : scenario_.devices) {
      const std::vector<Segment>* table = table_of(device);
      if (table == nullptr) continue;
      std::int64_t at = 0;
      for (const Segment& segment : *table) {
        const std::int64_t shift = (segment.start_sectors - at) * sector_bytes;
        at += segment.size_sectors;
        if (shift % always_aligned == 0 || shift % largest_request() == 0) continue;
        const std::string cut = cut_below(segment.to);
        if (cut.empty()) continue;
        context_.error(
            context_.source.token_at(device.key_positions.at("segments")),
            fmt::format("requests of up to {} KiB would lie across blocks or chunks of {}: the segment on {} "
                        "moves them by {} sectors, which is no multiple of that",
                        largest_request() / 1024, in_quotes(cut), in_quotes(segment.to),
                        segment.start_sectors - (at - segment.size_sectors)));
        return;
      }
    }
  }

 private:
  /// Of the workload, and what targets make of it: whole chunks, extents of files.
  std::int64_t largest_request() {
    if (largest_ > 0) return largest_;
    std::int64_t kib = 4;
    for (const WorkloadItem& item : scenario_.workload) {
      kib = std::max<std::int64_t>(kib, item.write_kib);
      if (item.verb == WorkloadVerb::discard || item.verb == WorkloadVerb::zero_out)
        kib = std::max<std::int64_t>(kib, item.discard_kib);
    }
    bool files = false;
    for (const Device& device : scenario_.devices) {
      const TargetDescription* target = target_of(scenario_, device.target);
      if (target == nullptr) continue;
      for (const Parameter& of : target->parameters) {
        if (!of.spelling_of.empty()) kib = std::max(kib, device.integer(of.spelling_of));  // a chunk
      }
      files = files || !target->block_device;
    }
    largest_ = files ? std::max(always_aligned, kib * 1024) : kib * 1024;
    return largest_;
  }

  /// A device that cuts requests, at `name` or below; empty: none.
  std::string cut_below(const std::string& name) const {
    std::vector<std::string> open{name};
    std::vector<std::string> seen;
    while (!open.empty()) {
      const std::string at = open.back();
      open.pop_back();
      const Device* device = scenario_.find_device(at);
      if (device == nullptr || std::find(seen.begin(), seen.end(), at) != seen.end()) continue;
      seen.push_back(at);
      const TargetDescription* target = target_of(scenario_, device->target);
      const std::vector<Segment>* table = table_of(*device);
      if ((target != nullptr && target->traits.cuts) || (table != nullptr && table->size() > 1)) return at;
      for (const auto& [key, value] : device->parameters) {
        const bool role = target != nullptr && std::any_of(target->parameters.begin(), target->parameters.end(),
                                                           [&, &name_of = key](const Parameter& of) {
                                                             return of.is_role && of.name == name_of;
                                                           });
        if (!role) continue;
        for (const std::string& below : named_devices(value)) open.push_back(below);
      }
    }
    return {};
  }

  const ReadContext& context_;
  const Scenario& scenario_;
  std::int64_t largest_ = 0;
};

}  // namespace

void check_alignment(const ReadContext& context) {
  Alignment(context).check();
}

}  // namespace dmstall::models
