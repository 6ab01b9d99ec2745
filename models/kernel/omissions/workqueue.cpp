#include "models/kernel/omissions/conditions.hpp"
#include "models/kernel/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& workqueue_part() {
  static const ModelPart part{
      "workqueue",
      "kernel/workqueue.c, Linux 6.1 and 6.12",
      {
          {"workqueue.rescuer-takes-all", "kernel/workqueue.c:rescuer_thread",
           "without rescuer_one_by_one the rescuer takes all queued items of its queue to itself at once; here, and "
           "with it, each item waits for a worker until it runs",
           Effect::none,
           "while threads cannot be made nobody else runs the items, and every search and proof has that; whether "
           "memory that is back helps is asked with it. Only a task that says how many workers exist may run such an "
           "item with one of these"},
          {"workqueue.manager", "kernel/workqueue.c:manage_workers, maybe_create_worker",
           "the last idle worker, which becomes manager and sits in create_worker while a thread cannot be made: "
           "somebody who looks sees a kworker",
           Effect::none,
           "it runs no work item meanwhile, so it is no worker of the model; items go on with a rescuer or with a "
           "thread that can be made"},
          {"workqueue.mayday", "kernel/workqueue.c:pool_mayday_timeout",
           "the 10 ms, then 100 ms until the rescuer is called", Effect::none,
           "timers always fire; only figures of a timed run differ"},
          {"workqueue.concurrency", "kernel/workqueue.c:wq_worker_sleeping, need_more_worker",
           "concurrency management of the queues that are bound to a CPU", Effect::none,
           "an item starts as soon as the running ones of its CPU sleep or end, and no modelled item spins. On 6.12 "
           "kverityd is such a queue: threads that a scenario gives it are those of one CPU"},
          {"workqueue.nodes", "kernel/workqueue.c:apply_wqattrs_prepare",
           "slots of an unbound queue on a machine of several NUMA nodes: here there is one node",
           Effect::invents_deadlock,
           "the machine has several nodes and submits from more than one, so there are more places than max_active: on "
           "6.1 that many for each node, on 6.12 at least 8 for each, or max_active where that is less"},
          {"workqueue.node-shares",
           "kernel/workqueue.c:apply_wqattrs_prepare",
           "6.12: each node has a share of max_active by its CPUs (wq_update_node_max_active): of the 256 places of a "
           "loop device 128 on each of two equal nodes",
           Effect::hides_deadlock,
           "the machine has several nodes, and more items of one unbound queue sleep on one of them than its share",
           {on_6_12, "on 6.1 each node has max_active places of its own"}},
          {"workqueue.hotplug", "kernel/workqueue.c:workqueue_offline_cpu", "CPUs that come and go", Effect::none,
           "items of a lost CPU go on in the unbound pool"},
      }};
  return part;
}

}  // namespace dmstall::models
