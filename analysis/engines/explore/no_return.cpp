#include "analysis/engines/explore/no_return.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "models/machine/graph.hpp"

namespace dmstall::analysis {

namespace {

using models::node_at;

enum class Answer : std::uint8_t { yes, no, unknown };

class Completing {
 public:
  Completing(Space& space, const std::vector<Edge>& path, const SearchLimits& limits) : space_(space), limits_(limits) {
    for (const Edge& edge : path) taken_.insert({node_of(edge), edge.index});
  }

  Answer from(const State& start) {
    Search search(space_);
    bool complete = false;
    search.only([&](const Edge& edge) { return allowed(edge); });
    search.until_complete([&] { complete = true; });
    const SearchAnswer answer = search.run_from(start, limits_, [](StateIndex) { return false; });
    if (complete) return Answer::yes;
    return answer.end == SearchEnd::exhausted ? Answer::no : Answer::unknown;
  }

 private:
  [[nodiscard]] models::NodeId node_of(const Edge& edge) const {
    return space_.shapes().sites(edge.shape)[static_cast<std::size_t>(edge.site)].at;
  }

  [[nodiscard]] bool allowed(const Edge& edge) const {
    if (edge.kind != models::AlternativeKind::branch) return true;
    const models::NodeId id = node_of(edge);
    const models::Node& node = node_at(space_.machine(), id);
    bool faulty = false;
    for (const models::Choice& choice : choices_of(space_.machine(), node)) {
      faulty = faulty || choice.faults > 0;
    }
    return !faulty || taken_.count({id, edge.index}) > 0;
  }

  Space& space_;
  SearchLimits limits_;
  std::set<std::pair<models::NodeId, std::int32_t>> taken_;
};

}  // namespace

std::optional<NoReturn> point_of_no_return(Space& space, const std::vector<Edge>& path,
                                           const std::vector<State>& states, const SearchLimits& limits) {
  Completing completing(space, path, limits);
  NoReturn result;
  const Answer at_start = completing.from(states.front());
  if (at_start == Answer::no) return std::nullopt;
  result.exact = at_start == Answer::yes;
  // Once they cannot all finish they never can again: halve the way.
  std::size_t can = 0, cannot = states.size() - 1;
  while (can + 1 < cannot) {
    const std::size_t middle = (can + cannot) / 2;
    const Answer answer = completing.from(states[middle]);
    if (answer == Answer::yes) {
      can = middle;
      result.exact = true;
    } else {
      if (answer == Answer::unknown) result.exact = false;
      cannot = middle;
    }
  }
  result.edge = can;
  return result;
}

}  // namespace dmstall::analysis
