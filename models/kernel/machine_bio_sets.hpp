// The bio_sets that the whole machine has once, however its devices stand on one another.
//
// Linux 6.1.192: block/bio.c (fs_bio_set: BIO_POOL_SIZE = 2 bios with vectors, init_bio), block/fops.c
// (blkdev_dio_pool: 4). bio_alloc takes from fs_bio_set: filesystems and the page cache of block devices (fs/iomap,
// fs/mpage.c, fs/ext4, fs/buffer.c). blkdev_dio_pool serves asynchronous direct I/O on a block device. A file on a loop
// device and the file under that loop device draw from the same two bios, which is what device-mapper forbids its own
// targets.
#pragma once

#include "models/kernel/stack.hpp"

namespace dmstall::models {

[[nodiscard]] ResourceId fs_bio_set(Stack& stack, DeviceIndex user);
[[nodiscard]] ResourceId blkdev_dio_pool(Stack& stack, DeviceIndex user);

}  // namespace dmstall::models
