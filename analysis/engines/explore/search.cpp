#include "analysis/engines/explore/search.hpp"

#include <algorithm>

namespace dmstall::analysis {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t states_between_looks = 1024;

}  // namespace

Search::Open& Search::open_at(const Cost& cost) {
  const auto [open, fresh] = open_.try_emplace(cost);
  if (fresh) {
    open->second.cost = static_cast<CostIndex>(costs_.size());
    costs_.push_back(cost);
  }
  return open->second;
}

void Search::reach_first(const State& state, const Cost& cost) {
  Ahead first;
  space_->encode(state, first.bytes);
  first.hash = store_.look_ahead(first.bytes);
  reach(first, 0, cost);
}

void Search::reach_all(const std::vector<Successor>& next, StateIndex from, const Cost& now) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < next.size(); ++i) {
    if (allowed_ && !allowed_(next[i].edge)) continue;
    if (count == ahead_.size()) ahead_.emplace_back();
    Ahead& ahead = ahead_[count++];
    space_->encode(next[i].state, ahead.bytes);
    ahead.hash = store_.look_ahead(ahead.bytes);
    ahead.step = i;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const Edge& edge = next[ahead_[i].step].edge;
    reach(ahead_[i], from, {now.faults + edge.faults, now.failures + edge.failures, now.steps + edge.steps});
  }
}

void Search::reach(const Ahead& state, StateIndex from, const Cost& cost) {
  const auto [index, fresh] = store_.insert(state.bytes, state.hash);
  if (fresh) {
    reached_.emplace_back();
    done_.push_back(false);
  } else if (done_[index] || this->cost(index) <= cost) {
    return;
  }
  Open& open = open_at(cost);
  Reached& reached = reached_[index];
  reached.from = from;
  reached.step = static_cast<std::uint32_t>(state.step);
  reached.cost = open.cost;
  open.states.push_back(index);
}

std::size_t Search::memory() const {
  std::size_t open = 0;
  for (const auto& [cost, at] : open_) open += at.states.capacity() * sizeof(StateIndex);
  return store_.memory() + reached_.size() * sizeof(Reached) + done_.capacity() / 8 + costs_.capacity() * sizeof(Cost) +
         open;
}

SearchAnswer Search::run(const SearchLimits& limits, const std::function<bool(StateIndex)>& accept) {
  SearchAnswer answer;
  Edge cost;
  const State start = space_->initial(cost);
  if (space_->error()) {
    answer.error = space_->error();
    return answer;
  }
  reach_first(start, {cost.faults, cost.failures, cost.steps});
  return go(limits, accept);
}

SearchAnswer Search::run_from(const State& start, const SearchLimits& limits,
                              const std::function<bool(StateIndex)>& accept) {
  reach_first(start, {});
  return go(limits, accept);
}

SearchAnswer Search::go(const SearchLimits& limits, const std::function<bool(StateIndex)>& accept) {
  SearchAnswer answer;
  const Clock::time_point begun = Clock::now();
  Clock::time_point shown = begun;
  std::vector<Successor> next;
  std::size_t expanded = 0;
  Cost now;
  const auto finish = [&](SearchEnd end) {
    answer.end = end;
    answer.cost = now;
    answer.states = store_.size();
    answer.bytes = memory();
    answer.error = space_->error();
    return answer;
  };
  while (!open_.empty()) {
    const auto cheapest = open_.begin();
    if (cheapest->first > now && limits.in_vain && limits.in_vain(cheapest->first)) return finish(SearchEnd::in_vain);
    now = cheapest->first;
    std::vector<StateIndex>& states = cheapest->second.states;
    if (states.empty()) {
      open_.erase(cheapest);
      continue;
    }
    const StateIndex index = states.back();
    states.pop_back();
    if (done_[index] || reached_[index].cost != cheapest->second.cost) continue;
    done_[index] = true;
    const State from = space_->decode(store_.bytes(index).data());
    const bool complete = space_->is_complete(from);
    answer.can_complete = answer.can_complete || complete;
    if (complete && completed_) {
      completed_();
      return finish(SearchEnd::found);
    }
    if (space_->is_dead(from) && (!accept || accept(index))) {
      answer.at = index;
      return finish(SearchEnd::found);
    }
    next.clear();
    space_->successors(from, next);
    answer.edges += next.size();
    reach_all(next, index, now);
    if (static_cast<std::int64_t>(store_.size()) > limits.states) return finish(SearchEnd::states);
    if (++expanded % states_between_looks != 0) continue;
    if (static_cast<std::int64_t>(memory()) > limits.memory_bytes) return finish(SearchEnd::memory);
    const Clock::time_point time = Clock::now();
    if (time > limits.deadline) return finish(SearchEnd::time);
    if (limits.progress && time - shown > std::chrono::milliseconds(500)) {
      shown = time;
      const double seconds = std::chrono::duration<double>(time - begun).count();
      limits.progress(store_.size(), static_cast<double>(store_.size()) / seconds, now.steps, memory());
    }
  }
  return finish(SearchEnd::exhausted);
}

std::vector<Edge> Search::path(StateIndex to) const {
  std::vector<Edge> edges;
  std::vector<Successor> next;
  // The initial state has index 0 and is nobody's successor of lower cost.
  for (StateIndex index = to; index != 0; index = reached_[index].from) {
    next.clear();
    space_->successors(state(reached_[index].from), next);
    edges.push_back(next[reached_[index].step].edge);
  }
  std::reverse(edges.begin(), edges.end());
  return edges;
}

std::vector<State> Search::states_on(StateIndex to) const {
  std::vector<State> states;
  for (StateIndex index = to; index != 0; index = reached_[index].from) states.push_back(state(index));
  states.push_back(state(0));
  std::reverse(states.begin(), states.end());
  return states;
}

StateIndex Search::index_of(const State& state) {
  std::string bytes;
  space_->encode(state, bytes);
  return store_.insert(bytes).first;
}

}  // namespace dmstall::analysis
