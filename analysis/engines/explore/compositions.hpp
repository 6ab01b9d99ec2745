// Which requests run: all ways to choose n of them from a machine's classes, up to the likeness of siblings.
#pragma once

#include <cstdint>
#include <functional>

#include "analysis/engines/explore/space.hpp"

namespace dmstall::analysis {

/// Calls `visit` with every composition of n requests, those that spread them over many siblings first; daemons are
/// always part of it. `among`: only requests of these classes; empty: of all. Stops when `visit` answers false. Returns
/// whether all were visited.
bool for_each_composition(const models::Machine& machine, const std::vector<SiblingGroup>& groups,
                          const std::vector<bool>& among, std::int64_t n,
                          const std::function<bool(const Composition&)>& visit);

/// Every class with its whole population.
[[nodiscard]] Composition whole_population(const models::Machine& machine);

/// Requests that are no daemons.
[[nodiscard]] std::int64_t requests_in(const models::Machine& machine, const Composition& composition);

}  // namespace dmstall::analysis
