#include "models/kernel/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& submission_part() {
  static const ModelPart part{
      "submission",
      "block/blk-core.c, block/blk-mq.c, Linux 6.1 and 6.12",
      {
          {"submission.plug", "block/blk-core.c:blk_flush_plug; kernel/sched/core.c:sched_submit_work",
           "requests that wait on a plug", Effect::none,
           "every sleep of the task starts them (sched_submit_work, io_schedule_prepare), except those on "
           "current->bio_list, which the model has"},
          {"submission.integrity", "block/bio-integrity.c:bio_integrity_prep",
           "the buffer and the payload that a disk with an integrity profile takes for each bio (kmalloc with "
           "GFP_NOIO)",
           Effect::hides_deadlock, "a disk has T10 protection or NVMe metadata and allocations without a pool fail"},
          {"submission.inline-encryption",
           "block/blk-crypto.c:__bio_crypt_clone, bio_crypt_set_ctx; "
           "block/blk-crypto-fallback.c:blk_crypto_fallback_bio_prep",
           "the contexts of bios with inline encryption: bio_crypt_ctx_pool (128) is one for the machine, and every "
           "clone on the way down takes one",
           Effect::hides_deadlock,
           "a filesystem on the stack is mounted with inlinecrypt, and its files are encrypted"},
          {"submission.cgroup-control",
           "block/blk-throttle.c:__blk_throtl_bio, blk_throtl_dispatch_work_fn; block/blk-iocost.c:ioc_rqos_throttle; "
           "block/blk-iolatency.c:blkcg_iolatency_throttle",
           "limits of block cgroups: bios that wait for their share and are sent on by the kthrotld thread, and "
           "submitters that sleep",
           Effect::hides_deadlock,
           "io.max or io.latency limits a device of the stack: one bio that cannot go on keeps those behind it"},
          {"submission.blkg", "block/blk-cgroup.c:blkg_lookup_create", "the structures of block cgroups", Effect::none,
           "they are taken with GFP_NOWAIT; who gets none charges the cgroup above"},
          {"submission.disk-split", "block/blk-merge.c:__bio_split_to_limits",
           "the element of disk->bio_split (2) for a bio above the limits of a disk", Effect::none,
           "each disk has a set of its own, who holds an element waits only for the request of that disk, and a piece "
           "is submitted before the next one is taken"},
          {"submission.bounce", "block/bounce.c:__blk_queue_bounce", "bounce pages", Effect::none,
           "amd64 and arm64 have no high memory"},
          {"submission.schedulers", "block/blk-mq-sched.c:blk_mq_sched_dispatch_requests",
           "I/O schedulers and the merging of requests", Effect::none,
           "they change the order in which a disk gets its requests, and every request of a disk ends"},
          {"submission.kblockd", "block/blk-mq.c:blk_mq_run_work_fn, blk_mq_requeue_work",
           "requests that a work item of kblockd hands to the driver", Effect::none,
           "kblockd has a rescuer (WQ_MEM_RECLAIM), and its items take no memory that they wait for"},
          {"submission.writeback-throttling", "block/blk-wbt.c:wbt_wait",
           "submitters that sleep until a disk has fewer writes under way", Effect::none,
           "the writes that they wait for are in the disk already and end on their own; for a loop device it is "
           "loop.writeback-throttling"},
          {"submission.errors", "block/blk-mq.c:blk_mq_timeout_work", "requests that never end", Effect::none,
           "a disk of the models completes every request; a disk that does not is broken without any want of memory"},
      }};
  return part;
}

}  // namespace dmstall::models
