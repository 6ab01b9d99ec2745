// A disk: the bottom of every stack. Request-based devices always complete (tags are preallocated, failures are requeued,
// plugged requests are flushed by any sleep), so a disk only takes time and decides what the data looks like.
#include "models/targets/disk.hpp"

#include "models/kernel/steps.hpp"

namespace dmstall::models {

namespace {

constexpr const char* completion = "bio_endio < blk_update_request";

Status outcome(const Stack& stack, DeviceIndex disk, const Io& io) {
  if (io.parity_of >= 0) {
    if (stack.has_parity_fault(io.faults, io.parity_of, true)) return Status::error;
    return stack.has_parity_fault(io.faults, io.parity_of) ? Status::bad : Status::ok;
  }
  if (stack.has_fault(io.faults, FaultKind::io_error, disk)) return Status::error;
  if (io.op != IoOp::read) return Status::ok;
  if (io.hash_of >= 0) return stack.has_hash_fault(io.faults, disk, io.hash_of) ? Status::bad : Status::ok;
  if (stack.has_fault(io.faults, FaultKind::bad_block, disk)) return Status::bad;
  if (io.reread && stack.has_fault(io.faults, FaultKind::late_corruption, disk)) return Status::bad;
  return Status::ok;
}

Steps transfer(Stack& stack, DeviceIndex disk, const Io& io, SpendKind kind) {
  // blk-mq never recurses: the submitter returns as soon as the request is queued.
  return seq({detach("blk_mq_submit_bio"), spend(kind, io.bytes, completion, stack.timed_device(disk)),
              finish(outcome(stack, disk, io))});
}

Steps read(Stack& stack, DeviceIndex disk, const Io& io) { return transfer(stack, disk, io, SpendKind::disk_read); }
Steps write(Stack& stack, DeviceIndex disk, const Io& io) { return transfer(stack, disk, io, SpendKind::disk_write); }
Steps flush(Stack& stack, DeviceIndex disk, const Io& io) {
  return transfer(stack, disk, io, SpendKind::disk_flush);
}

int num_flush_bios(const Stack&, DeviceIndex) { return 1; }
bool has_write_cache(const Stack& stack, DeviceIndex disk) { return stack.device(disk).flag("write_cache"); }

/// Nothing of its own: what a gendisk and its tags cost is the same under every stack.
DeviceReserves reserves(Stack&, DeviceIndex) { return {}; }

}  // namespace

const TargetModel disk_model{"disk", read, write, flush, num_flush_bios, has_write_cache, reserves, 0};

}  // namespace dmstall::models
