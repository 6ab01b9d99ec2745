// snapshot-origin: a write makes a pending exception in every snapshot of its device first; the bio waits on one of
// them.
//
// Linux 6.1.192: drivers/md/dm-snap.c (origin_map). What happens in the snapshots: origin_write.hpp.
#include "models/targets/snapshot_origin.hpp"

#include "models/kernel/dm_core.hpp"
#include "models/kernel/steps.hpp"
#include "models/targets/origin_write.hpp"
#include "models/targets/snapshot.hpp"
#include "models/targets/snapshot_exceptions.hpp"

namespace dmstall::models {

namespace {

DeviceIndex below(const Stack& stack, DeviceIndex index) {
  return stack.index_of(stack.device(index).text("device"));
}

Steps read(Stack& stack, DeviceIndex index, const Io& io) {
  return remap(stack, index, stack.flow(below(stack, index), io));
}

Steps write(Stack& stack, DeviceIndex index, const Io& io) {
  const DeviceIndex origin = below(stack, index);
  const std::int64_t boundary = smallest_chunk_bytes(stack, origin);  // o->split_boundary
  if (boundary == 0) return read(stack, index, io);
  if (io.bytes > boundary) return split_by_chunk(stack, index, io, boundary);
  return one_clone(stack, index, origin_write(stack, index, origin, io, true));
}

std::vector<Region> regions(const Stack& stack, DeviceIndex index, IoOp op) {
  std::vector<Region> all{same_addresses(below(stack, index), op)};
  if (op == IoOp::write) add_origin_write_regions(stack, below(stack, index), all);
  return all;
}

Steps flush(Stack& stack, DeviceIndex index, const Io& io) {
  return empty_flush(stack, index, {below(stack, index)}, io);
}

int num_flush_bios(const Stack&, DeviceIndex) {
  return 1;
}

bool has_write_cache(const Stack& stack, DeviceIndex index) {
  return stack.has_write_cache(below(stack, index));
}

}  // namespace

const TargetModel snapshot_origin_model{.id = "snapshot-origin",
                                        .read = read,
                                        .write = write,
                                        .flush = flush,
                                        .regions = regions,
                                        .num_flush_bios = num_flush_bios,
                                        .has_write_cache = has_write_cache,
                                        .reserves = core_reserves,
                                        .per_io_data_bytes = 0};

}  // namespace dmstall::models
