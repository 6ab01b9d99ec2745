#include "analysis/engines/explore/starvation.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "analysis/engines/replay/movers.hpp"
#include "models/machine/graph.hpp"

namespace dmstall::analysis {

namespace {

using models::RecordedStep;
using models::World;

using StateNumber = std::uint32_t;
/// Who must get its turn: a token, and of a choice each branch. To fall asleep again is no turn: who is woken while the
/// element is there, and loses it each time, is treated unfairly by the schedule.
using Actor = std::pair<std::int64_t, std::int32_t>;
constexpr std::int32_t sleeps_again = -2;

Actor actor_of(std::int64_t serial, const models::Node& node, const models::Alternative& way) {
  if (models::is_futile(node, way)) return {serial, sleeps_again};
  return {serial, way.kind == models::AlternativeKind::branch ? way.index : -1};
}

struct Step {
  StateNumber to = 0;
  bool needs_allocator = false;
  Actor actor;
  RecordedStep record;
};

struct Graph {
  std::vector<RecordedStep> starts;
  std::vector<std::vector<Step>> out;
  std::vector<std::set<std::int64_t>> waiting;  ///< tokens that cannot move; no daemons
  std::vector<std::pair<StateNumber, Step>> reached_by;
  bool complete = true;

  [[nodiscard]] std::vector<RecordedStep> way_to(StateNumber state) const {
    std::vector<RecordedStep> steps;
    for (; state != 0; state = reached_by[state].first) steps.push_back(reached_by[state].second.record);
    steps.insert(steps.end(), starts.rbegin(), starts.rend());
    std::reverse(steps.begin(), steps.end());
    return steps;
  }
};

/// All that can be reached from `start`; the steps `starts` led there.
Graph all_states(World start, std::vector<RecordedStep> starts, std::size_t most_states) {
  Graph graph;
  graph.starts = std::move(starts);
  std::map<std::vector<std::int64_t>, StateNumber> known;
  std::deque<World> work;  // breadth first, in the order of their numbers
  const auto number_of = [&](World&& world, StateNumber from, const Step& by) {
    std::vector<std::int64_t> words = identity(world);
    words.push_back(world.created());  // a record of steps names tokens by their numbers
    const auto [found, fresh] = known.emplace(std::move(words), static_cast<StateNumber>(known.size()));
    if (fresh) {
      graph.reached_by.emplace_back(from, by);
      work.push_back(std::move(world));
    }
    return found->second;
  };
  (void)number_of(std::move(start), 0, {});
  std::vector<models::Alternative> enabled;
  models::StepEffects effects;
  for (StateNumber at = 0; !work.empty(); ++at) {
    if (known.size() > most_states) {
      graph.complete = false;
      break;
    }
    const World world = std::move(work.front());
    work.pop_front();
    std::vector<Step>& out = graph.out.emplace_back();
    std::set<std::int64_t>& waiting = graph.waiting.emplace_back();
    for (const models::TokenId id : world.live()) {
      const std::int64_t serial = world.token(id).serial;
      enabled.clear();
      world.alternatives(id, enabled);
      const bool waits = std::all_of(enabled.begin(), enabled.end(), [&](const auto& each) {
        return each.needs_allocator || models::is_futile(world.node_of(id), each);
      });
      if (waits && !world.token(id).daemon) waiting.insert(serial);
      for (const models::Alternative& alternative : enabled) {
        World after = world;
        after.apply(id, alternative, effects);
        if (effects.error) continue;
        Step step;
        step.needs_allocator = alternative.needs_allocator;
        step.actor = actor_of(serial, world.node_of(id), alternative);
        step.record = {serial, -1, alternative.kind, alternative.index};
        step.to = number_of(std::move(after), at, step);
        out.push_back(step);
      }
    }
  }
  return graph;
}

Graph all_states(const models::Machine& machine, std::size_t most_states) {
  World start(machine);
  std::vector<RecordedStep> starts;
  for (std::size_t c = 0; c < machine.classes.size(); ++c) {
    for (std::int64_t i = 0; i < machine.classes[c].population; ++i) {
      const auto request_class = static_cast<std::int32_t>(c);
      starts.push_back(
          {start.token(start.start(request_class)).serial, request_class, models::AlternativeKind::go_on, 0});
    }
  }
  return all_states(std::move(start), std::move(starts), most_states);
}

class FairRounds {
 public:
  explicit FairRounds(const Graph& graph) : graph_(graph) {}

  /// States of `among` that a fair schedule can go round in without end; empty: there are none.
  std::vector<StateNumber> fair(std::vector<StateNumber> among) const {
    std::vector<std::vector<StateNumber>> work{std::move(among)};
    while (!work.empty()) {
      const std::vector<StateNumber> states = std::move(work.back());
      work.pop_back();
      for (const std::vector<StateNumber>& group : groups_of(states)) {
        const std::set<Actor> unserved = unserved_in(group);
        if (unserved.empty()) return group;
        // Fair to them is only who stays where they cannot move.
        std::vector<StateNumber> rest;
        std::copy_if(group.begin(), group.end(), std::back_inserter(rest), [&](StateNumber state) {
          return std::none_of(graph_.out[state].begin(), graph_.out[state].end(), [&](const Step& step) {
            return !step.needs_allocator && unserved.count(step.actor) > 0;
          });
        });
        if (!rest.empty()) work.push_back(std::move(rest));
      }
    }
    return {};
  }

  /// Once around: from the first state of the group through a step of every actor that has one, and back.
  [[nodiscard]] std::vector<RecordedStep> once_around(const std::vector<StateNumber>& group) const {
    const std::set<StateNumber> inside(group.begin(), group.end());
    std::set<Actor> missing;
    each_step(group, inside, [&](StateNumber, const Step& step) { missing.insert(step.actor); });
    std::vector<RecordedStep> round;
    StateNumber at = group.front();
    while (!missing.empty()) {
      at = walk(
          at, inside, round, [&](StateNumber, const Step& step) { return missing.count(step.actor) > 0; }, missing);
    }
    if (at != group.front())
      (void)walk(
          at, inside, round, [&](StateNumber, const Step& step) { return step.to == group.front(); }, missing);
    return round;
  }

 private:
  template <typename Visit>
  void each_step(const std::vector<StateNumber>& states, const std::set<StateNumber>& inside,
                 const Visit& visit) const {
    for (const StateNumber state : states) {
      for (const Step& step : graph_.out[state]) {
        if (!step.needs_allocator && inside.count(step.to) > 0) visit(state, step);
      }
    }
  }

  /// Groups of more than one moment: with a step in them.
  [[nodiscard]] std::vector<std::vector<StateNumber>> groups_of(const std::vector<StateNumber>& states) const {
    std::map<StateNumber, std::uint32_t> place;
    for (const StateNumber state : states) place.emplace(state, static_cast<std::uint32_t>(place.size()));
    std::vector<std::vector<std::uint32_t>> out(states.size());
    for (const StateNumber state : states) {
      for (const Step& step : graph_.out[state]) {
        const auto to = place.find(step.to);
        if (!step.needs_allocator && to != place.end()) out[place[state]].push_back(to->second);
      }
    }
    const models::Components groups = models::strong_components(out);
    std::vector<std::vector<StateNumber>> members(static_cast<std::size_t>(groups.count));
    std::vector<bool> moves(members.size(), false);
    for (const auto& [state, index] : place) {
      const auto group = static_cast<std::size_t>(groups.of[index]);
      members[group].push_back(state);
      for (const std::uint32_t to : out[index]) moves[group] = moves[group] || groups.of[to] == groups.of[index];
    }
    std::vector<std::vector<StateNumber>> result;
    for (std::size_t g = 0; g < members.size(); ++g) {
      if (moves[g]) result.push_back(std::move(members[g]));
    }
    return result;
  }

  /// Who could move somewhere in the group and moves nowhere in it.
  [[nodiscard]] std::set<Actor> unserved_in(const std::vector<StateNumber>& group) const {
    const std::set<StateNumber> inside(group.begin(), group.end());
    std::set<Actor> actors;
    for (const StateNumber state : group) {
      for (const Step& step : graph_.out[state]) {
        if (!step.needs_allocator) actors.insert(step.actor);
      }
    }
    each_step(group, inside, [&](StateNumber, const Step& step) { actors.erase(step.actor); });
    return actors;
  }

  /// The shortest way inside the group whose last step is wanted; where it leads.
  template <typename Wanted>
  StateNumber walk(StateNumber from, const std::set<StateNumber>& inside, std::vector<RecordedStep>& round,
                   const Wanted& wanted, std::set<Actor>& missing) const {
    std::map<StateNumber, std::pair<StateNumber, const Step*>> by{{from, {from, nullptr}}};
    std::deque<StateNumber> work{from};
    while (true) {
      const StateNumber at = work.front();
      work.pop_front();
      for (const Step& step : graph_.out[at]) {
        if (step.needs_allocator || inside.count(step.to) == 0) continue;
        if (wanted(at, step)) {
          std::vector<const Step*> way{&step};
          for (StateNumber back = at; by[back].second != nullptr; back = by[back].first) way.push_back(by[back].second);
          for (auto each = way.rbegin(); each != way.rend(); ++each) {
            missing.erase((*each)->actor);
            round.push_back((*each)->record);
          }
          return step.to;
        }
        if (by.emplace(step.to, std::pair(at, &step)).second) work.push_back(step.to);
      }
    }
  }

  const Graph& graph_;
};

}  // namespace

Starvation find_starvation(const models::Machine& machine, std::size_t most_states) {
  Starvation result;
  const Graph graph = all_states(machine, most_states);
  if (!graph.complete) {
    result.kind = Starvation::Kind::unknown;
    return result;
  }
  std::map<std::int64_t, std::vector<StateNumber>> where;  // a token waits
  for (std::size_t s = 0; s < graph.waiting.size(); ++s) {
    for (const std::int64_t serial : graph.waiting[s]) where[serial].push_back(static_cast<StateNumber>(s));
  }
  const FairRounds rounds(graph);
  for (auto& [serial, states] : where) {
    std::vector<StateNumber> group = rounds.fair(std::move(states));
    if (group.empty()) continue;
    std::sort(group.begin(), group.end());  // numbered breadth first: the nearest is the first
    result.kind = Starvation::Kind::starves;
    result.witness.steps = graph.way_to(group.front());
    result.round_from = result.witness.steps.size();
    const std::vector<RecordedStep> round = rounds.once_around(group);
    result.witness.steps.insert(result.witness.steps.end(), round.begin(), round.end());
    // Others may wait through all of the round as well: its children, who waits for it.
    std::set<std::int64_t> starved = graph.waiting[group.front()];
    for (const StateNumber state : group)
      std::erase_if(starved, [&](std::int64_t each) { return graph.waiting[state].count(each) == 0; });
    result.witness.stuck.assign(starved.begin(), starved.end());
    return result;
  }
  return result;
}

std::optional<EndlessRound> find_endless_round(const models::Machine& machine, const std::vector<RecordedStep>& way,
                                               std::size_t most_states) {
  World world(machine);
  std::vector<models::Alternative> enabled;
  models::StepEffects effects;
  for (const RecordedStep& step : way) {
    if (step.start_class >= 0) {
      (void)world.start(step.start_class);
      continue;
    }
    const models::TokenId id = world.find(step.token);
    enabled.clear();
    if (id != models::no_token) world.alternatives(id, enabled);
    const auto taken = std::find_if(enabled.begin(), enabled.end(), [&](const auto& each) {
      return each.kind == step.kind && each.index == step.index;
    });
    if (taken == enabled.end()) return std::nullopt;
    world.apply(id, models::Alternative(*taken), effects);
  }
  const Graph graph = all_states(std::move(world), way, most_states);
  if (!graph.complete) return std::nullopt;
  std::vector<StateNumber> all(graph.out.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<StateNumber>(i);
  const FairRounds rounds(graph);
  std::vector<StateNumber> group = rounds.fair(std::move(all));
  if (group.empty()) return std::nullopt;
  std::sort(group.begin(), group.end());
  EndlessRound result;
  result.steps = graph.way_to(group.front());
  result.round_from = result.steps.size();
  const std::vector<RecordedStep> round = rounds.once_around(group);
  result.steps.insert(result.steps.end(), round.begin(), round.end());
  return result;
}

}  // namespace dmstall::analysis
