// A device tells udev that it has changed.
//
// Linux 6.1.192 and 6.12.117: lib/kobject_uevent.c (kobject_uevent_env, uevent_net_broadcast_untagged,
// alloc_uevent_skb), net/core/skbuff.c (__alloc_skb), lib/kobject.c (kobject_get_path). Four allocations with
// GFP_KERNEL: the environment and the path, then under uevent_sock_mutex, which the machine has once, a socket buffer
// and its data, if anybody listens. None of them fails, they are too small: the thread waits in the allocator.
#pragma once

#include <string>

#include "models/kernel/stack.hpp"

namespace dmstall::models {

/// kobject_uevent_env for the device, in the thread that calls it.
[[nodiscard]] Steps send_uevent(Stack& stack, DeviceIndex device, const std::string& caller);

}  // namespace dmstall::models
