// snapshot-merge: a snapshot that goes back into its origin, chunk by chunk, while it is used.
//
// Linux 6.1.192 and 6.12.117: drivers/md/dm-snap.c (snapshot_merge_map, snapshot_merge_next_chunks, merge_callback,
// remove_single_exception_chunk), dm-snap-persistent.c (persistent_commit_merge). All of the merge runs in the kcopyd
// thread of the merging snapshot, and sleeps there: for pending exceptions and jobs of the other snapshots, for their
// copies, for writes under way to the chunk, for a flush of the origin and for the metadata. One chunk is on its way at
// a time; RUNNING_MERGE is its one place. s->lock is written for a moment and nobody sleeps while he
// holds it.
#include "models/targets/snapshot_merge.hpp"

#include "models/kernel/dm_core.hpp"
#include "models/kernel/fault_plans.hpp"
#include "models/kernel/omissions/conditions.hpp"
#include "models/kernel/omissions/parts.hpp"
#include "models/kernel/sizes.hpp"
#include "models/kernel/steps.hpp"
#include "models/scenario/declare.hpp"
#include "models/targets/origin_write.hpp"
#include "models/targets/snapshot.hpp"
#include "models/targets/snapshot_exceptions.hpp"
#include "models/targets/snapshot_origin.hpp"

namespace dmstall::models {

namespace {

constexpr FlowRole chunk_merged{"a chunk goes back to the origin"};
constexpr FlowRole merge_of_all{"the merge, chunk by chunk"};

using declare::power_of_two;
using declare::role;
using declare::takes_writes;
using declare::whole;

const ModelPart& own_part() {
  static const ModelPart part{
      "snapshot-merge",
      "drivers/md/dm-snap.c, drivers/md/dm-snap-persistent.c, Linux 6.1 and 6.12",
      {
          {"snapshot-merge.consecutive",
           "drivers/md/dm-snap.c:snapshot_merge_next_chunks; drivers/md/dm-snap-persistent.c:persistent_prepare_merge",
           "several consecutive chunks in one copy", Effect::hides_deadlock,
           "the copy of several chunks is larger than a sub-job or makes exceptions in more chunks of another snapshot "
           "than one chunk does"},
          {"snapshot-merge.origins-lock",
           "drivers/md/dm-snap.c:do_origin, origin_write_extent",
           "_origins_lock, where a write or a merged chunk goes to an origin that has no other snapshot",
           Effect::hides_deadlock,
           "a command adds or removes a snapshot of any origin, and waits for readers of the lock that sleep",
           {has_commands, "the scenario has no commands, and nobody else wants the lock for writing"}},
          {"snapshot-merge.lock",
           "drivers/md/dm-snap.c:snapshot_merge_map, remove_single_exception_chunk, snapshot_merge_next_chunks",
           "s->lock, taken for writing", Effect::none,
           "nobody sleeps while he holds it: snapshot_merge_map drops it before do_origin"},
          {"snapshot-merge.earlier-area", "drivers/md/dm-snap-persistent.c:persistent_prepare_merge",
           "reading an earlier metadata area", Effect::none,
           "one read through the client of the metadata more, in the same thread, at a moment when nothing is held"},
          {"snapshot-merge.failure", "drivers/md/dm-snap.c:merge_callback, snapshot_merge_next_chunks",
           "a merge that fails or is stopped: here it goes on with the next chunk after an error", Effect::none,
           "it ends (merge_shutdown), and bios that were queued for the chunk end, too"},
          {"snapshot-merge.first-chunk", "drivers/md/dm-snap.c:start_merge, snapshot_merge_resume",
           "the first chunk, which dmsetup resume starts", Effect::hides_deadlock,
           "dmsetup sleeps for a job or a pending exception while the device is being resumed"},
          {"snapshot-merge.handover", "drivers/md/dm-snap.c:snapshot_merge_resume, __origin_write",
           "the handover from the snapshot that it was, which stays on the list of the origin until its table is gone",
           Effect::none, "both devices are suspended, and later nobody uses the old one: its lock is free"},
          {"snapshot-merge.merged-chunks", "drivers/md/dm-snap.c:snapshot_merge_map",
           "merged chunks, which stay in the COW device in a timed run", Effect::none,
           "only figures of a timed run differ"},
      }};
  return part;
}

constexpr const char* next_chunks = "snapshot_merge_next_chunks < merge_callback < run_complete_job";

ResourceId counter(Stack& stack, DeviceIndex index, const char* name, const char* wait_function) {
  Resource made;
  made.name = stack.device(index).name + name;
  made.kind = ResourceKind::counter;
  made.wait_function = wait_function;
  return stack.resource(made);
}

/// Writes to the chunk that is being merged wait in bios_queued_during_merge.
ResourceId merging(Stack& stack, DeviceIndex index) {
  return counter(stack, index, ".merging_chunks", "bios_queued_during_merge");
}

Steps remapped(Stack& stack, DeviceIndex index, FlowId lower, const Steps& before_end) {
  const auto end = [&](Status status) { return seq({before_end, end_io(stack, index, status)}); };
  return call(lower, "__map_bio < dm_submit_bio",
              {branch("ok", end(Status::ok)), branch("bad", end(Status::bad)), branch("error", end(Status::error))});
}

Steps read(Stack& stack, DeviceIndex index, const Io& io) {
  const SnapshotExceptions s = snapshot_exceptions(stack, index);
  if (io.bytes > s.chunk_bytes) return split_by_chunk(stack, index, io, s.chunk_bytes);
  return one_clone(stack, index,
                   lookup(s.exceptions,
                          {branch("not merged yet", remapped(stack, index, stack.flow(s.cow, io), {})),
                           branch("in the origin", remapped(stack, index, stack.flow(s.origin, io), {}))},
                          "dm_lookup_exception < snapshot_merge_map"));
}

Steps write(Stack& stack, DeviceIndex index, const Io& io) {
  const SnapshotExceptions s = snapshot_exceptions(stack, index);
  const std::int64_t boundary = smallest_chunk_bytes(stack, s.origin);
  if (io.bytes > boundary) return split_by_chunk(stack, index, io, boundary);
  CallOptions in_thread;
  in_thread.context = CallContext::async;
  in_thread.after_detach = {{s.kcopyd.thread, 1}};
  const auto end = [&](Status status) {
    return branch(status == Status::ok ? "ok" : status == Status::bad ? "bad" : "error", end_io(stack, index, status));
  };
  const Steps queued =
      seq({detach("snapshot_merge_map"),
           in_queue(on_resource(StepKind::await_zero, merging(stack, index), "bio_list_add < snapshot_merge_map")),
           enter_thread(s.kcopyd, "flush_bios < remove_single_exception_chunk"),
           call(stack.flow(s.origin, io), "submit_bio_noacct < flush_bios < remove_single_exception_chunk",
                {end(Status::ok), end(Status::bad), end(Status::error)}, in_thread)});
  Step here;
  here.kind = StepKind::choose;
  here.function = "snapshot_merge_map";
  here.branches = {branch("another chunk is being merged",
                          seq({count(s.tracked, 1, "track_chunk < snapshot_merge_map"),
                               remapped(stack, index, stack.flow(s.cow, io),
                                        count(s.tracked, -1, "stop_tracking_chunk < snapshot_end_io"))})),
                   branch("this chunk is being merged", queued)};
  here.branches[1].weight = 0;  // timed runs do not place writes on chunks that are being merged
  return one_clone(stack, index,
                   lookup(s.exceptions,
                          {branch("not merged yet", {here}),
                           branch("in the origin", origin_write(stack, index, s.origin, io, false))},
                          "dm_lookup_exception < snapshot_merge_map"));
}

/// One chunk goes back: from snapshot_merge_next_chunks to the end of merge_callback.
Steps merge_chunk(Stack& stack, DeviceIndex index, const FaultSet& faults) {
  const SnapshotExceptions s = snapshot_exceptions(stack, index);
  Io from, to, area, flush;
  from.faults = to.faults = area.faults = flush.faults = faults;
  from.bytes = to.bytes = area.bytes = s.chunk_bytes;
  to.op = area.op = IoOp::write;
  flush.op = IoOp::flush;
  flush.bytes = 0;
  CallOptions sleeps;
  sleeps.context = CallContext::sync;
  const Steps removed = seq({count(merging(stack, index), -1, "remove_single_exception_chunk < merge_callback"),
                             leave_thread(s.kcopyd), finish(Status::ok)});
  const Steps commit = dm_io_sync(s.pstore, write_after_flush(stack, s.cow, area),
                                  "chunk_io < area_io < persistent_commit_merge < merge_callback",
                                  {.ok = removed, .bad = removed, .error = removed});
  const Steps merged =
      seq({call(stack.flow(s.origin, flush), "blkdev_issue_flush < merge_callback", {}, sleeps), commit});
  return seq({enter_thread(s.kcopyd, next_chunks), origin_write_extent(stack, index, s.origin, s.chunk_bytes, faults),
              count(merging(stack, index), 1, next_chunks),
              on_resource(StepKind::await_zero, s.tracked, std::string("__check_for_conflicting_io < ") + next_chunks),
              take_job(s.kcopyd, std::string("dm_kcopyd_copy < ") + next_chunks), leave_thread(s.kcopyd),
              kcopyd_copy(stack, index, s.kcopyd, {s.cow, s.origin, from, to, s.chunk_bytes}, merged, removed)});
}

/// What a chunk that goes back asks of the devices below.
std::vector<Region> merge_regions(const Stack& stack, DeviceIndex index) {
  const DeviceIndex origin = stack.index_of(stack.device(index).text("origin")),
                    cow = stack.index_of(stack.device(index).text("cow"));
  std::vector<Region> all{same_addresses(cow, IoOp::read), same_addresses(origin, IoOp::write),
                          same_addresses(cow, IoOp::write)};
  add_origin_write_regions(stack, origin, all);
  for (const DeviceIndex flushed : {origin, cow}) all.push_back(same_addresses(flushed, IoOp::flush));
  std::erase_if(all, [&](const Region& of) { return of.op == IoOp::flush && !stack.has_write_cache(of.device); });
  return all;
}

/// The merge goes on by itself.
void run_merge(Stack& stack, DeviceIndex index) {
  const Device& device = stack.device(index);
  const std::int64_t chunks = device.integer("allocated_chunks");
  if (chunks == 0) return;
  Resource running;
  running.name = "merge/" + device.name;
  running.kind = ResourceKind::semaphore;
  running.capacity = 1;
  running.wait_function = "RUNNING_MERGE";
  const ResourceId place = stack.resource(running);
  const auto end = [&](Status status) {
    return branch(status == Status::error ? "error" : "ok", seq({give(place, "merge_callback"), finish(status)}));
  };
  const std::string name = "merge-" + device.name;
  const FaultChoice faults =
      fault_choice(stack, FaultyRequests{name, merge_regions(stack, index), false, device.where});
  const auto merged = [&](std::size_t combination) {
    Io met;
    met.faults = faults.sets[combination];
    const FlowId chunk = stack.flow(
        {.role = &chunk_merged, .device = index, .asked = {{index, met}}},
        [&] {
          const std::string& label = faults.plan.combinations[combination].label;
          return "merge a chunk of " + device.name + (combination == 0 ? "" : " (" + label + ")");
        },
        [&] { return merge_chunk(stack, index, faults.sets[combination]); });
    return call(chunk, next_chunks, {end(Status::ok), end(Status::error)});
  };
  const FlowId flow = stack.flow(
      {.role = &merge_of_all, .device = index}, [&] { return "merge of " + device.name; },
      [&] {
        return seq({take(place, next_chunks), choose_faults(faults, merged)});
      });
  RequestClass merge;
  merge.name = name;
  merge.device = device.name;
  merge.flow = flow;
  merge.total = chunks;
  merge.population = chunks < 2 ? chunks : 2;
  merge.in_thread = false;
  merge.counts_progress = false;
  merge.bytes = device.integer("chunk_kib") * 1024;
  merge.in_flight = 1;
  merge.span_bytes = chunks * merge.bytes;
  stack.program().classes.push_back(merge);
  stack.program().fault_plans.push_back(faults.plan);
}

/// A request goes to the COW device or to the origin; a write of the origin is copied to its other snapshots first.
std::vector<Region> regions(const Stack& stack, DeviceIndex index, IoOp op) {
  const DeviceIndex origin = stack.index_of(stack.device(index).text("origin"));
  std::vector<Region> all{same_addresses(origin, op),
                          same_addresses(stack.index_of(stack.device(index).text("cow")), op)};
  if (op == IoOp::write) add_origin_write_regions(stack, origin, all);
  return all;
}

/// The first flush bio goes to the origin, the second to the COW device.
Steps flush(Stack& stack, DeviceIndex index, const Io& io) {
  const Device& device = stack.device(index);
  return empty_flush(stack, index, {stack.index_of(device.text("origin")), stack.index_of(device.text("cow"))}, io);
}

int num_flush_bios(const Stack&, DeviceIndex) {
  return 2;
}

}  // namespace

const Target& snapshot_merge_target() {
  static const Target target{
      .description =
          {
              .id = "snapshot-merge",
              .about = "a snapshot that is being merged back into its origin while it is used",
              .source = "drivers/md/dm-snap.c, Linux 6.1 and 6.12",
              .not_counted = uncounted_exception_tables(),
              .parts = {&own_part(), &snapshot_part(), &snapshot_origin_part(), &dm_core_part(), &dm_flush_part(),
                        &kcopyd_part(), &kcopyd_split_part(), &dm_io_part(), &mempool_part(), &submission_part()},
              .parameters =
                  {
                      takes_writes(role("origin", "the device that the chunks go back to")),
                      role("cow", "the device that holds changed chunks"),
                      power_of_two(whole("chunk_kib", "KiB", "16", 4, 65536, "unit of copying")),
                      declare::power_of_two(declare::in_sectors("chunk_sectors", "chunk_kib", 4, 65536)),
                      whole("allocated_chunks", "chunks", "16", 0, 1e12,
                            "chunks in the COW device at the start, from chunk 0: those that are merged"),
                  },
              .distinct = {{"origin", "cow"}},
              .pools = snapshot_pools(),
              .traits = {.cuts = true},
          },
      .read = read,
      .write = write,
      .flush = flush,
      .regions = regions,
      .num_flush_bios = num_flush_bios,
      .reserves = snapshot_reserves,
      .per_io_data_bytes = structure("struct dm_snap_tracked_chunk").bytes(),
      .run_by_itself = run_merge,
      .walks =
          {
              R"("devices": [ { "name": "d", "target": "disk" }, { "name": "c", "target": "disk" },
           { "name": "m", "target": "snapshot-merge", "origin": "d", "cow": "c" } ],
         "workload": [ { "read": "m" }, { "write": "m" }, { "flush": "m" } ])"},
  };
  return target;
}

}  // namespace dmstall::models
