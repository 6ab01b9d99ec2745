// dm-linear: remaps to one or more segments. No pools of its own; one clone per bio, one per segment and flush.
//
// Linux 6.1.192 and 6.12.117: drivers/md/dm-linear.c (linear_map), dm.c (dm_split_and_process_bio, __map_bio).
#include "models/targets/linear.hpp"

#include <fmt/format.h>

#include "models/kernel/dm_core.hpp"
#include "models/kernel/omissions/parts.hpp"
#include "models/kernel/steps.hpp"
#include "models/scenario/declare.hpp"
#include "models/scenario/named_devices.hpp"

namespace dmstall::models {

namespace {

using declare::optional;
using declare::role;
using declare::takes_writes;

const ModelPart& own_part() {
  static const ModelPart part{"linear",
                              "drivers/md/dm-linear.c, Linux 6.1 and 6.12",
                              {
                                  {"linear.zoned", "drivers/md/dm-linear.c:linear_report_zones", "zoned devices",
                                   Effect::none, "the disks of a scenario are not zoned"},
                              }};
  return part;
}

constexpr std::int64_t endless = AddressHop::endless;

struct Range {
  DeviceIndex to;
  std::int64_t from_byte, to_byte, start_byte;
};

std::vector<Range> ranges(const Stack& stack, DeviceIndex linear) {
  const Device& device = stack.device(linear);
  for (const std::string& whole : devices_in(device, "to")) return {{stack.index_of(whole), 0, endless, 0}};
  std::vector<Range> result;
  std::int64_t at = 0;
  for (const Segment& segment : std::get<std::vector<Segment>>(device.parameters.at("segments"))) {
    const std::int64_t bytes = segment.size_sectors * sector_bytes;
    result.push_back({stack.index_of(segment.to), at, at + bytes, segment.start_sectors * sector_bytes});
    at += bytes;
  }
  return result;
}

AddressMap shift(const Range& range) {
  AddressMap address;
  address.add = range.start_byte - range.from_byte;
  return address;
}

/// The request that begins at `begin` in segment `first` and ends in segment `last`, in one part for each.
std::vector<Part> parts_of(Stack& stack, const std::vector<Range>& all, std::size_t first, std::size_t last,
                           std::int64_t begin, const Io& io) {
  std::vector<Part> parts;
  std::int64_t done = 0;
  for (std::size_t i = first; i <= last; ++i) {
    Io part = io;
    part.bytes = i == last ? io.bytes - done : all[i].to_byte - begin - done;
    AddressMap address = shift(all[i]);
    address.add += done;  // a part begins where its segment does
    parts.push_back({stack.flow(all[i].to, part), address});
    done += part.bytes;
  }
  return parts;
}

Steps map(Stack& stack, DeviceIndex linear, const Io& io) {
  const std::vector<Range> all = ranges(stack, linear);
  if (all.size() == 1) return remap(stack, linear, stack.flow(all[0].to, io), shift(all[0]), io.nowait);
  Step choice;
  choice.kind = StepKind::choose;
  choice.decider = DeciderKind::address;
  choice.function = "dm_table_find_target < dm_split_and_process_bio";
  // Requests begin at multiples of their size (check_alignment sees to it), so one of them lies across each boundary
  // that is none, or across several.
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool straddles = i + 1 < all.size() && io.bytes > 0 && all[i].to_byte % io.bytes != 0;
    const std::int64_t begin = straddles ? all[i].to_byte / io.bytes * io.bytes : all[i].to_byte;
    const std::int64_t whole_from = choice.branches.empty() ? 0 : choice.branches.back().to_byte;
    const bool one_begins = io.bytes <= 0 || (whole_from + io.bytes - 1) / io.bytes * io.bytes < begin;
    if (one_begins) {
      Branch whole = branch(stack.device(linear).name + " segment " + std::to_string(i),
                            remap(stack, linear, stack.flow(all[i].to, io), shift(all[i]), io.nowait));
      whole.from_byte = whole_from;
      whole.to_byte = begin;
      choice.branches.push_back(std::move(whole));
    }
    if (!straddles) continue;
    std::size_t last = i + 1;
    while (last + 1 < all.size() && all[last].to_byte < begin + io.bytes) ++last;
    Branch split =
        branch(fmt::format("{} segments {} {} {}", stack.device(linear).name, i, last == i + 1 ? "and" : "to", last),
               split_bio(stack, linear, parts_of(stack, all, i, last, begin, io), io.nowait));
    split.from_byte = begin;
    split.to_byte = all[last].from_byte;
    choice.branches.push_back(std::move(split));
    i = last - 1;  // those between begin and end in this request
  }
  return {choice};
}

std::vector<Region> regions(const Stack& stack, DeviceIndex linear, IoOp op) {
  std::vector<Region> all;
  for (const Range& range : ranges(stack, linear)) {
    Region region = same_addresses(range.to, op);
    region.hop.from_byte = range.from_byte;
    region.hop.to_byte = range.to_byte;
    region.hop.add = range.start_byte - range.from_byte;
    all.push_back(region);
  }
  return all;
}

/// Of the device below, unless the table has segments.
std::int64_t span_bytes(const Stack& stack, DeviceIndex linear) {
  const std::vector<Range> all = ranges(stack, linear);
  return all.back().to_byte == endless ? target_span_bytes(stack, all.back().to) : all.back().to_byte;
}

Steps flush(Stack& stack, DeviceIndex linear, const Io& io) {
  std::vector<DeviceIndex> targets;
  for (const Range& range : ranges(stack, linear)) targets.push_back(range.to);
  return empty_flush_past_map(stack, linear, targets, FlushClones::each_target, io);
}

}  // namespace

const Target& linear_target() {
  static const Target target{
      .description =
          {
              .id = "linear",
              .about = "maps ranges one to one to ranges of other devices",
              .source = "drivers/md/dm-linear.c, Linux 6.1 and 6.12",
              .parts = {&own_part(), &dm_core_part(), &dm_flush_part(), &mempool_part(), &submission_part()},
              .parameters =
                  {
                      takes_writes(optional(role("to", "the device below, from its beginning"))),
                      takes_writes(role("segments",
                                        "the table, in order: [{\"to\", \"size_mib\", \"start_mib\"}], or in sectors",
                                        ParameterType::segments)),
                  },
              .alternatives = {{"to", "segments"}},
          },
      .read = map,
      .write = map,
      .flush = flush,
      .deallocation = as_below(map),
      .regions = regions,
      .takes_nowait = nowait_as_below,
      .span_bytes = span_bytes,
      .walks =
          {
              R"("devices": [ { "name": "d", "target": "disk" },
           { "name": "e", "target": "disk", "write_cache": false },
           { "name": "f", "target": "disk" }, { "name": "l", "target": "linear", "segments": [
             { "to": "d", "size_sectors": 2052 }, { "to": "e", "size_mib": 1 }, { "to": "f", "size_mib": 1 } ] } ],
         "workload": [ { "read": "l" }, { "write": "l", "write_kib": 64 }, { "flush": "l", "count": 2, "in_flight": 2 },
           { "discard": "l" }, { "zero_out": "l" }, { "admin": "status", "device": "l" } ])",
              R"("devices": [ { "name": "d", "target": "disk" }, { "name": "l", "target": "linear", "to": "d" } ],
         "memory": { "allocator": "exhausted" },
         "workload": [ { "read": "l" }, { "write": "l" }, { "writeback": "l", "pages": 8, "in_flight": 4 } ])"},
  };
  return target;
}

}  // namespace dmstall::models
