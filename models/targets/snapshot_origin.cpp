// snapshot-origin: a write makes a pending exception in every snapshot of its device first; the bio waits on one of
// them.
//
// Linux 6.1.192 and 6.12.117: drivers/md/dm-snap.c (origin_map). What happens in the snapshots: origin_write.hpp.
#include "models/targets/snapshot_origin.hpp"

#include "models/kernel/dm_core.hpp"
#include "models/kernel/omissions/conditions.hpp"
#include "models/kernel/omissions/parts.hpp"
#include "models/kernel/steps.hpp"
#include "models/scenario/declare.hpp"
#include "models/targets/origin_write.hpp"
#include "models/targets/snapshot.hpp"
#include "models/targets/snapshot_exceptions.hpp"

namespace dmstall::models {

const ModelPart& snapshot_origin_part() {
  static const ModelPart part{
      "snapshot-origin",
      "drivers/md/dm-snap.c, Linux 6.1 and 6.12",
      {
          {"snapshot-origin.late-snapshot",
           "drivers/md/dm-snap.c:do_origin, retry_origin_bios",
           "a snapshot of the origin that becomes active while bios are queued: later passes then make exceptions in "
           "it",
           Effect::hides_deadlock,
           "a command creates a snapshot of an origin in use",
           {has_commands, "no command creates a snapshot"}},
          {"snapshot-origin.origins-lock", "drivers/md/dm-snap.c:do_origin",
           "_origins_lock, where no command of the scenario creates or removes a snapshot", Effect::none,
           "only such a command wants it for writing, and with one the models have it"},
          {"snapshot-origin.throttle-again", "drivers/md/dm-snap.c:do_origin, wait_for_in_progress",
           "the throttle of one snapshot, looked at again after the wait for another one", Effect::none,
           "a pass with a place free in every throttle is the one that goes on, and the task holds nothing while it "
           "waits"},
          {"snapshot-origin.shorter", "drivers/md/dm-snap.c:__origin_write",
           "snapshots that are shorter than their origin", Effect::none,
           "a write beyond their end skips them, which takes less"},
          {"snapshot-origin.discard", "drivers/md/dm-snap.c:origin_map", "discards of the origin", Effect::none,
           "it takes none, and a scenario that discards one is refused"},
      }};
  return part;
}

namespace {

DeviceIndex below(const Stack& stack, DeviceIndex index) {
  return stack.index_of(stack.device(index).text("device"));
}

Steps read(Stack& stack, DeviceIndex index, const Io& io) {
  return remap(stack, index, stack.flow(below(stack, index), io));
}

Steps write(Stack& stack, DeviceIndex index, const Io& io) {
  const DeviceIndex origin = below(stack, index);
  const std::int64_t boundary = smallest_chunk_bytes(stack, origin);  // o->split_boundary
  if (boundary == 0) return read(stack, index, io);
  if (io.bytes > boundary) return split_by_chunk(stack, index, io, boundary);
  return one_clone(stack, index, origin_write(stack, index, origin, io, true));
}

std::vector<Region> regions(const Stack& stack, DeviceIndex index, IoOp op) {
  std::vector<Region> all{same_addresses(below(stack, index), op)};
  if (op == IoOp::write) add_origin_write_regions(stack, below(stack, index), all);
  return all;
}

Steps flush(Stack& stack, DeviceIndex index, const Io& io) {
  return empty_flush(stack, index, {below(stack, index)}, io);
}

}  // namespace

const Target& snapshot_origin_target() {
  static const Target target{
      .description =
          {
              .id = "snapshot-origin",
              .about = "the origin of snapshots, in use: a write copies the chunk to every snapshot first",
              .source = "drivers/md/dm-snap.c, Linux 6.1 and 6.12",
              .parts = {&snapshot_origin_part(), &snapshot_part(), &dm_core_part(), &dm_flush_part(), &kcopyd_part(),
                        &kcopyd_split_part(), &dm_io_part(), &mempool_part(), &submission_part()},
              .parameters = {declare::takes_writes(
                  declare::role("device", "the device below, which is the origin of its snapshots"))},
              .traits = {.cuts = true},
          },
      .read = read,
      .write = write,
      .flush = flush,
      .regions = regions,
      .walks =
          {
              R"("devices": [ { "name": "d", "target": "disk" }, { "name": "c", "target": "disk" },
           { "name": "e", "target": "disk" },
           { "name": "s", "target": "snapshot", "origin": "d", "cow": "c" },
           { "name": "t", "target": "snapshot", "origin": "d", "cow": "e" },
           { "name": "o", "target": "snapshot-origin", "device": "d" } ],
         "workload": [ { "read": "o" }, { "write": "o", "count": 8, "in_flight": 4 }, { "flush": "o" } ])",
              R"("devices": [ { "name": "d", "target": "disk" }, { "name": "c", "target": "disk" },
           { "name": "e", "target": "disk" },
           { "name": "s", "target": "snapshot", "origin": "d", "cow": "c", "reserve": { "kcopyd_jobs": 1 } },
           { "name": "o", "target": "snapshot-origin", "device": "d" } ],
         "memory": { "allocator": "exhausted" },
         "workload": [ { "write": "o", "count": 8, "in_flight": 4 }, { "admin": "create_snapshot", "device": "e" } ])"},
  };
  return target;
}

}  // namespace dmstall::models
