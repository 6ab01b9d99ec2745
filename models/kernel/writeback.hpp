// Workload: the flusher, kswapd and applications as submitters with threads of their own.
//
// Linux 6.1.192 and 6.12.117: fs/fs-writeback.c (wb_workfn on bdi_wq), mm/vmscan.c (kswapd), block/fops.c
// (__blkdev_direct_IO). A request is in submit context only while it holds one of the item's threads: a flusher blocked
// in alloc_io stops all its later bios. With as many threads as requests in flight each thread sleeps until its request
// is done; with fewer, submission is asynchronous. What a request takes of its own is models/kernel/submitter.
#pragma once

#include "models/kernel/stack.hpp"

namespace dmstall::models {

/// Adds the item's flow, resources, request class and fault plan to the program.
void add_workload(Stack& stack, const WorkloadItem& item);

/// The thread that writes the device's dirty pages: of its writeback item, or of the kernel's own accord.
[[nodiscard]] ResourceId flusher_thread(Stack& stack, DeviceIndex device);
/// Where pages are counted: a flusher for each device whose pages become dirty and that has no writeback item.
void add_missing_flushers(Stack& stack);

}  // namespace dmstall::models
