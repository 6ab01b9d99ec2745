// The explorer against the oracle: every small machine and random larger ones, each reduction on and off.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "analysis/engines/explore/concrete.hpp"
#include "analysis/engines/explore/explore.hpp"
#include "analysis/engines/explore/search.hpp"
#include "analysis/engines/replay/replay.hpp"
#include "analysis/engines/replay/replay_round.hpp"
#include "analysis/report/reason_text.hpp"
#include "analysis/report/refusal_text.hpp"
#include "models/machine/compile.hpp"
#include "tests/exhaustive/comparing.hpp"
#include "tests/exhaustive/machines.hpp"
#include "tests/machine/fixed_machines.hpp"
#include "tests/oracle/oracle.hpp"

namespace dmstall::tests {
namespace {

using analysis::Reductions;

struct Variant {
  const char* name;
  Reductions reductions;
};

const std::vector<Variant>& variants() {
  static const std::vector<Variant> all = {
      {"all reductions", {}},
      {"no counting", {.count = false}},
      {"no empty steps", {.empty = false}},
      {"no releases", {.release = false}},
      {"no choices first", {.choices = false}},
      {"all wakes", {.wakes = false}},
      {"no ample", {.ample = false}},
      {"no siblings", {.siblings = false}},
      {"none", analysis::no_reductions()},
  };
  return all;
}

struct Found {
  bool known = false, dead = false, can_complete = false, error = false;
  analysis::Cost cost;
  std::size_t states = 0;
  std::string replayed;  ///< why the witness was refused
};

analysis::Composition whole(const models::Machine& machine) {
  analysis::Composition composition;
  for (const auto& of : machine.classes) composition.push_back(of.population);
  return composition;
}

Found explore(const models::Machine& machine, Reductions reductions) {
  Found found;
  const auto groups = reductions.siblings ? analysis::find_siblings(machine) : std::vector<analysis::SiblingGroup>{};
  analysis::Demand demand(machine, groups);
  analysis::Space space(machine, groups, demand, whole(machine), reductions);
  analysis::Search search(space);
  analysis::SearchLimits limits;
  limits.states = 60'000;
  bool dead = false;
  analysis::Cost cost;
  std::vector<analysis::Edge> edges;
  // Goes on after the first: the whole graph is compared.
  const auto answer = search.run(limits, [&](analysis::StateIndex at) {
    if (!dead) {
      dead = true;
      cost = search.cost(at);
      edges = search.path(at);
    }
    return false;
  });
  found.known = answer.end == analysis::SearchEnd::exhausted;
  found.dead = dead;
  found.cost = cost;
  found.can_complete = answer.can_complete;
  found.error = answer.error.has_value();
  found.states = answer.states;
  if (dead) {
    analysis::Concrete concrete(machine, space);
    for (const auto& edge : edges) concrete.follow(edge);
    models::Witness witness;
    witness.steps = concrete.steps();
    for (const auto id : models::stuck_set(concrete.world()))
      witness.stuck.push_back(concrete.world().token(id).serial);
    const auto replayed = analysis::replay(machine, witness);
    if (!replayed.confirmed) found.replayed = analysis::to_text(replayed.refusal);
    if (!models::is_dead(concrete.world())) found.replayed += " not dead";
  }
  return found;
}

struct Tally {
  std::size_t machines = 0, unknown = 0, dead = 0, states = 0, oracle_states = 0, disagreements = 0;
};

std::string difference(const OracleAnswer& truth, const Found& found, bool releases_hurried) {
  if (!found.known || truth.error != found.error) return truth.error == found.error ? "not exhausted" : "error";
  if (truth.error) return "";
  if (truth.dead != found.dead) return "dead";
  // An element given at once may find a full reserve and be lost where a later one is not; deadlocks stay.
  if (!releases_hurried && truth.can_complete != found.can_complete) return "can complete";
  if (!found.replayed.empty()) return "replay: " + found.replayed;
  // The oracle's least cost is of stuck sets, which may come before the state in which nobody can move.
  if (found.dead && (found.cost.faults < truth.faults_to_stuck)) return "faults";
  return "";
}

std::string disagreement(const models::Program& program, Tally* tally) {
  const auto machine = compiled(program);
  if (!machine) return "";
  const OracleAnswer truth = ask_oracle(program, state_cap);
  if (!truth.known) {
    if (tally != nullptr) ++tally->unknown;
    return "";
  }
  if (tally != nullptr) {
    tally->dead += truth.dead;
    tally->oracle_states += truth.states;
  }
  analysis::Cost first;
  for (const Variant& variant : variants()) {
    Found found;
    try {
      found = explore(*machine, variant.reductions);
    } catch (const std::exception& error) {
      return std::string(variant.name) + ": threw " + error.what();
    }
    const std::string what = difference(truth, found, variant.reductions.release);
    if (!what.empty()) return std::string(variant.name) + ": " + what;
    if (&variant == &variants().front()) {
      first = found.cost;
      if (tally != nullptr) tally->states += found.states;
    }
    if (!truth.error && truth.dead && found.cost != first) {
      return std::string(variant.name) + ": cost " + std::to_string(found.cost.faults) + "," +
             std::to_string(found.cost.failures) + "," + std::to_string(found.cost.steps) + " instead of " +
             std::to_string(first.faults) + "," + std::to_string(first.failures) + "," + std::to_string(first.steps);
    }
  }
  return "";
}

void print(const std::string& name, const Tally& tally) {
  std::printf(
      "%-28s %8zu machines x %zu variants, %zu dead, %zu beyond the cap; states: %zu, oracle %zu; %zu disagreements\n",
      name.c_str(), tally.machines, variants().size(), tally.dead, tally.unknown, tally.states, tally.oracle_states,
      tally.disagreements);
}

class ExploreEveryTheme : public testing::TestWithParam<Theme> {};

TEST_P(ExploreEveryTheme, AgreesWithTheOracle) {
  Tally tally;
  enumerate(GetParam(), 5 + scale(), GetParam().machines / 15 * static_cast<std::size_t>(scale()),
            [&](const models::Program& program) { compare(program, tally, tally.disagreements, disagreement); });
  print(GetParam().name, tally);
  EXPECT_EQ(tally.disagreements, 0u);
}

INSTANTIATE_TEST_SUITE_P(Themes, ExploreEveryTheme, testing::ValuesIn(themes()), theme_name);

TEST(ExploreFixedMachines, GivesTheKnownAnswers) {
  for (const auto& fixed : fixed_machines()) {
    SCOPED_TRACE(fixed.program.name + ": " + fixed.story);
    const models::Machine machine = models::compile(fixed.program);
    for (const Variant& variant : variants()) {
      SCOPED_TRACE(variant.name);
      Found found;
      ASSERT_NO_THROW(found = explore(machine, variant.reductions));
      if (!found.known) continue;
      EXPECT_EQ(found.dead, fixed.dead);
      if (!variant.reductions.release) {
        EXPECT_EQ(found.can_complete, fixed.can_complete);
      }
      EXPECT_EQ(found.replayed, "");
    }
  }
}

/// The whole engine: growing populations, endless loops, witness. Empty: as the oracle says.
std::string wrong_verdict(const models::Program& program, Tally* tally = nullptr) {
  const auto machine = compiled(program);
  if (!machine) return "";
  const OracleAnswer truth = ask_oracle(program, state_cap);
  if (!truth.known || truth.error) {
    if (tally != nullptr) ++tally->unknown;
    return "";
  }
  analysis::ExploreOptions options;
  options.states = 60'000;
  const analysis::Exploration found = analysis::explore(*machine, options);
  if (tally != nullptr) {
    tally->dead += truth.stuck;
    tally->states += found.states;
    tally->oracle_states += truth.states;
  }
  if (found.error) return "error " + *found.error;
  const models::VerdictKind wanted = truth.stuck      ? models::VerdictKind::deadlock
                                     : truth.livelock ? models::VerdictKind::livelock
                                                      : models::VerdictKind::progress;
  // Stuck beside one that moves without end: whether it waits only for that one is the difference between the two.
  if (truth.stuck && truth.livelock && found.verdict == models::VerdictKind::livelock) return "";
  // The oracle does not look for starvation: see starvation_test.cpp.
  if (wanted == models::VerdictKind::progress && found.verdict == models::VerdictKind::starvation) {
    return analysis::to_text(analysis::replay_round(*machine, found.witness, found.round_from).refusal);
  }
  if (found.verdict != wanted)
    return "found " + std::string(to_string(found.verdict)) + " instead of " + std::string(to_string(wanted)) + " " +
           analysis::to_text(found.bound);
  if (found.verdict != models::VerdictKind::deadlock) return "";
  const auto replayed = analysis::replay(*machine, found.witness);
  if (!replayed.confirmed) return "replay: " + analysis::to_text(replayed.refusal);
  if (found.requests == found.population && found.faults < truth.faults_to_stuck)
    return "fewer faults than there can be";
  return "";
}

class VerdictOfEveryTheme : public testing::TestWithParam<Theme> {};

TEST_P(VerdictOfEveryTheme, IsTheOracles) {
  Tally tally;
  enumerate(GetParam(), 5 + scale(), GetParam().machines / 15 * static_cast<std::size_t>(scale()),
            [&](const models::Program& program) { compare(program, tally, tally.disagreements, wrong_verdict); });
  print(GetParam().name + " verdicts", tally);
  EXPECT_EQ(tally.disagreements, 0u);
}

INSTANTIATE_TEST_SUITE_P(Themes, VerdictOfEveryTheme, testing::ValuesIn(themes()), theme_name);

TEST(ExploreFixedMachines, VerdictsAreTheKnownOnes) {
  for (const auto& fixed : fixed_machines()) {
    SCOPED_TRACE(fixed.program.name + ": " + fixed.story);
    EXPECT_EQ(wrong_verdict(fixed.program), "");
  }
}

/// Random machines 1674, 2515, 3509, 30908 and 33475 gave back, when a submitter left, what nobody had taken: given to
/// a full reserve it becomes a free page, and the search had left the pool out as one that cannot run out.
TEST(ExploreRegressions, WhatWasNeverTakenMakesAPageWhenItIsGiven) {
  using namespace steps;
  constexpr auto pages = models::AllocatorRule::pages;
  std::vector<models::Program> programs;
  for (const bool polled : {true, false}) {
    const auto pools = [&](ProgramBuilder& b) {
      return std::pair{b.mempool("p0", 1, pages), polled ? b.mempool("p1", 1, pages) : b.unpolled("p1", 1, pages)};
    };
    {
      ProgramBuilder b("at the end of the call");
      const auto [p0, p1] = pools(b);
      const auto nothing = b.flow("nothing", {});
      b.task("needs a page", {take(p0, 1, 1)});
      b.task("submits", {call(nothing, CallContext::async, {{p1, 1}})});
      programs.push_back(b.program());
    }
    {
      ProgramBuilder b("before the call ends");
      const auto [p0, p1] = pools(b);
      const auto never = b.event("never");
      const auto detaches = b.flow("detaches", {detach(), give(p1), await(never)});
      b.task("needs two pages", {take(p0, 1, 1), take(p0, 1, 1)});
      b.task("submits", {take(p1), call(detaches, CallContext::async, {{p1, 1}})});
      programs.push_back(b.program());
    }
    {
      ProgramBuilder b("with a child");
      const auto [p0, p1] = pools(b);
      const auto gives = b.flow("gives", {give(p1)});
      b.task("needs a page", {take(p0, 1, 1)});
      b.task("spawns", {spawn(gives, false, {{p1, 1}})});
      programs.push_back(b.program());
    }
    {
      ProgramBuilder b("two at once");
      const auto [p0, p1] = pools(b);
      const auto takes = b.flow("takes", {take_all(p1, 2)});
      const auto nothing = b.flow("nothing", {});
      b.task("submits", {call(nothing, CallContext::async, {{p0, 1}}), spawn(takes)});
      programs.push_back(b.program());
    }
  }
  for (const auto& program : programs) {
    SCOPED_TRACE(to_text(program));
    EXPECT_TRUE(ask_oracle(program, state_cap).known);
    EXPECT_EQ(disagreement(program, nullptr), "");
    EXPECT_EQ(wrong_verdict(program), "");
  }
}

/// Random machine 33475: t0 takes both permits and gives them back at once, but its give was put off because arriving
/// at the await of a broadcast matters; t1 was then said to pass through as if they were free, which no token could do.
TEST(ExploreRegressions, WhoPassesThroughDoesNotStopHalfway) {
  using namespace steps;
  for (const int others : {1, 2}) {
    ProgramBuilder b("passes through");
    const auto s = b.semaphore("s", 2);
    const auto f = b.event("f", true);
    b.task("t0", {take_all(s, 2), give(s, 2), await(f)}, others);
    b.task("t1", {clear(f), broadcast(f), take(s), give(s)}, others);
    EXPECT_TRUE(ask_oracle(b.program(), state_cap).known);
    EXPECT_EQ(disagreement(b.program(), nullptr), "");
    EXPECT_EQ(wrong_verdict(b.program()), "");
  }
}

/// Random machine 91075: a page that an element was made of is missing until the element is given. Meanwhile somebody
/// who waits for elements of another pool, and whom nobody polls for, falls asleep for want of that page; when it is
/// free again nobody wakes him. Given at once, the element hid that.
TEST(ExploreRegressions, AGiveThatFreesAPageIsNotHurriedPastWhoSleepsForIt) {
  using namespace steps;
  constexpr auto pages = models::AllocatorRule::pages;
  ProgramBuilder b("sleeps beside a page");
  const auto polled = b.mempool("polled", 2, pages), asleep = b.unpolled("asleep", 1, pages);
  b.task("passes through", {take_all(polled, 2), give(polled, 2)});
  b.task("falls asleep", {end_writeback(), take_all(asleep, 2)});
  EXPECT_TRUE(ask_oracle(b.program(), state_cap).stuck);
  EXPECT_EQ(disagreement(b.program(), nullptr), "");
  EXPECT_EQ(wrong_verdict(b.program()), "");
}

/// Random machine 89029: who waits for a bio on its own current->bio_list waits for ever, in a branch as well; what a
/// flow that is called would wait for cannot be lowered, and is refused.
TEST(ExploreRegressions, AWaitForOnesOwnParkedBioIsForEverInABranchToo) {
  using namespace steps;
  const auto in_block = [](const Steps& after, const char* name) {
    ProgramBuilder b(name);
    const auto p = b.mempool("p", 1);
    const auto bio = b.flow("bio", {});
    Steps block{park(bio)};
    for (const Step& step : after.empty() ? Steps{try_take(p, {await_children()}), give(p)} : after)
      block.push_back(step);
    b.task("submits", {submit_bio(block)}, 2);
    return b.program();
  };
  for (const auto& program :
       {in_block({await_children()}, "plain"),
        in_block({choose({branch("a", {await_children()}), branch("b", {})})}, "choose"),
        in_block({submit_bio({choose({branch("a", {}), branch("b", {spend(), await_children()})})})}, "nested"),
        in_block({}, "try")}) {
    SCOPED_TRACE(to_text(program));
    EXPECT_TRUE(ask_oracle(program, state_cap).stuck);
    EXPECT_EQ(disagreement(program, nullptr), "");
    EXPECT_EQ(wrong_verdict(program), "");
  }
  for (const auto context : {CallContext::inherit, CallContext::sync, CallContext::async}) {
    ProgramBuilder b("called");
    const auto bio = b.flow("bio", {}),
               waits = b.flow("waits", {choose({branch("a", {await_children()}), branch("b", {})})});
    const auto calls = b.flow("calls", {call(waits)});
    b.task("submits", {submit_bio({park(bio), call(calls, context)})});
    EXPECT_TRUE(ask_oracle(b.program(), state_cap).stuck);
    EXPECT_THROW((void)models::compile(b.program()), models::CompileError);
  }
}

/// A turn that one of several alike devices passes, its broadcast, its give: nobody of the others' hears of it.
TEST(ExploreRegressions, WhatIsASiblingsOwnIsNobodyElses) {
  using namespace steps;
  for (const int what : {0, 1, 2}) {
    ProgramBuilder b("siblings");
    for (const std::string name : {"a", "b"}) {
      if (what == 0) {
        const auto order = b.order(name + " order");
        b.task(name, {ticket(order), spend(), await_turn(order), pass_turn(order)}, 2);
      } else if (what == 1) {
        const auto event = b.event(name + " event");
        b.task(name, {broadcast(event), await(event)}, 2);
      } else {
        const auto pool = b.unpolled(name + " pool", 1, models::AllocatorRule::pages);
        b.task(name, {take(pool), take(pool), give(pool, 2)}, 1);
      }
    }
    SCOPED_TRACE(to_text(b.program()));
    const auto machine = compiled(b.program());
    ASSERT_TRUE(machine);
    ASSERT_EQ(analysis::find_siblings(*machine).size(), 1u);
    const OracleAnswer truth = ask_oracle(b.program(), state_cap);
    ASSERT_TRUE(truth.known);
    EXPECT_EQ(truth.dead, what != 0);
    EXPECT_EQ(truth.can_complete, what == 0);
    EXPECT_EQ(disagreement(b.program(), nullptr), "");
    EXPECT_EQ(wrong_verdict(b.program()), "");
  }
}

TEST(ExploreRandomMachines, VerdictsAreTheOracles) {
  Tally tally;
  const auto [from, to] = seed_range(1000);
  for (std::uint64_t seed = from; seed <= to; ++seed)
    compare(random_machine(seed), tally, tally.disagreements, wrong_verdict);
  print("random verdicts", tally);
  EXPECT_EQ(tally.disagreements, 0u);
}

TEST(ExploreRandomMachines, AgreesWithTheOracle) {
  Tally tally;
  const auto [from, to] = seed_range(1000);
  for (std::uint64_t seed = from; seed <= to; ++seed)
    compare(random_machine(seed), tally, tally.disagreements, disagreement);
  print("random", tally);
  EXPECT_EQ(tally.disagreements, 0u);
}

}  // namespace
}  // namespace dmstall::tests
