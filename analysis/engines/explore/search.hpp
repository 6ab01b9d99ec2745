// One ordered search: every state that a composition of requests can reach, cheapest first.
//
// The order is (faults, failed allocations, steps), so the first stuck state met is a least one. Of the way to a state
// are kept the state before it and which of that one's steps it was: the steps of a path are worked out again when
// somebody asks for it.
//
// This is the algorithm of E. W. Dijkstra, "A note on two problems in connexion with graphs", Numerische Mathematik 1,
// 1959, with costs that are compared part by part; no step has a negative part.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/engines/explore/space.hpp"
#include "analysis/engines/explore/store.hpp"

namespace dmstall::analysis {

struct Cost {
  std::int32_t faults = 0, failures = 0, steps = 0;
  auto operator<=>(const Cost&) const = default;
};

struct SearchLimits {
  std::int64_t states = 20'000'000;
  std::int64_t memory_bytes = std::int64_t{4} << 30;
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  /// Asked whenever the cost grows: whether nothing of this cost is of interest any more.
  std::function<bool(const Cost& now)> in_vain;
  /// Called about twice a second: states, states per second, depth in steps, bytes.
  std::function<void(std::size_t states, double per_second, int depth, std::size_t bytes)> progress;
};

enum class SearchEnd : std::uint8_t { found, exhausted, states, memory, time, in_vain };

struct SearchAnswer {
  SearchEnd end = SearchEnd::exhausted;
  StateIndex at = 0;  ///< found: the state
  Cost cost;          ///< of that state; where a bound ended the search, all that costs less was seen
  std::size_t states = 0, edges = 0;
  std::size_t bytes = 0;
  bool can_complete = false;         ///< some state was met in which all requests had finished
  std::optional<std::string> error;  ///< a step that cannot be is reachable
};

class Search {
 public:
  /// The space must outlive this.
  explicit Search(Space& space) : space_(&space) {}

  /// `accept`: whether a state in which nobody can move is what is looked for; absent: always.
  SearchAnswer run(const SearchLimits& limits, const std::function<bool(StateIndex)>& accept = {});
  /// The same from another state of the space.
  SearchAnswer run_from(const State& start, const SearchLimits& limits,
                        const std::function<bool(StateIndex)>& accept = {});

  /// Steps that are not `allowed` are not taken.
  void only(std::function<bool(const Edge&)> allowed) { allowed_ = std::move(allowed); }
  /// The search ends at the first state in which all have finished, and says so.
  void until_complete(std::function<void()> completed) { completed_ = std::move(completed); }

  /// The steps from the initial state to this one.
  [[nodiscard]] std::vector<Edge> path(StateIndex to) const;
  /// The states on that path, the initial one and the last included.
  [[nodiscard]] std::vector<State> states_on(StateIndex to) const;
  [[nodiscard]] State state(StateIndex index) const { return space_->decode(store_.bytes(index).data()); }
  [[nodiscard]] std::size_t size() const { return store_.size(); }
  [[nodiscard]] Cost cost(StateIndex index) const { return costs_[reached_[index].cost]; }
  /// Index of a state that was met.
  [[nodiscard]] StateIndex index_of(const State& state);
  [[nodiscard]] Space& space() const { return *space_; }

 private:
  using CostIndex = std::uint32_t;
  /// Of each state, so it is small.
  struct Reached {
    StateIndex from = 0;
    std::uint32_t step = 0;  ///< which one of Space::successors
    CostIndex cost = 0;
  };
  /// States of one cost that are still to be looked at; a state that was reached for less since is in it, too.
  struct Open {
    CostIndex cost = 0;
    std::vector<StateIndex> states;
  };

  /// A successor that is about to be reached.
  struct Ahead {
    std::string bytes;
    std::uint32_t hash = 0;
    std::size_t step = 0;
  };

  void reach_first(const State& state, const Cost& cost);
  void reach_all(const std::vector<Successor>& next, StateIndex from, const Cost& now);
  void reach(const Ahead& state, StateIndex from, const Cost& cost);
  [[nodiscard]] Open& open_at(const Cost& cost);
  [[nodiscard]] std::size_t memory() const;

  SearchAnswer go(const SearchLimits& limits, const std::function<bool(StateIndex)>& accept);

  Space* space_;
  std::function<bool(const Edge&)> allowed_;
  std::function<void()> completed_;
  StateStore store_;
  models::StableVector<Reached> reached_;
  std::vector<bool> done_;  ///< whose steps have been taken
  std::map<Cost, Open> open_;
  std::vector<Cost> costs_;   ///< that were met
  std::vector<Ahead> ahead_;  ///< kept for its allocations
};

}  // namespace dmstall::analysis
