// How large a scenario may be: far above what anybody writes, and small enough that reading and lowering it take
// seconds and megabytes. Files come from strangers, and a short file can ask for much.
#pragma once

#include <cstddef>
#include <cstdint>

namespace dmstall::models {

/// Devices of a scenario, copies by "repeat" included.
inline constexpr std::size_t most_devices = 20'000;
/// Devices on one way from the top of a stack to its bottom. Linux itself refuses far less (its stack has 16 KiB).
inline constexpr std::size_t deepest_stack = 256;
/// Names of lower devices of all devices together: segments of linear, stripes.
inline constexpr std::size_t most_device_uses = 200'000;
/// Entries of "tasks", and of "workload" and "faults", copies by "repeat" included.
inline constexpr std::size_t most_tasks = 10'000, most_workload_items = 20'000;
/// Steps of all tasks and targets together, as they are written.
inline constexpr std::size_t most_steps = 200'000;
/// Steps of one submit_bio block, those of blocks in it included: what follows a bio that may be parked is lowered for
/// each way to it.
inline constexpr std::size_t most_steps_in_a_submission = 2'000;
/// Elements that a take asks for one by one: each is a step of its own.
inline constexpr std::int64_t most_taken_one_by_one = 10'000;
/// Tasks that come of one that starts: those that it spawns, those that they spawn, and so on.
inline constexpr std::int64_t most_spawned = 10'000;

}  // namespace dmstall::models
