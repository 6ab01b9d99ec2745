// A filesystem on a block device: applications read and write its files, the flusher writes their pages back, and loop
// devices stand on them. What an I/O on a file takes is in models/kernel/file_io.
#include "models/targets/filesystem.hpp"

#include "models/kernel/file_io.hpp"
#include "models/kernel/machine_bio_sets.hpp"

namespace dmstall::models {

namespace {

File file(const Stack& stack, DeviceIndex filesystem) {
  return file_on(stack, filesystem, filesystem, page_cache_named(stack.device(filesystem).text("page_cache")));
}

Steps serve(Stack& stack, DeviceIndex filesystem, const Io& io) {
  return file_steps(stack, file(stack, filesystem), io);
}

std::vector<Region> regions(const Stack& stack, DeviceIndex filesystem, IoOp op) {
  return file_regions(file(stack, filesystem), op);
}

int num_flush_bios(const Stack&, DeviceIndex) {
  return 1;
}
/// An fsync writes, whether or not the device below has a cache.
bool has_write_cache(const Stack&, DeviceIndex) {
  return true;
}

FileHolder files(const Stack& stack, DeviceIndex filesystem) {
  const Device& device = stack.device(filesystem);
  const bool allocates = device.flag("allocates");
  return {stack.index_of(device.text("device")), allocates, allocates && device.flag("dioread_nolock")};
}

DeviceReserves reserves(Stack& stack, DeviceIndex filesystem) {
  return {{fs_bio_set(stack, filesystem)}, {}, 0};
}

}  // namespace

const TargetModel filesystem_model{.id = "filesystem",
                                   .read = serve,
                                   .write = serve,
                                   .flush = serve,
                                   .regions = regions,
                                   .num_flush_bios = num_flush_bios,
                                   .has_write_cache = has_write_cache,
                                   .reserves = reserves,
                                   .per_io_data_bytes = 0,
                                   .files = files};

}  // namespace dmstall::models
