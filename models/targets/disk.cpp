// A disk: the bottom of every stack. Request-based devices always complete (tags are preallocated, failures are
// requeued, plugged requests are flushed by any sleep), so a disk only takes time and decides what the data looks like.
#include "models/targets/disk.hpp"

#include "models/kernel/steps.hpp"

namespace dmstall::models {

namespace {

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

int num_flush_bios(const Stack&, DeviceIndex) {
  return 1;
}
bool has_write_cache(const Stack& stack, DeviceIndex disk) {
  return stack.device(disk).flag("write_cache");
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

/// Nothing of its own: what a gendisk and its tags cost is the same under every stack.
DeviceReserves reserves(Stack&, DeviceIndex) {
  return {};
}

}  // namespace

const TargetModel disk_model{.id = "disk",
                             .read = read,
                             .write = write,
                             .flush = flush,
                             .regions = regions,
                             .num_flush_bios = num_flush_bios,
                             .has_write_cache = has_write_cache,
                             .reserves = reserves,
                             .per_io_data_bytes = 0,
                             .timing = timing,
                             .deallocation = {deallocate, discards, write_zeroes_bytes, granularity}};

}  // namespace dmstall::models
