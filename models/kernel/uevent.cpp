#include "models/kernel/uevent.hpp"

#include "models/kernel/sizes.hpp"
#include "models/kernel/steps.hpp"
#include "models/kernel/unpooled.hpp"

namespace dmstall::models {

namespace {

constexpr std::int32_t before_lock = 2, under_lock = 2;  // allocations, of which the environment is the largest

}  // namespace

Steps send_uevent(Stack& stack, DeviceIndex device, const std::string& caller) {
  const std::string function = "kobject_uevent_env < " + caller;
  AllocationSite site{device, "uevent", "kzalloc < kobject_uevent_env", Gfp::kernel,
                      structure("struct kobj_uevent_env").bytes()};
  site.caller = caller;
  const Allocation first = allocation(stack, site, before_lock);
  if (!unpooled_may_fail(stack)) return {};
  Resource lock;
  lock.name = "uevent_sock_mutex";
  lock.kind = ResourceKind::mutex;
  lock.capacity = 1;
  lock.wait_function = "mutex_lock";
  const ResourceId mutex = stack.resource(lock);
  const Allocation message = allocation(stack, site, under_lock);
  return seq({first.taken, take(mutex, function), message.taken, give(mutex, function), message.back, first.back});
}

}  // namespace dmstall::models
