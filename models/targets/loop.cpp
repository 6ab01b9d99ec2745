// loop: a block device that is a file. Requests are queued to one work item, which reads and writes the file.
//
// Linux 6.1.192: drivers/block/loop.c (loop_queue_rq, loop_queue_work, loop_process_work, do_req_filebacked, lo_rw_aio,
// lo_read_simple, lo_write_simple, lo_req_flush), block/blk-mq.c (blk_mq_get_tag).
// A request-based device: the submitter needs a tag and returns when the request is queued. All commands of a cgroup
// are handled one after the other by one work item of the device's own queue "loop%d", which is WQ_UNBOUND |
// WQ_FREEZABLE: without WQ_MEM_RECLAIM there is no rescuer, and where no worker exists and no thread can be made nobody
// runs the item. With direct I/O the item submits and goes on to the next command, but it sleeps in the submission when
// a bio is not to be had; through the page cache it waits for the data.
#include "models/targets/loop.hpp"

#include "models/kernel/file_io.hpp"
#include "models/kernel/machine_bio_sets.hpp"
#include "models/kernel/steps.hpp"
#include "models/kernel/workqueue.hpp"

namespace dmstall::models {

namespace {

constexpr int queue_depth = 128;  // loop.c:LOOP_DEFAULT_HW_Q_DEPTH
constexpr const char* work = "loop_process_work < loop_workfn";

struct Loop {
  Stack& stack;
  DeviceIndex index;
  File file;
  bool direct, read_only;
  ResourceId tags;
  Workqueue queue;
};

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
  const bool rescuer = device.flag("rescuer");
  return {stack,
          index,
          file(stack, index),
          device.flag("direct"),
          device.flag("read_only"),
          stack.pool(index, "tags", tags),
          device_workqueue(stack, index, "loop_wq", "loop_wq/" + device.name,
                           static_cast<int>(device.integer("work_items")), rescuer ? Rescuer::yes : Rescuer::no)};
}

/// loop_handle_cmd from the queued request to its end.
Steps handled(const Loop& loop, const Io& io) {
  const Steps tag_back = give(loop.tags, "blk_mq_free_request < blk_mq_end_request < lo_complete_rq");
  const auto completed = [&](Status status, bool by_worker) {
    const Steps worker = by_worker ? leave(loop.queue, work) : Steps{};
    return seq({worker, tag_back, finish(status)});
  };
  if (loop.read_only && io.op == IoOp::write) return completed(Status::error, true);
  const bool asynchronous = loop.direct && io.op != IoOp::flush;
  Io on_file = io;
  on_file.access = asynchronous ? FileAccess::direct : FileAccess::buffered;
  CallOptions options;
  options.context = asynchronous ? CallContext::async : CallContext::sync;
  if (asynchronous) options.after_detach = {{loop.queue.thread, 1}, {loop.queue.slot, 1}};
  const char* function = io.op == IoOp::flush  ? "lo_req_flush < do_req_filebacked"
                         : asynchronous        ? "lo_rw_aio < do_req_filebacked"
                         : io.op == IoOp::read ? "lo_read_simple < do_req_filebacked"
                                               : "lo_write_simple < do_req_filebacked";
  return call(file_flow(loop.stack, loop.file, on_file), std::string(function) + " < " + work,
              {branch("ok", completed(Status::ok, !asynchronous)), branch("bad", completed(Status::bad, !asynchronous)),
               branch("error", completed(Status::error, !asynchronous))},
              options);
}

Steps serve(Stack& stack, DeviceIndex index, const Io& io) {
  const Loop loop = describe(stack, index);
  return seq({take(loop.tags, "blk_mq_get_tag < blk_mq_submit_bio"), detach("loop_queue_rq < blk_mq_submit_bio"),
              enter(loop.queue, work), handled(loop, io)});
}

std::vector<Region> regions(const Stack& stack, DeviceIndex index, IoOp op) {
  if (op != IoOp::read && stack.device(index).flag("read_only")) return {};
  return file_regions(file(stack, index), op);
}

int num_flush_bios(const Stack&, DeviceIndex) {
  return 1;
}
/// loop_configure: blk_queue_write_cache unless read-only.
bool has_write_cache(const Stack& stack, DeviceIndex loop) {
  return !stack.device(loop).flag("read_only");
}

bool caches_pages(const Stack& stack, DeviceIndex loop) {
  return !stack.device(loop).flag("direct");
}

/// On a block device loop draws from the machine's sets itself, on a filesystem the filesystem does. Tags are part of
/// every gendisk.
DeviceReserves reserves(Stack& stack, DeviceIndex index) {
  const Loop loop = describe(stack, index);
  DeviceReserves all{{loop.tags, loop.queue.slot, loop.queue.thread}, {}, stack.device(index).flag("rescuer") ? 1 : 0};
  if (loop.file.filesystem < 0)
    all.pools.push_back(loop.direct ? blkdev_dio_pool(stack, index) : fs_bio_set(stack, index));
  return all;
}

}  // namespace

const TargetModel loop_model{.id = "loop",
                               .read = serve,
                               .write = serve,
                               .flush = serve,
                               .regions = regions,
                               .num_flush_bios = num_flush_bios,
                               .has_write_cache = has_write_cache,
                               .reserves = reserves,
                               .per_io_data_bytes = 0,
                               .caches_pages = caches_pages};

}  // namespace dmstall::models
