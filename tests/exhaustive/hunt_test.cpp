// The hunt for any stuck set at all: it finds what the ordered search would come to late, says what it does not know,
// and claims nothing where it finds nothing.
#include "analysis/engines/explore/hunt.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "analysis/engines/explore/compositions.hpp"
#include "analysis/engines/explore/concrete.hpp"
#include "analysis/engines/explore/explore.hpp"
#include "analysis/engines/replay/replay.hpp"
#include "analysis/report/reason_text.hpp"
#include "analysis/report/refusal_text.hpp"
#include "models/machine/compile.hpp"
#include "models/machine/stuck.hpp"
#include "models/scenario/reader.hpp"
#include "models/targets/build.hpp"
#include "tests/exhaustive/comparing.hpp"
#include "tests/exhaustive/machines.hpp"
#include "tests/oracle/builder.hpp"
#include "tests/oracle/oracle.hpp"

namespace dmstall::tests {
namespace {

using analysis::Exploration;
using analysis::ExploreOptions;
using models::AllocatorRule;
using models::VerdictKind;

/// The hunt alone: whether it finds somebody stuck, with how many requests, and the witness that leads there.
struct HuntedAlone {
  bool stuck = false;
  std::int64_t requests = 0;
  analysis::Cost cost;
  models::Witness witness;
};

HuntedAlone hunt_alone(const models::Machine& machine) {
  const ExploreOptions options;
  const analysis::Composition whole = analysis::whole_population(machine);
  const auto groups = analysis::find_siblings(machine);
  analysis::Rounds rounds(machine, groups, options, whole);
  const auto compositions = [&](std::int64_t n) {
    std::vector<analysis::Composition> all;
    analysis::for_each_composition(machine, groups, {}, n, [&](const analysis::Composition& composition) {
      all.push_back(composition);
      return all.size() < 300;
    });
    return all;
  };
  analysis::Hunted hunted = analysis::hunt(machine, options, rounds, 1, analysis::requests_in(machine, whole),
                                           std::chrono::steady_clock::time_point::max(), compositions);
  HuntedAlone alone;
  alone.stuck = hunted.stuck.has_value();
  if (!alone.stuck) return alone;
  alone.requests = hunted.requests;
  alone.cost = hunted.stuck->answer.cost;
  analysis::Concrete concrete(machine, *hunted.stuck->space);
  for (const analysis::Edge& edge : hunted.stuck->search->path(hunted.stuck->answer.at)) concrete.follow(edge);
  alone.witness.steps = concrete.steps();
  for (const models::TokenId id : models::stuck_set(concrete.world(), hunted.stuck->to_come))
    alone.witness.stuck.push_back(concrete.world().token(id).serial);
  return alone;
}

/// `uppers` dm-verity devices on one that lies on a disk; memory that an adversary has, prefetch as it is by default.
models::Machine verity_over_verity(int uppers, const std::string& sharing) {
  std::string devices =
                  R"({ "name": "disk", "target": "disk" }, { "name": "lower", "target": "verity", "data": "disk",
              "hash": "disk", "on_corruption": "ignore" })",
              workload;
  for (int i = 0; i < uppers; ++i) {
    const std::string name = "upper" + std::to_string(i);
    devices += R"(, { "name": ")" + name + R"(", "target": "verity", "data": "lower", "hash": "lower" })";
    workload += std::string(i == 0 ? "" : ", ") + R"({ "read": ")" + name + R"(", "count": 1 })";
  }
  const models::ReadResult read =
      models::read_scenario_text(R"({ "format": 1, "name": "stack", "kernel": { "cpus": 8 }, "sharing": ")" + sharing +
                                     R"(", "devices": [ )" + devices + R"( ], "workload": [ )" + workload + " ] }",
                                 "stack.json");
  EXPECT_TRUE(read.scenario) << models::format_diagnostics(read.diagnostics);
  return read.scenario ? analysis::any_number_of_threads(models::compile(models::build_program(*read.scenario)))
                       : models::Machine{};
}

/// Empty: the replayer confirms it.
std::string refusal(const models::Machine& machine, const models::Witness& witness) {
  return analysis::to_text(analysis::replay(machine, witness).refusal);
}

void expect_replayed(const models::Machine& machine, const Exploration& found) {
  ASSERT_EQ(found.verdict, VerdictKind::deadlock) << analysis::to_text(found.bound);
  EXPECT_EQ(refusal(machine, found.witness), "");
}

}  // namespace

/// Linux 6.1, drivers/md/dm-verity-target.c, verity_recheck: the upper device holds the only page while it reads the
/// lower one, which needs it for a recheck of its own. One request and a bad block that both see; a bounded number of
/// states.
TEST(Hunt, FindsTheSharedRecheckPageInMemoryThatAnAdversaryHas) {
  for (const int uppers : {1, 59}) {
    SCOPED_TRACE(uppers);
    const models::Machine machine = verity_over_verity(uppers, "module");
    ExploreOptions options;
    options.least_states = 20'000;
    options.states = 40'000;
    options.seconds = 3600;
    const Exploration found = analysis::explore(machine, options);
    expect_replayed(machine, found);
    EXPECT_EQ(found.requests, 1);
    EXPECT_TRUE(found.fewest_requests);
    EXPECT_EQ(found.stuck.circle, std::vector<std::string>{"verity.recheck_pool"});
    EXPECT_TRUE(found.relieved_by_memory);
    EXPECT_LE(found.largest, 40'001u);
    for (const auto& [name, on] : analysis::reduction_names) {
      SCOPED_TRACE(std::string("without ") + std::string(name));
      if (uppers > 1 && (name == "siblings" || name == "empty" || name == "release"))
        continue;  // so many states, so many compositions
      ExploreOptions without = options;
      without.reductions.*on = false;
      const Exploration again = analysis::explore(machine, without);
      expect_replayed(machine, again);
      EXPECT_EQ(again.digest, found.digest);
    }
    for (const std::size_t threads : {2U, 4U}) {
      ExploreOptions more = options;
      more.threads = threads;
      EXPECT_EQ(analysis::explore(machine, more).digest, found.digest);
    }
  }
}

TEST(Hunt, FindsNothingWhereNothingIsShared) {
  EXPECT_FALSE(hunt_alone(verity_over_verity(1, "device")).stuck);
}

/// Two requests that take two elements each of a pool of two, one by one, get stuck (2·(2−1) ≥ 2); but only if both
/// pass the gate, whose one element is not enough: its allocator serves while the pool's refuses.
TEST(Hunt, LetsSomeAllocatorsServe) {
  using namespace steps;
  ProgramBuilder b("a gate");
  const auto gate = b.mempool("gate", 1, AllocatorRule::any), pool = b.mempool("pool", 2, AllocatorRule::any);
  b.task("t", {take(gate), take(pool), take(pool), give(pool, 2), give(gate)}, 2);
  EXPECT_TRUE(ask_oracle(b.program(), state_cap).stuck);
  const models::Machine machine = models::compile(b.program());
  const HuntedAlone found = hunt_alone(machine);
  ASSERT_TRUE(found.stuck);
  EXPECT_EQ(refusal(machine, found.witness), "");
  EXPECT_EQ(found.requests, 2);
  EXPECT_EQ(found.cost.failures, 2);
  // The ordered search says that this is the least, if it comes so far.
  ExploreOptions options;
  const Exploration in_order = analysis::explore(machine, options);
  EXPECT_TRUE(in_order.least && in_order.fewest_requests);
  options.least_states = 1;
  const Exploration hunted = analysis::explore(machine, options);
  expect_replayed(machine, hunted);
  EXPECT_FALSE(hunted.least);
  EXPECT_TRUE(hunted.fewest_requests);  // one request never finds the pool empty: exhausted in a single state
  EXPECT_EQ(hunted.digest, in_order.digest);
}

/// Stuck only where one allocator first serves and then refuses: under no regime. The hunt says nothing, the search
/// does.
TEST(Hunt, ThatFindsNothingSaysNothing) {
  using namespace steps;
  ProgramBuilder b("first yes, then no");
  const auto p = b.mempool("p", 0, AllocatorRule::any);
  const auto never = b.event("never");
  b.task("t", {try_take(p, {finish(models::Status::ok)}), try_take(p, {await(never)}), give(p, 2)});
  EXPECT_TRUE(ask_oracle(b.program(), state_cap).stuck);
  const models::Machine machine = models::compile(b.program());
  EXPECT_FALSE(hunt_alone(machine).stuck);
  ExploreOptions options;
  options.least_states = 1;
  expect_replayed(machine, analysis::explore(machine, options));
}

/// Whatever the hunt finds is stuck, the oracle says; and with the search behind it the verdict is the oracle's.
TEST(Hunt, AgreesWithTheOracleOnRandomMachines) {
  struct Tally {
    std::size_t machines = 0, stuck = 0, hunted = 0, disagreements = 0;
  } tally;
  const auto wrong = [](const models::Program& program, Tally* into) -> std::string {
    models::Program free = program;
    for (models::Resource& resource : free.resources) {
      if (resource.soft && resource.allocator != AllocatorRule::pages) resource.allocator = AllocatorRule::any;
    }
    const auto machine = compiled(free);
    if (!machine) return "";
    const OracleAnswer truth = ask_oracle(free, state_cap);
    if (!truth.known || truth.error) return "";
    const HuntedAlone found = hunt_alone(*machine);
    if (into != nullptr) {
      into->stuck += truth.stuck;
      into->hunted += found.stuck;
    }
    if (found.stuck && !truth.stuck) return "the hunt finds what is not stuck";
    if (found.stuck && found.cost.faults < truth.faults_to_stuck &&
        found.requests == analysis::requests_in(*machine, analysis::whole_population(*machine))) {
      return "fewer faults than there can be";
    }
    if (found.stuck && !refusal(*machine, found.witness).empty()) return "replay: " + refusal(*machine, found.witness);
    ExploreOptions options;
    options.states = 60'000;
    options.least_states = 1;
    const Exploration both = analysis::explore(*machine, options);
    if (both.error) return "error " + *both.error;
    if (truth.stuck && truth.livelock && both.verdict == VerdictKind::livelock) return "";
    if (truth.stuck != (both.verdict == VerdictKind::deadlock))
      return "search and hunt say " + std::string(to_string(both.verdict)) + " " + analysis::to_text(both.bound);
    return "";
  };
  const auto [from, to] = seed_range(500);
  for (std::uint64_t seed = from; seed <= to; ++seed) compare(random_machine(seed), tally, tally.disagreements, wrong);
  std::printf("%zu machines, %zu can get stuck, the hunt alone finds %zu of them; %zu disagreements\n", tally.machines,
              tally.stuck, tally.hunted, tally.disagreements);
  EXPECT_EQ(tally.disagreements, 0u);
  EXPECT_GT(tally.hunted, 50u);
}

}  // namespace dmstall::tests
