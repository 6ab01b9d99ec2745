// Where listed faults lie on the way of a request: the devices it comes to, and the bytes of each.
//
// A device has several places where it stands for several things: the data of a request and the hash tree of a device
// above it are not the same blocks. What is below a place is the same whoever comes there, so there are at most as many
// places as devices times the devices with metadata of their own, however many paths lead down.
#pragma once

#include <vector>

#include "models/kernel/stack.hpp"

namespace dmstall::models {

/// The places of FaultPlan for requests that ask this of devices; without those that lead to none of the faults.
[[nodiscard]] std::vector<FaultPlace> fault_places(const Stack& stack, const std::vector<Region>& asks,
                                                   const std::vector<std::int32_t>& faults);

}  // namespace dmstall::models
