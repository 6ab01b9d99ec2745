#include "tests/exhaustive/world_search.hpp"

#include <algorithm>
#include <set>

namespace dmstall::tests {

using models::World;

World whole_population(const models::Machine& machine) {
  World world(machine);
  for (std::size_t c = 0; c < machine.classes.size(); ++c) {
    for (std::int64_t i = 0; i < machine.classes[c].population; ++i) world.start(static_cast<std::int32_t>(c));
  }
  return world;
}

std::vector<std::int32_t> key(const World& world) {
  const auto& machine = world.machine();
  std::vector<std::int32_t> words = world.levels().words;
  const bool pages = std::any_of(machine.resources.begin(), machine.resources.end(),
                                 [](const auto& r) { return r.allocator == models::AllocatorRule::pages; });
  words.push_back(pages ? world.levels().free_pages : 0);
  const auto serving = [&](models::ResourceId order) {
    return world.levels().words[static_cast<std::size_t>(machine.slots[static_cast<std::size_t>(order)].first + 1)];
  };
  for (std::size_t r = 0; r < machine.resources.size(); ++r) {  // tickets count from the one being served
    if (machine.resources[r].kind != models::ResourceKind::order) continue;
    const auto first = static_cast<std::size_t>(machine.slots[r].first);
    words[first] -= words[first + 1];
    words[first + 1] = 0;
  }
  words.push_back(world.stopped() ? 1 : 0);
  const auto live = world.live();
  for (const auto id : live) {
    const auto& token = world.token(id);
    const auto parent = std::find_if(live.begin(), live.end(), [&](models::TokenId other) {
      return other == token.parent && world.token(other).serial == token.parent_serial;
    });
    words.insert(words.end(),
                 {token.request_class, token.at, static_cast<std::int32_t>(parent - live.begin()), token.children,
                  static_cast<std::int32_t>(token.worst), token.submitting, token.being_submitted, token.awoken});
    words.push_back(static_cast<std::int32_t>(token.frames.size()));
    for (const auto& frame : token.frames) words.insert(words.end(), {frame.call, frame.left ? 1 : 0});
    words.push_back(static_cast<std::int32_t>(token.tickets.size()));
    for (const auto& [order, number] : token.tickets) words.insert(words.end(), {order, number - serving(order)});
  }
  return words;
}

WorldAnswer search_world(const models::Machine& machine, std::size_t state_cap) {
  WorldAnswer answer;
  std::set<std::vector<std::int32_t>> known;
  std::vector<World> now{whole_population(machine)}, next;
  known.insert(key(now.front()));
  std::vector<models::Alternative> enabled;
  models::StepEffects effects;
  for (int depth = 0; !now.empty(); ++depth) {
    for (const World& world : now) {
      const auto live = world.live();
      answer.can_complete |= std::all_of(live.begin(), live.end(), [&](auto id) { return world.token(id).daemon; });
      if (!answer.dead && models::is_dead(world)) {
        answer.dead = true;
        answer.steps_to_dead = depth;
      }
      for (const auto id : live) {
        enabled.clear();
        world.alternatives(id, enabled);
        for (const auto& alternative : enabled) {
          World after = world;
          after.apply(id, alternative, effects);
          if (effects.error) {
            answer.error = true;
            continue;
          }
          if (!known.insert(key(after)).second) continue;
          next.push_back(std::move(after));
        }
      }
      if (known.size() > state_cap) return answer;
    }
    now = std::move(next);
    next.clear();
  }
  answer.states = known.size();
  answer.known = true;
  return answer;
}

}  // namespace dmstall::tests
