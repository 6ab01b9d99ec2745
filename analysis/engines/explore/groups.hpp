// Groups of states that all reach each other (strongly connected components).
#pragma once

#include <cstdint>
#include <vector>

namespace dmstall::analysis {

struct Groups {
  std::vector<std::int32_t> of;  ///< per state: its group
  std::int32_t count = 0;        ///< groups; one that is reached has a smaller number than one that reaches it
};

/// `out`: per state, where its steps lead. Tarjan's algorithm, without recursion.
[[nodiscard]] Groups find_groups(const std::vector<std::vector<std::uint32_t>>& out);

}  // namespace dmstall::analysis
