// What is taken is given, and what runs in no thread does not wait: both on every path, before anything runs.
//
// Every way through a flow is followed, into the flows that it calls and the children that it spawns, with what it
// holds and where it runs. Two things are wrong whatever the schedule: an end that still holds something or a give of
// what is not held (elements, locks, tickets), and a sleep where there is nobody to sleep. A loop must come back to
// what it held before. Resources with Resource::handed_over are given back by somebody else: they are counted, not
// judged.
//
// The same walk says what a finished request leaves behind. A search of a few requests stands for many only where they
// leave the machine as they found it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/machine/program.hpp"

namespace dmstall::models {

enum class PathProblemKind : std::uint8_t {
  kept,           ///< taken here, and held when a path ends
  not_held,       ///< given here, and not held on some path
  grows,          ///< every turn of a loop holds more, or gives more, than the one before
  sleeps,         ///< may wait, in no thread
  too_many_ways,  ///< the paths differ in too much to be followed
};

struct PathProblem {
  PathProblemKind kind = PathProblemKind::kept;
  const Step* step = nullptr;  ///< of the program that was walked
  FlowId flow = no_flow;       ///< whose end it is, or in which the step stands
  ResourceId resource = no_resource;
  std::int64_t n = 1;  ///< kept, not_held: how many
};

/// What one finished request of a class has changed for those that come after it.
struct Leftover {
  bool nothing = true;                ///< the machine is as it was
  ResourceId resource = no_resource;  ///< if not: one that is not as it was
  bool only_latches = false;        ///< it is nothing but events that it signals and nobody in the program ever clears
  std::vector<ResourceId> latches;  ///< these events
};

struct PathReport {
  std::vector<PathProblem> problems;  ///< in the order in which they were met
  std::vector<Leftover> leftovers;    ///< same index as Program::classes
};

/// Follows every class of the program. A `call` without a flow (a target's submit before its stack is known) ends in
/// any status and touches nothing of the program's resources.
[[nodiscard]] PathReport follow_paths(const Program& program);

/// Waiting for it is lying in a queue until a thread comes: what runs in no thread may do that.
[[nodiscard]] constexpr bool is_queue(ResourceKind kind) {
  return kind == ResourceKind::slot || kind == ResourceKind::thread || kind == ResourceKind::workers;
}

}  // namespace dmstall::models
