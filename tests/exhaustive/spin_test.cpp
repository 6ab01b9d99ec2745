// The exported model under SPIN, against the oracle and the search of every schedule.
//
// spin and gcc cost about a third of a second per model, so the number of machines is small: all fixed ones, two of
// every theme and some dozens of random ones. DMSTALL_EXHAUSTIVE=N multiplies the latter by N.

#include "tests/exhaustive/spin.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "analysis/engines/explore/search.hpp"
#include "analysis/use/export/promela.hpp"
#include "models/machine/compile.hpp"
#include "models/scenario/reader.hpp"
#include "models/targets/build.hpp"
#include "tests/exhaustive/machines.hpp"
#include "tests/machine/fixed_machines.hpp"
#include "tests/oracle/oracle.hpp"

namespace dmstall::tests {
namespace {

#define NEEDS_SPIN() \
  if (const std::string missing = spin_is_missing(); !missing.empty()) GTEST_SKIP() << missing

std::size_t scale() {
  const char* text = std::getenv("DMSTALL_EXHAUSTIVE");
  return text == nullptr ? 1 : static_cast<std::size_t>(std::max(1, std::atoi(text)));
}

bool counts_differ(const models::Steps& steps) {
  return std::any_of(steps.begin(), steps.end(), [](const models::Step& step) {
    return step.kind == models::StepKind::spawn || step.kind == models::StepKind::stop || counts_differ(step.body) ||
           counts_differ(step.else_steps) ||
           std::any_of(step.branches.begin(), step.branches.end(),
                       [](const auto& branch) { return counts_differ(branch.steps); });
  });
}

bool counts_differ(const models::Program& program) {
  return std::any_of(program.flows.begin(), program.flows.end(),
                     [](const auto& flow) { return counts_differ(flow.steps); });
}

/// The allocator of the model is a process of its own with two places, so each state exists twice.
std::size_t states_expected(const std::string& model, std::size_t states) {
  return model.find("bit refusing") == std::string::npos ? states : 2 * states;
}

struct Searched {
  bool known = false, dead = false, error = false;
  std::size_t states = 0;
  std::size_t told_apart = 0;  ///< states if those who have finished were told apart
};

std::size_t choose(std::size_t n, std::size_t k) {
  std::size_t ways = 1;
  for (std::size_t i = 0; i < k; ++i) ways = ways * (n - i) / (i + 1);
  return ways;
}

/// The whole graph, without any reduction or with all of them. Without counting the search keeps the requests of a
/// class in a row and takes out who has finished, so one of its states stands for all ways to say which of the class
/// those are.
Searched search(const models::Program& program, bool reduce) {
  const models::Machine machine = models::compile(program);
  analysis::Composition all;
  for (const auto& of : program.classes) all.push_back(of.population);
  analysis::Reductions reductions;
  if (!reduce) reductions = analysis::no_reductions();
  const auto groups = reductions.siblings ? analysis::find_siblings(machine) : std::vector<analysis::SiblingGroup>{};
  analysis::Demand demand(machine, groups);
  analysis::Space space(machine, groups, demand, all, reductions);
  analysis::Search search(space);
  analysis::SearchLimits limits;
  limits.states = 2'000'000;
  Searched found;
  const auto answer = search.run(limits, [&](analysis::StateIndex) {
    found.dead = true;
    return false;
  });
  found.known = answer.end == analysis::SearchEnd::exhausted;
  found.error = answer.error.has_value();
  found.states = answer.states;
  for (std::size_t s = 0; s < search.size(); ++s) {
    std::vector<std::size_t> unfinished(all.size(), 0);
    for (const auto& [shape, n] : search.state(static_cast<analysis::StateIndex>(s)).families) {
      const auto of = space.shapes().shape(shape).request_class;
      if (of >= 0) unfinished[static_cast<std::size_t>(of)] += static_cast<std::size_t>(n);
    }
    std::size_t ways = 1;
    for (std::size_t c = 0; c < all.size(); ++c) ways *= choose(static_cast<std::size_t>(all[c]), unfinished[c]);
    found.told_apart += ways;
  }
  return found;
}

struct Case {
  models::Program program;
  std::string model, refused;
  OracleAnswer oracle;
  SpinAnswer spin;
  bool lowered = true;  ///< the compiler takes it
};

void ask(std::vector<Case>& cases) {
  in_parallel(cases.size(), [&](std::size_t i) {
    Case& each = cases[i];
    try {
      each.model = analysis::promela(each.program);
    } catch (const analysis::ExportError& error) {
      each.refused = error.what();
      return;
    }
    each.spin = run_spin(each.model);
  });
}

/// Same verdict; the same number of states where no children run (their places are the model's own) and nothing stops
/// the machine (here nothing is left, there its process goes round for ever).
void compare(const Case& each) {
  SCOPED_TRACE(each.program.name);
  ASSERT_EQ(each.spin.problem, "");
  EXPECT_EQ(each.spin.assertion, each.oracle.error) << each.oracle.error_text << "\n" << to_text(each.program);
  if (each.oracle.error) return;  // the oracle does not go on there
  EXPECT_EQ(each.spin.dead, each.oracle.dead) << to_text(each.program);
  if (each.lowered) {
    const Searched plain = search(each.program, false);
    if (plain.known) {
      EXPECT_EQ(each.spin.dead, plain.dead);
      EXPECT_EQ(search(each.program, true).dead, plain.dead);
      if (!counts_differ(each.program)) {
        EXPECT_EQ(each.spin.states, states_expected(each.model, plain.told_apart)) << to_text(each.program);
      }
    }
  }
  if (!counts_differ(each.program)) {
    EXPECT_EQ(each.spin.states, states_expected(each.model, each.oracle.states)) << to_text(each.program);
  }
}

TEST(Promela, SpinGivesTheKnownAnswers) {
  NEEDS_SPIN();
  std::vector<Case> cases;
  auto machines = fixed_machines();
  for (auto& machine : refused_machines()) machines.push_back(std::move(machine));
  for (const auto& machine : machines) cases.push_back({machine.program, "", "", {}, {}, true});
  for (std::size_t i = cases.size() - refused_machines().size(); i < cases.size(); ++i) cases[i].lowered = false;
  ask(cases);
  std::size_t counted = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    SCOPED_TRACE(machines[i].program.name + ": " + machines[i].story);
    EXPECT_EQ(cases[i].refused, "");
    cases[i].oracle = ask_oracle(cases[i].program);
    ASSERT_TRUE(cases[i].oracle.known);
    EXPECT_EQ(cases[i].spin.dead, machines[i].dead);
    compare(cases[i]);
    counted += counts_differ(cases[i].program) ? 0 : 1;
  }
  std::printf("%zu fixed machines, %zu of them with the oracle's number of states\n", cases.size(), counted);
  EXPECT_GT(counted, 40u);
}

TEST(Promela, SpinAgreesOnEnumeratedAndRandomMachines) {
  NEEDS_SPIN();
  std::vector<Case> cases;
  const auto add = [&](const models::Program& program) {
    const OracleAnswer truth = ask_oracle(program, 3'000);
    if (!truth.known) return;
    bool lowered = true;
    try {
      (void)models::compile(program);
    } catch (const models::CompileError&) {
      lowered = false;
    }
    cases.push_back({program, "", "", truth, {}, lowered});
  };
  std::mt19937 random(20);
  for (const Theme& theme : themes()) {
    const std::size_t among = std::min<std::size_t>(theme.machines, 4'000);
    std::vector<std::size_t> wanted(2 * scale());
    for (auto& index : wanted) index = random() % among;
    std::size_t index = 0;
    enumerate(theme, 6, among, [&](const models::Program& program) {
      if (std::count(wanted.begin(), wanted.end(), index++) > 0) add(program);
    });
  }
  const std::size_t enumerated = cases.size();
  for (std::uint64_t seed = 1; seed <= 50 * scale(); ++seed) add(random_machine(seed));
  ask(cases);
  std::size_t dead = 0, errors = 0, counted = 0, refused = 0;
  for (const Case& each : cases) {
    if (!each.refused.empty()) {
      ++refused;
      continue;
    }
    compare(each);
    dead += each.oracle.dead;
    errors += each.oracle.error;
    counted += counts_differ(each.program) || each.oracle.error ? 0 : 1;
  }
  std::printf(
      "%zu enumerated and %zu random machines: %zu dead, %zu with a scenario error, %zu with equal numbers of states, "
      "%zu cannot be expressed\n",
      enumerated, cases.size() - enumerated, dead, errors, counted, refused);
  EXPECT_GT(dead, 30u);
  EXPECT_GT(cases.size() - dead - errors, 30u);
  EXPECT_GT(counted, 50u);
  EXPECT_LT(refused, 3u);
}

/// n requests that take m elements one by one from a pool of c: the formula, SPIN, the oracle and the search with every
/// reduction off see the same states.
TEST(Promela, MultiTakeFamilyStateForState) {
  NEEDS_SPIN();
  std::vector<Case> cases;
  std::vector<std::array<int, 3>> members;
  for (const int n : {1, 2, 3}) {
    for (const int m : {1, 2, 3}) {
      for (const int c : {1, 2, 4}) {
        members.push_back({n, m, c});
        cases.push_back({multi_take_family(n, m, c), "", "", {}, {}, true});
      }
    }
  }
  members.push_back({4, 3, 8});
  members.push_back({4, 3, 9});
  cases.push_back({multi_take_family(4, 3, 8), "", "", {}, {}, true});
  cases.push_back({multi_take_family(4, 3, 9), "", "", {}, {}, true});
  ask(cases);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto [n, m, c] = members[i];
    SCOPED_TRACE(cases[i].program.name);
    ASSERT_EQ(cases[i].spin.problem, "");
    EXPECT_EQ(cases[i].spin.dead, multi_take_is_dead(n, m, c));
    EXPECT_EQ(cases[i].spin.states, ask_oracle(cases[i].program).states);
    const Searched plain = search(cases[i].program, false), reduced = search(cases[i].program, true);
    EXPECT_EQ(cases[i].spin.states, plain.told_apart);
    EXPECT_EQ(plain.dead, multi_take_is_dead(n, m, c));
    EXPECT_EQ(reduced.dead, multi_take_is_dead(n, m, c));
  }
}

models::Program scenario(const std::string& name, std::int64_t requests) {
  const auto read = models::read_scenario_file(std::string(DMSTALL_SOURCE_DIR) + "/scenarios/" + name);
  if (!read.scenario) throw std::runtime_error(models::format_diagnostics(read.diagnostics));
  models::Program program = models::build_program(*read.scenario);
  for (auto& of : program.classes) of.population = std::min(of.population, requests);
  for (auto& resource : program.resources) {  // threads that a scenario says nothing about may be had or not
    if (resource.memory == models::MemoryClass::thread && resource.allocator == models::AllocatorRule::always)
      resource.allocator = models::AllocatorRule::any;
  }
  return program;
}

/// Device stacks with one request of each class, through thousands of lines of Promela.
TEST(Promela, SpinAgreesOnDeviceStacks) {
  NEEDS_SPIN();
  const std::vector<std::pair<const char*, bool>> scenarios = {{"tutorial/05-verity-over-verity.json", true},
                                                               {"seed/shared-pools.json", true},
                                                               {"seed/per-device-pools.json", false},
                                                               {"seed/hash-on-lower-shared-bufio.json", true}};
  // The last two take SPIN most of a minute.
  in_parallel(scale() > 1 ? scenarios.size() : 2, [&](std::size_t i) {
    SCOPED_TRACE(scenarios[i].first);
    const models::Program program = scenario(scenarios[i].first, 1);
    SpinOptions options;
    options.step_for_step = false;
    const SpinAnswer spin = run_spin(analysis::promela(program), options);
    EXPECT_EQ(spin.problem, "");
    EXPECT_EQ(spin.dead, scenarios[i].second);
    EXPECT_FALSE(spin.assertion);
    EXPECT_EQ(search(program, true).dead, scenarios[i].second);
  });
}

/// A model in which the last request does not give back what it took must look different to SPIN.
TEST(Promela, SpinSeesAMutatedModel) {
  NEEDS_SPIN();
  std::string model = analysis::promela(multi_take_family(2, 1, 1));
  EXPECT_FALSE(run_spin(model).dead);
  const std::string give = "free_pool = (free_pool + 1 > 1 -> 1 : free_pool + 1)";
  const auto at = model.find(give);
  ASSERT_NE(at, std::string::npos);
  model.replace(at, give.size(), "free_pool = 0");
  EXPECT_TRUE(run_spin(model).dead);
}

TEST(Promela, WhatCannotBeExpressedIsNamed) {
  using namespace steps;
  const auto refusal = [](const ProgramBuilder& b) -> std::string {
    try {
      (void)analysis::promela(b.program());
    } catch (const analysis::ExportError& error) {
      return error.what();
    }
    return "";
  };
  {
    ProgramBuilder b("crowd");
    b.task("many", {spend()}, 300);
    EXPECT_NE(refusal(b).find("many"), std::string::npos);
    analysis::PromelaOptions few;
    few.requests = 3;
    EXPECT_NE(analysis::promela(b.program(), few).find("active [3] proctype request_many"), std::string::npos);
  }
  {
    ProgramBuilder b("endless family");
    const auto self = b.flow("self", {spawn(0)});
    b.task("t", {spawn(self)});
    EXPECT_NE(refusal(b).find("self"), std::string::npos);
  }
  {
    ProgramBuilder b("endless call");
    const auto self = b.flow("self", {call(0)});
    b.task("t", {call(self)});
    EXPECT_NE(refusal(b).find("self"), std::string::npos);
  }
  {
    ProgramBuilder b("standing still");
    b.task("t", {forever({})});
    EXPECT_NE(refusal(b).find("loop"), std::string::npos);
  }
  {
    ProgramBuilder b("endless tickets");
    b.task("t", {forever({ticket(b.order("o"))})});
    EXPECT_NE(refusal(b).find("tickets"), std::string::npos);
  }
}

/// Names that are words of Promela or C, end comments or differ in punctuation only.
TEST(Promela, AnyNameWillDo) {
  NEEDS_SPIN();
  using namespace steps;
  ProgramBuilder b("a */ name /* with \\");
  const auto x = b.mempool("int", 1), y = b.mempool("a.b", 1), z = b.mempool("a_b", 1),
             e = b.event("\xc3\xa9t\xc3\xa9");
  b.task("do", {take(x), take(y), take(z), give(x), give(y), give(z), signal(e)});
  b.task("t*/", {await(e), take(x)});
  const SpinAnswer answer = run_spin(analysis::promela(b.program()));
  EXPECT_EQ(answer.problem, "");
  EXPECT_FALSE(answer.dead);
}

/// More children at the same time than a loop was given processes for: an assertion, not a verdict.
TEST(Promela, TooManyChildrenOfALoopAreAnAssertion) {
  NEEDS_SPIN();
  using namespace steps;
  ProgramBuilder b("loop of children");
  const auto e = b.event("e", true);
  const auto child = b.flow("child", {spend()});
  b.task("t", {while_(e, {spawn(child)})});
  EXPECT_TRUE(run_spin(analysis::promela(b.program())).assertion);
  ProgramBuilder joined("loop of joined children");
  const auto f = joined.event("e", true);
  const auto other = joined.flow("child", {spend()});
  joined.task("t", {while_(f, {spawn(other), await_children()})});
  const SpinAnswer answer = run_spin(analysis::promela(joined.program()));
  EXPECT_EQ(answer.problem, "");
  EXPECT_FALSE(answer.assertion);
  EXPECT_FALSE(answer.dead);
}

}  // namespace
}  // namespace dmstall::tests
