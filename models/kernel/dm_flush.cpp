#include "models/kernel/dm_flush.hpp"

#include "models/kernel/dm_core.hpp"
#include "models/kernel/omissions/parts.hpp"
#include "models/kernel/steps.hpp"
#include "models/kernel/workqueue.hpp"

#include <algorithm>
#include <string>

namespace dmstall::models {

namespace {

constexpr const char* alloc_one = "alloc_tio < __send_duplicate_bios < __send_empty_flush < dm_submit_bio";
constexpr const char* alloc_many = "alloc_tio < alloc_multiple_bios < __send_duplicate_bios < __send_empty_flush < dm_submit_bio";

/// Where a clone's dm_target_io lies.
enum class Clone : std::uint8_t { embedded, own };

/// On behalf of what may meet faults: it meets them, too.
Io flush_before(const Io& io) {
  Io flush;
  flush.op = IoOp::flush;
  flush.bytes = 0;
  flush.faults = io.faults;
  return flush;
}

/// __map_bio of one clone: parked with its element, or over at once.
Steps send(Stack& stack, DeviceIndex device, DeviceIndex lower, Clone clone, const Io& whole) {
  const bool own = clone == Clone::own;
  if (!stack.has_write_cache(lower)) {
    return own ? give(bs(stack, device), "free_tio < clone_endio < submit_bio_noacct (no write cache below)") : Steps{};
  }
  const Io io = flush_before(whole);
  const FlowId flush = stack.flow(lower, io);
  const FlowId flow = stack.flow(
      "flush clone " + stack.device(device).name + " to " + stack.describe(lower, io) + (own ? "" : " (embedded)"), device, [&] {
        const auto end = [&](Status status) {
          return own ? seq({give(bs(stack, device), "free_tio < clone_endio"), finish(status)}) : finish(status);
        };
        return call(flush, "__map_bio < __send_empty_flush",
                    {branch("ok", end(Status::ok)), branch("bad", end(Status::ok)), branch("error", end(Status::error))});
      });
  std::vector<GiveBack> with;
  if (own) with.push_back({bs(stack, device), 1});
  return spawn(flow, "submit_bio_noacct < __send_empty_flush", true, with);
}

Steps send_all(Stack& stack, DeviceIndex device, const std::vector<DeviceIndex>& lowers, Clone first, const Io& io) {
  Steps steps;
  for (std::size_t i = 0; i < lowers.size(); ++i) {
    steps = seq({std::move(steps), send(stack, device, lowers[i], i == 0 ? first : Clone::own, io)});
  }
  return steps;
}

/// dm_submit_bio of a flush whose clones are `clones`, and its end.
Steps flush_io(Stack& stack, DeviceIndex device, Steps clones) {
  return one_clone(stack, device,
                   seq({submit_bio_block(std::move(clones), "__send_empty_flush < dm_submit_bio"), detach("dm_submit_bio"),
                        await_children({branch("ok", end_io(stack, device, Status::ok)), branch("bad", end_io(stack, device, Status::bad)),
                                        branch("error", end_io(stack, device, Status::error))},
                                       "dm_io_dec_pending")}));
}

}  // namespace

Steps empty_flush(Stack& stack, DeviceIndex device, const std::vector<DeviceIndex>& targets, const Io& io) {
  stack.uses(dm_flush_part());
  Steps clones;
  bool first = true;
  for (const DeviceIndex lower : targets) {
    if (!first) clones = seq({std::move(clones), take(bs(stack, device), alloc_one)});
    clones = seq({std::move(clones), send(stack, device, lower, first ? Clone::embedded : Clone::own, io)});
    first = false;
  }
  return flush_io(stack, device, std::move(clones));
}

Steps empty_flush_together(Stack& stack, DeviceIndex device, const std::vector<DeviceIndex>& devices, const Io& io) {
  stack.uses(dm_flush_part());
  if (devices.size() == 1) return empty_flush(stack, device, devices, io);
  const auto all = static_cast<std::int32_t>(devices.size());
  Resource mutex;
  mutex.name = stack.device(device).name + ".table_devices_lock";
  mutex.kind = ResourceKind::mutex;
  mutex.capacity = 1;
  mutex.wait_function = "mutex_lock";
  const ResourceId lock = stack.resource(mutex);
  const ResourceId set = bs(stack, device);
  const Steps waiting = seq({take(lock, "alloc_multiple_bios < __send_duplicate_bios < __send_empty_flush < dm_submit_bio"),
                             take(set, alloc_many, all), give(lock, "alloc_multiple_bios"),
                             send_all(stack, device, devices, Clone::own, io)});
  // GFP_NOWAIT, one after the other; from the last to the first, because each stands inside the success of the one before it.
  Steps clones = send_all(stack, device, devices, Clone::embedded, io);
  for (std::int32_t had = all - 2; had >= 0; --had) {
    const Steps back = had > 0 ? give(set, "free_tio < alloc_multiple_bios", had) : Steps{};
    clones = try_take(set, alloc_many, std::move(clones), seq({back, waiting}));
  }
  return flush_io(stack, device, std::move(clones));
}

bool any_lower_has_write_cache(const Stack& stack, DeviceIndex device) {
  const auto& lowers = stack.lower(device);
  return std::any_of(lowers.begin(), lowers.end(), [&](DeviceIndex lower) { return stack.has_write_cache(lower); });
}

std::string write_after_flush_name(const Stack& stack, DeviceIndex device, const Io& write) {
  if (!stack.has_write_cache(device)) return stack.describe(device, write);
  return stack.describe(device, flush_before(write)) + ", then " + stack.describe(device, write);
}

FlowId write_after_flush(Stack& stack, DeviceIndex device, Io write) {
  write.op = IoOp::write;
  const FlowId data = stack.flow(device, write);
  if (!stack.has_write_cache(device)) return data;
  stack.uses(dm_flush_part());
  const Io flush = flush_before(write);
  return stack.flow(write_after_flush_name(stack, device, write), device, [&] {
    const std::vector<Branch> end{branch("ok", finish(Status::ok)), branch("bad", finish(Status::ok)), branch("error", finish(Status::error))};
    const FlowId first = stack.flow(device, flush);
    if (stack.lower(device).empty()) {
      return seq({call(first, "blk_insert_flush", {branch("error", finish(Status::error))}), call(data, "blk_flush_complete_seq", end)});
    }
    // __dm_io_complete reissues the data whatever became of the flush.
    const ResourceId worker = stack.resource(single_thread("kdmflush/" + stack.device(device).name));
    CallOptions options;
    options.context = CallContext::async;
    options.after_detach = {{worker, 1}};
    return seq({call(first, "__send_empty_flush < dm_submit_bio", {}), take(worker, "queue_io < __dm_io_complete"),
                call(data, "submit_bio_noacct < dm_wq_work", end, options)});
  });
}

}  // namespace dmstall::models
