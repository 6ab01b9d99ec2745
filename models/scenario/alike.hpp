// Stacks of devices that stand beside each other and differ in names only.
//
// A *stack* is what hangs together by devices that name devices, with the requests to it; a device that names none and
// that many name (a disk under all of them) belongs to no stack. Two stacks are alike when one turns into the other by
// renaming its devices and workload items: same targets, parameters, reserves, shared pools, faults and requests, in
// the same order, over the same common devices. So what holds for the requests of one holds for those of each other
// (a symmetry of the scenario: Ip, Dill, "Better verification through symmetry", 1993).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "models/scenario/scenario.hpp"

namespace dmstall::models {

struct NamedStack {
  std::vector<std::string> devices, workload;  ///< in the order of the file
};

/// Two or more; the first ones can stand for the others.
using AlikeStacks = std::vector<NamedStack>;

/// Kinds of which there are so many or more. None where it cannot be told from the scenario alone: where memory is
/// accounted, single pools fail by name, or tasks stand beside the devices.
[[nodiscard]] std::vector<AlikeStacks> alike_stacks(const Scenario& scenario, std::size_t at_least);

/// The scenario without what comes after the first `kept` of each kind.
[[nodiscard]] Scenario with_few(const Scenario& scenario, const std::vector<AlikeStacks>& kinds, std::size_t kept);

}  // namespace dmstall::models
