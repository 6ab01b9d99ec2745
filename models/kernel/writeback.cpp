#include "models/kernel/writeback.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "models/kernel/accounted_memory.hpp"
#include "models/kernel/ext4_writeback.hpp"
#include "models/kernel/fault_plans.hpp"
#include "models/kernel/item_flow.hpp"
#include "models/kernel/machine_bio_sets.hpp"
#include "models/kernel/omissions/parts.hpp"
#include "models/kernel/page.hpp"
#include "models/kernel/steps.hpp"
#include "models/kernel/submitter.hpp"
#include "models/kernel/workqueue.hpp"
#include "models/machine/compile.hpp"
#include "models/machine/each_step.hpp"
#include "models/scenario/own_target.hpp"

namespace dmstall::models {

namespace {

bool is_writeback(WorkloadVerb verb) {
  return verb == WorkloadVerb::writeback || verb == WorkloadVerb::swap_out;
}

/// What reaches the device. Zeroes are written where it takes no command for them.
IoOp operation(const Stack& stack, const WorkloadItem& item) {
  switch (item.verb) {
    case WorkloadVerb::read:
    case WorkloadVerb::swap_in:
      return IoOp::read;
    case WorkloadVerb::flush:
      return IoOp::flush;
    case WorkloadVerb::discard:
      return IoOp::discard;
    case WorkloadVerb::zero_out:
      return target_write_zeroes_bytes(stack, stack.index_of(item.device)) > 0 ? IoOp::write_zeroes : IoOp::write;
    default:
      return IoOp::write;
  }
}

std::int64_t bytes_of(const WorkloadItem& item) {
  if (item.verb == WorkloadVerb::flush) return 0;
  const bool range = item.verb == WorkloadVerb::discard || item.verb == WorkloadVerb::zero_out;
  return static_cast<std::int64_t>(range ? item.discard_kib : item.write_kib) * 1024;
}

std::string thread_label(const WorkloadItem& item) {
  switch (item.verb) {
    case WorkloadVerb::writeback:
      return "flusher/" + item.device;
    case WorkloadVerb::swap_out:
      return "kswapd/" + item.device;
    case WorkloadVerb::read:
      return "reader/" + item.device;
    case WorkloadVerb::swap_in:
      return "swap-in/" + item.device;
    case WorkloadVerb::flush:
      return "fsync/" + item.device;
    case WorkloadVerb::discard:
      return "discard/" + item.device;
    case WorkloadVerb::zero_out:
      return "zero-out/" + item.device;
    default:
      return "writer/" + item.device;
  }
}

const char* submit_function(WorkloadVerb verb) {
  switch (verb) {
    case WorkloadVerb::writeback:
      return "submit_bio < do_writepages < wb_workfn";
    case WorkloadVerb::swap_out:
      return "submit_bio < __swap_writepage < shrink_folio_list < kswapd";
    case WorkloadVerb::swap_in:
      return "swap_readpage < do_swap_page";
    case WorkloadVerb::flush:
      return "blkdev_issue_flush";
    case WorkloadVerb::discard:
      return "blkdev_issue_discard < blkdev_ioctl";
    case WorkloadVerb::zero_out:
      return "blkdev_issue_zeroout < blkdev_ioctl";
    default:
      return "submit_bio < __blkdev_direct_IO";
  }
}

/// Only what reads and writes files sees a difference.
FileAccess file_access(const Stack& stack, const WorkloadItem& item, bool by_kswapd) {
  if (!target_files(stack, stack.index_of(item.device))) return FileAccess::direct;
  if (by_kswapd && item.verb == WorkloadVerb::writeback) return FileAccess::reclaim;
  if (is_writeback(item.verb)) return FileAccess::writeback;
  return item.direct ? FileAccess::direct : FileAccess::buffered;
}

/// All flushers run on bdi_wq, which has one rescuer: where no thread can be made, one flusher runs at a time.
bool on_one_rescuer(const Stack& stack, const WorkloadItem& item) {
  const MemorySettings& memory = stack.scenario().memory;
  return item.verb == WorkloadVerb::writeback && memory.threads && *memory.threads == Outcome::fails;
}

bool is_accounted(const Stack& stack) {
  return stack.scenario().memory.allocator == AllocatorMode::accounted;
}

/// How the pages of one request lie in bios.
struct Shape {
  std::string label;
  std::int64_t bytes = 0, bio_bytes = 0;
  double weight = 1;
};

/// Files of a filesystem. What is written back in order lies in consecutive pages; these may be one extent, whose bios
/// wait for one another.
std::vector<Shape> shapes_of(const Stack& stack, const WorkloadItem& item, std::int64_t bytes, bool by_kswapd) {
  const DeviceIndex top = stack.index_of(item.device);
  std::vector<Shape> shapes{{"an extent of its own", bytes}};
  if (file_access(stack, item, by_kswapd) != FileAccess::writeback || !parks_bios(stack, top)) return shapes;
  if (item.pattern == AccessPattern::random) return shapes;
  const std::int64_t run = std::min(largest_extent_bytes, item.requests() * bytes);
  const std::int64_t in_one = (run + largest_bio_bytes - 1) / largest_bio_bytes;
  const std::int64_t bio_bytes = std::min(bytes, largest_bio_bytes);
  if (in_one * largest_bio_bytes > std::max(bytes, largest_bio_bytes)) {
    shapes.push_back({"one extent with the pages after it", in_one * bio_bytes, bio_bytes, 0});
  }
  return shapes;
}

/// There is one kswapd; the other threads of a swap_out item are applications in direct reclaim.
int reclaimers(const Stack& stack) {
  int most = 1;
  for (const WorkloadItem& item : stack.scenario().workload) {
    if (item.verb == WorkloadVerb::swap_out) most = std::max(most, item.threads);
  }
  return most;
}

ResourceId submitting_thread(Stack& stack, const WorkloadItem& item, bool of_kswapd) {
  const bool by_rescuer = on_one_rescuer(stack, item) && !of_kswapd;
  const std::string own =
      thread_label(item) == item.name ? item.name : fmt::format("{} ({})", thread_label(item), item.name);
  Resource threads = single_thread(by_rescuer ? "bdi_wq rescuer" : own, by_rescuer ? 1 : item.threads);
  if (of_kswapd) threads = single_thread(kswapd_thread, reclaimers(stack));
  threads.wait_function = "queued";
  return stack.resource(threads);
}

ResourceId places_of(Stack& stack, const WorkloadItem& item) {
  Resource places;
  places.name = "in_flight/" + item.name;
  places.kind = ResourceKind::semaphore;
  places.capacity = item.in_flight;
  places.wait_function = "not submitted yet";
  return stack.resource(places);
}

/// What all classes of an item have in common.
RequestClass requests_of(const Stack& stack, const WorkloadItem& item, std::int64_t bytes, FlowId flow) {
  RequestClass requests;
  requests.name = item.name;
  requests.device = item.device;
  requests.flow = flow;
  requests.total = item.requests();
  requests.population =
      stack.scenario().bounds.requests.value_or(std::min<std::int64_t>(requests.total, item.in_flight + 1));
  requests.in_thread = false;
  requests.start_s = item.start_s;
  requests.period_s = item.period_s.value_or(0);
  requests.bytes = bytes;
  requests.in_flight = item.in_flight;
  requests.random_addresses = item.pattern == AccessPattern::random;
  requests.span_bytes = target_span_bytes(stack, stack.index_of(item.device));
  if (requests.span_bytes == 0)
    requests.span_bytes = std::max<std::int64_t>(1, requests.total * std::max<std::int64_t>(bytes, page_bytes));
  return requests;
}

/// A buffered write only fills pages of the page cache; what becomes of them is the flusher's business.
void add_buffered_write(Stack& stack, const WorkloadItem& item) {
  const std::int64_t bytes = static_cast<std::int64_t>(item.write_kib) * 1024;
  const std::string function = "generic_perform_write";
  const ResourceId thread = submitting_thread(stack, item, false);
  const ResourceId place = places_of(stack, item);
  const FlowId flow = item_flow(stack, item, [&] {
    return seq({take(place, function), take(thread, function),
                spend(SpendKind::cpu_bytes, bytes, "copy_page_from_iter_atomic < " + function), give(thread, function),
                give(place, "balance_dirty_pages_ratelimited < " + function), finish(Status::ok)});
  });
  stack.program().classes.push_back(requests_of(stack, item, bytes, flow));
  stack.program().fault_plans.emplace_back();
}

void add_io(Stack& stack, const WorkloadItem& item, bool of_kswapd) {
  const DeviceIndex top = stack.index_of(item.device);
  if (item.verb == WorkloadVerb::discard && !target_takes_discards(stack, top)) {
    throw CompileError(
        fmt::format("{} takes no discards: the request ends at once (block/blk-lib.c:__blkdev_issue_discard)",
                    item.device),
        item.where.line, item.where.column);
  }
  const std::int64_t bytes = bytes_of(item);
  const bool writes_file = of_kswapd && item.verb == WorkloadVerb::writeback;
  const std::string function =
      writes_file ? "submit_bio < pageout < shrink_folio_list < kswapd" : submit_function(item.verb);
  const ResourceId thread = submitting_thread(stack, item, of_kswapd);
  const ResourceId place = places_of(stack, item);

  const FileAccess access = file_access(stack, item, of_kswapd);
  const bool is_filesystem = target_files(stack, top).has_value();  // its files have bios of their own
  const bool sleeps = item.threads >= item.in_flight && !item.aio && !is_writeback(item.verb);
  CallOptions options;
  options.context = sleeps ? CallContext::sync : CallContext::async;
  if (!sleeps) options.after_detach = {{thread, 1}};

  const auto done = [&](Status status) {
    Steps steps;
    if (sleeps) steps = give(thread, function);
    if (is_writeback(item.verb) && stack.pages_count()) {
      Step clean;
      clean.kind = StepKind::end_writeback;
      clean.n = static_cast<std::int32_t>(std::max<std::int64_t>(1, bytes / page_bytes));
      clean.function = "folio_end_writeback";
      steps.push_back(clean);
    }
    return seq({steps, give(place, "bio_endio"), finish(status)});
  };

  FaultChoice faults = fault_choice(stack, item, operation(stack, item));
  const auto sent_with = [&](std::size_t combination) {
    Io io;
    io.op = operation(stack, item);
    io.faults = faults.sets[combination];
    io.rewritten = faults.rewritten[combination];
    io.access = access;
    io.nowait = item.nowait;
    // What fsync finds dirty.
    const bool writes_first = item.verb == WorkloadVerb::flush && is_filesystem;
    const std::int64_t sent_bytes = writes_first ? std::int64_t{item.write_kib} * 1024 : bytes;
    Step shape;
    shape.kind = StepKind::choose;
    shape.function = function;
    for (const Shape& of : shapes_of(stack, item, sent_bytes, of_kswapd)) {
      io.bytes = of.bytes;
      io.bio_bytes = of.bio_bytes;
      const FlowId sent = is_filesystem ? stack.flow(top, io) : submission(stack, item, io, of_kswapd);
      Branch made = branch(of.label, call(sent, function,
                                          {branch("ok", done(Status::ok)), branch("bad", done(Status::bad)),
                                           branch("error", done(Status::error))},
                                          options));
      made.weight = of.weight;
      shape.branches.push_back(std::move(made));
    }
    return shape.branches.size() > 1 ? Steps{shape} : shape.branches.front().steps;
  };
  const Steps body = choose_faults(faults, sent_with);

  const FlowId flow = item_flow(stack, item, [&] {
    return seq({take(place, function), take(thread, function), body});
  });

  RequestClass requests = requests_of(stack, item, bytes, flow);
  if (writes_file) requests.population = 1;  // the search takes one beside the flusher's
  stack.program().classes.push_back(requests);
  stack.program().fault_plans.push_back(faults.plan);
}

/// Something below the device may take from fs_bio_set, where kswapd's bio is from: then it is one more that they miss.
/// Elsewhere kswapd is a submitter like others, and the ledger has it (workload.kswapd-writes, file-io.kswapd-writes).
bool takes_machine_bios_below(const Stack& stack, DeviceIndex top) {
  const std::string bios = fs_bio_set_description().name;
  const auto& devices = stack.scenario().devices;
  for (DeviceIndex i = 0; i < static_cast<DeviceIndex>(devices.size()); ++i) {
    if (i == top || !stack.reaches(top, i)) continue;
    const TargetDescription* target = target_of(stack.scenario(), stack.device(i).target);
    if (target == nullptr) continue;
    const std::vector<PoolDescription> pools = pools_of(*target);
    if (std::any_of(pools.begin(), pools.end(), [&](const PoolDescription& pool) { return pool.name == bios; }))
      return true;
  }
  return false;
}

/// kswapd writes file pages itself when it finds nothing else, page by page.
void add_kswapd(Stack& stack, const WorkloadItem& flusher) {
  if (stack.has(Change::no_writepage)) return;  // mm/vmscan.c:pageout keeps the page for the flusher
  constexpr int cluster = 32;                   // include/linux/swap.h:SWAP_CLUSTER_MAX
  WorkloadItem item = flusher;
  item.name = kswapd_class(flusher.device);
  const auto& classes = stack.program().classes;
  if (std::any_of(classes.begin(), classes.end(), [&](const RequestClass& of) { return of.name == item.name; })) return;
  item.write_kib = static_cast<int>(page_bytes / 1024);
  item.in_flight = cluster;
  item.threads = 1;
  item.start_s = 0;
  item.period_s.reset();
  add_io(stack, item, true);
}

/// What the kernel does of its own accord: page by page, many on their way.
WorkloadItem own_writeback(const Stack& stack, DeviceIndex device) {
  WorkloadItem item;
  item.verb = WorkloadVerb::writeback;
  item.device = stack.device(device).name;
  item.name = flusher_class(item.device);
  item.write_kib = static_cast<int>(page_bytes / 1024);
  item.in_flight = 32;
  item.threads = 1;
  return item;
}

bool makes_dirty(const Steps& steps, DeviceIndex device) {
  bool found = false;
  for_each_step(steps, [&](const Step& step) {
    found = found || (step.kind == StepKind::spend && step.spend == SpendKind::dirty_bytes && step.device == device);
  });
  return found;
}

bool has_dirty_pages(const Stack& stack, const Program& program, DeviceIndex device) {
  const auto& items = stack.scenario().workload;
  const bool written_to = std::any_of(items.begin(), items.end(), [&](const WorkloadItem& item) {
    return item.verb == WorkloadVerb::write && !item.direct && stack.index_of(item.device) == device;
  });
  return written_to || std::any_of(program.flows.begin(), program.flows.end(),
                                   [&](const Flow& flow) { return makes_dirty(flow.steps, device); });
}

const WorkloadItem* writeback_item(const Stack& stack, DeviceIndex device) {
  for (const WorkloadItem& item : stack.scenario().workload) {
    if (item.verb == WorkloadVerb::writeback && stack.index_of(item.device) == device) return &item;
  }
  return nullptr;
}

}  // namespace

ResourceId flusher_thread(Stack& stack, DeviceIndex device) {
  const WorkloadItem* item = writeback_item(stack, device);
  return submitting_thread(stack, item != nullptr ? *item : own_writeback(stack, device), false);
}

void add_missing_flushers(Stack& stack) {
  if (!is_accounted(stack)) return;
  std::set<DeviceIndex> served;
  // What one flusher writes may make pages of a device further down dirty.
  for (bool added = true; added;) {
    added = false;
    for (DeviceIndex i = 0; i < static_cast<DeviceIndex>(stack.scenario().devices.size()); ++i) {
      if (served.count(i) != 0 || writeback_item(stack, i) != nullptr) continue;
      if (!has_dirty_pages(stack, stack.program(), i)) continue;
      served.insert(i);
      added = true;
      const WorkloadItem item = own_writeback(stack, i);
      add_io(stack, item, false);
      stack.program().classes.back().population = 1;  // a search lets one come beside the others
      add_kswapd(stack, item);
    }
  }
}

void add_workload(Stack& stack, const WorkloadItem& item) {
  stack.uses(workload_part());
  const bool accounted = is_accounted(stack);
  if (accounted) stack.uses(accounted_memory_part());
  if (accounted && item.verb == WorkloadVerb::write && !item.direct) return add_buffered_write(stack, item);
  add_io(stack, item, accounted && item.verb == WorkloadVerb::swap_out);
  if (item.verb == WorkloadVerb::writeback &&
      (accounted || takes_machine_bios_below(stack, stack.index_of(item.device))))
    add_kswapd(stack, item);
}

}  // namespace dmstall::models
