#include "models/targets/snapshot_exceptions.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/kernel/dm_core.hpp"
#include "models/kernel/sizes.hpp"
#include "models/kernel/steps.hpp"
#include "models/kernel/unpooled.hpp"
#include "models/targets/snapshot.hpp"
#include "models/targets/snapshot_locks.hpp"

namespace dmstall::models {

namespace {

constexpr FlowRole exception_over{"an exception from copy_callback to its commit"};
constexpr FlowRole chunk_copied{"a chunk is copied by kcopyd"};

constexpr int pending_exceptions = 256;  // dm-snap.c:MIN_IOS

Resource named(const std::string& name, ResourceKind kind, std::int32_t capacity, const std::string& wait_function) {
  Resource resource;
  resource.name = name;
  resource.kind = kind;
  resource.capacity = capacity;
  resource.wait_function = wait_function;
  return resource;
}

ResourceId rwsem(Stack& stack, const std::string& name) {
  return stack.resource(named(name, ResourceKind::rwsem, 0, "schedule"));
}

Steps on_lock(StepKind kind, ResourceId lock, const std::string& function) {
  return lock == no_resource ? Steps{} : on_resource(kind, lock, function);
}

/// copy_callback … the exception is committed. Starts and ends in the kcopyd thread, holding the pending exception.
FlowId complete_exception(const SnapshotExceptions& s, bool failed, const FaultSet& faults) {
  const bool marks = failed && s.store_invalid != no_resource;
  Io area;
  area.op = IoOp::write;
  area.bytes = s.chunk_bytes;
  area.faults = faults;
  const std::vector<AskedIo> written = asked_after_flush(*s.stack, s.cow, area);
  const bool may_fail = s.persistent && std::any_of(written.begin(), written.end(),
                                                    [](const AskedIo& asked) { return !asked.io.faults.empty(); });
  FlowKey key{.role = &exception_over, .device = s.index, .number = (marks ? 1 : 0) + (s.throttled ? 2 : 0)};
  if (may_fail) key.asked = written;
  const auto label = [&] {
    return fmt::format("exception of {} {}{}{}{}", s.name(), marks ? "fails" : "completes",
                       s.throttled ? "" : ", not throttled", may_fail ? ", metadata by " : "",
                       may_fail ? describe_after_flush(*s.stack, written) : "");
  };
  return s.stack->flow(key, label, [&] {
    const Steps uncounted =
        s.throttled && !s.counted_by_start ? give(s.throttle, "account_end_copy < copy_callback") : Steps{};
    // Out of turn the exception waits in a tree, not in the thread.
    const Steps in_turn =
        seq({leave_thread(s.kcopyd), in_queue(on_resource(StepKind::await_turn, s.order, "copy_callback")),
             enter_thread(s.kcopyd, "complete_exception < copy_callback"),
             on_resource(StepKind::pass_turn, s.order, "copy_callback")});
    if (!s.persistent)
      return seq({in_turn, uncounted, finish(Status::ok)});  // transient_commit_exception: callback at once
    const std::string caller = "persistent_commit_exception < complete_exception < copy_callback";
    const Steps committed = seq({on_resource(StepKind::broadcast, s.committed, caller), uncounted});
    const Steps not_written = seq(
        {s.store_invalid == no_resource ? Steps{} : on_resource(StepKind::signal, s.store_invalid, caller), committed});
    // The last exception in flight writes the metadata for all of them, synchronously, in the kcopyd thread.
    const Steps commit =
        dm_io_sync(s.pstore, write_after_flush(*s.stack, s.cow, area), "chunk_io < area_io < " + caller,
                   {.ok = committed, .bad = committed, .error = not_written});
    const Steps wait =
        seq({uncounted, leave_thread(s.kcopyd), in_queue(on_resource(StepKind::await, s.committed, caller)),
             enter_thread(s.kcopyd, "pending_complete < persistent_commit_exception")});
    const Steps invalid = marks ? on_resource(StepKind::signal, s.store_invalid, caller) : Steps{};
    return seq({in_turn, invalid, count(s.prepared, -1, caller, commit, wait), finish(Status::ok)});
  });
}

/// pending_complete up to the point where the waiting bios are sent on.
Steps publish(const SnapshotExceptions& s) {
  // GFP_NOIO does not fail for 32 bytes: GFP_ATOMIC and the invalidation behind it are never reached.
  AllocationSite site{s.index, "completed_exception", "alloc_completed_exception < pending_complete", Gfp::noio,
                      structure("struct dm_exception").bytes()};
  site.stays = true;  // in the table of exceptions until the snapshot is removed
  const Allocation exception = allocation(*s.stack, site);
  return seq({exception.taken, down_read(s.lock, "pending_complete"),
              remember(s.exceptions, "dm_insert_exception < pending_complete"), up_read(s.lock, "pending_complete"),
              on_resource(StepKind::await_zero, s.tracked, "__check_for_conflicting_io < pending_complete"),
              count(s.unfinished, -1, "pending_complete")});
}

/// A failed copy makes the snapshot unusable; the kcopyd thread waits for the lock.
Steps invalidate(const SnapshotExceptions& s) {
  const std::string caller = "invalidate_snapshot < pending_complete";
  return seq({down_write(s.lock, caller), on_resource(StepKind::signal, s.invalid, caller), up_write(s.lock, caller),
              count(s.unfinished, -1, "pending_complete")});
}

/// pending_complete as the store calls it: with success only while all exceptions committed so far have been copied.
Steps published(const SnapshotExceptions& s, const AfterCopy& then) {
  const Steps completed = seq({publish(s), then.completed});
  if (s.store_invalid == no_resource) return completed;
  Steps asked = on_resource(StepKind::if_, s.store_invalid, "ps->valid < persistent_commit_exception");
  asked[0].body = seq({invalidate(s), then.failed});
  asked[0].else_steps = completed;
  return asked;
}

}  // namespace

SnapshotExceptions snapshot_exceptions(Stack& stack, DeviceIndex index) {
  stack.uses(snapshot_part());
  const Device& device = stack.device(index);
  const std::string& name = device.name;
  SnapshotExceptions s;
  s.stack = &stack;
  s.index = index;
  s.origin = stack.index_of(device.text("origin"));
  s.cow = stack.index_of(device.text("cow"));
  s.chunk_bytes = device.integer("chunk_kib") * 1024;
  s.persistent = !device.has("store") || device.text("store") == "persistent";  // only such a store can be merged
  s.may_be_invalid = may_become_invalid(stack, index);
  s.counted_by_start = !stack.has(Change::snapshot_throttle_before_locks);
  // A map waits while in_progress > cow_threshold, so threshold + 1 copies can be under way. The semaphore before it
  // began at the threshold, and 0 was no limit.
  const int threshold = stack.scenario().kernel.snapshot_cow_threshold;
  const int copies = !s.counted_by_start ? threshold + 1 : threshold > 0 ? threshold : INT32_MAX;
  s.throttle = stack.pool(index, "in_progress",
                          named("", ResourceKind::semaphore, copies, s.counted_by_start ? "down" : "io_schedule"));
  Resource pe;
  pe.kind = ResourceKind::mempool;
  pe.capacity = pending_exceptions;
  pe.soft = true;
  pe.memory = MemoryClass::slab;
  pe.reserves = {{part(structure("pending exceptions")), part(structure("mempool slots"))}};
  pe.wait_function = "mempool_alloc";
  s.pending = stack.pool(index, "pending", pe);
  s.order = stack.resource(named(name + ".exception_order", ResourceKind::order, 0, "out_of_order_tree"));
  s.prepared = stack.resource(named(name + ".pending_count", ResourceKind::counter, 0, "pending_count"));
  s.committed = stack.resource(named(name + ".commit", ResourceKind::event, 0, "ps->callbacks"));
  s.unfinished = stack.resource(named(name + ".unfinished_exceptions", ResourceKind::counter, 0, "pe->snapshot_bios"));
  s.tracked =
      stack.resource(named(name + ".tracked_reads", ResourceKind::counter, 0, "msleep < __check_for_conflicting_io"));
  s.invalid = stack.resource(named(name + ".invalid", ResourceKind::event, 0, "s->valid"));
  if (s.persistent) s.pstore = dm_io_client(stack, index, "pstore_client", vectors_of(stack, s.chunk_bytes));
  s.kcopyd = kcopyd_client(stack, index);
  s.exceptions =
      stack.table({name + " exceptions", s.chunk_bytes, 0, device.integer("allocated_chunks") * s.chunk_bytes});
  if (snapshot_lock_matters(stack, index, s.pending)) s.lock = rwsem(stack, name + ".lock");
  if (s.lock != no_resource && s.persistent)
    s.store_invalid = stack.resource(named(name + ".store_invalid", ResourceKind::event, 0, "ps->valid"));
  return s;
}

std::vector<DeviceIndex> snapshots_of(const Stack& stack, DeviceIndex origin) {
  std::vector<DeviceIndex> found;
  const auto& devices = stack.scenario().devices;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    if (devices[i].target == "snapshot" && stack.index_of(devices[i].text("origin")) == origin)
      found.push_back(static_cast<DeviceIndex>(i));
  }
  std::stable_sort(found.begin(), found.end(), [&](DeviceIndex a, DeviceIndex b) {
    return stack.device(a).integer("chunk_kib") > stack.device(b).integer("chunk_kib");
  });
  return found;
}

std::int64_t smallest_chunk_bytes(const Stack& stack, DeviceIndex origin) {
  std::int64_t least_kib = 0;
  for (const Device& device : stack.scenario().devices) {
    if (!is_snapshot(device) || stack.index_of(device.text("origin")) != origin) continue;
    const std::int64_t kib = device.integer("chunk_kib");
    least_kib = least_kib == 0 ? kib : std::min(least_kib, kib);
  }
  return least_kib * 1024;
}

void add_exception_regions(const Stack& stack, DeviceIndex snapshot, std::vector<Region>& regions) {
  const Device& device = stack.device(snapshot);
  const DeviceIndex cow = stack.index_of(device.text("cow"));
  Region chunk = same_addresses(stack.index_of(device.text("origin")), IoOp::read);
  chunk.hop.granularity = device.integer("chunk_kib") * 1024;
  regions.push_back(chunk);
  chunk.device = cow;
  chunk.op = IoOp::write;
  regions.push_back(chunk);
  regions.push_back(same_addresses(cow, IoOp::flush));
}

void add_origin_write_regions(const Stack& stack, DeviceIndex origin, std::vector<Region>& regions) {
  for (const DeviceIndex snapshot : snapshots_of(stack, origin)) add_exception_regions(stack, snapshot, regions);
}

ResourceId origins_lock(Stack& stack) {
  return origins_lock_matters(stack) ? rwsem(stack, "_origins_lock") : no_resource;
}

Steps down_read(ResourceId lock, const std::string& caller) {
  return on_lock(StepKind::read_lock, lock, "down_read < " + caller);
}
Steps up_read(ResourceId lock, const std::string& caller) {
  return on_lock(StepKind::read_unlock, lock, "up_read < " + caller);
}
Steps down_write(ResourceId lock, const std::string& caller) {
  return on_lock(StepKind::write_lock, lock, "down_write < " + caller);
}
Steps up_write(ResourceId lock, const std::string& caller) {
  return on_lock(StepKind::write_unlock, lock, "up_write < " + caller);
}

Steps if_valid(const SnapshotExceptions& s, const Steps& valid, const Steps& invalid) {
  Steps asked = on_resource(StepKind::if_, s.invalid, "s->valid");
  asked[0].body = invalid;
  asked[0].else_steps = valid;
  return asked;
}

Steps place_in_progress(const SnapshotExceptions& s, const std::string& function) {
  return s.throttled ? take(s.throttle, function) : Steps{};
}

Steps not_in_progress(const SnapshotExceptions& s, const std::string& caller) {
  return s.throttled ? give(s.throttle, caller) : Steps{};
}

std::vector<GiveBack> held_by_copy(const SnapshotExceptions& s) {
  std::vector<GiveBack> all{{s.pending, 1}};
  if (s.counted_by_start) all.push_back({s.throttle, 1});
  return all;
}

Steps free_copy(const SnapshotExceptions& s) {
  return seq({give(s.pending, "free_pending_exception < pending_complete"),
              s.counted_by_start ? give(s.throttle, "up < account_end_copy < copy_callback") : Steps{}});
}

Steps new_exception(const SnapshotExceptions& s, const std::string& caller) {
  const Steps counted = s.persistent ? count(s.prepared, 1, "persistent_prepare_exception < " + caller) : Steps{};
  return seq({take(s.pending, "alloc_pending_exception < " + caller),
              count(s.unfinished, 1, "__insert_pending_exception < " + caller), counted,
              on_resource(StepKind::ticket, s.order, "__find_pending_exception < " + caller)});
}

Steps copied_exception(const SnapshotExceptions& s, const FaultSet& faults, const AfterCopy& then) {
  Io chunk;
  chunk.bytes = s.chunk_bytes;
  chunk.faults = faults;
  Io chunk_write = chunk;
  chunk_write.op = IoOp::write;
  const Steps copied = seq({call(complete_exception(s, false, faults), "copy_callback", {}), published(s, then)});
  const Steps failed =
      seq({call(complete_exception(s, true, faults), "copy_callback", {}), invalidate(s), then.failed});
  FlowKey key{.role = &chunk_copied, .device = s.index, .asked = {s.stack->asked(s.origin, chunk)}};
  const AskedIo write = s.stack->asked(s.cow, chunk_write);
  if (!write.io.faults.empty()) key.asked.push_back(write);
  const auto label = [&] {
    return fmt::format("copy a chunk of {} ({}{})", s.name(), s.stack->describe(key.asked.front()),
                       write.io.faults.empty() ? "" : ", then " + s.stack->describe(write));
  };
  const FlowId whole = s.stack->flow(key, label, [&] {
    return kcopyd_copy(*s.stack, s.index, s.kcopyd, {s.origin, s.cow, chunk, chunk_write, s.chunk_bytes},
                       finish(Status::ok), finish(Status::error));
  });
  return call(whole, "dm_kcopyd_copy < start_copy",
              {branch("ok", copied), branch("bad", copied), branch("error", failed)});
}

Steps written_exception(const SnapshotExceptions& s, const FaultSet& faults, bool failed, const AfterCopy& then) {
  return kcopyd_callback(s.kcopyd, seq({call(complete_exception(s, failed, faults), "copy_callback", {}),
                                        failed ? seq({invalidate(s), then.failed}) : published(s, then)}));
}

Steps wait_for_exception(const SnapshotExceptions& s, const std::string& queued, const std::string& woken) {
  return seq({in_queue(on_resource(StepKind::await_zero, s.unfinished, "bio_list_add < " + queued)),
              enter_thread(s.kcopyd, woken + " < pending_complete")});
}

}  // namespace dmstall::models
