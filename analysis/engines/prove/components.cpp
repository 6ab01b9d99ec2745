#include "analysis/engines/prove/components.hpp"

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/strong_components.hpp>
#include <utility>

namespace dmstall::analysis {

std::vector<std::vector<std::int32_t>> components(const std::vector<std::vector<std::int32_t>>& edges) {
  using Graph = boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, boost::no_property,
                                                   boost::no_property, std::uint32_t, std::uint64_t>;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
  for (std::size_t from = 0; from < edges.size(); ++from) {
    for (const std::int32_t to : edges[from])
      pairs.emplace_back(static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to));
  }
  const Graph graph(boost::edges_are_sorted, pairs.begin(), pairs.end(), static_cast<std::uint32_t>(edges.size()));
  std::vector<std::uint32_t> number(edges.size());
  const auto map = boost::make_iterator_property_map(number.begin(), boost::get(boost::vertex_index, graph));
  // Numbered from the end: a component is finished after all that it reaches.
  const std::uint32_t count = boost::strong_components(graph, map);
  std::vector<std::vector<std::int32_t>> result(count);
  for (std::size_t vertex = 0; vertex < number.size(); ++vertex)
    result[count - 1 - number[vertex]].push_back(static_cast<std::int32_t>(vertex));
  return result;
}

}  // namespace dmstall::analysis
