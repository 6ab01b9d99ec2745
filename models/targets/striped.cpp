// dm-stripe: chunks go round the devices. No pools of its own; a bio never crosses a chunk; a flush has one clone per
// stripe.
//
// Linux 6.1.192 and 6.12.117: drivers/md/dm-stripe.c (stripe_ctr, stripe_map, stripe_map_sector), dm.c (max_io_len,
// alloc_multiple_bios).
#include "models/targets/striped.hpp"

#include <algorithm>

#include "models/kernel/dm_core.hpp"
#include "models/kernel/omissions/parts.hpp"
#include "models/kernel/steps.hpp"
#include "models/scenario/declare.hpp"
#include "models/targets/striping.hpp"

namespace dmstall::models {

namespace {

using declare::power_of_two;
using declare::role;
using declare::whole;

const ModelPart& own_part() {
  static const ModelPart part{
      "striped",
      "drivers/md/dm-stripe.c, Linux 6.1 and 6.12",
      {
          {"striped.short-ranges", "drivers/md/dm-stripe.c:stripe_map_range",
           "a discard that does not touch every stripe", Effect::none,
           "the clone of a stripe that it does not touch is taken as the others are, and ends at once"},
          {"striped.any-chunk", "drivers/md/dm-stripe.c:stripe_map_sector", "chunks that are no power of two",
           Effect::none, "the same pieces with other sizes: how many there are depends on bytes and chunk alone"},
          {"striped.start", "drivers/md/dm-stripe.c:get_stripe", "stripes that do not begin at 0 of their device",
           Effect::none, "it shifts addresses, and how many pieces there are stays the same"},
          {"striped.address", "drivers/md/dm-stripe.c:stripe_map_sector",
           "in a timed run, the place within a chunk for what lies below", Effect::none,
           "a search and a proof do not place requests; only the course of a timed run differs"},
      }};
  return part;
}

/// A bio that begins `offset` bytes into a chunk and ends in a later one: max_io_len cuts it at every chunk.
Steps in_parts(Stack& stack, DeviceIndex striped, const Striping& layout, const Io& io, std::int64_t chunk,
               std::int64_t offset) {
  std::vector<Part> parts;
  for (std::int64_t left = io.bytes; left > 0; ++chunk, offset = 0) {
    Io part = io;
    part.bytes = std::min(left, layout.chunk_bytes - offset);
    left -= part.bytes;
    parts.push_back({stack.flow(layout.device_of(chunk), part), layout.address(chunk, offset)});
  }
  return split_bio(stack, striped, parts, io.nowait);
}

Steps map(Stack& stack, DeviceIndex striped, const Io& io) {
  const Striping layout = striping_of(stack, striped);
  return by_place(
      stack, striped, layout, io.bytes, "stripe_map_sector < stripe_map < __map_bio",
      [&](std::int64_t chunk, std::int64_t) {
        return remap(stack, striped, stack.flow(layout.device_of(chunk), io), layout.address(chunk, 0), io.nowait);
      },
      [&](std::int64_t chunk, std::int64_t offset) { return in_parts(stack, striped, layout, io, chunk, offset); });
}

/// stripe_map_sector: chunk k of n goes to stripe k mod n, which keeps its chunks one behind the other.
std::vector<Region> regions(const Stack& stack, DeviceIndex striped, IoOp op) {
  return chunk_regions(striping_of(stack, striped), op);
}

/// All stripes are as long as the first.
std::int64_t span_bytes(const Stack& stack, DeviceIndex striped) {
  const std::vector<DeviceIndex> to = striping_of(stack, striped).to;
  return static_cast<std::int64_t>(to.size()) * target_span_bytes(stack, to.front());
}

Steps flush(Stack& stack, DeviceIndex striped, const Io& io) {
  return empty_flush_past_map(stack, striped, striping_of(stack, striped).to, FlushClones::one_target, io);
}

/// stripe_map_range: each clone has its stripe's part of the range.
Steps deallocate(Stack& stack, DeviceIndex striped, const Io& io) {
  return range_together(stack, striped, striping_of(stack, striped).to, io);
}

int num_flush_bios(const Stack& stack, DeviceIndex striped) {
  return static_cast<int>(striping_of(stack, striped).to.size());
}

}  // namespace

const Target& striped_target() {
  static const Target target{
      .description =
          {
              .id = "striped",
              .about = "spreads chunks over several devices",
              .source = "drivers/md/dm-stripe.c, Linux 6.1 and 6.12",
              .parts = {&own_part(), &dm_core_part(), &dm_flush_part(), &mempool_part(), &submission_part()},
              .parameters =
                  {
                      declare::required(role("to", "the stripes", ParameterType::device_list)),
                      power_of_two(
                          whole("chunk_kib", "KiB", "64", 4, 65536, "bytes on one stripe before the next is used")),
                      power_of_two(declare::in_sectors("chunk_sectors", "chunk_kib", 4, 65536)),
                  },
              .traits = {.cuts = true},
          },
      .read = map,
      .write = map,
      .flush = flush,
      .deallocation = as_below(deallocate),
      .regions = regions,
      .num_flush_bios = num_flush_bios,
      .takes_nowait = nowait_as_below,
      .span_bytes = span_bytes,
      .walks =
          {
              R"("devices": [ { "name": "d", "target": "disk" }, { "name": "e", "target": "disk" },
           { "name": "f", "target": "disk" }, { "name": "s", "target": "striped", "to": [ "d", "e", "f" ] } ],
         "workload": [ { "read": "s" }, { "write": "s", "write_kib": 256 },
           { "flush": "s", "count": 2, "in_flight": 2, "threads": 2 }, { "discard": "s" } ])"},
  };
  return target;
}

}  // namespace dmstall::models
