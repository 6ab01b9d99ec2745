// Workqueues: max_active is hard, threads are soft.
//
// Linux 6.1.192 and 6.12.117 (names of 6.1): kernel/workqueue.c (__queue_work, pwq_activate_inactive_work,
// create_worker, rescuer_thread). A work item needs an active slot (max_active per pool_workqueue, hard: not even the
// rescuer runs an inactive item) and then a thread: an existing worker, a new one (kthread creation may fail) or the
// queue's one rescuer, which runs items one after the other. Without the change unbound_not_ordered an unbound queue
// with max_active 1 is ordered; it runs one item at a time either way. Without the change rescuer_one_by_one the
// rescuer takes all queued items of its queue to itself when it comes (rescuer_thread: move_linked_works) and runs them
// one after the other; no worker made later runs one of them. While allocations fail that changes nothing, because no
// worker is made and a search covers the rescuer alone. Whether memory that is back helps is asked with it:
// machine/relief. Where a task says how many workers exist (`threads` of a workqueue), one of these runs what a rescuer
// has taken as soon as it is free, and in the kernel it does not.
#pragma once

#include "models/kernel/stack.hpp"

namespace dmstall::models {

inline constexpr int default_max_active = 256;  ///< include/linux/workqueue.h:WQ_DFL_ACTIVE

enum class Rescuer : std::uint8_t { yes, no };  ///< no: a queue without WQ_MEM_RECLAIM has no thread in reserve

struct Workqueue {
  ResourceId slot = no_resource;
  ResourceId thread = no_resource;
};

/// The device's own queue; `label` is what its workers are called ("kverityd/upper").
[[nodiscard]] Workqueue device_workqueue(Stack& stack, DeviceIndex device, std::string_view pool_name,
                                         const std::string& label, int max_active, Rescuer rescuer = Rescuer::yes);

/// A queue that the machine has once, with a rescuer, called by its name alone.
[[nodiscard]] Workqueue machine_workqueue(Stack& stack, const std::string& name, int max_active);

/// queue_work … the work function starts.
[[nodiscard]] Steps enter(const Workqueue& queue, const std::string& work_function);
/// The work function returns.
[[nodiscard]] Steps leave(const Workqueue& queue, const std::string& work_function);

/// A kernel thread that exists once: kcopyd's single work item, a flusher.
[[nodiscard]] Resource single_thread(const std::string& name, int count = 1);

}  // namespace dmstall::models
