// What was asked and what was answered, in 64 bits.
#pragma once

#include <cstdint>

#include "analysis/engines/explore/explore.hpp"

namespace dmstall::analysis {

/// Covers the question (resources with their sizes and rules, the graph of steps, how many requests of each class) and
/// the answer: verdict, least requests, faults, failed allocations and steps of a witness, the population that was
/// exhausted. The same for any number of threads and whichever reductions are on, and the same as long as a change of
/// the models changes nothing that is searched. Left out is what depends on how it was searched: states, searches,
/// time, which of several least witnesses was met, and where a bound ended it.
[[nodiscard]] std::uint64_t digest_of(const models::Machine& machine, const Exploration& found);

}  // namespace dmstall::analysis
