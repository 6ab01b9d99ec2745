// Starvation against a brute-force reading of its definition, over the oracle's states.
#include "analysis/engines/explore/starvation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "analysis/engines/explore/explore.hpp"
#include "analysis/engines/replay/replay_round.hpp"
#include "analysis/report/refusal_text.hpp"
#include "models/machine/compile.hpp"
#include "tests/exhaustive/comparing.hpp"
#include "tests/exhaustive/machines.hpp"
#include "tests/oracle/oracle.hpp"

namespace dmstall::tests {
namespace {

using namespace steps;
using analysis::Starvation;
using models::VerdictKind;

/// An actor of its own: who is woken and finds nothing waits on, but it does not stay awake.
constexpr int falls_asleep_again = -2;
constexpr std::size_t most_states = 150;
constexpr std::size_t most_actors = 8;

/// The oracle's graph with all tokens told apart, allocations refused inside rounds but not on the way there.
struct Graph {
  struct Edge {
    std::size_t to = 0;
    std::size_t actor = 0;
  };
  std::vector<std::vector<Edge>> out;                ///< steps that need no allocator
  std::vector<std::set<std::size_t>> able;           ///< actors that can move
  std::vector<std::set<std::int64_t>> requests;      ///< live, no daemons
  std::vector<std::pair<std::int64_t, int>> actors;  ///< serial, branch of a choice
};

std::optional<Graph> graph_of(const models::Program& program) {
  const Oracle oracle(program);
  Graph graph;
  std::map<std::vector<std::int64_t>, std::size_t> known;
  std::vector<OracleState> states;
  const auto number_of = [&](OracleState&& state) {
    std::vector<std::int64_t> key = oracle.key(state);
    for (const auto& token : state.tokens) key.push_back(token.live ? token.serial : -1);
    const auto [found, fresh] = known.emplace(std::move(key), states.size());
    if (fresh) states.push_back(std::move(state));
    return found->second;
  };
  (void)number_of(oracle.initial());
  for (std::size_t s = 0; s < states.size(); ++s) {
    if (states.size() > most_states) return std::nullopt;
    const OracleState state = states[s];
    graph.out.emplace_back();
    graph.able.emplace_back();
    graph.requests.emplace_back();
    for (int slot = 0; slot < static_cast<int>(state.tokens.size()); ++slot) {
      const auto& token = state.tokens[static_cast<std::size_t>(slot)];
      if (!token.live) continue;
      if (!token.daemon) graph.requests[s].insert(token.serial);
      for (auto& move : oracle.moves(state, slot)) {
        if (!move.error.empty()) return std::nullopt;
        const std::size_t to = number_of(std::move(move.next));
        if (move.needs_allocator) continue;
        const std::pair<std::int64_t, int> actor{token.serial, move.futile                     ? falls_asleep_again
                                                               : move.kind == MoveKind::branch ? move.index
                                                                                               : -1};
        auto place = std::find(graph.actors.begin(), graph.actors.end(), actor);
        if (place == graph.actors.end()) place = graph.actors.insert(place, actor);
        const auto id = static_cast<std::size_t>(place - graph.actors.begin());
        graph.able[s].insert(id);
        graph.out[s].push_back({to, id});
      }
    }
  }
  if (graph.actors.size() > most_actors) return std::nullopt;
  return graph;
}

/// For every request and every choice of who moves without end: is there a round in which just these can move, all of
/// them do, and the request is none of them?
bool somebody_starves(const Graph& graph) {
  const std::size_t n = graph.out.size();
  for (std::size_t who = 1; who < (std::size_t{1} << graph.actors.size()); ++who) {
    const auto chosen = [&](std::size_t actor) { return ((who >> actor) & 1U) != 0; };
    std::vector<bool> inside(n);
    for (std::size_t s = 0; s < n; ++s) inside[s] = std::all_of(graph.able[s].begin(), graph.able[s].end(), chosen);
    std::vector<std::vector<bool>> reach(n, std::vector<bool>(n, false));
    for (std::size_t s = 0; s < n; ++s) {
      std::vector<std::size_t> work;
      if (inside[s]) work.push_back(s);
      while (!work.empty()) {
        const std::size_t at = work.back();
        work.pop_back();
        for (const auto& edge : graph.out[at]) {
          if (!inside[edge.to] || reach[s][edge.to]) continue;
          reach[s][edge.to] = true;
          work.push_back(edge.to);
        }
      }
    }
    for (std::size_t s = 0; s < n; ++s) {
      if (!inside[s] || !reach[s][s]) continue;
      std::size_t moving = 0;
      std::set<std::int64_t> waiting = graph.requests[s];
      for (std::size_t t = 0; t < n; ++t) {
        if (!reach[s][t] || !reach[t][s]) continue;
        std::erase_if(waiting, [&](std::int64_t each) { return graph.requests[t].count(each) == 0; });
        for (const auto& edge : graph.out[t]) {
          if (inside[edge.to] && reach[edge.to][s]) moving |= std::size_t{1} << edge.actor;
        }
      }
      for (std::size_t actor = 0; actor < graph.actors.size(); ++actor) {
        if (chosen(actor) && graph.actors[actor].second != falls_asleep_again) waiting.erase(graph.actors[actor].first);
      }
      if (moving == who && !waiting.empty()) return true;
    }
  }
  return false;
}

/// A request or two beside daemons that take and give, signal and clear, for ever.
models::Program loops(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<std::uint64_t>(n)); };
  ProgramBuilder b("loops-" + std::to_string(seed));
  constexpr auto pages = models::AllocatorRule::pages;
  const auto p = pick(4) == 0 ? b.unpolled("p", 1 + pick(3), pages) : b.mempool("p", 1 + pick(4));
  const auto q = b.mempool("q", 1, pick(4) == 0 ? models::AllocatorRule::any : models::AllocatorRule::never);
  const auto m = b.mutex("m");
  const auto l = b.rwsem("l");
  const auto e = b.event("e");
  const auto o = b.order("o");
  const auto wait = [&]() -> Steps {
    switch (pick(12)) {
      case 0:
        return {take_all(p, 2)};
      case 1:
        return {take_all(p, 3)};
      case 8:
        return {take_all(p, 2), give(p, 2)};
      case 9:
        return {take_all(p, 3), give(p, 3)};
      case 10:
        return {take(m), take_all(p, 2), give(p, 2), give(m)};
      case 2:
        return {take(p)};
      case 3:
        return {take(q)};
      case 4:
        return {take(m)};
      case 5:
        return {write_lock(l), write_unlock(l)};
      case 6:
        return {read_lock(l), read_unlock(l)};
      case 7:
        return {await(e)};
      default:
        return {ticket(o), await_turn(o), take_all(p, 2), pass_turn(o), give(p, 2)};
    }
  };
  const auto round = [&]() -> Steps {
    if (pick(2) == 0) return {take(p), give(p)};
    switch (pick(12)) {
      case 0:
        return {take(p), give(p)};
      case 1:
        return {take(p), spend(), give(p)};
      case 2:
        return {take(q), give(q)};
      case 3:
        return {take(m), take(p), give(m), give(p)};
      case 4:
        return {take(m), give(m)};
      case 5:
        return {read_lock(l), read_unlock(l)};
      case 6:
        return {write_lock(l), write_unlock(l)};
      case 7:
        return {choose({branch("a", {signal(e)}), branch("b", {clear(e)})})};
      case 8:
        return {broadcast(e)};
      case 9:
        return {try_take(p, {spend()}), spend(), give(p)};
      case 10:
        return {ticket(o), await_turn(o), take(p), pass_turn(o), give(p)};
      default:
        return {choose({branch("a", {take(p), give(p)}), branch("b", {take(q), give(q)})})};
    }
  };
  b.task("request", wait());
  if (pick(3) == 0) b.task("other", pick(2) == 0 ? Steps{take(q), give(q)} : wait());
  const int daemons = 1 + (pick(4) != 0 ? 1 : 0);
  for (int i = 0; i < daemons; ++i) b.daemon("loop" + std::to_string(i), {forever(round())});
  return b.program();
}

/// Empty: as the brute-force reading says.
std::string disagreement(const models::Program& program, std::map<std::string, int>* tally) {
  const auto count = [&](const char* what) {
    if (tally != nullptr) ++(*tally)[what];
  };
  const OracleAnswer truth = ask_oracle(program, most_states);
  const std::optional<Graph> graph = truth.known && !truth.error ? graph_of(program) : std::nullopt;
  if (!graph) {
    count("beyond the cap");
    return "";
  }
  const models::Machine machine = models::compile(program);
  const analysis::Exploration found = analysis::explore(machine, {});
  if (truth.stuck || truth.livelock) {
    count("stuck or without end");
    return found.verdict == VerdictKind::deadlock || found.verdict == VerdictKind::livelock ? "" : "not stuck";
  }
  const bool starves = somebody_starves(*graph);
  count(starves ? "starve" : "progress");
  if (found.starvation_open) return "not answered";
  if (found.verdict != (starves ? VerdictKind::starvation : VerdictKind::progress))
    return std::string("found ") + std::string(to_string(found.verdict));
  if (!starves) return "";
  return analysis::to_text(analysis::replay_round(machine, found.witness, found.round_from).refusal);
}

models::Witness cut(models::Witness witness, std::size_t at) {
  witness.steps.erase(witness.steps.begin() + static_cast<std::ptrdiff_t>(at));
  return witness;
}

}  // namespace

TEST(StarvationOfRandomLoops, IsWhatBruteForceSays) {
  std::map<std::string, int> tally;
  int disagreements = 0;
  const auto [from, to] = seed_range(700);
  for (std::uint64_t seed = from; seed <= to && disagreements < 3; ++seed) {
    const models::Program program = loops(seed);
    const std::string what = disagreement(program, &tally);
    if (what.empty()) continue;
    ++disagreements;
    const models::Program smallest = minimise(program, [](const models::Program& each) {
      try {
        return !disagreement(each, nullptr).empty();
      } catch (const models::CompileError&) {
        return false;
      } catch (const std::logic_error&) {
        return false;
      }
    });
    ADD_FAILURE() << what << "; smallest: " << disagreement(smallest, nullptr) << "\n" << to_text(smallest);
  }
  for (const auto& [what, n] : tally) std::printf("%-24s %d\n", what.c_str(), n);
  if (std::getenv("DMSTALL_SEEDS") != nullptr) return;
  EXPECT_GT(tally["starve"], 25);
  EXPECT_GT(tally["progress"], 200);
}

/// Four at once, beside two that take one each: they overlap for ever.
TEST(Starvation, OfABulkTakerThatIsAlwaysOvertaken) {
  for (const int singles : {1, 2}) {
    ProgramBuilder b("bulk");
    const auto pool = b.mempool("pool", 4);
    b.task("bulk", {take_all(pool, 4), give(pool, 4)});
    for (int i = 0; i < singles; ++i) b.daemon("single", {forever({take(pool), spend(), give(pool)})});
    // One alone is caught while it pauses.
    EXPECT_EQ(analysis::explore(models::compile(b.program()), {}).verdict,
              singles == 1 ? VerdictKind::progress : VerdictKind::starvation);
  }
}

/// A lost race for one element is none: whoever is let run again and again wins it once.
TEST(Starvation, NotOfWhoCouldMoveAtTimes) {
  ProgramBuilder b("race");
  const auto pool = b.mempool("pool", 1);
  b.task("waits", {take(pool), give(pool)});
  for (int i = 0; i < 2; ++i) b.daemon("loops", {forever({take(pool), give(pool)})});
  EXPECT_EQ(analysis::explore(models::compile(b.program()), {}).verdict, VerdictKind::progress);
}

/// The same with one that is woken, finds the page taken, and falls asleep again: that is no turn either.
TEST(Starvation, NotOfWhoIsWokenInVainWhileThePageIsFreeAtTimes) {
  ProgramBuilder b("woken in vain");
  const auto page = b.unpolled("page", 1, models::AllocatorRule::pages);
  const auto mutex = b.mutex("mutex");
  b.task("waits", {take(mutex)});
  b.daemon("takes", {take(mutex), take(page), give(mutex)});
  b.daemon("loops", {forever({take(page), give(page)})});
  EXPECT_EQ(analysis::explore(models::compile(b.program()), {}).verdict, VerdictKind::progress);
}

TEST(Starvation, IsOpenWhereThereAreTooManyStates) {
  ProgramBuilder b("children without end");
  const auto e = b.event("e");
  const auto pool = b.mempool("pool", 1);
  const auto child = b.flow("child", {take(pool), give(pool)});
  b.task("waits", {take(pool), signal(e)});
  b.daemon("starts children", {forever({spawn(child), await_children()})});
  const models::Machine machine = models::compile(b.program());
  EXPECT_EQ(analysis::find_starvation(machine, 500).kind, Starvation::Kind::unknown);
}

TEST(Starvation, TheReplayerRefusesWhatIsNoFairRound) {
  ProgramBuilder b("bulk");
  const auto pool = b.mempool("pool", 4);
  b.task("bulk", {take_all(pool, 4), give(pool, 4)});
  for (int i = 0; i < 2; ++i) b.daemon("single", {forever({take(pool), spend(), give(pool)})});
  const models::Machine machine = models::compile(b.program());
  const Starvation found = analysis::find_starvation(machine);
  ASSERT_EQ(found.kind, Starvation::Kind::starves);
  EXPECT_TRUE(analysis::replay_round(machine, found.witness, found.round_from).confirmed);
  for (std::size_t i = found.round_from; i < found.witness.steps.size(); ++i) {
    EXPECT_FALSE(analysis::replay_round(machine, cut(found.witness, i), found.round_from).confirmed)
        << "without step " << i;
  }
  EXPECT_FALSE(analysis::replay_round(machine, found.witness, found.round_from + 1).confirmed);
  EXPECT_FALSE(analysis::replay_round(machine, found.witness, found.witness.steps.size()).confirmed);
  models::Witness another = found.witness;
  another.stuck = {1};  // a daemon that moves
  EXPECT_FALSE(analysis::replay_round(machine, another, found.round_from).confirmed);
  // Only one of the two moves: it goes round, but the other could move and does not.
  models::Witness unfair = found.witness;
  unfair.steps.resize(3);
  unfair.stuck = {0};
  const auto move = [&](models::AlternativeKind kind) { unfair.steps.push_back({1, -1, kind, 0}); };
  move(models::AlternativeKind::reserve);
  for (int i = 0; i < 8 && unfair.steps.size() < 20; ++i)
    move(i % 3 == 2 ? models::AlternativeKind::reserve : models::AlternativeKind::go_on);
  EXPECT_FALSE(analysis::replay_round(machine, unfair, 4).confirmed);
}

}  // namespace dmstall::tests
