#include "analysis/engines/replay/movers.hpp"

#include <vector>

namespace dmstall::analysis {

namespace {

using models::TokenId;
using models::World;

constexpr std::size_t most_worlds = 20'000;

}  // namespace

std::vector<std::int64_t> identity(const World& world) {
  const models::Machine& machine = world.machine();
  std::vector<std::int64_t> words(world.levels().words.begin(), world.levels().words.end());
  words.push_back(world.levels().free_pages);
  const auto serving = [&](models::ResourceId order) {
    return static_cast<std::size_t>(machine.slots[static_cast<std::size_t>(order)].first + 1);
  };
  for (std::size_t r = 0; r < machine.resources.size(); ++r) {
    if (machine.resources[r].kind != models::ResourceKind::order) continue;
    const std::size_t served = serving(static_cast<models::ResourceId>(r));
    words[served - 1] -= words[served];
    words[served] = 0;
  }
  for (const TokenId id : world.live()) {
    const models::Token& token = world.token(id);
    words.insert(words.end(),
                 {token.serial, token.at, token.parent_serial, token.children, static_cast<std::int64_t>(token.worst),
                  token.submitting ? 1 : 0, token.being_submitted ? 1 : 0, token.awoken ? 1 : 0,
                  static_cast<std::int64_t>(token.frames.size())});
    for (const models::Frame& frame : token.frames) words.push_back(frame.call * 2 + (frame.left ? 1 : 0));
    words.push_back(static_cast<std::int64_t>(token.tickets.size()));
    for (const auto& [order, number] : token.tickets) {
      words.push_back(order);
      words.push_back(number - world.levels().words[serving(order)]);
    }
  }
  return words;
}

std::optional<std::set<std::int64_t>> find_movers(const World& start) {
  std::set<std::int64_t> movers;
  std::set<std::vector<std::int64_t>> known{identity(start)};
  std::vector<World> work{start};
  std::vector<models::Alternative> enabled;
  models::StepEffects effects;
  while (!work.empty()) {
    if (known.size() > most_worlds) return std::nullopt;
    const World from = std::move(work.back());
    work.pop_back();
    for (const TokenId id : from.live()) {
      enabled.clear();
      from.alternatives(id, enabled);
      for (const models::Alternative& alternative : enabled) {
        if (alternative.needs_allocator) continue;
        if (!models::is_futile(from.node_of(id), alternative)) movers.insert(from.token(id).serial);
        World after = from;
        after.apply(id, alternative, effects);
        if (effects.error) continue;
        if (after.stopped()) {  // nobody is held up by anything any more
          for (const TokenId each : start.live()) movers.insert(start.token(each).serial);
          continue;
        }
        if (known.insert(identity(after)).second) work.push_back(std::move(after));
      }
    }
  }
  return movers;
}

}  // namespace dmstall::analysis
