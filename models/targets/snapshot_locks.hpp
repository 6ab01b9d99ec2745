// When a lock of dm-snapshot can make anybody wait for ever: somebody must sleep while he holds it, and somebody must
// want to write.
#pragma once

#include "models/kernel/stack.hpp"

namespace dmstall::models {

/// A snapshot, or one that is being merged into its origin.
[[nodiscard]] bool is_snapshot(const Device& device);

/// The most pending exceptions that the scenario's workload can want of a snapshot at once: one for each write in
/// flight to the snapshot or its origin (one for each chunk of a longer write), and one that its kcopyd thread has
/// still to free after its bio has ended. INT64_MAX where other devices stand between.
[[nodiscard]] std::int64_t most_pending_exceptions(const Stack& stack, DeviceIndex snapshot);

/// A copy may fail, or a command removes the snapshot.
[[nodiscard]] bool may_become_invalid(const Stack& stack, DeviceIndex snapshot);

/// s->lock: a map can sleep in the pool of pending exceptions, and dmsetup status or a failed copy may ask to write.
[[nodiscard]] bool snapshot_lock_matters(Stack& stack, DeviceIndex snapshot, ResourceId pending);

/// Why s->lock can make nobody wait for ever, in words. Requires: it does not matter.
[[nodiscard]] std::string why_no_lock(Stack& stack, DeviceIndex snapshot, ResourceId pending);

/// _origins_lock: a command of the workload creates or removes a snapshot.
[[nodiscard]] bool origins_lock_matters(const Stack& stack);

}  // namespace dmstall::models
