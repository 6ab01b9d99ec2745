#include "models/kernel/machine_bio_sets.hpp"

#include "models/kernel/bio_slab.hpp"
#include "models/kernel/omissions/parts.hpp"

namespace dmstall::models {

namespace {

constexpr int bio_pool_size = 2;                  // include/linux/bio.h:BIO_POOL_SIZE
constexpr int dio_pool_size = 4;                  // block/fops.c:blkdev_init
constexpr std::int32_t dio_bio_offset = 64;       // offsetof(struct blkdev_dio, bio), a cache line of its own
constexpr std::int32_t biovecs_bytes = 256 * 16;  // slab biovec-max

Resource bio_set(int size, std::int32_t front_pad) {
  Resource set;
  set.kind = ResourceKind::bio_set;
  set.capacity = size;
  set.soft = true;
  set.memory = MemoryClass::slab;
  set.reserves = {{{"bio", bio_slab_object(front_pad, inline_vecs_bytes)},
                   {"biovecs", biovecs_bytes},
                   {"mempool slots", mempool_slot_bytes, 2}}};
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
  return stack.machine_pool(user, "blkdev_dio_pool", bio_set(dio_pool_size, dio_bio_offset));
}

ResourceId fs_bio_set(Stack& stack) {
  return fs_bio_set(stack, no_device);
}

ResourceId blkdev_dio_pool(Stack& stack) {
  return blkdev_dio_pool(stack, no_device);
}

}  // namespace dmstall::models
