// Strongly connected components of a graph, in topological order: who can be reached comes after who reaches.
//
// The algorithm is that of R. Tarjan, "Depth-first search and linear graph algorithms", SIAM Journal on Computing 1(2),
// 1972, as in Boost.Graph.
#pragma once

#include <cstdint>
#include <vector>

namespace dmstall::analysis {

/// `edges[v]`: where v leads.
[[nodiscard]] std::vector<std::vector<std::int32_t>> components(const std::vector<std::vector<std::int32_t>>& edges);

}  // namespace dmstall::analysis
