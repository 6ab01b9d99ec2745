// Every small machine, and random larger ones: models/machine against the oracle.
//
// DMSTALL_EXHAUSTIVE=N multiplies the number of machines by N and adds a step to their size (default 1).

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <set>
#include <stdexcept>

#include "models/machine/compile.hpp"
#include "models/machine/relief.hpp"
#include "tests/exhaustive/comparing.hpp"
#include "tests/exhaustive/machines.hpp"
#include "tests/exhaustive/world_search.hpp"
#include "tests/machine/fixed_machines.hpp"
#include "tests/oracle/oracle.hpp"

namespace dmstall::tests {
namespace {

struct Tally {
  std::size_t machines = 0, refused = 0, unknown = 0, dead = 0, complete = 0, errors = 0, states = 0, disagreements = 0;

  void print(const std::string& what) const {
    std::printf(
        "%-28s %8zu machines %9zu states: %zu dead, %zu may complete, %zu with a scenario error, %zu refused by the "
        "compiler, %zu beyond the cap; %zu disagreements\n",
        what.c_str(), machines, states, dead, complete, errors, refused, unknown, disagreements);
  }
};

/// Do both sides know the machine, and say different things about it?
bool differ(const models::Program& program) {
  try {
    const OracleAnswer truth = ask_oracle(program, state_cap);
    const WorldAnswer found = search_world(models::compile(program), 2 * state_cap);
    return truth.known && found.known &&
           (truth.dead != found.dead || truth.can_complete != found.can_complete || truth.error != found.error ||
            truth.steps_to_dead != found.steps_to_dead);
  } catch (const models::CompileError&) {
    return false;
  } catch (const std::logic_error&) {
    return false;
  }
}

/// One machine, both ways. Differences are test failures, with the smallest machine that shows them.
void compare(const models::Program& program, Tally& tally) {
  ++tally.machines;
  std::optional<models::Machine> machine;
  try {
    machine = models::compile(program);
  } catch (const models::CompileError&) {
    ++tally.refused;
    return;
  }
  const OracleAnswer truth = ask_oracle(program, state_cap);
  const WorldAnswer found = truth.known ? search_world(*machine, 2 * state_cap) : WorldAnswer{};
  if (!found.known) {
    ++tally.unknown;
    return;
  }
  tally.states += truth.states;
  tally.dead += truth.dead;
  tally.complete += truth.can_complete;
  tally.errors += truth.error;
  if (truth.dead == found.dead && truth.can_complete == found.can_complete && truth.error == found.error &&
      truth.steps_to_dead == found.steps_to_dead) {
    return;
  }
  if (++tally.disagreements <= 3) {
    ADD_FAILURE() << "oracle: dead " << truth.dead << " after " << truth.steps_to_dead << ", complete "
                  << truth.can_complete << ", error " << truth.error << "\nworld:  dead " << found.dead << " after "
                  << found.steps_to_dead << ", complete " << found.can_complete << ", error " << found.error << "\n"
                  << to_text(minimise(program, differ));
  }
}

class EveryTheme : public testing::TestWithParam<Theme> {};

TEST_P(EveryTheme, WorldReachesWhatTheOracleReaches) {
  Tally tally;
  const auto done = enumerate(GetParam(), 5 + scale(), GetParam().machines * static_cast<std::size_t>(scale()),
                              [&](const models::Program& program) { compare(program, tally); });
  tally.print(GetParam().name + " (all to " + std::to_string(done.complete_to) + ")");
  EXPECT_EQ(tally.disagreements, 0u);
}

INSTANTIATE_TEST_SUITE_P(Themes, EveryTheme, testing::ValuesIn(themes()), theme_name);

TEST(FixedMachines, WorldGivesTheKnownAnswers) {
  for (const auto& fixed : fixed_machines()) {
    SCOPED_TRACE(fixed.program.name + ": " + fixed.story);
    const WorldAnswer answer = search_world(models::compile(fixed.program), 200'000);
    ASSERT_TRUE(answer.known);
    EXPECT_EQ(answer.dead, fixed.dead);
    EXPECT_EQ(answer.can_complete, fixed.can_complete);
    EXPECT_FALSE(answer.error);
  }
}

TEST(FixedMachines, WhatCannotBeLoweredIsRefused) {
  for (const auto& fixed : refused_machines()) {
    EXPECT_THROW((void)models::compile(fixed.program), models::CompileError) << fixed.program.name;
  }
}

/// Every stuck set that a search meets is, or is not, relieved by memory, as the machine says.
TEST(FixedMachines, ReliefIsAsWrittenDown) {
  std::size_t compared = 0;
  for (const auto& fixed : fixed_machines()) {
    if (!fixed.relieved) continue;
    SCOPED_TRACE(fixed.program.name + ": " + fixed.story);
    const models::Machine machine = models::compile(fixed.program);
    std::mt19937_64 random(1);
    for (int run = 0; run < 50; ++run) {
      models::World world = whole_population(machine);
      models::StepEffects effects;
      for (int i = 0; i < 100; ++i) {
        if (const auto stuck = models::stuck_set(world); !stuck.empty()) {
          EXPECT_EQ(models::relieved_by_memory(world, stuck, {}, 10'000), *fixed.relieved);
          ++compared;
          break;
        }
        std::vector<std::pair<models::TokenId, models::Alternative>> options;
        for (const auto id : world.live()) {
          std::vector<models::Alternative> enabled;
          world.alternatives(id, enabled);
          for (const auto& alternative : enabled) options.emplace_back(id, alternative);
        }
        if (options.empty()) break;
        const auto& [id, alternative] = options[random() % options.size()];
        world.apply(id, alternative, effects);
      }
    }
  }
  std::printf("relief of fixed machines compared %zu times\n", compared);
  EXPECT_GT(compared, 100u);
}

TEST(RandomMachines, WorldReachesWhatTheOracleReaches) {
  Tally tally;
  const auto [from, to] = seed_range(2'500);
  for (std::uint64_t seed = from; seed <= to; ++seed) compare(random_machine(seed), tally);
  tally.print("random");
  EXPECT_EQ(tally.disagreements, 0u);
}

/// Walks World and oracle side by side at random and compares what they say about the states on the way.
class Walk {
 public:
  struct Counts {
    std::size_t walks = 0, states = 0, stuck_sets = 0, stuck_tokens = 0, exact = 0, missed = 0, wrong = 0,
                incomplete = 0, to_come = 0, relief = 0, relief_open = 0, relief_wrong = 0, moves_differ = 0;
  };

  Walk(const models::Program& program, const models::Machine& machine, std::uint64_t seed, Counts& counts)
      : program_(program),
        oracle_(program),
        state_(oracle_.initial()),
        world_(whole_population(machine)),
        random_(seed),
        counts_(counts) {}

  void run(int steps) {
    ++counts_.walks;
    for (int i = 0; i <= steps; ++i) {
      look();
      if (i == steps || !step()) return;
    }
  }

 private:
  struct Option {
    models::TokenId token;
    models::Alternative alternative;
    OracleMove move;
  };

  [[nodiscard]] int slot_of(std::int64_t serial) const {
    for (std::size_t i = 0; i < state_.tokens.size(); ++i) {
      if (state_.tokens[i].live && state_.tokens[i].serial == serial) return static_cast<int>(i);
    }
    return -1;
  }

  bool step() {
    std::vector<Option> options;
    std::vector<models::Alternative> enabled;
    std::size_t oracle_moves = 0;
    for (const auto id : world_.live()) {
      enabled.clear();
      world_.alternatives(id, enabled);
      const int slot = slot_of(world_.token(id).serial);
      std::vector<OracleMove> moves;
      if (slot >= 0) moves = oracle_.moves(state_, slot);
      oracle_moves += moves.size();
      for (const auto& alternative : enabled) {
        const auto same = std::find_if(moves.begin(), moves.end(),
                                       [&](const OracleMove& move) { return matches(alternative, move); });
        if (same != moves.end()) options.push_back({id, alternative, *same});
      }
      if (enabled.size() != moves.size() || options.size() != oracle_moves) {
        differs(&Counts::moves_differ, "a token has " + std::to_string(enabled.size()) +
                                           " alternatives, in the oracle " + std::to_string(moves.size()) +
                                           " moves, or they differ in kind");
        return false;
      }
    }
    if (options.empty()) return false;
    auto& chosen = options[random_() % options.size()];
    models::StepEffects effects;
    world_.apply(chosen.token, chosen.alternative, effects);
    if (effects.error.has_value() || !chosen.move.error.empty()) return false;
    state_ = std::move(chosen.move.next);
    return true;
  }

  /// Where the element comes from matters for soft resources only; needs and costs must be equal everywhere.
  static bool matches(const models::Alternative& alternative, const OracleMove& move) {
    const auto kind = static_cast<int>(alternative.kind) == static_cast<int>(models::AlternativeKind::reserve) &&
                              move.kind == MoveKind::go_on
                          ? static_cast<int>(MoveKind::go_on)
                          : static_cast<int>(alternative.kind);
    return kind == kind_of(move) && alternative.index == move.index &&
           alternative.needs_allocator == move.needs_allocator && alternative.faults == move.faults &&
           alternative.failures == move.failures;
  }
  static int kind_of(const OracleMove& move) {
    switch (move.kind) {
      case MoveKind::go_on:
        return static_cast<int>(models::AlternativeKind::go_on);
      case MoveKind::allocator:
        return static_cast<int>(models::AlternativeKind::allocator);
      case MoveKind::page:
        return static_cast<int>(models::AlternativeKind::page);
      case MoveKind::reserve:
        return static_cast<int>(models::AlternativeKind::reserve);
      case MoveKind::sleep:
        return static_cast<int>(models::AlternativeKind::sleep);
      case MoveKind::refused:
        return static_cast<int>(models::AlternativeKind::refused);
      case MoveKind::branch:
        return static_cast<int>(models::AlternativeKind::branch);
    }
    return -1;
  }

  void look() {
    ++counts_.states;
    const auto claimed = models::stuck_set(world_);
    const auto truth = never_move(oracle_, state_, state_cap);
    if (!truth) return;
    std::set<std::int64_t> serials;
    for (const auto id : claimed) {
      serials.insert(world_.token(id).serial);
      ++counts_.stuck_tokens;
      if (truth->count(world_.token(id).serial) > 0) continue;
      differs(&Counts::wrong, "a token is called stuck, but some schedule moves it");
    }
    std::size_t really = 0;
    for (const auto serial : *truth) really += state_.tokens[static_cast<std::size_t>(slot_of(serial))].daemon ? 0 : 1;
    const bool nothing_moves = really > 0 && models::is_dead(world_);
    if (serials.size() == really)
      ++counts_.exact;
    else
      ++counts_.missed;
    if (nothing_moves && serials.size() < really) {
      differs(&Counts::incomplete, "a dead state, but not all its tokens are called stuck");
    }
    if (serials.empty()) return;
    ++counts_.stuck_sets;
    look_at_requests_to_come();
    look_without_pages();
    const Relief relieved = relief(program_, state_, serials, state_cap);
    if (relieved == Relief::unknown || relieved == Relief::sometimes) {
      ++counts_.relief_open;
      return;
    }
    ++counts_.relief;
    const bool said = models::relieved_by_memory(world_, claimed, {}, 100'000);
    if (said != (relieved == Relief::always)) {
      differs(&Counts::relief_wrong,
              said ? "said to be relieved by memory, but never is" : "said not to be relieved by memory, but is");
    }
  }

  /// Nobody is called stuck whom one more request of any class could help.
  void look_at_requests_to_come() {
    OracleState more = state_;
    for (std::size_t c = 0; c < program_.classes.size(); ++c) oracle_.start(more, static_cast<int>(c));
    const auto claimed = models::stuck_set(world_, std::vector<bool>(program_.classes.size(), true));
    if (claimed.empty()) return;
    const auto truth = never_move(oracle_, more, state_cap);
    if (!truth) return;
    ++counts_.to_come;
    for (const auto id : claimed) {
      if (truth->count(world_.token(id).serial) == 0)
        differs(&Counts::wrong, "a token is called stuck, but requests to come move it");
    }
  }

  /// What is stuck when pages do not count is stuck where there are none.
  void look_without_pages() {
    models::Program none = program_;
    for (auto& r : none.resources) {
      if (r.allocator != models::AllocatorRule::pages) continue;
      r.allocator = models::AllocatorRule::never;
      r.poll = true;  // going to sleep would count as a move
    }
    const auto truth = never_move(Oracle(none), state_, state_cap);
    if (!truth) return;
    for (const auto id : models::stuck_set_ignoring_pages(world_)) {
      if (truth->count(world_.token(id).serial) == 0)
        differs(&Counts::wrong, "a token is called stuck without pages, but some schedule moves it");
    }
  }

  /// The smallest machine on which a walk with the same seed finds the same kind of difference.
  [[nodiscard]] std::string smallest(std::size_t Counts::*kind) const {
    if (quiet_) return {};
    return to_text(minimise(program_, [&](const models::Program& program) {
      try {
        const models::Machine machine = models::compile(program);
        for (std::uint64_t seed = 0; seed < 10; ++seed) {
          Counts counts;
          Walk walk(program, machine, seed, counts);
          walk.quiet_ = true;
          walk.run(20);
          if (counts.*kind > 0) return true;
        }
      } catch (const models::CompileError&) {
      } catch (const std::logic_error&) {
      }
      return false;
    }));
  }

  /// Counts a difference; the first ones become test failures.
  void differs(std::size_t Counts::*kind, const std::string& what) {
    if (++(counts_.*kind) <= 3 && !quiet_) ADD_FAILURE() << what << "\n" << smallest(kind);
  }

  const models::Program& program_;
  bool quiet_ = false;
  Oracle oracle_;
  OracleState state_;
  models::World world_;
  std::mt19937_64 random_;
  Counts& counts_;
};

void walk(const models::Program& program, std::uint64_t seed, int steps, Walk::Counts& counts) {
  try {
    const models::Machine machine = models::compile(program);
    Walk(program, machine, seed, counts).run(steps);
  } catch (const models::CompileError&) {
  }
}

void report(const char* what, const Walk::Counts& c) {
  std::printf(
      "%s: %zu walks, %zu states: %zu stuck sets, %zu stuck tokens, %zu wrong; exact in %zu states, fewer in %zu; "
      "relief compared "
      "%zu times, %zu open, %zu wrong; %zu states with other moves; requests to come asked %zu times\n",
      what, c.walks, c.states, c.stuck_sets, c.stuck_tokens, c.wrong, c.exact, c.missed, c.relief, c.relief_open,
      c.relief_wrong, c.moves_differ, c.to_come);
  EXPECT_EQ(c.wrong, 0u);
  EXPECT_EQ(c.incomplete, 0u);
  EXPECT_EQ(c.relief_wrong, 0u);
  EXPECT_EQ(c.moves_differ, 0u);
}

TEST(StuckSets, AreStuckAlongRandomWalks) {
  Walk::Counts counts;
  const auto [from, to] = seed_range(800);
  for (std::uint64_t seed = from; seed <= to; ++seed) walk(random_machine(seed), seed, 20, counts);
  report("random machines", counts);
}

TEST(StuckSets, AreStuckInSmallMachines) {
  Walk::Counts counts;
  for (const auto& theme : themes()) {
    std::uint64_t number = 0;
    enumerate(theme, 4, 3'000 * static_cast<std::size_t>(scale()), [&](const models::Program& program) {
      if (++number % 10 == 0) walk(program, number, 12, counts);
    });
  }
  for (const auto& fixed : fixed_machines()) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) walk(fixed.program, seed, 40, counts);
  }
  report("small machines", counts);
}

}  // namespace
}  // namespace dmstall::tests
