// The point of no return: the step of a witness after which not everybody can finish any more.
#pragma once

#include <optional>
#include <vector>

#include "analysis/engines/explore/search.hpp"

namespace dmstall::analysis {

struct NoReturn {
  std::size_t edge = 0;  ///< index into the path: before it all could finish, after it they cannot
  bool exact = true;     ///< false: a bound ended a search; it is this step or an earlier one
};

/// With the faults of the witness: a choice that has faulty branches goes as the witness went. Nothing where even the
/// initial state cannot complete.
[[nodiscard]] std::optional<NoReturn> point_of_no_return(Space& space, const std::vector<Edge>& path,
                                                         const std::vector<State>& states, const SearchLimits& limits);

}  // namespace dmstall::analysis
