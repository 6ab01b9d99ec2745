#include "models/kernel/omissions/conditions.hpp"
#include "models/kernel/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& dm_bufio_part() {
  static const ModelPart part{
      "dm-bufio",
      "drivers/md/dm-bufio.c, Linux 6.1 and 6.12",
      {
          {"dm-bufio.eviction-under-lock",
           "drivers/md/dm-bufio.c:__get_unclaimed_buffer, __make_buffer_clean, __try_evict_buffer, dm_bufio_lock",
           "who evicts a prefetched buffer that is still being read waits for that read while he holds c->lock. On 6.1 "
           "every reader, prefetch and release of the client wants c->lock; on 6.12 those that do not find their "
           "block, "
           "and the release of a buffer whose read failed",
           Effect::hides_deadlock,
           "a pool is shared along the stack: somebody holds an element of it, waits for c->lock, and the read that is "
           "waited for needs the element",
           {shares_pools,
            "no pool is shared: the read that is waited for needs pools of the devices below alone, and who holds one "
            "of these never waits for c->lock of a client above"}},
          {"dm-bufio.second-reader", "drivers/md/dm-bufio.c:__bufio_new, __find",
           "readers of one block share its buffer, and later ones wait for the read of the first; here each takes a "
           "buffer and reads the block itself",
           Effect::none,
           "the requests may ask for different blocks, and who waits for the read of another waits for what that read "
           "needs, as he does here for his own"},
          {"dm-bufio.cached-release", "drivers/md/dm-bufio.c:dm_bufio_release",
           "a block found in the cache is held and released, too, which wakes who waits for a buffer; here only who "
           "read the block does",
           Effect::invents_deadlock,
           "a request finds its block in the cache while another one waits for a buffer of the client: the release "
           "wakes it, and it asks the allocator again"},
          {"dm-bufio.lost-wakeup", "drivers/md/dm-bufio.c:dm_bufio_release",
           "6.12: a release without c->lock that does not see who is about to wait (waitqueue_active)", Effect::none,
           "on 6.12 who waits looks again after 5 s (bufio_timed_wait); on 6.1 a release holds c->lock, and nobody is "
           "missed"},
          {"dm-bufio.cache-locks", "drivers/md/dm-bufio.c:cache_read_lock, cache_write_lock",
           "6.12: the locks of the trees of cached buffers", Effect::none,
           "who has one looks at buffers, takes one out or puts one in, and waits for nobody meanwhile"},
          {"dm-bufio.late-lookup", "drivers/md/dm-bufio.c:__bufio_new",
           "a buffer that turns out to be in the cache after the wait goes back at once", Effect::none,
           "it is given back without a wait in between, so somebody else may take it as if it had not been taken"},
          {"dm-bufio.dirty",
           "drivers/md/dm-bufio.c:__write_dirty_buffer, __check_watermark, dm_bufio_write_dirty_buffers",
           "dirty buffers and their write-back", Effect::none,
           "dm-verity never marks a buffer dirty: nothing of it calls dm_bufio_mark_buffer_dirty"},
          {"dm-bufio.shrinker", "drivers/md/dm-bufio.c:dm_bufio_shrink_scan, shrink_work, __scan",
           "the work item of the shrinker", Effect::none,
           "it only gives unheld buffers back, which the model has at any moment; what it may wait for under c->lock "
           "is dm-bufio.eviction-under-lock"},
          {"dm-bufio.ageing", "drivers/md/dm-bufio.c:cleanup_old_buffers, do_global_cleanup",
           "unused buffers that go after some minutes or above the limit of all clients", Effect::none,
           "both only give unheld buffers back; what do_global_cleanup may wait for under c->lock is "
           "dm-bufio.eviction-under-lock, and no I/O takes dm_bufio_clients_lock"},
          {"dm-bufio.direct-reclaim", "drivers/md/dm-bufio.c:__alloc_buffer_wait_no_callback",
           "the second attempt for a fresh buffer, with one round of direct reclaim", Effect::none,
           "c->lock is dropped meanwhile, and GFP_NOIO | __GFP_NORETRY starts no I/O, takes no lock of a filesystem "
           "and gives up after one round. It is made once for each call, not again after a wait"},
          {"dm-bufio.large-pages", "drivers/md/dm-bufio.c:alloc_buffer_data, submit_io",
           "a reserved buffer from a slab instead of vmalloc, where pages are larger than the block: its read tries "
           "kmalloc before the client",
           Effect::invents_deadlock,
           "the kernel has pages of 16 or 64 KiB and the client runs dry while kmalloc does not"},
      }};
  return part;
}

}  // namespace dmstall::models
