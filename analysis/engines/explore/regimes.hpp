// Allocators that make up their mind: one that may refuse at any attempt (memory an adversary has) either refuses from
// the start to the end or never.
//
// Such a regime is one of the schedules that a search has to look at, so whoever is stuck under it is stuck; that
// nobody is says nothing about the others. It is what makes a deadlock easy to find where the space of all outcomes is
// too large: an allocator that never refuses leaves the reserve alone, one that always refuses asks for no memory that
// others could do without (a prefetch). Which allocators have to refuse is read off what those who are stuck wait for.
//
// An under-approximation: some schedules of the machine, all of them real.
#pragma once

#include <vector>

#include "analysis/engines/explore/space.hpp"

namespace dmstall::analysis {

struct Regime {
  std::vector<bool> refuses;  ///< per resource: its allocator refuses everybody; else it serves everybody
  bool operator==(const Regime&) const = default;
};

/// Pools whose allocator may refuse, those of one kind together so that alike devices are treated alike: one mark per
/// resource.
[[nodiscard]] std::vector<std::vector<bool>> kinds_of_pools(const models::Machine& machine);

/// Regimes worth a look, the most promising first: all allocators refuse; all but those of kernel threads; those that
/// the machine's proof left open (`open`, per resource; may be empty); those of one kind of pool each; none. Nothing
/// where no allocator has a mind to make up.
[[nodiscard]] std::vector<Regime> regimes_of(const models::Machine& machine, const std::vector<bool>& open);

/// Whether a token takes this step under the regime.
[[nodiscard]] bool is_allowed(Space& space, const Regime& regime, const Edge& edge);

/// The regime in which those allocators refuse that somebody waits for in the state.
[[nodiscard]] Regime of_those_waited_for(Space& space, const State& state);

}  // namespace dmstall::analysis
