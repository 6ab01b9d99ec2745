#include "models/kernel/traces/outside.hpp"

namespace dmstall::models {

const std::vector<OutsideReason>& outside_reasons() {
  static const std::vector<OutsideReason> reasons = {
      {"exc_page_fault", "memory of the recording program itself"},
      {"asm_exc_page_fault", "memory of the recording program itself"},
      {"internal_get_user_pages_fast", "memory of the recording program itself"},
      {"get_user_pages_unlocked", "memory of the recording program itself"},
      {"gup_fast_fallback", "memory of the recording program itself"},
      {"__x64_sys_mmap", "memory of the recording program itself"},
      {"__x64_sys_brk", "memory of the recording program itself"},
      {"__x64_sys_close", "a file of the recording is closed"},
      {"blkdev_close", "a file of the recording is closed", true},
      {"lo_release", "a file of the recording is closed"},
      {"ksys_sync", "sync(2) of the recording", true},
      {"create_worker", "a pool of workers gets a thread, for whichever queue needs it"},
      {"ext4_lazyinit_thread", "the inode tables of a new filesystem are zeroed in the background"},
      {"submit_bio_wait", "who asks waits for the end of his own request, with nothing of the stack in his hands",
       true},
      {"do_io_getevents", "who asks waits for the end of his own requests, with nothing of the stack in his hands",
       true},
      {"dev_remove", "a command of the recording removes a device, which no command of the scenario does", true},
      {"delay_map", "a disk of the recording that answers late (dm-delay)"},
      {"flush_delayed_bios", "a disk of the recording that answers late (dm-delay)"},
      {"flush_expired_bios", "a disk of the recording that answers late (dm-delay)"},
      {"work_fn", "a work item of the kernel that has nothing to do with block devices"},
      {"call_timer_fn", "a timer of the kernel queues work of its own"},
  };
  return reasons;
}

}  // namespace dmstall::models
