// The oracle's questions: a graph of all reachable states, and what can be read off it.

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <queue>
#include <tuple>

#include "tests/oracle/oracle.hpp"

namespace dmstall::tests {

namespace {

std::size_t at(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

struct Edge {
  int to = 0;
  int faults = 0, failures = 0;
  bool needs_allocator = false;
};

struct KeyHash {
  std::size_t operator()(const std::vector<std::int64_t>& key) const {
    std::uint64_t h = 1469598103934665603u;
    for (const auto word : key) h = (h ^ static_cast<std::uint64_t>(word)) * 1099511628211u + (h >> 29);
    return at(static_cast<std::int64_t>(h));
  }
};

using Slots = std::uint64_t;  ///< a set of token slots

struct Graph {
  bool complete = true;
  std::vector<std::vector<Edge>> out;
  std::vector<int> depth;
  std::vector<Slots> live, waiting_for, counted,
      enabled;  ///< tokens; that are no daemons; whose end is progress; with a free move
  std::vector<std::vector<std::int64_t>> serials;  ///< slot → serial, -1: nobody
  std::string error;
  bool has_error = false;

  /// Per state: who can move there or later, when no allocation succeeds any more.
  [[nodiscard]] std::vector<Slots> can_move() const {
    std::vector<std::vector<int>> from(out.size());
    std::deque<int> work;
    for (std::size_t s = 0; s < out.size(); ++s) {
      for (const auto& edge : out[s]) {
        if (!edge.needs_allocator) from[at(edge.to)].push_back(static_cast<int>(s));
      }
      work.push_back(static_cast<int>(s));
    }
    std::vector<Slots> can = enabled;
    while (!work.empty()) {
      const int s = work.front();
      work.pop_front();
      for (const int before : from[at(s)]) {
        if ((can[at(before)] | can[at(s)]) == can[at(before)]) continue;
        can[at(before)] |= can[at(s)];
        work.push_back(before);
      }
    }
    return can;
  }

  /// States from which every state that can be reached (by edges that `follow` accepts) can reach them again, in
  /// groups: where fair runs end. Two passes of depth-first search (Kosaraju).
  template <typename Follow>
  [[nodiscard]] std::vector<std::vector<int>> terminal_groups(const Follow& follow) const {
    std::vector<std::vector<int>> forth(out.size()), back(out.size());
    for (std::size_t s = 0; s < out.size(); ++s) {
      for (const auto& edge : out[s]) {
        if (!follow(edge)) continue;
        forth[s].push_back(edge.to);
        back[at(edge.to)].push_back(static_cast<int>(s));
      }
    }
    std::vector<int> order, group(out.size(), -1);
    std::vector<char> seen(out.size(), 0);
    for (std::size_t root = 0; root < out.size(); ++root) {
      std::vector<std::pair<int, std::size_t>> stack;
      if (!seen[root]) stack.emplace_back(static_cast<int>(root), 0), seen[root] = 1;
      while (!stack.empty()) {
        auto& [s, next] = stack.back();
        if (next < forth[at(s)].size()) {
          const int to = forth[at(s)][next++];
          if (!seen[at(to)]) seen[at(to)] = 1, stack.emplace_back(to, 0);
        } else {
          order.push_back(s);
          stack.pop_back();
        }
      }
    }
    std::vector<std::vector<int>> groups;
    for (auto root = order.rbegin(); root != order.rend(); ++root) {
      if (group[at(*root)] >= 0) continue;
      const int number = static_cast<int>(groups.size());
      groups.push_back({*root});
      group[at(*root)] = number;
      for (std::size_t i = 0; i < groups.back().size(); ++i) {
        for (const int before : back[at(groups.back()[i])]) {
          if (group[at(before)] < 0) group[at(before)] = number, groups.back().push_back(before);
        }
      }
    }
    std::erase_if(groups, [&](const std::vector<int>& members) {
      return std::any_of(members.begin(), members.end(), [&](int s) {
        return std::any_of(forth[at(s)].begin(), forth[at(s)].end(),
                           [&](int to) { return group[at(to)] != group[at(s)]; });
      });
    });
    return groups;
  }
};

/// All states from `start`. `by_name`: the tokens alive in `start` are told apart from later ones in the same place.
Graph explore(const Oracle& oracle, const OracleState& start, std::size_t cap, bool allocator_may_succeed,
              bool by_name) {
  Graph graph;
  std::unordered_map<std::vector<std::int64_t>, int, KeyHash> known;
  std::vector<OracleState> states;
  const auto& classes = oracle.program().classes;
  const auto visit = [&](OracleState&& state, int depth) {
    auto key = oracle.key(state);
    for (const auto& token : state.tokens) {
      if (by_name) key.push_back(token.live && token.serial < start.next_serial ? token.serial : -1);
    }
    const auto [found, fresh] = known.emplace(std::move(key), static_cast<int>(states.size()));
    if (!fresh) return found->second;
    Slots live = 0, waiting_for = 0, counted = 0;
    std::vector<std::int64_t> serials;
    for (std::size_t i = 0; i < state.tokens.size(); ++i) {
      const auto& token = state.tokens[i];
      serials.push_back(token.live ? token.serial : -1);
      if (!token.live) continue;
      const Slots bit = Slots{1} << i;
      live |= bit;
      if (!token.daemon) waiting_for |= bit;
      if (!token.daemon && classes[at(token.request_class)].counts_progress) counted |= bit;
    }
    if (state.tokens.size() > 60) graph.complete = false;
    graph.live.push_back(live);
    graph.waiting_for.push_back(waiting_for);
    graph.counted.push_back(counted);
    graph.enabled.push_back(0);
    graph.serials.push_back(std::move(serials));
    graph.depth.push_back(depth);
    graph.out.emplace_back();
    states.push_back(std::move(state));
    return found->second;
  };
  visit(OracleState(start), 0);
  for (std::size_t s = 0; s < states.size() && graph.complete; ++s) {
    if (states.size() > cap) graph.complete = false;
    if (states[s].stopped) graph.enabled[s] = ~Slots{0};  // nobody is held up by anything any more
    for (int slot = 0; slot < static_cast<int>(states[s].tokens.size()); ++slot) {
      for (auto& move : oracle.moves(states[s], slot)) {
        if (!move.needs_allocator && !move.futile) graph.enabled[s] |= Slots{1} << slot;
        if (move.needs_allocator && !allocator_may_succeed) continue;
        if (!move.error.empty()) {
          graph.has_error = true;
          graph.error = move.error;
          continue;
        }
        const int to = visit(std::move(move.next), graph.depth[s] + 1);
        graph.out[s].push_back({to, move.faults, move.failures, move.needs_allocator});
      }
    }
    states[s] = OracleState{};  // its edges are known
  }
  return graph;
}

}  // namespace

OracleAnswer ask_oracle(const models::Program& program, std::size_t state_cap) {
  OracleAnswer answer;
  const Oracle oracle(program);
  const Graph graph = explore(oracle, oracle.initial(), state_cap, true, false);
  answer.states = graph.out.size();
  answer.known = graph.complete;
  if (!graph.complete) return answer;
  answer.error = graph.has_error;
  answer.error_text = graph.error;
  const auto can_move = graph.can_move();
  for (std::size_t s = 0; s < graph.out.size(); ++s) {  // in breadth-first order: the first hit is the nearest
    if (graph.waiting_for[s] == 0) answer.can_complete = true;
    if (graph.waiting_for[s] != 0 && graph.enabled[s] == 0 && !answer.dead) {
      answer.dead = true;
      answer.steps_to_dead = graph.depth[s];
    }
    if ((graph.waiting_for[s] & ~can_move[s]) != 0 && !answer.stuck) {
      answer.stuck = true;
      answer.steps_to_stuck = graph.depth[s];
    }
  }
  for (const auto& group : graph.terminal_groups([](const Edge& edge) { return !edge.needs_allocator; })) {
    const auto s = at(group.front());
    if (!answer.error && (graph.counted[s] & can_move[s]) != 0)
      answer.livelock = true;  // it moves for ever, so it never finishes
  }
  if (answer.stuck) {  // cheapest way there: faults, then failed allocations
    using Cost = std::pair<int, int>;
    std::map<int, Cost> best{{0, {0, 0}}};
    std::priority_queue<std::pair<Cost, int>, std::vector<std::pair<Cost, int>>, std::greater<>> queue;
    queue.push({{0, 0}, 0});
    while (!queue.empty()) {
      const auto [cost, s] = queue.top();
      queue.pop();
      if (cost > best.at(s)) continue;
      if ((graph.waiting_for[at(s)] & ~can_move[at(s)]) != 0) {
        std::tie(answer.faults_to_stuck, answer.failures_to_stuck) = cost;
        break;
      }
      for (const auto& edge : graph.out[at(s)]) {
        const Cost next{cost.first + edge.faults, cost.second + edge.failures};
        const auto [found, fresh] = best.emplace(edge.to, next);
        if (!fresh && found->second <= next) continue;
        found->second = next;
        queue.push({next, edge.to});
      }
    }
  }
  return answer;
}

std::optional<std::set<std::int64_t>> never_move(const Oracle& oracle, const OracleState& state,
                                                 std::size_t state_cap) {
  const Graph graph = explore(oracle, state, state_cap, false, true);
  if (!graph.complete) return std::nullopt;
  const auto can_move = graph.can_move();
  std::set<std::int64_t> stuck;
  for (std::size_t slot = 0; slot < graph.serials[0].size(); ++slot) {
    const Slots bit = Slots{1} << slot;
    if ((graph.live[0] & bit) != 0 && (can_move[0] & bit) == 0) stuck.insert(graph.serials[0][slot]);
  }
  return stuck;
}

Relief relief(const models::Program& program, const OracleState& state, const std::set<std::int64_t>& serials,
              std::size_t state_cap) {
  const Oracle oracle(program, true);
  OracleState then = state;
  for (std::size_t slot = 0; slot < state.tokens.size(); ++slot) {  // who was woken in vain is asleep again by then
    if (!state.tokens[slot].live || serials.count(state.tokens[slot].serial) == 0) continue;
    for (auto& move : Oracle(program).moves(state, static_cast<int>(slot))) {
      if (move.futile) then.tokens[slot] = std::move(move.next.tokens[slot]);
    }
  }
  const Graph graph = explore(oracle, then, state_cap, true, true);
  if (!graph.complete || graph.has_error) return Relief::unknown;
  bool some = false, all = true;
  for (const auto& group : graph.terminal_groups([](const Edge&) { return true; })) {
    const auto& left = graph.serials[at(group.front())];
    const bool finished =
        std::none_of(left.begin(), left.end(), [&](auto serial) { return serials.count(serial) > 0; });
    (finished ? some : all) = finished;
  }
  return all ? Relief::always : some ? Relief::sometimes : Relief::never;
}

}  // namespace dmstall::tests
