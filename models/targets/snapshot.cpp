// dm-snapshot: the first write to a chunk copies it (partial write) or goes straight to the COW device (whole chunk);
// exceptions complete in order and, with a persistent store, are committed in groups.
//
// Linux 6.1.192 and 6.12.117: drivers/md/dm-snap.c (snapshot_map, wait_for_in_progress, start_copy, start_full_bio,
// snapshot_status, register_snapshot, unregister_snapshot, snapshot_resume, snapshot_dtr). What an exception goes
// through: snapshot_exceptions.hpp.
#include "models/targets/snapshot.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/kernel/dm_core.hpp"
#include "models/kernel/omissions/conditions.hpp"
#include "models/kernel/omissions/parts.hpp"
#include "models/kernel/sizes.hpp"
#include "models/kernel/steps.hpp"
#include "models/scenario/declare.hpp"
#include "models/targets/snapshot_exceptions.hpp"
#include "models/targets/snapshot_locks.hpp"

namespace dmstall::models {

const ModelPart& snapshot_part() {
  static const ModelPart part{
      "snapshot",
      "drivers/md/dm-snap.c, drivers/md/dm-snap-persistent.c, Linux 6.1 and 6.12",
      {
          {"snapshot.new-snapshot",
           "drivers/md/dm-snap.c:snapshot_resume",
           "the moment in which the origin is suspended for a new snapshot (dm_internal_suspend_fast), and exceptions "
           "of the new one",
           Effect::hides_deadlock,
           "a command creates a snapshot of an origin in use",
           {has_commands, "no command creates a snapshot"}},
          {"snapshot.handover", "drivers/md/dm-snap.c:snapshot_preresume, __handover_exceptions",
           "exceptions that go from one table to the next", Effect::none,
           "it happens while both devices are suspended"},
          {"snapshot.header",
           "drivers/md/dm-snap-persistent.c:write_header",
           "the header, written when a snapshot becomes invalid or is made",
           Effect::hides_deadlock,
           "a copy fails: the write of the header in the kcopyd thread takes from the client and waits for the COW "
           "device",
           {has_faults, "no fault can hit a request; that of a full COW device belongs to snapshot.full"}},
          {"snapshot.event-lock", "drivers/md/dm-table.c:dm_table_event",
           "the mutex over events of tables, taken when a snapshot becomes invalid", Effect::none,
           "who has it wakes whoever waits for the event, and waits for nobody"},
          {"snapshot.full",
           "drivers/md/dm-snap-persistent.c:persistent_prepare_exception, persistent_drop_snapshot; "
           "drivers/md/dm-snap.c:snapshot_map, __origin_write, __invalidate_snapshot",
           "a COW device that is full: who maps a bio makes the snapshot invalid and waits until its header is "
           "written, "
           "with s->lock held for writing",
           Effect::hides_deadlock,
           "the COW device fills up while other maps sleep with s->lock held, or while bios that wait behind the map "
           "have what the header needs below"},
          {"snapshot.area-full", "drivers/md/dm-snap-persistent.c:persistent_commit_exception, zero_disk_area",
           "a metadata area that is full: it is committed before the last exception in flight completes, after the "
           "next area was written with zeroes",
           Effect::none,
           "it is the same write to the same device at an earlier moment, and the next area is one write more in the "
           "same thread"},
          {"snapshot.large-metadata", "drivers/md/dm-snap-persistent.c:chunk_io",
           "metadata I/O above 1 MiB, in several bios", Effect::none,
           "each bio is on its way before the next one is taken: the ksnaphd thread is not in ->submit_bio"},
          {"snapshot.discard", "drivers/md/dm-snap.c:snapshot_map, zero_exception", "discards of a snapshot",
           Effect::none, "without discard_zeroes_cow it takes none, and a scenario that discards one is refused"},
          {"snapshot.later-invalidations", "drivers/md/dm-snap-persistent.c:persistent_commit_exception",
           "after one failed copy each later exception of the group invalidates the snapshot again, where s->lock is "
           "not in the model",
           Effect::none, "invalidate_snapshot does nothing the second time but take and release s->lock"},
          {"snapshot.metadata-thread", "drivers/md/dm-snap-persistent.c:chunk_io, do_metadata",
           "the ksnaphd thread, in which metadata is read and written while the kcopyd thread waits", Effect::none,
           "the queue has a rescuer of its own (WQ_MEM_RECLAIM) and never more than the one item of that kcopyd "
           "thread"},
          {"snapshot.turn", "drivers/md/dm-snap.c:copy_callback",
           "a copy that finishes out of turn gives its place of the throttle back at once; here when its turn comes",
           Effect::invents_deadlock, "the throttle is exhausted by copies that are done and wait for their turn"},
          {"snapshot.invalid-metadata", "drivers/md/dm-snap-persistent.c:persistent_commit_exception",
           "after an invalidation metadata is still written", Effect::invents_deadlock,
           "the client of the metadata is what the stuck ones wait for"},
      }};
  return part;
}

namespace {

Io to_cow(const Io& io) {
  Io write = io;
  write.op = IoOp::write;
  return write;
}

/// The bio goes on to the COW device from the kcopyd thread, which then is done with it.
Steps flush_bio(const SnapshotExceptions& s, const Io& io, std::vector<GiveBack> after_detach) {
  CallOptions options;
  options.context = CallContext::async;
  options.after_detach = std::move(after_detach);
  return call(
      s.stack->flow(s.cow, to_cow(io)), "flush_bios < pending_complete",
      {branch("ok", end_io(*s.stack, s.index, Status::ok)), branch("bad", end_io(*s.stack, s.index, Status::ok)),
       branch("error", end_io(*s.stack, s.index, Status::error))},
      options);
}

/// DM_MAPIO_KILL: the bio ends with an error in the submitter.
Steps kill(const SnapshotExceptions& s) {
  return seq({detach("dm_io_dec_pending < __map_bio"), end_io(*s.stack, s.index, Status::error)});
}

/// The bio itself is over, then its pending exception and the callback.
Steps end_in_callback(const SnapshotExceptions& s, Status status, const std::string& bio_function) {
  return seq({give(io_bs(*s.stack, s.index), "__dm_io_complete < clone_endio < " + bio_function), free_copy(s),
              leave_thread(s.kcopyd), finish(status)});
}

/// A write of part of a chunk: kcopyd copies the chunk, then the bio follows. s->lock is dropped before the job is
/// taken.
Steps copy_chunk(const SnapshotExceptions& s, const Io& io) {
  // The caller of dm_kcopyd_copy returns at once; the job's steps run in no thread until kcopyd picks it up.
  std::vector<GiveBack> with_the_thread = held_by_copy(s);
  with_the_thread.push_back({s.kcopyd.thread, 1});
  return seq({take_job(s.kcopyd, "dm_kcopyd_copy < start_copy < snapshot_map"), detach("dm_kcopyd_copy < start_copy"),
              copied_exception(s, io.faults,
                               {.completed = flush_bio(s, io, with_the_thread),
                                .failed = end_in_callback(s, Status::error, "error_bios")})});
}

/// A write of a whole chunk needs no copy; its completion goes through kcopyd's callback list.
Steps write_whole_chunk(const SnapshotExceptions& s, const Io& io) {
  const auto done = [&](Status status) {
    return written_exception(s, io.faults, status != Status::ok,
                             {.completed = end_in_callback(s, Status::ok, "pending_complete"),
                              .failed = end_in_callback(s, Status::error, "pending_complete")});
  };
  return seq(
      {take_job(s.kcopyd, "dm_kcopyd_prepare_callback < start_full_bio < snapshot_map"),
       call(s.stack->flow(s.cow, to_cow(io)), "submit_bio_noacct < start_full_bio < snapshot_map",
            {branch("ok", done(Status::ok)), branch("bad", done(Status::ok)), branch("error", done(Status::error))})});
}

/// A write to a chunk that another bio is copying: it waits on that exception.
Steps join(const SnapshotExceptions& s, const Io& io) {
  return seq({not_in_progress(s, "wait_for_in_progress < snapshot_map"), up_read(s.lock, "snapshot_map"),
              detach("snapshot_map"), wait_for_exception(s, "snapshot_map", "flush_bios"),
              if_valid(s, flush_bio(s, io, {{s.kcopyd.thread, 1}}),
                       seq({leave_thread(s.kcopyd), end_io(*s.stack, s.index, Status::error)}))});
}

Steps remapped(const SnapshotExceptions& s, FlowId lower, const Steps& before_end) {
  const auto end = [&](Status status) { return seq({before_end, end_io(*s.stack, s.index, status)}); };
  return call(lower, "__map_bio < dm_submit_bio",
              {branch("ok", end(Status::ok)), branch("bad", end(Status::bad)), branch("error", end(Status::error))});
}

Steps write(Stack& stack, DeviceIndex index, const Io& io) {
  const SnapshotExceptions s = snapshot_exceptions(stack, index);
  if (io.bytes > s.chunk_bytes) return split_by_chunk(stack, index, io, s.chunk_bytes);
  const Steps unlock = up_read(s.lock, "snapshot_map");
  const Steps first = seq({new_exception(s, "snapshot_map"), unlock,
                           io.bytes >= s.chunk_bytes ? write_whole_chunk(s, io) : copy_chunk(s, io)});
  const Steps again = seq({not_in_progress(s, "wait_for_in_progress < snapshot_map"), unlock,
                           remapped(s, stack.flow(s.cow, to_cow(io)), {})});
  const Steps killed = seq({not_in_progress(s, "wait_for_in_progress < snapshot_map"), unlock, kill(s)});
  return one_clone(stack, index,
                   seq({place_in_progress(s, s.counted_by_start ? "down < account_start_copy < snapshot_map"
                                                                : "wait_for_in_progress < snapshot_map"),
                        down_read(s.lock, "snapshot_map"), if_valid(s, {}, killed),
                        lookup(s.exceptions,
                               {branch("already copied", again), branch("first write to the chunk", first),
                                branch("being copied", join(s, io))},
                               "dm_lookup_exception < snapshot_map")}));
}

Steps read(Stack& stack, DeviceIndex index, const Io& io) {
  const SnapshotExceptions s = snapshot_exceptions(stack, index);
  if (io.bytes > s.chunk_bytes) return split_by_chunk(stack, index, io, s.chunk_bytes);
  const Steps unlock = up_read(s.lock, "snapshot_map");
  const FlowId origin = stack.flow(s.origin, io);
  Step conflict;
  conflict.kind = StepKind::choose;
  conflict.function = "track_chunk < snapshot_map";
  conflict.branches = {
      branch("no copy of this chunk", seq({unlock, remapped(s, origin, {})})),
      branch("chunk is being copied",
             seq({count(s.tracked, 1, "track_chunk < snapshot_map"), unlock,
                  remapped(s, origin, count(s.tracked, -1, "stop_tracking_chunk < snapshot_end_io"))}))};
  conflict.branches[1].weight = 0;  // timed runs do not place reads on chunks under copy
  Io from_cow = io;
  from_cow.rewritten = false;
  return one_clone(stack, index,
                   seq({down_read(s.lock, "snapshot_map"), if_valid(s, {}, seq({unlock, kill(s)})),
                        lookup(s.exceptions,
                               {branch("copied", seq({unlock, remapped(s, stack.flow(s.cow, from_cow), {})})),
                                branch("not copied", {conflict})},
                               "dm_lookup_exception < snapshot_map")}));
}

std::vector<Region> regions(const Stack& stack, DeviceIndex index, IoOp op) {
  const DeviceIndex cow = stack.index_of(stack.device(index).text("cow"));
  if (op == IoOp::flush) return {same_addresses(cow, op)};
  if (op == IoOp::read)
    return {same_addresses(stack.index_of(stack.device(index).text("origin")), op), same_addresses(cow, op)};
  std::vector<Region> all;
  add_exception_regions(stack, index, all);
  return all;
}

/// snapshot_map sends an empty flush to the COW device.
Steps flush(Stack& stack, DeviceIndex index, const Io& io) {
  return empty_flush(stack, index, {stack.index_of(stack.device(index).text("cow"))}, io);
}

/// dmsetup create of a snapshot of a device that no other has: registered, then resumed.
Steps create_snapshot(Stack& stack) {
  const ResourceId origins = origins_lock(stack);
  const std::string constructor = "register_snapshot < snapshot_ctr", resume = "snapshot_preresume < dm_resume",
                    active = "reregister_snapshot < snapshot_resume";
  return seq({down_write(origins, constructor), up_write(origins, constructor), down_read(origins, resume),
              up_read(origins, resume), down_write(origins, active), up_write(origins, active)});
}

/// What a command does in this target, in dmsetup's thread.
Steps administer(Stack& stack, DeviceIndex index, AdminVerb verb) {
  const ResourceId origins = origins_lock(stack);
  switch (verb) {
    case AdminVerb::status: {
      const SnapshotExceptions s = snapshot_exceptions(stack, index);
      const std::string caller = "snapshot_status < retrieve_status < table_status";
      if (s.lock == no_resource) {
        stack.leaves_out({"snapshot.lock-of-" + s.name(), "drivers/md/dm-snap.c:snapshot_map, snapshot_status",
                          "s->lock of " + s.name(), Effect::none, why_no_lock(stack, index, s.pending)});
      }
      return seq({down_write(s.lock, caller), up_write(s.lock, caller)});
    }
    case AdminVerb::remove_snapshot: {
      // Its device is closed: nobody writes to it, but its origin may be written.
      const SnapshotExceptions s = snapshot_exceptions(stack, index);
      const std::string caller = "snapshot_dtr < dm_table_destroy", unregister = "unregister_snapshot < " + caller;
      return seq({down_read(origins, caller), up_read(origins, caller), down_write(origins, unregister),
                  on_resource(StepKind::signal, s.invalid, unregister), up_write(origins, unregister),
                  on_resource(StepKind::await_zero, s.unfinished, "msleep < " + caller)});
    }
    default:
      return {};  // nothing that anybody else waits for
  }
}

}  // namespace

/// snapshot_ctr and, for a persistent store, persistent_read_metadata.
DeviceReserves snapshot_reserves(Stack& stack, DeviceIndex index) {
  const SnapshotExceptions s = snapshot_exceptions(stack, index);
  DeviceReserves all = core_reserves(stack, index);
  all.pools.insert(all.pools.end(), {s.pending, s.throttle});
  add_reserves(all, s.kcopyd);
  all.fixed.push_back(part(structure("struct dm_snapshot")));
  if (!s.persistent) {
    all.fixed.push_back(part(structure("struct transient_c")));
    return all;
  }
  add_reserves(all, s.pstore);
  const auto chunk = static_cast<std::int32_t>(s.chunk_bytes);
  all.fixed.push_back(part(structure("struct pstore")));
  all.fixed.push_back(part_of_bytes(structure("metadata areas"), chunk, 3));  // ps->area, zero_area, header_area
  all.fixed.push_back(
      part_of_bytes(structure("commit callbacks"), chunk / compiled::disk_exception * compiled::commit_callback));
  ++all.rescuers;  // ksnaphd
  return all;
}

std::string uncounted_exception_tables() {
  // dm-snap.c:calc_max_buckets and init_hash_tables: 2 MiB of buckets at most, and an eighth of that for pending
  // exceptions.
  constexpr std::int64_t tables_bytes = 2 * 1024 * 1024 + 256 * 1024;
  return fmt::format(
      "hash tables of exceptions, up to {} B per device by the size of the COW device, which a scenario does not give; "
      "32 B per completed exception, which has no pool",
      tables_bytes);
}

std::vector<PoolDescription> snapshot_pools() {
  return {
      {.name = "pending", .holds = "struct dm_snap_pending_exception", .sized_by = "256"},
      {.name = "kcopyd_jobs", .holds = "struct kcopyd_job", .sized_by = "8"},
      {.name = "kcopyd_pages", .holds = "struct page", .sized_by = "kcopyd_subjob_size_kb / 4"},
      declare::client("kcopyd_client", "copies of chunks"),
      {.name = "kcopyd_thread",
       .holds = "running work item",
       .sized_by = "1",
       .one_without = Change::kcopyd_thread_per_client,
       .one_called = "kcopyd"},
      declare::client("pstore_client", "metadata of exceptions"),
      {.name = "in_progress", .holds = "copy in progress", .sized_by = "snapshot_cow_threshold"},
  };
}

// max_io_len is the chunk.
Steps split_by_chunk(Stack& stack, DeviceIndex index, const Io& io, std::int64_t chunk_bytes) {
  Steps steps;
  for (std::int64_t done = 0; done < io.bytes; done += chunk_bytes) {
    Io part = io;
    part.bytes = std::min(chunk_bytes, io.bytes - done);
    Steps one = spawn(stack.flow(index, part), "submit_bio_noacct < dm_split_and_process_bio", true);
    one[0].address.add = done;
    steps = seq({steps, submit_bio_block(one, "dm_split_and_process_bio")});
  }
  return seq({steps, detach("dm_submit_bio"),
              await_children({branch("bad", finish(Status::bad)), branch("error", finish(Status::error))},
                             "bio_chain_endio")});
}

const Target& snapshot_target() {
  using declare::role, declare::whole;
  static const Target target{
      .description =
          {
              .id = "snapshot",
              .about = "a writable snapshot: copies a chunk of the origin before the first write to it",
              .source = "drivers/md/dm-snap.c, Linux 6.1 and 6.12",
              .not_counted = uncounted_exception_tables(),
              .parts = {&snapshot_part(), &dm_core_part(), &dm_flush_part(), &kcopyd_part(), &kcopyd_split_part(),
                        &dm_io_part(), &mempool_part(), &submission_part()},
              .parameters =
                  {
                      role("origin", "the device that was snapshotted"),
                      role("cow", "the device that holds changed chunks"),
                      declare::power_of_two(whole("chunk_kib", "KiB", "16", 4, 65536, "unit of copying")),
                      declare::power_of_two(declare::in_sectors("chunk_sectors", "chunk_kib", 4, 65536)),
                      declare::choice("store", "persistent", {"persistent", "transient"},
                                      "whether exceptions are written to the COW device"),
                      whole("allocated_chunks", "chunks", "0", 0, 1e12,
                            "chunks already in the COW device at the start, from chunk 0"),
                  },
              .distinct = {{"origin", "cow"}},
              .pools = snapshot_pools(),
              .traits = {.is_snapshot = true, .cuts = true},
          },
      .read = read,
      .write = write,
      .flush = flush,
      .regions = regions,
      .reserves = snapshot_reserves,
      .per_io_data_bytes = structure("struct dm_snap_tracked_chunk").bytes(),
      .administer = administer,
      .create_snapshot = create_snapshot,
      .walks =
          {
              R"("devices": [ { "name": "d", "target": "disk" }, { "name": "c", "target": "disk" },
           { "name": "s", "target": "snapshot", "origin": "d", "cow": "c", "chunk_kib": 1024 } ],
         "faults": [ { "device": "d", "fault": "io_error", "blocks": { "every": 64 } } ],
         "memory": { "allocator": "exhausted" },
         "workload": [ { "read": "s" }, { "write": "s", "count": 8, "in_flight": 4 }, { "flush": "s" },
           { "admin": "status", "device": "s" } ])",
              R"("devices": [ { "name": "d", "target": "disk" }, { "name": "c", "target": "disk" },
           { "name": "s", "target": "snapshot", "origin": "d", "cow": "c" } ],
         "memory": { "allocator": "plentiful", "unpooled": "fails" },
         "workload": [ { "writeback": "s", "pages": 8, "in_flight": 4 } ])",
              R"("devices": [ { "name": "d", "target": "disk" }, { "name": "c", "target": "disk" },
           { "name": "l", "target": "linear", "segments": [ { "to": "c", "size_mib": 64 },
             { "to": "c", "size_mib": 64, "start_mib": 128 } ] },
           { "name": "s", "target": "snapshot", "origin": "d", "cow": "l", "store": "transient" },
           { "name": "t", "target": "snapshot", "origin": "d", "cow": "l" } ],
         "workload": [ { "write": "s", "count": 8, "in_flight": 4 }, { "flush": "s" },
           { "write": "s", "write_kib": 16 },
           { "write": "t", "count": 8, "in_flight": 4 }, { "flush": "t" }, { "write": "t", "write_kib": 16 } ])",
              R"("devices": [ { "name": "d", "target": "disk" }, { "name": "c", "target": "disk" },
           { "name": "s", "target": "snapshot", "origin": "d", "cow": "c" } ],
         "workload": [ { "admin": "remove_snapshot", "device": "s" }, { "write": "d" } ])",
              R"("devices": [ { "name": "d", "target": "disk" }, { "name": "c", "target": "disk" },
           { "name": "s", "target": "snapshot", "origin": "d", "cow": "c", "chunk_kib": 16 } ], "faults": [],
         "kernel": { "reserved_bio_based_ios": 257 }, "memory": { "allocator": "exhausted", "freed_by": "nothing" },
         "workload": [ { "write": "s", "count": 300, "write_kib": 16, "in_flight": 300 },
           { "admin": "status", "device": "s" } ])"},
  };
  return target;
}

}  // namespace dmstall::models
