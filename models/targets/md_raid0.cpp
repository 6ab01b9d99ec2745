// md's RAID0: chunks go round the members. No device-mapper: an array has small bio_sets of its own (md_core).
//
// Linux 6.1.192 and 6.12.117: drivers/md/raid0.c (raid0_make_request, raid0_map_submit_bio, raid0_handle_discard,
// raid0_run), drivers/md/md.c (md_submit_bio, md_submit_discard_bio), block/blk-merge.c (bio_split_rw), block/blk-lib.c
// (__blkdev_issue_discard). A bio above the chunk is cut to pieces of that size first, each with an element of
// disk->bio_split, however it lies. A piece that goes over the end of a chunk is split there: its front takes an
// element of bio_set, and both parts a clone of io_acct_set, the rear first; all of them lie on the submitter's
// bio_list meanwhile. A discard goes as one range to each member that it touches; the bios for that come from
// fs_bio_set, the two bios of all filesystems.
#include "models/targets/md_raid0.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/kernel/machine_bio_sets.hpp"
#include "models/kernel/md_core.hpp"
#include "models/kernel/omissions/parts.hpp"
#include "models/kernel/steps.hpp"
#include "models/kernel/submitter.hpp"
#include "models/scenario/declare.hpp"
#include "models/targets/striping.hpp"

namespace dmstall::models {

namespace {

using declare::flag;
using declare::power_of_two;
using declare::role;
using declare::whole;

constexpr FlowRole cut_piece{"a piece of a bio that is larger than an array takes"};
constexpr FlowRole member_discard{"a discard of a member"};

constexpr const char* make_request = "raid0_make_request < md_handle_request < md_submit_bio";
constexpr const char* map_submit = "raid0_map_submit_bio < raid0_make_request";
constexpr const char* discard_function =
    "blk_next_bio < __blkdev_issue_discard < md_submit_discard_bio < raid0_handle_discard";

bool discards_or_trims(const Scenario& scenario) {
  return std::any_of(scenario.workload.begin(), scenario.workload.end(),
                     [](const WorkloadItem& item) { return item.verb == WorkloadVerb::discard; });
}

const ModelPart& own_part() {
  static const ModelPart part{
      "md-raid0",
      "drivers/md/raid0.c, Linux 6.1 and 6.12",
      {
          {"md-raid0.zones",
           "drivers/md/raid0.c:create_strip_zones, find_zone, raid0_handle_discard",
           "members of different sizes, whose array has several zones; the first zone is modelled",
           Effect::hides_deadlock,
           "the members have different sizes and a discard goes over the end of a zone: it keeps an element of bio_set "
           "while it takes the bios of members",
           {discards_or_trims,
            "no discard is sent: reads and writes of a further zone go to fewer members in the same way"}},
          {"md-raid0.any-chunk", "drivers/md/raid0.c:raid0_make_request", "chunks that are no power of two",
           Effect::none, "the same pieces with other sizes: how many there are depends on bytes and chunk alone"},
          {"md-raid0.start", "drivers/md/raid0.c:raid0_map_submit_bio", "where data begins on a member (data_offset)",
           Effect::none, "it shifts addresses, and how many pieces there are stays the same"},
          {"md-raid0.discard-pieces",
           "block/blk-merge.c:bio_split_discard",
           "discards above the limit of a member, which the array cuts with elements of bio_split: the disks of a "
           "scenario take any range in one bio",
           Effect::invents_deadlock,
           "the members take discards of no more than a chunk (ubd of 6.12: 32 KiB), so that each piece touches one of "
           "them",
           {discards_or_trims, "no discard is sent"}},
          {"md-raid0.discard-chain", "block/bio.c:bio_chain, blk_next_bio",
           "of two bios for one member the second is put when both are over; here when it is over itself", Effect::none,
           "both ask the same member for the same, in any order: a schedule in which the second ends last is among "
           "those "
           "searched"},
          {"md-raid0.member-rejects-zeroes", "drivers/md/md.h:mddev_check_write_zeroes",
           "a member that takes no zeroes without data although the array does", Effect::none,
           "the array takes as much as its members do"},
          {"md-raid0.address", "drivers/md/raid0.c:map_sector",
           "in a timed run, the place within a chunk for what lies below", Effect::none,
           "a search and a proof do not place requests; only the course of a timed run differs"},
      }};
  return part;
}

struct Raid0 {
  MdArray array;
  Striping layout;
  [[nodiscard]] Stack& stack() const { return *array.stack; }
  /// blk_queue_max_hw_sectors(chunk), and not more than BLK_DEF_MAX_SECTORS.
  [[nodiscard]] std::int64_t largest_bio() const {
    constexpr std::int64_t most = std::int64_t{2560} * 512;
    return std::min(layout.chunk_bytes, most);
  }
};

Raid0 describe(Stack& stack, DeviceIndex index) {
  const Striping layout = striping_of(stack, index);
  return {md_array(stack, index, layout.to, stack.device(index).flag("iostats")), layout};
}

Io part_of(Io io, std::int64_t bytes) {
  io.bytes = bytes;
  return io;
}

/// What raid0_make_request sends of a bio of at most a chunk.
Steps sends(const Raid0& raid0, const Io& io, std::int64_t chunk, std::int64_t offset, MdSender sender) {
  const std::int64_t front = raid0.layout.chunk_bytes - offset;
  const auto send = [&](const Io& part, std::int64_t of_chunk, std::int64_t at, bool split) {
    return md_send(raid0.array, raid0.layout.device_of(of_chunk), part, raid0.layout.address(of_chunk, at), split,
                   map_submit, sender);
  };
  if (io.bytes <= front) return send(io, chunk, offset, false);
  return seq({take(raid0.array.bio_set, std::string("bio_split < ") + make_request),
              send(part_of(io, io.bytes - front), chunk + 1, 0, false), send(part_of(io, front), chunk, offset, true)});
}

/// A bio of at most `largest_bio` bytes.
Steps piece(const Raid0& raid0, const Io& io, bool after_flush, std::int64_t chunk, std::int64_t offset,
            const MdEnd& end) {
  if (after_flush) {
    return md_flush(
        raid0.array, io.faults, [&](MdSender sender) { return sends(raid0, io, chunk, offset, sender); }, make_request,
        end);
  }
  if (offset + io.bytes > raid0.layout.chunk_bytes)
    return md_request(raid0.array, sends(raid0, io, chunk, offset, MdSender::submitter), make_request, end);
  return md_remap(raid0.array, raid0.stack().flow(raid0.layout.device_of(chunk), io),
                  raid0.layout.address(chunk, offset), map_submit, end);
}

/// bio_split_to_limits: each piece but the last has an element of disk->bio_split. The remainder is handled when what
/// the piece sent is on its way; in the older order of bios, before.
Steps pieces(const Raid0& raid0, const Io& io, bool after_flush, std::int64_t chunk, std::int64_t offset) {
  Stack& stack = raid0.stack();
  const ResourceId split = raid0.array.bio_split;
  const std::string function = "submit_bio_noacct < bio_split_to_limits < md_submit_bio";
  const std::int64_t chunk_bytes = raid0.layout.chunk_bytes;
  const bool depth_first = stack.has(Change::bio_list_depth_first);
  Steps all;
  std::int64_t at = chunk * chunk_bytes + offset;
  for (std::int64_t left = io.bytes; left > 0;) {
    const Io part = part_of(io, std::min(left, raid0.largest_bio()));
    const bool last = part.bytes == left;
    const AskedIo asked = stack.asked(raid0.array.index, part);
    const FlowKey key{.role = &cut_piece,
                      .device = raid0.array.index,
                      .asked = {asked},
                      .number = at * 4 + (last ? 1 : 0) + (after_flush ? 2 : 0)};
    const auto label = [&] {
      return fmt::format("piece of {} at {}{}{}", stack.describe(asked), at, last ? ", the last" : "",
                         after_flush ? ", after a flush" : "");
    };
    const FlowId flow = stack.flow(key, label, [&] {
      return piece(raid0, part, after_flush, at / chunk_bytes, at % chunk_bytes, [&](Status status) {
        return seq({last ? Steps{} : give(split, "bio_put < bio_chain_endio"), finish(status)});
      });
    });
    std::vector<GiveBack> with;
    if (!last) with.push_back({split, 1});
    Steps one = spawn(flow, function, true, with);
    if (depth_first) one = submit_bio_block(std::move(one), function);
    all = seq({all, last ? Steps{} : take(split, "bio_split < bio_split_to_limits < md_submit_bio"), one});
    left -= part.bytes;
    at += part.bytes;
  }
  if (!depth_first) all = submit_bio_block(std::move(all), function);
  return seq({all, detach("md_submit_bio"),
              await_children({branch("bad", finish(Status::bad)), branch("error", finish(Status::error))},
                             "bio_chain_endio")});
}

Steps transfer(Stack& stack, DeviceIndex index, const Io& io, bool after_flush) {
  const Raid0 raid0 = describe(stack, index);
  const bool cut = io.bytes > raid0.largest_bio();
  if (cut && io.nowait) return seq({detach("bio_endio < bio_split_rw < md_submit_bio"), finish(Status::error)});
  const AtPlace at = [&](std::int64_t chunk, std::int64_t offset) {
    return cut ? pieces(raid0, io, after_flush, chunk, offset)
               : piece(raid0, io, after_flush, chunk, offset, [](Status status) { return finish(status); });
  };
  return by_place(stack, index, raid0.layout, io.bytes, map_submit, at, at);
}

Steps map(Stack& stack, DeviceIndex index, const Io& io) {
  return transfer(stack, index, io, false);
}
Steps write_behind_flush(Stack& stack, DeviceIndex index, const Io& io) {
  return transfer(stack, index, io, true);
}

Steps flush(Stack& stack, DeviceIndex index, const Io& io) {
  const Raid0 raid0 = describe(stack, index);
  return md_flush(raid0.array, io.faults, nullptr, make_request, [](Status status) { return finish(status); });
}

/// How much of a range that begins `offset` bytes into `chunk` lies on each member.
std::vector<std::int64_t> bytes_on_members(const Striping& layout, std::int64_t chunk, std::int64_t offset,
                                           std::int64_t bytes) {
  std::vector<std::int64_t> on(layout.to.size(), 0);
  for (std::int64_t left = bytes; left > 0; ++chunk, offset = 0) {
    const std::int64_t here = std::min(left, layout.chunk_bytes - offset);
    on[static_cast<std::size_t>(chunk % layout.count())] += here;
    left -= here;
  }
  return on;
}

/// The bios of one member: the next one is taken before the one in hand is submitted.
Steps discard_of_member(const Raid0& raid0, DeviceIndex member, const Io& io, AddressMap address) {
  Stack& stack = raid0.stack();
  const ResourceId set = fs_bio_set(stack, raid0.array.index);
  const std::string taken = std::string("bio_alloc < ") + discard_function;
  const std::vector<OwnBio> bios = discard_bios(io.bytes, target_discard_granularity(stack, member), set, taken);
  Steps all = take(set, taken);
  for (std::size_t i = 0; i < bios.size(); ++i) {
    const Io part = part_of(io, bios[i].bytes);
    const FlowId lower = stack.flow(member, part);
    const FlowKey key{.role = &member_discard, .device = raid0.array.index, .lower = lower};
    const auto label = [&] {
      return fmt::format("bio of {} as {}", stack.device(raid0.array.index).name, stack.label(lower));
    };
    const FlowId flow = stack.flow(key, label, [&] {
      const auto end = [&](Status status) { return seq({give(set, "bio_put < bio_chain_endio"), finish(status)}); };
      return call(
          lower, "submit_bio_noacct < md_submit_discard_bio < raid0_handle_discard",
          {branch("ok", end(Status::ok)), branch("bad", end(Status::bad)), branch("error", end(Status::error))});
    });
    Steps one = spawn(flow, "submit_bio_noacct < md_submit_discard_bio < raid0_handle_discard", true, {{set, 1}});
    one[0].address = address;
    all = seq({all, i + 1 < bios.size() ? take(set, taken) : Steps{}, one});
    address.add += bios[i].bytes;
  }
  return all;
}

Steps discard(Stack& stack, DeviceIndex index, const Io& io) {
  const Raid0 raid0 = describe(stack, index);
  const AtPlace at = [&](std::int64_t chunk, std::int64_t offset) {
    const std::vector<std::int64_t> bytes = bytes_on_members(raid0.layout, chunk, offset, io.bytes);
    Steps all;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (bytes[i] == 0) continue;
      const AddressMap address = raid0.layout.address(static_cast<std::int64_t>(i), 0);
      all = seq({all, discard_of_member(raid0, raid0.layout.to[i], part_of(io, bytes[i]), address)});
    }
    return md_request(raid0.array, all, std::string("raid0_handle_discard < ") + make_request,
                      [](Status status) { return finish(status); });
  };
  return by_place(stack, index, raid0.layout, io.bytes, "raid0_handle_discard < raid0_make_request", at, at);
}

Steps deallocate(Stack& stack, DeviceIndex index, const Io& io) {
  return io.op == IoOp::discard ? discard(stack, index, io) : map(stack, index, io);
}

Deallocation deallocation() {
  Deallocation all = as_below(deallocate);
  // raid0_run: a chunk in one bio, where the members take as much.
  all.write_zeroes_bytes = [](const Stack& stack, DeviceIndex index) {
    return std::min(striping_of(stack, index).chunk_bytes, as_below(nullptr).write_zeroes_bytes(stack, index));
  };
  return all;
}

std::vector<Region> regions(const Stack& stack, DeviceIndex index, IoOp op) {
  const Striping layout = striping_of(stack, index);
  if (op != IoOp::flush) return chunk_regions(layout, op);
  std::vector<Region> all;
  for (const DeviceIndex member : layout.to) all.push_back(same_addresses(member, op));
  return all;
}

/// md_alloc sets it for every array (6.12: md_init_stacking_limits).
bool has_write_cache(const Stack&, DeviceIndex) {
  return true;
}

/// All members are as long as the first.
std::int64_t span_bytes(const Stack& stack, DeviceIndex index) {
  const Striping layout = striping_of(stack, index);
  return layout.count() * target_span_bytes(stack, layout.to.front());
}

DeviceReserves reserves(Stack& stack, DeviceIndex index) {
  DeviceReserves all = md_reserves(describe(stack, index).array);
  all.pools.push_back(fs_bio_set(stack, index));
  return all;
}

std::vector<PoolDescription> pools() {
  std::vector<PoolDescription> all = md_pools();
  all.push_back(fs_bio_set_description());
  return all;
}

}  // namespace

const Target& md_raid0_target() {
  static const Target target{
      .description =
          {
              .id = "md-raid0",
              .about = "an md array that spreads chunks over its members, without redundancy",
              .source = "drivers/md/raid0.c, drivers/md/md.c, Linux 6.1 and 6.12",
              .not_counted = md_not_counted(),
              .parts = {&own_part(), &md_core_part(), &machine_bio_sets_part(), &workqueue_part(), &mempool_part(),
                        &submission_part()},
              .parameters =
                  {
                      declare::required(role("to", "the members", ParameterType::device_list)),
                      power_of_two(
                          whole("chunk_kib", "KiB", "512", 4, 65536, "bytes on one member before the next is used")),
                      flag("iostats", "true",
                           "statistics of the array; without md_clones_every_bio its bios are cloned "
                           "for them alone"),
                  },
              .pools = pools(),
              .traits = {.cuts = true},
              .device_mapper = false,
          },
      .read = map,
      .write = map,
      .flush = flush,
      .deallocation = deallocation(),
      .regions = regions,
      .has_write_cache = has_write_cache,
      .takes_nowait = nowait_as_below,
      .write_behind_flush = write_behind_flush,
      .reserves = reserves,
      .span_bytes = span_bytes,
      .walks =
          {
              R"("devices": [ { "name": "d", "target": "disk" }, { "name": "e", "target": "disk" },
           { "name": "m", "target": "md-raid0", "to": [ "d", "e" ] } ],
         "workload": [ { "read": "m" }, { "read": "m", "write_kib": 12 }, { "write": "m", "write_kib": 2048 },
           { "flush": "m", "count": 2, "in_flight": 2, "threads": 2 }, { "discard": "m", "discard_kib": 4096 },
           { "zero_out": "m" } ])",
              R"("devices": [ { "name": "d", "target": "disk" }, { "name": "e", "target": "disk" },
           { "name": "m", "target": "md-raid0", "to": [ "d", "e" ], "iostats": false } ],
         "memory": { "allocator": "exhausted" },
         "workload": [ { "writeback": "m", "pages": 8, "in_flight": 4 }, { "read": "m", "count": 4, "in_flight": 2 },
           { "flush": "m" } ])"},
  };
  return target;
}

}  // namespace dmstall::models
