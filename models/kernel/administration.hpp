// Administration beside I/O: dmsetup in a thread of its own, one command after the other.
//
// Linux 6.1.192 and 6.12.117: drivers/md/dm-ioctl.c (table_status, table_load, dev_suspend, dev_remove). The locks of
// dm-ioctl are not held while a target is asked: _hash_lock is dropped before, type_lock and suspend_lock belong to one
// device. So a command is what its target does.
#pragma once

#include "models/kernel/stack.hpp"

namespace dmstall::models {

/// Adds the item's flow, thread, request class and (empty) fault plan to the program. Requires: the item's verb is
/// admin.
void add_administration(Stack& stack, const WorkloadItem& item);

}  // namespace dmstall::models
