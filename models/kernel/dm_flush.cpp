#include "models/kernel/dm_flush.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "models/kernel/dm_core.hpp"
#include "models/kernel/omissions/parts.hpp"
#include "models/kernel/steps.hpp"
#include "models/kernel/workqueue.hpp"

namespace dmstall::models {

namespace {

constexpr const char* alloc_one = "alloc_tio < __send_duplicate_bios < __send_empty_flush < dm_submit_bio";
constexpr const char* alloc_for_device = "alloc_tio < __send_empty_flush < dm_submit_bio";

/// What all clones of one bio have in common.
struct Whole {
  Io io;                 ///< of each clone
  std::string caller;    ///< of __send_duplicate_bios
  std::string sent_by;   ///< of submit_bio_noacct
  const FlowRole* role;  ///< of a clone
  const char* called;    ///< the flow of a clone
};

constexpr FlowRole flush_clone{"a clone of an empty flush"};
constexpr FlowRole range_clone{"a clone of a discard or of zeroes"};
constexpr FlowRole write_behind_flush{"a write with PREFLUSH"};

/// On behalf of what may meet faults: the flush meets them, too.
Io flush_before(const Io& io) {
  Io flush;
  flush.op = IoOp::flush;
  flush.bytes = 0;
  flush.faults = io.faults;
  return flush;
}

Whole flush_of_all(const Io& io) {
  return {flush_before(io), "__send_empty_flush", "__map_bio < __send_empty_flush", &flush_clone, "flush clone"};
}

/// A clone for a device of the table, which no target maps.
Whole flush_of_devices(const Io& io) {
  return {flush_before(io), "__send_empty_flush", "dm_submit_bio_remap < __send_empty_flush", &flush_clone,
          "flush clone"};
}

/// Where a clone's dm_target_io lies.
enum class Clone : std::uint8_t { embedded, own };

/// __map_bio of one clone: parked with its element, or over at once.
Steps send(Stack& stack, DeviceIndex device, DeviceIndex lower, Clone clone, const Whole& whole) {
  const bool own = clone == Clone::own;
  if (whole.io.op == IoOp::flush && !stack.has_write_cache(lower)) {
    return own ? give(bs(stack, device), "free_tio < clone_endio < submit_bio_noacct (no write cache below)") : Steps{};
  }
  const FlowId served = stack.flow(lower, whole.io);
  const AskedIo asked = stack.asked(lower, whole.io);
  const FlowId flow = stack.flow(
      {.role = whole.role, .device = device, .asked = {asked}, .number = own ? 1 : 0},
      [&] {
        return fmt::format("{} {} to {}{}", whole.called, stack.device(device).name, stack.describe(asked),
                           own ? "" : " (embedded)");
      },
      [&] {
        const auto end = [&](Status status) {
          return own ? seq({give(bs(stack, device), "free_tio < clone_endio"), finish(status)}) : finish(status);
        };
        return call(
            served, whole.sent_by,
            {branch("ok", end(Status::ok)), branch("bad", end(Status::ok)), branch("error", end(Status::error))});
      });
  std::vector<GiveBack> with;
  if (own) with.push_back({bs(stack, device), 1});
  return spawn(flow, "submit_bio_noacct < " + whole.caller, true, with);
}

Steps send_all(Stack& stack, DeviceIndex device, const std::vector<DeviceIndex>& lowers, Clone first,
               const Whole& whole) {
  Steps steps;
  for (std::size_t i = 0; i < lowers.size(); ++i) {
    steps = seq({std::move(steps), send(stack, device, lowers[i], i == 0 ? first : Clone::own, whole)});
  }
  return steps;
}

/// dm_submit_bio of a bio whose clones are `clones`, and its end.
Steps whole_io(Stack& stack, DeviceIndex device, Steps clones, const Whole& whole) {
  return one_clone(stack, device,
                   seq({submit_bio_block(std::move(clones), whole.caller + " < dm_submit_bio"), detach("dm_submit_bio"),
                        await_children({branch("ok", end_io(stack, device, Status::ok)),
                                        branch("bad", end_io(stack, device, Status::bad)),
                                        branch("error", end_io(stack, device, Status::error))},
                                       "dm_io_dec_pending")}));
}

/// Clones one after the other: the first lies in the io_bs element, each later one is taken when those before it are on
/// the submitter's bio_list. `alloc`: where it waits.
Steps one_by_one(Stack& stack, DeviceIndex device, const std::vector<DeviceIndex>& to, const char* alloc,
                 const Whole& whole) {
  Steps clones;
  bool first = true;
  for (const DeviceIndex lower : to) {
    if (!first) clones = seq({std::move(clones), take(bs(stack, device), alloc)});
    clones = seq({std::move(clones), send(stack, device, lower, first ? Clone::embedded : Clone::own, whole)});
    first = false;
  }
  return whole_io(stack, device, std::move(clones), whole);
}

Steps together(Stack& stack, DeviceIndex device, const std::vector<DeviceIndex>& devices, const Whole& whole) {
  if (!stack.has(Change::flush_clones_under_lock)) return one_by_one(stack, device, devices, alloc_one, whole);
  const auto all = static_cast<std::int32_t>(devices.size());
  Resource mutex;
  mutex.name = stack.device(device).name + ".table_devices_lock";
  mutex.kind = ResourceKind::mutex;
  mutex.capacity = 1;
  mutex.wait_function = "mutex_lock";
  const ResourceId lock = stack.resource(mutex);
  const ResourceId set = bs(stack, device);
  const std::string duplicate = "__send_duplicate_bios < " + whole.caller + " < dm_submit_bio";
  const std::string alloc_many = "alloc_tio < alloc_multiple_bios < " + duplicate;
  const Steps waiting = seq({take(lock, "alloc_multiple_bios < " + duplicate), take(set, alloc_many, all),
                             give(lock, "alloc_multiple_bios"), send_all(stack, device, devices, Clone::own, whole)});
  // GFP_NOWAIT, one after the other; from the last to the first, because each stands inside the success of the one
  // before it.
  Steps clones = send_all(stack, device, devices, Clone::embedded, whole);
  for (std::int32_t had = all - 2; had >= 0; --had) {
    const Steps back = had > 0 ? give(set, "free_tio < alloc_multiple_bios < " + duplicate, had) : Steps{};
    clones = try_take(set, alloc_many, std::move(clones), seq({back, waiting}));
  }
  return whole_io(stack, device, std::move(clones), whole);
}

/// The list of a table's devices, as it is walked: each once, the one named last first.
std::vector<DeviceIndex> table_devices(const std::vector<DeviceIndex>& to) {
  std::vector<DeviceIndex> devices;
  for (const DeviceIndex each : to) {
    if (std::find(devices.begin(), devices.end(), each) == devices.end()) devices.insert(devices.begin(), each);
  }
  return devices;
}

}  // namespace

Steps empty_flush(Stack& stack, DeviceIndex device, const std::vector<DeviceIndex>& targets, const Io& io) {
  stack.uses(dm_flush_part());
  return one_by_one(stack, device, targets, alloc_one, flush_of_all(io));
}

Steps empty_flush_past_map(Stack& stack, DeviceIndex device, const std::vector<DeviceIndex>& to, FlushClones clones,
                           const Io& io) {
  stack.uses(dm_flush_part());
  if (stack.has(Change::flush_per_device))
    return one_by_one(stack, device, table_devices(to), alloc_for_device, flush_of_devices(io));
  if (clones == FlushClones::each_target || to.size() == 1) return empty_flush(stack, device, to, io);
  return together(stack, device, to, flush_of_all(io));
}

Steps range_together(Stack& stack, DeviceIndex device, const std::vector<DeviceIndex>& devices, Io io) {
  stack.uses(dm_flush_part());
  if (devices.size() == 1) return remap(stack, device, stack.flow(devices.front(), io));
  io.bytes /= static_cast<std::int64_t>(devices.size());
  return together(
      stack, device, devices,
      {io, "__send_changing_extent_only < __process_abnormal_io",
       "__map_bio < __send_changing_extent_only < __process_abnormal_io", &range_clone, "clone of a range"});
}

bool any_lower_has_write_cache(const Stack& stack, DeviceIndex device) {
  const auto& lowers = stack.lower(device);
  return std::any_of(lowers.begin(), lowers.end(), [&](DeviceIndex lower) { return stack.has_write_cache(lower); });
}

std::vector<AskedIo> asked_after_flush(const Stack& stack, DeviceIndex device, const Io& write) {
  std::vector<AskedIo> all;
  if (stack.has_write_cache(device)) all.push_back(stack.asked(device, flush_before(write)));
  all.push_back(stack.asked(device, write));
  return all;
}

std::string describe_after_flush(const Stack& stack, const std::vector<AskedIo>& all) {
  std::string text;
  for (const AskedIo& asked : all) text += (text.empty() ? "" : ", then ") + stack.describe(asked);
  return text;
}

FlowId write_after_flush(Stack& stack, DeviceIndex device, Io write) {
  write.op = IoOp::write;
  const FlowId data = stack.flow(device, write);
  if (!stack.has_write_cache(device)) return data;
  stack.uses(dm_flush_part());
  const Io flush = flush_before(write);
  const std::vector<AskedIo> asked = asked_after_flush(stack, device, write);
  const auto label = [&] { return describe_after_flush(stack, asked); };
  return stack.flow({.role = &write_behind_flush, .device = device, .asked = asked}, label, [&] {
    if (std::optional<Steps> own = target_write_behind_flush(stack, device, write)) return std::move(*own);
    const std::vector<Branch> end{branch("ok", finish(Status::ok)), branch("bad", finish(Status::ok)),
                                  branch("error", finish(Status::error))};
    const FlowId first = stack.flow(device, flush);
    if (stack.lower(device).empty()) {
      return seq({call(first, "blk_insert_flush", {branch("error", finish(Status::error))}),
                  call(data, "blk_flush_complete_seq", end)});
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
