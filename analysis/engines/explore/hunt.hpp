// A stuck set, quickly: where all outcomes of all allocations are too many to go through in order, those that a few
// simple regimes allow are looked at first, with a growing population.
//
// What is found is a witness like any other, and the replayer has the last word; it need not be the least. Nothing
// found says nothing.
#pragma once

#include <functional>
#include <vector>

#include "analysis/engines/explore/rounds.hpp"

namespace dmstall::analysis {

struct Hunted {
  std::optional<Searched> stuck;
  std::int64_t requests = 0;
  std::size_t searches = 0, states = 0, largest = 0;
};

/// `compositions`: those of one number of requests; the hunt goes on from `first` to `last` as long as its searches
/// stay small. Same answer for any number of threads.
[[nodiscard]] Hunted hunt(const models::Machine& machine, const ExploreOptions& options, Rounds& rounds,
                          std::int64_t first, std::int64_t last, std::chrono::steady_clock::time_point deadline,
                          const std::function<std::vector<Composition>(std::int64_t)>& compositions);

/// The states that each of so many searches of a round may visit, so that the round stays short.
[[nodiscard]] std::int64_t states_of_each(std::size_t searches, std::int64_t most);

}  // namespace dmstall::analysis
