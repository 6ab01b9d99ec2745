// Resources that can never run out for a given number of requests: taking from them is no event.
//
// If all requests together never hold more elements than the reserve has, nobody ever waits for one and nobody can
// tell how many are left, so the steps that take and give them are empty. What a request holds at most is the largest
// value over all paths of its flows, children and elements that travel included.
//
// In the language of Petri nets such a resource is a redundant (implicit) place: it never holds a transition back
// alone, and leaving it out changes no run. G. Berthelot, "Checking properties of nets using transformations", Advances
// in Petri Nets 1985 (LNCS 222). It has nothing to do with the ample sets of partial order reduction (those are in
// shapes.hpp); the word only says that there is plenty.
#pragma once

#include "analysis/engines/explore/demand.hpp"

namespace dmstall::analysis {

/// The machine in which the steps on ample resources are empty.
struct Slim {
  models::Machine machine;
  std::vector<bool> ample;  ///< per resource
  /// Per resource: its gives must not be hurried. One that comes too early may find the reserve full and be lost; and
  /// while the reserve is empty, or the page that the element was made of is not back, somebody may fall asleep whom
  /// free pages do not wake.
  std::vector<bool> patient;
  /// Per resource: a state says of who sleeps until a give whether one has come. Elsewhere whether enough elements are
  /// there says it.
  std::vector<bool> watched;
  std::vector<std::int32_t> failures;  ///< per node: failed allocations that an empty take stands for
  std::vector<bool> counts_as_step;    ///< per node: an empty take is a step of a witness all the same
  /// Per node: an empty take that stands for the give right after it as well. Taken apart, one who has taken and not
  /// yet given would hold what others pass through as if it were free.
  std::vector<bool> passes_through;
  /// Per node: a take of an ample resource whose flow goes on differently by source has become a choose: branch 0 is
  /// the allocator, branch 1 the reserve.
  std::vector<bool> by_source;
};

/// `requests`: how many of each class run at the same time. `reduce` false: nothing is ample. `watch`: all sleepers.
[[nodiscard]] Slim slim(const models::Machine& machine, Demand& demand, const std::vector<std::int64_t>& requests,
                        bool reduce, bool watch);

}  // namespace dmstall::analysis
