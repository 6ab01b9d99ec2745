// dm-stripe: chunks go round the devices. No pools of its own; a bio never crosses a chunk; a flush has one clone per
// stripe.
//
// Linux 6.1.192 and 6.12.117: drivers/md/dm-stripe.c (stripe_ctr, stripe_map, stripe_map_sector), dm.c (max_io_len,
// alloc_multiple_bios).
#include "models/targets/striped.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "models/kernel/dm_core.hpp"
#include "models/kernel/omissions/parts.hpp"
#include "models/kernel/steps.hpp"
#include "models/scenario/declare.hpp"

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

std::vector<DeviceIndex> stripes(const Stack& stack, DeviceIndex striped) {
  std::vector<DeviceIndex> to;
  for (const std::string& name : std::get<std::vector<std::string>>(stack.device(striped).parameters.at("to"))) {
    to.push_back(stack.index_of(name));
  }
  return to;
}

struct Layout {
  std::vector<DeviceIndex> to;
  std::int64_t chunk_bytes;
  [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(to.size()); }
  [[nodiscard]] std::int64_t period_bytes() const { return chunk_bytes * count(); }
  [[nodiscard]] DeviceIndex stripe_of(std::int64_t chunk) const {
    return to[static_cast<std::size_t>(chunk % count())];
  }
};

Steps in_one(Stack& stack, DeviceIndex striped, const Layout& layout, const Io& io, std::int64_t chunk) {
  AddressMap address;
  address.divide_by = layout.period_bytes();
  address.multiply_by = layout.chunk_bytes;  // of the place within a chunk nothing is kept
  return remap(stack, striped, stack.flow(layout.stripe_of(chunk), io), address);
}

/// A bio that begins `offset` bytes into a chunk and ends in a later one: max_io_len cuts it at every chunk.
Steps in_parts(Stack& stack, DeviceIndex striped, const Layout& layout, const Io& io, std::int64_t chunk,
               std::int64_t offset) {
  std::vector<Part> parts;
  for (std::int64_t left = io.bytes; left > 0; ++chunk, offset = 0) {
    Io part = io;
    part.bytes = std::min(left, layout.chunk_bytes - offset);
    left -= part.bytes;
    AddressMap address;
    address.divide_by = layout.period_bytes();
    address.multiply_by = layout.chunk_bytes;
    address.add = chunk / layout.count() * layout.chunk_bytes + offset;
    parts.push_back({stack.flow(layout.stripe_of(chunk), part), address});
  }
  return split_bio(stack, striped, parts);
}

Steps map(Stack& stack, DeviceIndex striped, const Io& io) {
  const Layout layout{stripes(stack, striped), stack.device(striped).integer("chunk_kib") * 1024};
  const std::int64_t chunk_bytes = layout.chunk_bytes;
  const std::int64_t step = std::gcd(io.bytes, chunk_bytes);  // bios begin at multiples of their size
  Step choice;
  choice.kind = StepKind::choose;
  choice.decider = DeciderKind::address;
  choice.address.divide_by = layout.period_bytes();
  choice.function = "stripe_map_sector < stripe_map < __map_bio";
  const std::string name = stack.device(striped).name;
  for (std::int64_t chunk = 0; chunk < layout.count(); ++chunk) {
    const std::int64_t begin = chunk * chunk_bytes;
    std::int64_t first_in_parts = 0;
    if (io.bytes <= chunk_bytes) {
      first_in_parts = chunk_bytes - io.bytes + step;
      Branch inside = branch(fmt::format("{} stripe {}", name, chunk), in_one(stack, striped, layout, io, chunk));
      inside.from_byte = begin;
      inside.to_byte = begin + first_in_parts;
      choice.branches.push_back(std::move(inside));
    }
    for (std::int64_t offset = first_in_parts; offset < chunk_bytes; offset += step) {
      Branch parts = branch(fmt::format("{} from {} KiB into stripe {} on", name, offset / 1024, chunk),
                            in_parts(stack, striped, layout, io, chunk, offset));
      parts.from_byte = begin + offset;
      parts.to_byte = begin + offset + step;
      choice.branches.push_back(std::move(parts));
    }
  }
  if (choice.branches.size() == 1) return std::move(choice.branches.front().steps);
  return {choice};
}

/// stripe_map_sector: chunk k of n goes to stripe k mod n, which keeps its chunks one behind the other.
std::vector<Region> regions(const Stack& stack, DeviceIndex striped, IoOp op) {
  const Layout layout{stripes(stack, striped), stack.device(striped).integer("chunk_kib") * 1024};
  std::vector<Region> all;
  for (std::int64_t stripe = 0; stripe < layout.count(); ++stripe) {
    Region region = same_addresses(layout.stripe_of(stripe), op);
    region.hop.period = layout.period_bytes();
    region.hop.from_byte = stripe * layout.chunk_bytes;
    region.hop.to_byte = region.hop.from_byte + layout.chunk_bytes;
    region.hop.multiply_by = layout.chunk_bytes;
    all.push_back(region);
  }
  return all;
}

/// All stripes are as long as the first.
std::int64_t span_bytes(const Stack& stack, DeviceIndex striped) {
  const std::vector<DeviceIndex> to = stripes(stack, striped);
  return static_cast<std::int64_t>(to.size()) * target_span_bytes(stack, to.front());
}

Steps flush(Stack& stack, DeviceIndex striped, const Io& io) {
  return empty_flush_past_map(stack, striped, stripes(stack, striped), FlushClones::one_target, io);
}

/// stripe_map_range: each clone has its stripe's part of the range.
Steps deallocate(Stack& stack, DeviceIndex striped, const Io& io) {
  return range_together(stack, striped, stripes(stack, striped), io);
}

int num_flush_bios(const Stack& stack, DeviceIndex striped) {
  return static_cast<int>(stripes(stack, striped).size());
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
                  },
          },
      .read = map,
      .write = map,
      .flush = flush,
      .deallocation = as_below(deallocate),
      .regions = regions,
      .num_flush_bios = num_flush_bios,
      .span_bytes = span_bytes,
  };
  return target;
}

}  // namespace dmstall::models
