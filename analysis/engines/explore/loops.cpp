#include "analysis/engines/explore/loops.hpp"

#include <algorithm>
#include <set>

#include "analysis/engines/replay/movers.hpp"
#include "models/machine/graph.hpp"
#include "models/machine/stuck.hpp"

namespace dmstall::analysis {

namespace {

using models::TokenId;

/// Groups that are never left again, of those with at least one step in them.
std::vector<std::vector<StateIndex>> terminal_groups(Search& search) {
  std::vector<std::vector<StateIndex>> out(search.size());
  std::vector<Successor> next;
  for (std::size_t i = 0; i < out.size(); ++i) {
    next.clear();
    search.space().successors(search.state(static_cast<StateIndex>(i)), next);
    for (const Successor& successor : next) {
      if (!successor.edge.needs_allocator) out[i].push_back(search.index_of(successor.state));
    }
  }
  const models::Components groups = models::strong_components(out);
  std::vector<std::vector<StateIndex>> members(static_cast<std::size_t>(groups.count));
  std::vector<bool> leaves(members.size(), false), moves(members.size(), false);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto mine = static_cast<std::size_t>(groups.of[i]);
    members[mine].push_back(static_cast<StateIndex>(i));
    for (const StateIndex to : out[i]) {
      moves[mine] = true;
      if (groups.of[to] != groups.of[i]) leaves[mine] = true;
    }
  }
  std::vector<std::vector<StateIndex>> terminal;
  for (std::size_t g = 0; g < members.size(); ++g) {
    if (!leaves[g] && moves[g]) terminal.push_back(std::move(members[g]));
  }
  return terminal;
}

}  // namespace

LoopAnswer find_endless(Search& search, const std::function<Concrete(StateIndex)>& follow) {
  LoopAnswer answer;
  bool unknown = false;
  for (std::vector<StateIndex>& group : terminal_groups(search)) {
    const StateIndex cheapest = *std::min_element(
        group.begin(), group.end(), [&](StateIndex a, StateIndex b) { return search.cost(a) < search.cost(b); });
    if (search.space().is_complete(search.state(cheapest))) continue;  // only daemons are left
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
      stuck.erase(
          std::remove_if(stuck.begin(), stuck.end(), [&](std::int64_t serial) { return confirmed.count(serial) == 0; }),
          stuck.end());
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
