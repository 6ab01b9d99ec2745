// loop: a block device that is a file. Requests are queued to one work item, which reads and writes the file.
//
// Linux 6.1.192 and 6.12.117 (names of 6.1): drivers/block/loop.c (loop_config_discard, lo_fallocate, loop_queue_rq,
// loop_queue_work, loop_process_work, do_req_filebacked, lo_rw_aio, lo_read_simple, lo_write_simple, lo_req_flush),
// block/blk-mq.c (blk_mq_get_tag). A request-based device: the submitter needs a tag and returns when the request is
// queued. All commands of a cgroup are handled one after the other by one work item of the device's own queue "loop%d",
// which is WQ_UNBOUND | WQ_FREEZABLE: without WQ_MEM_RECLAIM there is no rescuer, and where no worker exists and no
// thread can be made nobody runs the item. With direct I/O the item submits and goes on to the next command, but it
// sleeps in the submission when a bio is not to be had; through the page cache it waits for the data. A request of
// several bios needs an array for their vectors, with no pool behind it.
#include "models/targets/loop.hpp"

#include <algorithm>

#include "models/kernel/file_io.hpp"
#include "models/kernel/machine_bio_sets.hpp"
#include "models/kernel/omissions/parts.hpp"
#include "models/kernel/sizes.hpp"
#include "models/kernel/steps.hpp"
#include "models/kernel/submitter.hpp"
#include "models/kernel/unpooled.hpp"
#include "models/kernel/workqueue.hpp"
#include "models/scenario/declare.hpp"

namespace dmstall::models {

namespace {

using declare::flag;
using declare::role;
using declare::takes_files;
using declare::whole;

const ModelPart& own_part() {
  static const ModelPart part{
      "loop",
      "drivers/block/loop.c, Linux 6.1 and 6.12",
      {
          {"loop.writeback-throttling", "block/blk-wbt.c:wbt_wait",
           "submitters that sleep until the loop device has fewer writes under way", Effect::hides_deadlock,
           "a submitter that sleeps there holds what the work item of the loop device needs"},
          {"loop.order", "drivers/block/loop.c:loop_process_work", "the order of commands: any in the model",
           Effect::none, "each order is one of them"},
          {"loop.worker-structure", "drivers/block/loop.c:loop_queue_work",
           "the structure of a cgroup's work item (GFP_NOWAIT)", Effect::none,
           "who gets none is queued with the root cgroup; where several cgroups send commands the model does the same"},
          {"loop.idle-timer", "drivers/block/loop.c:loop_free_idle_workers_timer",
           "the timer that frees idle work items", Effect::none, "it frees what is not queued"},
          {"loop.freezing", "drivers/block/loop.c:loop_configure",
           "WQ_FREEZABLE: the queue stands while the machine suspends", Effect::none,
           "suspend to memory and disk is not part of a scenario"},
          {"loop.short-reads", "drivers/block/loop.c:lo_complete_rq",
           "reads beyond the end of the file, which are requeued", Effect::none, "the file is as large as the device"},
      }};
  return part;
}

constexpr int queue_depth = 128;  // loop.c:LOOP_DEFAULT_HW_Q_DEPTH
constexpr const char* work = "loop_process_work < loop_workfn";

struct Loop {
  Stack& stack;
  DeviceIndex index;
  File file;
  bool direct, read_only;
  ResourceId tags;
  ResourceId item;  ///< work items beside the root cgroup's own; no_resource: nobody uses one
  Workqueue queue;
};

/// loop_queue_work: a cgroup's work item comes from kzalloc with GFP_NOWAIT. Without it the command goes to the root
/// cgroup's, which is part of the device, and stays in its list.
ResourceId work_items(Stack& stack, DeviceIndex index) {
  if (stack.device(index).integer("work_items") < 2) return no_resource;
  Resource items;
  items.name = stack.device(index).name + ".work_item (kmalloc)";
  items.kind = ResourceKind::slot;
  items.capacity = 1;
  items.soft = true;
  items.poll = false;
  items.memory = MemoryClass::slab;
  items.pool = "work_item";
  items.owner = stack.device(index).name;
  items.wait_function = "queued to the root cgroup's work item";
  return stack.resource(items);
}

File file(const Stack& stack, DeviceIndex index) {
  const Device& device = stack.device(index);
  return file_on(stack, index, stack.index_of(device.text("file")), page_cache_named(device.text("page_cache")));
}

Loop describe(Stack& stack, DeviceIndex index) {
  const Device& device = stack.device(index);
  Resource tags;
  tags.kind = ResourceKind::semaphore;
  tags.capacity = queue_depth;
  tags.wait_function = "io_schedule < blk_mq_get_tag";
  const bool rescuer = device.flag("rescuer") || stack.has(Change::loop_rescuer);
  return {stack,
          index,
          file(stack, index),
          device.flag("direct"),
          device.flag("read_only"),
          stack.pool(index, "tags", tags),
          work_items(stack, index),
          device_workqueue(stack, index, "loop_wq", "loop_wq/" + device.name,
                           static_cast<int>(device.integer("work_items")), rescuer ? Rescuer::yes : Rescuer::no)};
}

const char* label_of(Status status) {
  return status == Status::ok ? "ok" : status == Status::bad ? "bad" : "error";
}

/// Whether two bios can meet in one request: they are merged while they lie on the plug of the one thread that
/// submitted both (blk_attempt_plug_merge; loop has no scheduler and never refuses a request, so nothing lies longer).
bool bios_can_merge(const Stack& stack, DeviceIndex loop) {
  const auto& items = stack.scenario().workload;
  return std::any_of(items.begin(), items.end(), [&](const WorkloadItem& item) {
    const DeviceIndex top = stack.index_of(item.device);
    if (item.verb == WorkloadVerb::admin || !stack.reaches(top, loop)) return false;
    // What stands between may make several bios of one: they are not followed here. A large request is several bios
    // itself, and one through the page cache has a bio for each page, or for each block that is contiguous on the disk.
    const std::int64_t most = item.direct ? largest_bio_bytes : compiled::page;
    const bool one_bio = std::int64_t{item.write_kib} * 1024 <= most;
    const bool one_at_a_time = one_bio && (item.requests() == 1 || item.threads >= item.in_flight);
    return top != loop || !one_at_a_time;
  });
}

/// lo_rw_aio for a request of several bios: their vectors are copied into one array.
Allocation vectors(const Loop& loop) {
  const std::string function = std::string("kmalloc_array < lo_rw_aio < ") + work;
  return allocation(loop.stack,
                    {loop.index, "bio_vecs", function, Gfp::noio, structure("bio_vecs of a request").bytes()});
}

/// loop_handle_cmd from the queued request to its end.
Steps handled(const Loop& loop, const Io& io) {
  const Steps tag_back = give(loop.tags, "blk_mq_free_request < blk_mq_end_request < lo_complete_rq");
  const auto completed = [&](Status status, bool by_worker, const Steps& back = {}) {
    const Steps item = loop.item == no_resource ? Steps{} : give(loop.item, work);
    const Steps worker = by_worker ? seq({leave(loop.queue, work), item}) : Steps{};
    return seq({back, worker, tag_back, finish(status)});
  };
  if (loop.read_only && io.op == IoOp::write) return completed(Status::error, true);
  const bool asynchronous = loop.direct && io.op != IoOp::flush;
  // Without the change the worker reads and writes through the page cache by vfs_iter_read and vfs_iter_write.
  const bool by_aio = asynchronous || (loop.stack.has(Change::loop_buffered_aio) && io.op != IoOp::flush);
  Io on_file = io;
  on_file.nowait = false;  // the worker may wait
  on_file.access = asynchronous ? FileAccess::direct : FileAccess::buffered;
  CallOptions options;
  options.context = asynchronous ? CallContext::async : CallContext::sync;
  if (asynchronous) options.after_detach = {{loop.queue.thread, 1}, {loop.queue.slot, 1}};
  if (asynchronous && loop.item != no_resource) options.after_detach.push_back({loop.item, 1});
  const char* function = io.op == IoOp::flush  ? "lo_req_flush < do_req_filebacked"
                         : by_aio              ? "lo_rw_aio < do_req_filebacked"
                         : io.op == IoOp::read ? "lo_read_simple < do_req_filebacked"
                                               : "lo_write_simple < do_req_filebacked";
  const auto served = [&](const Steps& back) {
    const auto end = [&](Status status) { return branch(label_of(status), completed(status, !asynchronous, back)); };
    return call(file_flow(loop.stack, loop.file, on_file), std::string(function) + " < " + work,
                {end(Status::ok), end(Status::bad), end(Status::error)}, options);
  };
  if (!by_aio || !bios_can_merge(loop.stack, loop.index)) return served({});
  const Allocation array = vectors(loop);
  if (array.taken.empty()) return served({});
  Step merged;
  merged.kind = StepKind::choose;
  merged.function = std::string("lo_rw_aio < ") + work;
  merged.branches = {branch("one bio in the request", served({})),
                     branch("several bios in the request", seq({array.taken, served(array.back)}))};
  return {merged};
}

/// lo_fallocate: the worker sleeps in it until all is done.
Steps fallocated(const Loop& loop, const Io& io) {
  const auto completed = [&](Status status) {
    return seq({leave(loop.queue, work), give(loop.tags, "blk_mq_free_request < blk_mq_end_request < lo_complete_rq"),
                finish(status)});
  };
  CallOptions options;
  options.context = CallContext::sync;
  return call(range_flow(loop.stack, loop.file, io), std::string("lo_fallocate < do_req_filebacked < ") + work,
              {branch("ok", completed(Status::ok)), branch("bad", completed(Status::bad)),
               branch("error", completed(Status::error))},
              options);
}

Steps deallocate(Stack& stack, DeviceIndex index, const Io& io) {
  const Loop loop = describe(stack, index);
  return seq({take(loop.tags, "blk_mq_get_tag < blk_mq_submit_bio"), detach("loop_queue_rq < blk_mq_submit_bio"),
              enter(loop.queue, work), fallocated(loop, io)});
}

constexpr std::int64_t most_bytes = std::int64_t{UINT32_MAX >> 9} * 512;  // loop_config_discard

/// On a block device loop mirrors how that one zeroes; on a filesystem it makes holes of blocks.
std::int64_t write_zeroes_bytes(const Stack& stack, DeviceIndex index) {
  const File on = file(stack, index);
  return on.filesystem >= 0 ? most_bytes : target_write_zeroes_bytes(stack, on.below);
}
bool discards(const Stack& stack, DeviceIndex index) {
  return !stack.device(index).flag("read_only") && write_zeroes_bytes(stack, index) > 0;
}
std::int64_t granularity(const Stack& stack, DeviceIndex index) {
  constexpr std::int64_t filesystem_block = 4096;
  const File on = file(stack, index);
  return on.filesystem >= 0 ? filesystem_block : target_discard_granularity(stack, on.below);
}

/// With loop_direct_submission the submitter tries it himself first. The bio of the file comes from its set before
/// anybody looks at REQ_NOWAIT, so he may sleep for it; then there is no request to be had and the worker does it all.
/// An attempt that succeeds holds that bio as the worker's does, and waits for nothing that the worker does not.
Steps tried_by_submitter(const Loop& loop, const Io& io) {
  const bool tries = loop.direct && io.op != IoOp::flush && !(loop.read_only && io.op == IoOp::write) &&
                     loop.stack.has(Change::loop_direct_submission);
  if (!tries) return {};
  const bool on_device = loop.file.filesystem < 0;
  const ResourceId bios =
      on_device ? blkdev_dio_pool(loop.stack, loop.index) : fs_bio_set(loop.stack, loop.file.filesystem);
  const std::string caller = on_device ? "__blkdev_direct_IO_async" : "iomap_dio_bio_iter < __iomap_dio_rw";
  const std::string by = " < loop_queue_rq < blk_mq_submit_bio";
  return seq({take(bios, "bio_alloc < " + caller + by), give(bios, "bio_put < " + caller + by)});
}

Steps serve(Stack& stack, DeviceIndex index, const Io& io) {
  const Loop loop = describe(stack, index);
  const std::string tag = "blk_mq_get_tag < blk_mq_submit_bio";
  const Steps queued =
      seq({tried_by_submitter(loop, io), detach("loop_queue_rq < blk_mq_submit_bio"),
           loop.item == no_resource ? Steps{} : take(loop.item, std::string("loop_queue_work < ") + work),
           enter(loop.queue, work), handled(loop, io)});
  if (!io.nowait) return seq({take(loop.tags, tag), queued});
  // BLK_MQ_REQ_NOWAIT
  return try_take(loop.tags, tag, queued,
                  seq({detach("bio_wouldblock_error < blk_mq_submit_bio"), finish(Status::error)}));
}

std::vector<Region> regions(const Stack& stack, DeviceIndex index, IoOp op) {
  if (op != IoOp::read && stack.device(index).flag("read_only")) return {};
  return file_regions(file(stack, index), op);
}

/// loop_configure: blk_queue_write_cache unless read-only.
bool has_write_cache(const Stack& stack, DeviceIndex loop) {
  return !stack.device(loop).flag("read_only");
}

/// QUEUE_FLAG_MQ_DEFAULT has QUEUE_FLAG_NOWAIT (6.12: blk_mq_alloc_disk, BLK_FEAT_NOWAIT).
bool takes_nowait(const Stack&, DeviceIndex) {
  return true;
}

bool caches_pages(const Stack& stack, DeviceIndex loop) {
  return !stack.device(loop).flag("direct");
}

/// On a block device loop draws from the machine's sets itself, on a filesystem the filesystem does. Tags are part of
/// every gendisk.
DeviceReserves reserves(Stack& stack, DeviceIndex index) {
  const Loop loop = describe(stack, index);
  const bool rescuer = stack.device(index).flag("rescuer") || stack.has(Change::loop_rescuer);
  DeviceReserves all{{loop.tags, loop.queue.slot, loop.queue.thread}, {}, rescuer ? 1 : 0};
  if (loop.file.filesystem < 0)
    all.pools.push_back(loop.direct ? blkdev_dio_pool(stack, index) : fs_bio_set(stack, index));
  return all;
}

}  // namespace

const Target& loop_target() {
  static const Target target{
      .description =
          {
              .id = "loop",
              .about = "a block device that is a file: of a filesystem, or another block device",
              .source = "drivers/block/loop.c, Linux 6.1 and 6.12",
              .not_counted = "128 requests per device, part of its queue, whatever the file",
              .parts = {&own_part(), &file_io_part(), &machine_bio_sets_part(), &workqueue_part(), &mempool_part(),
                        &submission_part()},
              .parameters =
                  {
                      takes_files(role("file", "the filesystem of its file, or the block device that it opens")),
                      flag("direct", "false", "reads and writes the file with direct I/O (losetup --direct-io)"),
                      flag("read_only", "false", "writes fail; no write cache"),
                      page_cache_parameter("of the file"),
                      whole("work_items", "", "1", 1, 256,
                            "commands handled at the same time: one for each cgroup that sends some"),
                      flag("rescuer", "false",
                           "the workqueue has a rescuer; not in 6.1, to see what that would repair"),
                  },
              .pools = {{.name = "tags", .holds = "struct request", .sized_by = "128"},
                        {.name = "loop_wq",
                         .holds = "running work item",
                         .sized_by = "work_items",
                         .one_without = Change::loop_queue_per_device},
                        fs_bio_set_description(),
                        blkdev_dio_pool_description()},
              .traits = {.cuts = true},
              .device_mapper = false,
          },
      .read = serve,
      .write = serve,
      .flush = serve,
      .deallocation = {deallocate, discards, write_zeroes_bytes, granularity},
      .regions = regions,
      .has_write_cache = has_write_cache,
      .takes_nowait = takes_nowait,
      .reserves = reserves,
      .caches_pages = caches_pages,
      .walks =
          {
              R"("devices": [ { "name": "d", "target": "disk" }, { "name": "f", "target": "filesystem", "device": "d" },
           { "name": "b", "target": "loop", "file": "f", "direct": false },
           { "name": "a", "target": "loop", "file": "f", "direct": true } ],
         "workload": [ { "read": "a" }, { "write": "a", "write_kib": 64 }, { "flush": "a" }, { "discard": "a" },
           { "zero_out": "b" }, { "read": "b" }, { "write": "b" }, { "flush": "b" } ])",
              R"("devices": [ { "name": "d", "target": "disk" },
           { "name": "a", "target": "loop", "file": "d", "direct": true },
           { "name": "b", "target": "loop", "file": "a", "direct": true } ],
         "memory": { "allocator": "exhausted", "freed_by": "nothing", "threads": "succeed" },
         "workload": [ { "read": "b", "count": 4, "in_flight": 4, "threads": 1 }, { "write": "b" } ])",
              R"("devices": [ { "name": "d", "target": "disk" }, { "name": "f", "target": "filesystem", "device": "d" },
           { "name": "a", "target": "loop", "file": "f" } ],
         "memory": { "allocator": "exhausted", "unpooled": "fails", "threads": "succeed" },
         "workload": [ { "swap_out": "a", "pages": 1 } ])"},
  };
  return target;
}

}  // namespace dmstall::models
