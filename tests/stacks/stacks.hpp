// Stacks of devices in bulk, as scenario files: every one up to a depth, and seeded random ones.
//
// The stacks come from the registry of targets: every target, every role that another device can take, every value of
// their choices and flags. A new target or parameter is among them without a change here.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "models/scenario/target_description.hpp"

namespace dmstall::tests {

/// A target with one way to fill its optional roles, and at most one parameter that is not the default.
struct Variant {
  const models::TargetDescription* target = nullptr;
  std::vector<const models::Parameter*> roles;
  std::string setting;  ///< JSON members, with a comma before them
};

/// Of every target of the registry.
[[nodiscard]] std::vector<Variant> all_variants();

/// One target of a stack, and its role that the next one takes: none at the bottom.
struct Level {
  const Variant* variant = nullptr;
  const models::Parameter* taken = nullptr;
};
using StackOfTargets = std::vector<Level>;  ///< top first

/// Devices as members of a scenario's `devices`, the ones below first.
struct WrittenStack {
  std::vector<std::string> devices;  ///< JSON objects
  std::string top;                   ///< name of the top device
};

/// The devices of a stack; whatever is no part of it is a disk of its own. Names begin with `prefix`.
[[nodiscard]] WrittenStack written(const StackOfTargets& stack, const std::string& prefix = "");

/// Every stack of so many targets, with at most so many of them set to anything but the default.
void each_stack(const std::vector<Variant>& variants, std::size_t targets, int settings,
                const std::function<void(const StackOfTargets&)>& look);

/// Joins JSON objects with commas.
[[nodiscard]] std::string joined(const std::vector<std::string>& objects);

/// A scenario that depends on the seed alone: one to four devices above disks, roles shared now and then, small
/// reserves, any memory, sharing, faults, and one or two workload items of one or two requests. Some are refused by the
/// reader, because not every verb, role and value go together.
[[nodiscard]] std::string random_scenario(std::uint64_t seed);

/// Releases that a sweep asks about, one after the other: all, or the one that DMSTALL_RELEASE names.
[[nodiscard]] std::vector<std::string> releases_of_this_run();

}  // namespace dmstall::tests
