// dm-snapshot, persistent store: the first write to a chunk copies it (partial write) or goes straight to the COW device
// (whole chunk); exceptions complete in order and are committed in groups.
//
// Linux 6.1.192: drivers/md/dm-snap.c (snapshot_map, wait_for_in_progress, alloc_pending_exception, start_copy,
// start_full_bio, copy_callback, complete_exception, pending_complete), dm-snap-persistent.c (persistent_prepare_exception,
// persistent_commit_exception, chunk_io).
// Leaves out: s->lock (it matters beside administration, and when a failed copy invalidates the snapshot while a map waits in the
// pool of pending exceptions), origin writes and several snapshots, merge, a full metadata area (commits happen when the last
// exception in flight completes), the header write, metadata I/O above 1 MiB, discards. A copy that finishes out of turn counts
// against the throttle until its turn; after an invalidation the metadata is still written.
#include "models/targets/snapshot.hpp"

#include "models/kernel/bio_slab.hpp"
#include "models/kernel/dm_core.hpp"
#include "models/kernel/kcopyd.hpp"
#include "models/kernel/steps.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dmstall::models {

namespace {

constexpr int pending_exceptions = 256;             // dm-snap.c:MIN_IOS
// Compiled sizes on Debian's amd64 6.1.
constexpr std::int32_t pending_bytes = 128;         // struct dm_snap_pending_exception
constexpr int tracked_chunk_bytes = 24;             // struct dm_snap_tracked_chunk, kept with every bio
constexpr std::int32_t snapshot_bytes = 512;        // struct dm_snapshot, 456 B from kmalloc-512
constexpr std::int32_t pstore_bytes = 128;          // struct pstore, 104 B from kmalloc-128
constexpr std::int32_t disk_exception_bytes = 16, commit_callback_bytes = 16;

struct Snapshot {
  Stack& stack;
  DeviceIndex index;
  const Device& device;
  DeviceIndex origin, cow;
  std::int64_t chunk_bytes;
  ResourceId throttle, pending, order, prepared, committed, unfinished, tracked, invalid;
  DmIoClient pstore;
  Kcopyd kcopyd;
  TableId exceptions;
};

Resource named(const std::string& name, ResourceKind kind, std::int32_t capacity, const std::string& wait_function) {
  Resource resource;
  resource.name = name;
  resource.kind = kind;
  resource.capacity = capacity;
  resource.wait_function = wait_function;
  return resource;
}

Snapshot describe(Stack& stack, DeviceIndex index) {
  const Device& device = stack.device(index);
  const std::string& name = device.name;
  Snapshot snapshot{stack, index, device, stack.index_of(device.text("origin")), stack.index_of(device.text("cow")),
                    device.integer("chunk_kib") * 1024, 0, 0, 0, 0, 0, 0, 0, 0, {}, {}, 0};
  // A map waits while in_progress > cow_threshold, so threshold + 1 copies can be under way.
  snapshot.throttle = stack.pool(index, "in_progress",
                                 named("", ResourceKind::semaphore, stack.scenario().kernel.snapshot_cow_threshold + 1, "io_schedule"));
  Resource pe;
  pe.kind = ResourceKind::mempool;
  pe.capacity = pending_exceptions;
  pe.soft = true;
  pe.memory = MemoryClass::slab;
  pe.reserves = {{{"pending exceptions", pending_bytes}, {"mempool slots", mempool_slot_bytes}}};
  pe.wait_function = "mempool_alloc";
  snapshot.pending = stack.pool(index, "pending", pe);
  snapshot.order = stack.resource(named(name + ".exception_order", ResourceKind::order, 0, "out_of_order_tree"));
  snapshot.prepared = stack.resource(named(name + ".pending_count", ResourceKind::counter, 0, "pending_count"));
  snapshot.committed = stack.resource(named(name + ".commit", ResourceKind::event, 0, "ps->callbacks"));
  snapshot.unfinished = stack.resource(named(name + ".unfinished_exceptions", ResourceKind::counter, 0, "pe->snapshot_bios"));
  snapshot.tracked = stack.resource(named(name + ".tracked_reads", ResourceKind::counter, 0, "msleep < __check_for_conflicting_io"));
  snapshot.invalid = stack.resource(named(name + ".invalid", ResourceKind::event, 0, "s->valid"));
  snapshot.pstore = dm_io_client(stack, index, "pstore_client");
  snapshot.kcopyd = kcopyd_client(stack, index);
  snapshot.exceptions = stack.table({name + " exceptions", snapshot.chunk_bytes, 0, device.integer("allocated_chunks") * snapshot.chunk_bytes});
  return snapshot;
}

/// copy_callback … the exception is committed. Starts and ends in the kcopyd thread, holding the pending exception.
FlowId complete_exception(const Snapshot& s) {
  return s.stack.flow("exception of " + s.device.name + " completes", s.index, [&] {
    const std::string caller = "persistent_commit_exception < complete_exception < copy_callback";
    Io area;
    area.op = IoOp::write;
    area.bytes = s.chunk_bytes;
    const Steps uncounted = give(s.throttle, "account_end_copy < copy_callback");
    const Steps committed = seq({on_resource(StepKind::broadcast, s.committed, caller), uncounted});
    // The last exception in flight writes the metadata for all of them, synchronously, in the kcopyd thread.
    const Steps commit = dm_io_sync(s.pstore, write_after_flush(s.stack, s.cow, area), "chunk_io < area_io < " + caller,
                                    {.ok = committed, .bad = committed, .error = committed});
    const Steps wait = seq({uncounted, leave_thread(s.kcopyd), on_resource(StepKind::await, s.committed, caller),
                            enter_thread(s.kcopyd, "pending_complete < persistent_commit_exception")});
    // Out of turn the exception waits in a tree, not in the thread.
    return seq({leave_thread(s.kcopyd),
                on_resource(StepKind::await_turn, s.order, "copy_callback"), enter_thread(s.kcopyd, "complete_exception < copy_callback"),
                on_resource(StepKind::pass_turn, s.order, "copy_callback"),
                count(s.prepared, -1, caller, commit, wait), finish(Status::ok)});
  });
}

/// pending_complete up to the point where the waiting bios are sent on.
Steps publish(const Snapshot& s) {
  s.stack.note_unpooled_site(s.device.name + ".completed_exception");
  Steps unpooled;
  if (s.stack.scenario().memory.unpooled == Outcome::fails) {
    Resource exception;
    exception.name = s.device.name + ".completed_exception (no pool)";
    exception.kind = ResourceKind::mempool;
    exception.soft = true;
    exception.memory = MemoryClass::unpooled;
    exception.owner = s.device.name;
    exception.wait_function = "__alloc_pages_slowpath < kmem_cache_alloc";
    unpooled = take(s.stack.resource(exception), "alloc_completed_exception < pending_complete");
  }
  return seq({unpooled, remember(s.exceptions, "dm_insert_exception < pending_complete"),
              on_resource(StepKind::await_zero, s.tracked, "__check_for_conflicting_io < pending_complete"),
              count(s.unfinished, -1, "pending_complete")});
}

Io to_cow(const Io& io) {
  Io write = io;
  write.op = IoOp::write;
  return write;
}

/// The bio goes on to the COW device from the kcopyd thread, which then is done with it.
Steps flush_bio(const Snapshot& s, const Io& io, std::vector<GiveBack> after_detach) {
  CallOptions options;
  options.context = CallContext::async;
  options.after_detach = std::move(after_detach);
  return call(s.stack.flow(s.cow, to_cow(io)), "flush_bios < pending_complete",
              {branch("ok", end_io(s.stack, s.index, Status::ok)), branch("bad", end_io(s.stack, s.index, Status::ok)),
               branch("error", end_io(s.stack, s.index, Status::error))},
              options);
}

/// A failed copy makes the snapshot unusable.
Steps invalidate(const Snapshot& s) { return on_resource(StepKind::signal, s.invalid, "invalidate_snapshot < pending_complete"); }

/// s->valid, asked without waiting.
Steps if_valid(const Snapshot& s, const Steps& valid, const Steps& invalid) {
  Steps asked = on_resource(StepKind::if_, s.invalid, "s->valid");
  asked[0].body = invalid;
  asked[0].else_steps = valid;
  return asked;
}

/// DM_MAPIO_KILL: the bio ends with an error in the submitter.
Steps kill(const Snapshot& s) { return seq({detach("dm_io_dec_pending < __map_bio"), end_io(s.stack, s.index, Status::error)}); }

/// A new exception: element, chunk of the COW device and place in the order, under s->lock.
Steps prepare(const Snapshot& s) {
  return seq({take(s.pending, "alloc_pending_exception < snapshot_map"), count(s.unfinished, 1, "__insert_pending_exception < snapshot_map"),
              count(s.prepared, 1, "persistent_prepare_exception < snapshot_map"),
              on_resource(StepKind::ticket, s.order, "__find_pending_exception < snapshot_map")});
}

/// A write of part of a chunk: kcopyd copies the chunk, then the bio follows.
Steps copy_chunk(const Snapshot& s, const Io& io) {
  Io chunk;
  chunk.bytes = s.chunk_bytes;
  chunk.faults = io.faults;
  Io chunk_write = chunk;
  chunk_write.op = IoOp::write;
  chunk_write.faults.clear();
  const FlowId complete = complete_exception(s);
  const Steps copied = seq({call(complete, "copy_callback", {}), publish(s),
                            flush_bio(s, io, {{s.pending, 1}, {s.kcopyd.thread, 1}})});
  const Steps failed = seq({call(complete, "copy_callback", {}), invalidate(s), count(s.unfinished, -1, "pending_complete"),
                            give(io_bs(s.stack, s.index), "__dm_io_complete < clone_endio < error_bios"), give(s.pending, "free_pending_exception < pending_complete"),
                            leave_thread(s.kcopyd), finish(Status::error)});
  const FlowId whole = s.stack.flow(fmt::format("copy a chunk of {} ({})", s.device.name, s.stack.describe(s.origin, chunk)), s.index, [&] {
    return kcopyd_copy(s.stack, s.index, s.kcopyd, {s.origin, s.cow, chunk, chunk_write, s.chunk_bytes}, finish(Status::ok), finish(Status::error));
  });
  // The caller of dm_kcopyd_copy returns at once; the job's steps run in no thread until kcopyd picks it up.
  return seq({take_job(s.kcopyd, "dm_kcopyd_copy < start_copy < snapshot_map"), detach("dm_kcopyd_copy < start_copy"),
              call(whole, "dm_kcopyd_copy < start_copy", {branch("ok", copied), branch("bad", copied), branch("error", failed)})});
}

/// A write of a whole chunk needs no copy; its completion goes through kcopyd's callback list.
Steps write_whole_chunk(const Snapshot& s, const Io& io) {
  const FlowId complete = complete_exception(s);
  const auto done = [&](Status status) {
    return kcopyd_callback(s.kcopyd, seq({call(complete, "copy_callback", {}),
                                          status == Status::ok ? publish(s) : seq({invalidate(s), count(s.unfinished, -1, "pending_complete")}),
                                          give(io_bs(s.stack, s.index), "__dm_io_complete < clone_endio < pending_complete"),
                                          give(s.pending, "free_pending_exception < pending_complete"), leave_thread(s.kcopyd), finish(status)}));
  };
  return seq({take_job(s.kcopyd, "dm_kcopyd_prepare_callback < start_full_bio < snapshot_map"),
              call(s.stack.flow(s.cow, to_cow(io)), "submit_bio_noacct < start_full_bio < snapshot_map",
                   {branch("ok", done(Status::ok)), branch("bad", done(Status::ok)), branch("error", done(Status::error))})});
}

/// A write to a chunk that another bio is copying: it waits on that exception. Which one is not kept: it waits until
/// no exception is unfinished, which is when a group commit ends.
Steps join(const Snapshot& s, const Io& io) {
  return seq({give(s.throttle, "wait_for_in_progress < snapshot_map"), detach("snapshot_map"),
              on_resource(StepKind::await_zero, s.unfinished, "bio_list_add < snapshot_map"),
              enter_thread(s.kcopyd, "flush_bios < pending_complete"),
              if_valid(s, flush_bio(s, io, {{s.kcopyd.thread, 1}}),
                       seq({leave_thread(s.kcopyd), end_io(s.stack, s.index, Status::error)}))});
}

Steps remapped(const Snapshot& s, FlowId lower, const Steps& before_end) {
  const auto end = [&](Status status) { return seq({before_end, end_io(s.stack, s.index, status)}); };
  return call(lower, "__map_bio < dm_submit_bio", {branch("ok", end(Status::ok)), branch("bad", end(Status::bad)), branch("error", end(Status::error))});
}

/// max_io_len is the chunk: a longer bio becomes one bio per chunk, each submitted completely before the next.
Steps split_by_chunk(const Snapshot& s, const Io& io) {
  Steps steps;
  for (std::int64_t done = 0; done < io.bytes; done += s.chunk_bytes) {
    Io part = io;
    part.bytes = std::min(s.chunk_bytes, io.bytes - done);
    Steps one = spawn(s.stack.flow(s.index, part), "submit_bio_noacct < dm_split_and_process_bio", true);
    one[0].address.add = done;
    steps = seq({steps, submit_bio_block(one, "dm_split_and_process_bio")});
  }
  return seq({steps, detach("dm_submit_bio"),
              await_children({branch("bad", finish(Status::bad)), branch("error", finish(Status::error))}, "bio_chain_endio")});
}

Steps write(Stack& stack, DeviceIndex index, const Io& io) {
  const Snapshot s = describe(stack, index);
  if (io.bytes > s.chunk_bytes) return split_by_chunk(s, io);
  const Steps first = seq({prepare(s), io.bytes >= s.chunk_bytes ? write_whole_chunk(s, io) : copy_chunk(s, io)});
  const Steps again = seq({give(s.throttle, "wait_for_in_progress < snapshot_map"), remapped(s, stack.flow(s.cow, to_cow(io)), {})});
  const Steps killed = seq({give(s.throttle, "wait_for_in_progress < snapshot_map"), kill(s)});
  return one_clone(stack, index,
                   seq({take(s.throttle, "wait_for_in_progress < snapshot_map"), if_valid(s, {}, killed),
                        lookup(s.exceptions, {branch("already copied", again), branch("first write to the chunk", first), branch("being copied", join(s, io))},
                               "dm_lookup_exception < snapshot_map")}));
}

Steps read(Stack& stack, DeviceIndex index, const Io& io) {
  const Snapshot s = describe(stack, index);
  if (io.bytes > s.chunk_bytes) return split_by_chunk(s, io);
  const FlowId origin = stack.flow(s.origin, io);
  Step conflict;
  conflict.kind = StepKind::choose;
  conflict.function = "track_chunk < snapshot_map";
  conflict.branches = {branch("no copy of this chunk", remapped(s, origin, {})),
                       branch("chunk is being copied", seq({count(s.tracked, 1, "track_chunk < snapshot_map"),
                                                            remapped(s, origin, count(s.tracked, -1, "stop_tracking_chunk < snapshot_end_io"))}))};
  conflict.branches[1].weight = 0;   // timed runs do not place reads on chunks under copy
  Io from_cow = io;
  from_cow.faults.clear();
  from_cow.rewritten = false;
  return one_clone(stack, index,
                   seq({if_valid(s, {}, kill(s)),
                        lookup(s.exceptions, {branch("copied", remapped(s, stack.flow(s.cow, from_cow), {})), branch("not copied", {conflict})},
                               "dm_lookup_exception < snapshot_map")}));
}

/// snapshot_map sends an empty flush to the COW device.
Steps flush(Stack& stack, DeviceIndex index, const Io&) {
  return empty_flush(stack, index, {stack.index_of(stack.device(index).text("cow"))});
}

int num_flush_bios(const Stack&, DeviceIndex) { return 1; }   // dm-snap.c:snapshot_ctr; a merging one has 2

bool has_write_cache(const Stack& stack, DeviceIndex index) {
  for (const DeviceIndex lower : stack.lower(index)) {
    if (stack.has_write_cache(lower)) return true;
  }
  return false;
}

/// snapshot_ctr and persistent_read_metadata, for the persistent store.
DeviceReserves reserves(Stack& stack, DeviceIndex index) {
  const Snapshot s = describe(stack, index);
  DeviceReserves all = core_reserves(stack, index);
  all.pools.insert(all.pools.end(), {s.pending, s.throttle});
  add_reserves(all, s.kcopyd);
  add_reserves(all, s.pstore);
  const auto chunk = static_cast<std::int32_t>(s.chunk_bytes);
  all.fixed.push_back({"struct dm_snapshot", snapshot_bytes});
  all.fixed.push_back({"struct pstore", pstore_bytes});
  all.fixed.push_back({"metadata areas", chunk, 3});   // ps->area, zero_area, header_area
  all.fixed.push_back({"commit callbacks", chunk / disk_exception_bytes * commit_callback_bytes});
  ++all.rescuers;                                      // ksnaphd
  return all;
}

}  // namespace

const TargetModel snapshot_model{"snapshot", read, write, flush, num_flush_bios, has_write_cache, reserves, tracked_chunk_bytes};

}  // namespace dmstall::models
