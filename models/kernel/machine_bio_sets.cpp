#include "models/kernel/machine_bio_sets.hpp"

#include "models/kernel/omissions/parts.hpp"
#include "models/kernel/sizes.hpp"

namespace dmstall::models {

namespace {

constexpr int bio_pool_size = 2;  // include/linux/bio.h:BIO_POOL_SIZE
constexpr int dio_pool_size = 4;  // block/fops.c:blkdev_init

Resource bio_set(int size, std::int32_t front_pad) {
  Resource set;
  set.kind = ResourceKind::bio_set;
  set.capacity = size;
  set.soft = true;
  set.memory = MemoryClass::slab;
  set.reserves = {{part_of_bytes(structure("bio"), bio_slab_object(front_pad, inline_vecs_bytes)),
                   part(structure("biovecs")), part(structure("mempool slots"), 2)}};
  set.wait_function = "mempool_alloc < bio_alloc_bioset";
  return set;
}

}  // namespace

PoolDescription fs_bio_set_description() {
  return {.name = "fs_bio_set", .holds = "struct bio", .sized_by = "2", .machine_wide = true};
}

PoolDescription blkdev_dio_pool_description() {
  return {.name = "blkdev_dio_pool", .holds = "struct blkdev_dio with its bio", .sized_by = "4", .machine_wide = true};
}

ResourceId fs_bio_set(Stack& stack, DeviceIndex user) {
  stack.uses(machine_bio_sets_part());
  return stack.machine_pool(user, "fs_bio_set", bio_set(bio_pool_size, 0));
}

ResourceId blkdev_dio_pool(Stack& stack, DeviceIndex user) {
  stack.uses(machine_bio_sets_part());
  return stack.machine_pool(user, "blkdev_dio_pool", bio_set(dio_pool_size, compiled::blkdev_dio_to_bio));
}

ResourceId fs_bio_set(Stack& stack) {
  return fs_bio_set(stack, no_device);
}

ResourceId blkdev_dio_pool(Stack& stack) {
  return blkdev_dio_pool(stack, no_device);
}

}  // namespace dmstall::models
