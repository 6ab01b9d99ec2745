#include "models/kernel/workqueue.hpp"

#include "models/kernel/omissions/parts.hpp"
#include "models/kernel/steps.hpp"

namespace dmstall::models {

namespace {

Resource places_of_queue(const std::string& name, int max_active) {
  Resource slot;
  slot.kind = ResourceKind::slot;
  slot.capacity = max_active;
  slot.wait_function = "inactive work item";
  slot.name = name + ".max_active";
  return slot;
}

/// The rescuer; existing workers and new ones come from the "allocator", kthread creation.
Resource threads_of_queue(const Stack& stack, const std::string& name, Rescuer rescuer) {
  Resource thread;
  thread.kind = ResourceKind::thread;
  thread.capacity = rescuer == Rescuer::yes ? 1 : 0;
  thread.soft = true;
  thread.rescuer = rescuer == Rescuer::yes && !stack.has(Change::rescuer_one_by_one);
  thread.memory = MemoryClass::thread;
  thread.wait_function = "queued work item";
  thread.name = name;
  return thread;
}

}  // namespace

Workqueue device_workqueue(Stack& stack, DeviceIndex device, std::string_view pool_name, const std::string& label,
                           int max_active, Rescuer rescuer) {
  stack.uses(workqueue_part());
  return {stack.pool(device, pool_name, places_of_queue(label, max_active), ".max_active"),
          stack.pool(device, pool_name, threads_of_queue(stack, label, rescuer), "")};
}

Workqueue machine_workqueue(Stack& stack, const std::string& name, int max_active) {
  stack.uses(workqueue_part());
  Resource places = places_of_queue(name, max_active), threads = threads_of_queue(stack, name, Rescuer::yes);
  places.pool = name + ".max_active";
  threads.pool = name;
  return {stack.resource(places), stack.resource(threads)};
}

Steps enter(const Workqueue& queue, const std::string& work_function) {
  return seq(
      {take(queue.slot, "queue_work < " + work_function), take(queue.thread, "worker_thread < " + work_function)});
}

Steps leave(const Workqueue& queue, const std::string& work_function) {
  return seq({give(queue.thread, work_function), give(queue.slot, "pwq_dec_nr_in_flight < " + work_function)});
}

Resource single_thread(const std::string& name, int count) {
  Resource thread;
  thread.name = name;
  thread.kind = ResourceKind::thread;
  thread.capacity = count;
  thread.soft = false;
  thread.wait_function = "queued behind the running work item";
  return thread;
}

}  // namespace dmstall::models
