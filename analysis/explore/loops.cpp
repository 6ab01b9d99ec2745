#include "analysis/explore/loops.hpp"

#include "analysis/movers.hpp"

#include "models/machine/stuck.hpp"

#include <algorithm>
#include <set>

namespace dmstall::analysis {

namespace {

using models::TokenId;

/// Groups of states that reach each other and nothing else (Tarjan, without recursion).
class Groups {
 public:
  explicit Groups(Search& search) : search_(search) {
    std::vector<Successor> next;
    out_.resize(search.size());
    for (std::size_t i = 0; i < out_.size(); ++i) {
      next.clear();
      search.space().successors(search.state(static_cast<StateIndex>(i)), next);
      for (const Successor& successor : next) {
        if (!successor.edge.needs_allocator) out_[i].push_back(search.index_of(successor.state));
      }
    }
  }

  /// Only groups with at least one step in them.
  std::vector<std::vector<StateIndex>> terminal() {
    number_.assign(out_.size(), 0);
    lowest_.assign(out_.size(), 0);
    on_stack_.assign(out_.size(), false);
    group_.assign(out_.size(), -1);
    for (std::size_t root = 0; root < out_.size(); ++root) {
      if (number_[root] == 0) walk(static_cast<StateIndex>(root));
    }
    std::vector<std::vector<StateIndex>> result(static_cast<std::size_t>(groups_));
    std::vector<bool> leaves(static_cast<std::size_t>(groups_), false), moves(static_cast<std::size_t>(groups_), false);
    for (std::size_t i = 0; i < out_.size(); ++i) {
      const auto mine = static_cast<std::size_t>(group_[i]);
      result[mine].push_back(static_cast<StateIndex>(i));
      for (const StateIndex to : out_[i]) {
        moves[mine] = true;
        if (group_[to] != group_[i]) leaves[mine] = true;
      }
    }
    std::vector<std::vector<StateIndex>> terminal;
    for (std::size_t g = 0; g < result.size(); ++g) {
      if (!leaves[g] && moves[g]) terminal.push_back(std::move(result[g]));
    }
    return terminal;
  }

 private:
  void enter(StateIndex at) {
    number_[at] = lowest_[at] = ++counter_;
    stack_.push_back(at);
    on_stack_[at] = true;
  }

  void walk(StateIndex root) {
    std::vector<std::pair<StateIndex, std::size_t>> path;
    enter(root);
    path.emplace_back(root, 0);
    while (!path.empty()) {
      auto& [at, next] = path.back();
      if (next < out_[at].size()) {
        const StateIndex to = out_[at][next++];
        if (number_[to] == 0) {
          enter(to);
          path.emplace_back(to, 0);
        } else if (on_stack_[to]) {
          lowest_[at] = std::min(lowest_[at], number_[to]);
        }
        continue;
      }
      const StateIndex done = at;
      path.pop_back();
      if (!path.empty()) lowest_[path.back().first] = std::min(lowest_[path.back().first], lowest_[done]);
      if (lowest_[done] != number_[done]) continue;
      for (StateIndex member = done + 1; member != done;) {
        member = stack_.back();
        stack_.pop_back();
        on_stack_[member] = false;
        group_[member] = groups_;
      }
      ++groups_;
    }
  }

  Search& search_;
  std::vector<std::vector<StateIndex>> out_;
  std::vector<std::uint32_t> number_, lowest_;
  std::vector<bool> on_stack_;
  std::vector<std::int32_t> group_;
  std::vector<StateIndex> stack_;
  std::uint32_t counter_ = 0;
  std::int32_t groups_ = 0;
};

}  // namespace

LoopAnswer find_endless(Search& search, const std::function<Concrete(StateIndex)>& follow) {
  LoopAnswer answer;
  bool unknown = false;
  for (std::vector<StateIndex>& group : Groups(search).terminal()) {
    const StateIndex cheapest = *std::min_element(group.begin(), group.end(), [&](StateIndex a, StateIndex b) { return search.cost(a) < search.cost(b); });
    if (search.space().is_complete(search.state(cheapest))) continue;   // only daemons are left
    const Concrete there = follow(cheapest);
    const std::optional<std::set<std::int64_t>> movers = find_movers(there.world());
    if (!movers) {
      unknown = true;
      continue;
    }
    LoopAnswer found;
    found.at = cheapest;
    std::vector<std::int64_t> stuck, moving;
    for (const TokenId id : there.world().live()) {
      const models::Token& token = there.world().token(id);
      if (token.daemon) continue;
      if (movers->count(token.serial) == 0) {
        stuck.push_back(token.serial);
      } else if (there.world().machine().classes[static_cast<std::size_t>(token.request_class)].counts_progress) {
        moving.push_back(token.serial);
      }
    }
    if (!moving.empty() && !stuck.empty()) {
      // Who waits only for one that moves without end is part of a livelock, not of a stuck set.
      std::set<std::int64_t> confirmed;
      for (const TokenId id : models::stuck_set(there.world())) confirmed.insert(there.world().token(id).serial);
      stuck.erase(std::remove_if(stuck.begin(), stuck.end(), [&](std::int64_t serial) { return confirmed.count(serial) == 0; }), stuck.end());
    }
    if (stuck.empty() && moving.empty()) continue;
    // A stuck set says more than a livelock; of two of a kind the cheaper one counts.
    found.kind = stuck.empty() ? LoopAnswer::Kind::livelock : LoopAnswer::Kind::stuck;
    found.tokens = stuck.empty() ? moving : stuck;
    const auto better = [&](const LoopAnswer& a, const LoopAnswer& b) {
      if (b.kind == LoopAnswer::Kind::none) return true;
      if (a.kind != b.kind) return a.kind == LoopAnswer::Kind::stuck;
      return search.cost(a.at) < search.cost(b.at);
    };
    if (better(found, answer)) answer = std::move(found);
  }
  if (answer.kind == LoopAnswer::Kind::none && unknown) answer.kind = LoopAnswer::Kind::unknown;
  return answer;
}

}  // namespace dmstall::analysis
