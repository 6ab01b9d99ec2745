#include "models/kernel/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& kcopyd_part() {
  static const ModelPart part{
      "kcopyd",
      "drivers/md/dm-kcopyd.c, Linux 6.1 and 6.12",
      {
          {"kcopyd.job-lock", "drivers/md/dm-kcopyd.c:segment_complete", "the mutex of a job in several parts",
           Effect::none, "who has it looks for the next part and waits for nobody"},
          {"kcopyd.order", "drivers/md/dm-kcopyd.c:process_jobs, push_head",
           "first come, first served: a job that gets no pages keeps those behind it from asking", Effect::none,
           "the reserve is enough for any one job, and jobs that have pages need no more to end, so the first in the "
           "queue gets them in the end"},
          {"kcopyd.destinations", "drivers/md/dm-kcopyd.c:dm_kcopyd_copy", "copies to several destinations",
           Effect::none, "dm-snapshot passes one; dm-mirror passes more"},
          {"kcopyd.zeroing", "drivers/md/dm-kcopyd.c:dm_kcopyd_zero", "jobs that write zeroes", Effect::none,
           "dm-snapshot has none; dm-thin and dm-mirror have"},
          {"kcopyd.throttle", "drivers/md/dm-kcopyd.c:io_job_start", "pauses where the throttle is below 100 %",
           Effect::none, "the sleep ends by a timer (msleep)"},
          {"kcopyd.sequential", "drivers/md/dm-kcopyd.c:pop_io_job", "writes in order to a zoned destination",
           Effect::none, "the disks of a scenario are not zoned"},
      }};
  return part;
}

}  // namespace dmstall::models
