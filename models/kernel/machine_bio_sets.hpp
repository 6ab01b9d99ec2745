// The bio_sets that the whole machine has once, however its devices stand on one another.
//
// Linux 6.1.192 and 6.12.117: block/bio.c (fs_bio_set: BIO_POOL_SIZE = 2 bios with vectors, init_bio), block/fops.c
// (blkdev_dio_pool: 4). bio_alloc takes from fs_bio_set: filesystems and the page cache of block devices (fs/iomap,
// fs/mpage.c, fs/ext4, fs/buffer.c), swap (mm/page_io.c) and blk_next_bio. blkdev_dio_pool serves direct I/O on a block
// device that is asynchronous or above 256 pages. A file on a loop device and the file under that loop device draw from
// the same two bios, which is what device-mapper forbids its own targets.
#pragma once

#include "models/kernel/stack.hpp"

namespace dmstall::models {

/// As the device `user` takes from it; the scenario's sharing may give it one of its own.
[[nodiscard]] ResourceId fs_bio_set(Stack& stack, DeviceIndex user);
[[nodiscard]] ResourceId blkdev_dio_pool(Stack& stack, DeviceIndex user);
/// As a thread of the workload takes from it: always the machine's.
[[nodiscard]] ResourceId fs_bio_set(Stack& stack);
[[nodiscard]] ResourceId blkdev_dio_pool(Stack& stack);

/// What the description of a target that draws from them says.
[[nodiscard]] PoolDescription fs_bio_set_description();
[[nodiscard]] PoolDescription blkdev_dio_pool_description();

}  // namespace dmstall::models
