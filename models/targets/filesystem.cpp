// A filesystem on a block device: applications read and write its files, the flusher writes their pages back, and loop
// devices stand on them. What an I/O on a file takes is in models/kernel/file_io.
#include "models/targets/filesystem.hpp"

#include "models/kernel/file_io.hpp"
#include "models/kernel/machine_bio_sets.hpp"
#include "models/kernel/omissions/parts.hpp"
#include "models/scenario/declare.hpp"

namespace dmstall::models {

namespace {

using declare::flag;
using declare::role;

const ModelPart& own_part() {
  static const ModelPart part{
      "filesystem",
      "fs/ext4, Linux 6.1 and 6.12",
      {
          {"filesystem.discard",
           "fs/ext4/mballoc.c:ext4_process_freed_data, ext4_discard_work; fs/ext4/balloc.c:ext4_should_retry_alloc",
           "discards of freed blocks, which a work item of system_unbound_wq sends after the commit",
           Effect::hides_deadlock,
           "it is mounted with -o discard: the work item keeps a bio of fs_bio_set while it takes the next one, its "
           "queue has no rescuer, and a writer that finds no free block waits for it"},
      }};
  return part;
}

File file(const Stack& stack, DeviceIndex filesystem) {
  return file_on(stack, filesystem, filesystem, page_cache_named(stack.device(filesystem).text("page_cache")));
}

Steps serve(Stack& stack, DeviceIndex filesystem, const Io& io) {
  return file_steps(stack, file(stack, filesystem), io);
}

std::vector<Region> regions(const Stack& stack, DeviceIndex filesystem, IoOp op) {
  return file_regions(file(stack, filesystem), op);
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

const Target& filesystem_target() {
  static const Target target{
      .description =
          {
              .id = "filesystem",
              .about = "files on a block device, for applications, the flusher and loop; no block device itself",
              .source = "fs/iomap/direct-io.c, mm/filemap.c, fs/ext4, Linux 6.1 and 6.12",
              .not_counted = "page cache, inodes, journal; no reserves, memory like any other",
              .parts = {&own_part(), &file_io_part(), &machine_bio_sets_part(), &workqueue_part(), &mempool_part(),
                        &submission_part()},
              .parameters =
                  {
                      role("device", "the block device that it is on"),
                      page_cache_parameter("that an application reads"),
                      flag("allocates", "true", "a write needs new blocks, for which memory is allocated"),
                      flag("dioread_nolock", "true",
                           "bios of new blocks are kept until their extent is converted; false: mounted with -o "
                           "dioread_lock"),
                  },
              .pools = {fs_bio_set_description(),
                        {.name = "dio_wq", .holds = "running work item", .sized_by = "256"},
                        {.name = "rsv_conversion_wq", .holds = "running work item", .sized_by = "256"}},
              .traits = {.cuts = true},
              .device_mapper = false,
              .block_device = false,
          },
      .read = serve,
      .write = serve,
      .flush = serve,
      .regions = regions,
      .has_write_cache = has_write_cache,
      .reserves = reserves,
      .files = files,
      .walks =
          {
              R"("devices": [ { "name": "d", "target": "disk" },
           { "name": "f", "target": "filesystem", "device": "d" } ],
         "workload": [ { "read": "f" }, { "write": "f" }, { "fsync": "f", "write_kib": 4096 },
           { "writeback": "f", "pages": 8, "in_flight": 4 }, { "read": "f", "direct": false } ])",
              R"("devices": [ { "name": "d", "target": "disk" },
           { "name": "f", "target": "filesystem", "device": "d" } ],
         "memory": { "allocator": "accounted", "total_mib": 64, "dirty_mib": 8 },
         "workload": [ { "writeback": "f", "pages": 2048, "in_flight": 4 },
           { "write": "f", "direct": false, "count": 8 } ])",
              R"("devices": [ { "name": "d", "target": "disk" },
           { "name": "e", "target": "disk", "write_zeroes_kib": 0 },
           { "name": "f", "target": "filesystem", "device": "d", "dioread_nolock": false },
           { "name": "g", "target": "filesystem", "device": "e", "dioread_nolock": false } ],
         "workload": [ { "writeback": "f", "pages": 8 }, { "fsync": "g" } ])"},
  };
  return target;
}

}  // namespace dmstall::models
