// A disk: the bottom of every stack. Request-based devices always complete (tags are preallocated, failures are
// requeued, plugged requests are flushed by any sleep), so a disk only takes time and decides what the data looks like.
#include "models/targets/disk.hpp"

#include "models/kernel/omissions/conditions.hpp"
#include "models/kernel/omissions/parts.hpp"
#include "models/kernel/steps.hpp"
#include "models/scenario/declare.hpp"

namespace dmstall::models {

namespace {

using declare::flag;
using declare::number;
using declare::whole;

const ModelPart& own_part() {
  static const ModelPart part{
      "disk",
      "block/blk-mq.c, Linux 6.1 and 6.12",
      {
          {"disk.tags", "block/blk-mq-tag.c:blk_mq_get_tag", "waiting for a tag", Effect::none,
           "every tag comes back when the disk is done with its request, which needs nobody"},
          {"disk.merging", "block/blk-merge.c:attempt_merge", "requests that are merged", Effect::none,
           "they end together; a request of the model is one bio"},
          {"disk.driver",
           "drivers/scsi/scsi_lib.c:scsi_alloc_sgtables, scsi_queue_rq; drivers/nvme/host/pci.c:nvme_map_data",
           "what SCSI, NVMe and virtio take for a request: they have mempools (sg, nvme iod) or the ring itself",
           Effect::none,
           "the pools of sg lists and of nvme are used by the lowest level alone and return when the disk is done; a "
           "request that gets no element is tried again after one came back"},
          {"disk.driver-without-reserve",
           "drivers/block/virtio_blk.c:virtblk_setup_discard_write_zeroes_erase; arch/um/drivers/ubd_kern.c:"
           "ubd_alloc_req",
           "what a driver takes with GFP_ATOMIC and has no reserve of: virtio for a discard or write-zeroes, ubd of "
           "User-Mode Linux for every request",
           Effect::hides_deadlock,
           "the disk is one of these: a request that gets nothing is tried again, in vain until memory is back",
           {has_ranges, "nobody discards or zeroes a range, and nobody has ubd but who runs User-Mode Linux"}},
          {"disk.large-requests", "lib/sg_pool.c:sg_alloc_table_chained; drivers/scsi/scsi_lib.c:scsi_alloc_sgtables",
           "a SCSI request of more than 256 segments: its list takes three elements of a machine-wide pool of two",
           Effect::hides_deadlock,
           "the controller takes more than 256 segments in a request, and requests are that large: without memory such "
           "a list never gets its third element"},
          {"disk.network", "drivers/block/nbd.c, drivers/scsi/iscsi_tcp.c, drivers/nvme/host/tcp.c",
           "disks behind a network, whose driver takes memory for packets", Effect::hides_deadlock,
           "a disk is reached through a network and packets cannot be allocated while memory is exhausted"},
      }};
  return part;
}

constexpr const char* completion = "bio_endio < blk_update_request";

/// Of the faults of the request only those are here that lie among its blocks.
Status outcome(const Stack& stack, const Io& io) {
  Status status = Status::ok;
  for (const std::int32_t fault : io.faults) {
    const FaultKind kind = stack.fault_kind(fault);
    if (kind == FaultKind::io_error) return Status::error;
    if (kind != FaultKind::late_corruption || io.reread || io.parity_of >= 0) status = Status::bad;
  }
  return status;
}

Steps transfer(Stack& stack, DeviceIndex disk, const Io& io, SpendKind kind) {
  // blk-mq never recurses: the submitter returns as soon as the request is queued.
  return seq({detach("blk_mq_submit_bio"), spend(kind, io.bytes, completion, stack.timed_device(disk)),
              finish(outcome(stack, io))});
}

Steps read(Stack& stack, DeviceIndex disk, const Io& io) {
  return transfer(stack, disk, io, SpendKind::disk_read);
}
Steps write(Stack& stack, DeviceIndex disk, const Io& io) {
  return transfer(stack, disk, io, SpendKind::disk_write);
}
Steps flush(Stack& stack, DeviceIndex disk, const Io& io) {
  return transfer(stack, disk, io, SpendKind::disk_flush);
}

/// Nothing lies below.
std::vector<Region> regions(const Stack&, DeviceIndex, IoOp) {
  return {};
}

/// No data goes to the disk.
Steps deallocate(Stack& stack, DeviceIndex disk, const Io& io) {
  Io without_data = io;
  without_data.bytes = 0;
  return transfer(stack, disk, without_data, SpendKind::disk_flush);
}

bool discards(const Stack& stack, DeviceIndex disk) {
  return stack.device(disk).flag("discards");
}
std::int64_t write_zeroes_bytes(const Stack& stack, DeviceIndex disk) {
  return stack.device(disk).integer("write_zeroes_kib") * 1024;
}
std::int64_t granularity(const Stack& stack, DeviceIndex disk) {
  return stack.device(disk).integer("discard_granularity_kib") * 1024;
}

bool has_write_cache(const Stack& stack, DeviceIndex disk) {
  return stack.device(disk).flag("write_cache");
}

/// QUEUE_FLAG_MQ_DEFAULT has QUEUE_FLAG_NOWAIT (6.12: blk_mq_alloc_disk, BLK_FEAT_NOWAIT).
bool takes_nowait(const Stack&, DeviceIndex) {
  return true;
}

TimedDevice timing(const Device& disk) {
  constexpr double mib = 1024.0 * 1024.0;
  TimedDevice timed;
  timed.name = disk.name;
  timed.read_bytes_per_s = disk.number("read_mib_per_s") * mib;
  timed.write_bytes_per_s = disk.number("write_mib_per_s") * mib;
  timed.latency_us = disk.number("latency_us");
  timed.queue_depth = static_cast<int>(disk.integer("queue_depth"));
  return timed;
}

std::vector<Parameter> parameters() {
  std::vector<Parameter> all{
      number("read_mib_per_s", "MiB/s", "500", 0.001, 1e6, "sequential read rate"),
      number("write_mib_per_s", "MiB/s", "", 0.001, 1e6, "sequential write rate; default: read_mib_per_s"),
      number("latency_us", "us", "100", 0, 1e9, "time of one request besides the transfer"),
      whole("queue_depth", "", "32", 1, 65536, "requests in the device at the same time"),
      flag("write_cache", "true", "has a volatile cache: flushes reach the device"),
      flag("discards", "true", "takes discards"),
      whole("discard_granularity_kib", "KiB", "0", 0, 1048576, "unit of discards; 0: any, ranges begin within a unit"),
      whole("write_zeroes_kib", "KiB", "32", 0, 4194304,
            "most that one command zeroes without data (32: ubd, the least in 6.1); 0: zeroes are written as data"),
  };
  all[1].default_from = "read_mib_per_s";
  return all;
}

}  // namespace

// It reserves nothing of its own: what a gendisk and its tags cost is the same under every stack.
const Target& disk_target() {
  static const Target target{
      .description =
          {
              .id = "disk",
              .about = "a request-based disk: takes time, completes every request",
              .source = "blk-mq, Linux 6.1 and 6.12",
              .parts = {&own_part(), &submission_part()},
              .parameters = parameters(),
              .traits = {.takes_time = true},
              .device_mapper = false,
          },
      .read = read,
      .write = write,
      .flush = flush,
      .deallocation = {deallocate, discards, write_zeroes_bytes, granularity},
      .regions = regions,
      .has_write_cache = has_write_cache,
      .takes_nowait = takes_nowait,
      .timing = timing,
      .walks =
          {
              R"("devices": [ { "name": "d", "target": "disk" } ],
         "workload": [ { "read": "d" }, { "write": "d" }, { "flush": "d" }, { "discard": "d" }, { "zero_out": "d" },
           { "swap_out": "d" }, { "swap_in": "d" }, { "writeback": "d" }, { "read": "d", "direct": false },
           { "read": "d", "aio": true, "write_kib": 4096, "count": 4, "in_flight": 4, "threads": 1 } ])",
              R"("devices": [ { "name": "d", "target": "disk", "write_zeroes_kib": 0 } ],
           "memory": { "unpooled": "fails" },
         "workload": [ { "writeback": "d", "pages": 8, "in_flight": 4 }, { "zero_out": "d" } ])",
              R"("devices": [ { "name": "d", "target": "disk" } ],
         "memory": { "allocator": "accounted", "total_mib": 64, "dirty_mib": 8 },
         "workload": [ { "writeback": "d", "pages": 2048, "in_flight": 4 }, { "swap_out": "d", "pages": 8 },
           { "write": "d", "direct": false, "count": 8 } ])"},
  };
  return target;
}

}  // namespace dmstall::models
