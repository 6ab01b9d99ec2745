// kcopyd: one thread per client, a pool of jobs, a reserve of pages taken all or none.
//
// Linux 6.1.192 and 6.12.117: drivers/md/dm-kcopyd.c (dm_kcopyd_copy, kcopyd_get_pages, run_pages_job, run_io_job,
// complete_io, run_complete_job, do_work). The job comes from its pool in the caller's context; the thread never sleeps
// for pages (the job stays queued); its dm_io is asynchronous, but the thread runs the lower device's ->submit_bio
// itself and may sleep there. Pages and job are back *before* the callback, which runs in the thread. A job larger than
// the reserve is split into sub-jobs that live in its element.
#pragma once

#include "models/kernel/dm_io.hpp"

namespace dmstall::models {

struct Kcopyd {
  ResourceId jobs = no_resource;
  ResourceId pages = no_resource;
  ResourceId thread = no_resource;
  DmIoClient io;
};

[[nodiscard]] Kcopyd kcopyd_client(Stack& stack, DeviceIndex device);

/// Jobs, pages, dm_io client and the rescuer of the client's workqueue.
void add_reserves(DeviceReserves& reserves, const Kcopyd& client);

/// A copy: what is read where and written where.
struct CopyJob {
  DeviceIndex from = -1, to = -1;
  Io read, write;  ///< their bytes are set per sub-job
  std::int64_t bytes = 0;
};

/// dm_kcopyd_copy after the submitter has returned: per sub-job pages, read, write, pages back; then the job. The
/// callback steps run in the kcopyd thread, holding neither job nor pages; they must give the thread back.
/// Requires: the job is held; the token is in no thread.
[[nodiscard]] Steps kcopyd_copy(Stack& stack, DeviceIndex device, const Kcopyd& client, const CopyJob& job,
                                const Steps& copied, const Steps& failed);

/// run_complete_job for a prepared callback (a whole-chunk write): job back, then the callback, in the thread.
[[nodiscard]] Steps kcopyd_callback(const Kcopyd& client, const Steps& callback);

[[nodiscard]] Steps take_job(const Kcopyd& client, const std::string& caller);
[[nodiscard]] Steps enter_thread(const Kcopyd& client, const std::string& function);
[[nodiscard]] Steps leave_thread(const Kcopyd& client);

}  // namespace dmstall::models
