// Stuck sets: found in time, told from stalls, replayable, and what memory would change.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sim/programs.hpp"

namespace dmstall::sim::testing {
namespace {

/// Replays the witness step by step and returns the stuck serials there.
std::vector<std::int64_t> replay(const models::Machine& machine, const models::Witness& witness) {
  models::World world(machine);
  models::StepEffects effects;
  std::vector<models::Alternative> enabled;
  for (const models::RecordedStep& step : witness.steps) {
    if (step.start_class >= 0) {
      const models::TokenId id = world.start(step.start_class);
      EXPECT_EQ(world.token(id).serial, step.token);
      continue;
    }
    const models::TokenId id = world.find(step.token);
    if (id == models::no_token) {
      ADD_FAILURE() << "token " << step.token << " does not exist";
      return {};
    }
    enabled.clear();
    world.alternatives(id, enabled);
    const auto found = std::find_if(enabled.begin(), enabled.end(), [&](const models::Alternative& each) {
      return each.kind == step.kind && each.index == step.index;
    });
    if (found == enabled.end()) {
      ADD_FAILURE() << "token " << step.token << " cannot take alternative " << static_cast<int>(step.kind);
      return {};
    }
    world.apply(id, *found, effects);
  }
  std::vector<std::int64_t> serials;
  for (const models::TokenId id : models::stuck_set(world)) serials.push_back(world.token(id).serial);
  return serials;
}

std::vector<std::int64_t> sorted(std::vector<std::int64_t> serials) {
  std::sort(serials.begin(), serials.end());
  return serials;
}

/// AB-BA over two locks; `pause_us` makes sure that both hold their first one.
void add_opposite_orders(Builder& b, std::int64_t pause_us = 10) {
  const ResourceId a = b.hard("a", ResourceKind::mutex, 1), c = b.hard("b", ResourceKind::mutex, 1);
  b.task("t0", {take(a), spend_us(pause_us), take(c), give(c), give(a)});
  b.task("t1", {take(c), spend_us(pause_us), take(a), give(a), give(c)});
}

TEST(Stuck, OppositeOrdersAreFoundAtOnce) {
  Builder b;
  add_opposite_orders(b);
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::stuck);
  EXPECT_DOUBLE_EQ(result.stuck_at_s, 10e-6);
  EXPECT_DOUBLE_EQ(result.sim_time_s, 10e-6);
  EXPECT_EQ(sorted(result.stuck), (std::vector<std::int64_t>{0, 1}));
  EXPECT_FALSE(result.relieved_by_memory);
  EXPECT_TRUE(result.record_complete);
  EXPECT_EQ(sorted(replay(b.machine(), result.witness)), sorted(result.stuck));
  EXPECT_EQ(result.stuck_report.threads.size(), 2u);
}

TEST(Stuck, MempoolCircleIsRelievedByMemory) {
  // Two requests that take two elements each from a pool of two: every poll fails.
  Builder b;
  const ResourceId pool = b.mempool("pool", 2);
  b.task("t", {take(pool), spend_us(10), take(pool), give(pool, 2)}, 2);
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::stuck);
  EXPECT_DOUBLE_EQ(result.stuck_at_s, 10e-6);
  EXPECT_TRUE(result.relieved_by_memory);
  EXPECT_EQ(result.polls, 0);  // numbers are those of the instant at which it was found
  EXPECT_EQ(result.classes[0].finished, 0);
  EXPECT_EQ(sorted(replay(b.machine(), result.witness)), sorted(result.stuck));
}

TEST(Stuck, WithoutAPollMemoryAloneDoesNotHelp) {
  Builder b;
  const ResourceId pool = b.buffers("buffers", 1);
  b.task("t", {take(pool), spend_us(10), take(pool), give(pool, 2)});
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::stuck);
  EXPECT_FALSE(result.relieved_by_memory);
  EXPECT_EQ(sorted(replay(b.machine(), result.witness)), sorted(result.stuck));

  // Nor does a plan that brings memory back turn it into a stall.
  MemoryPlan plan;
  plan.recovers_after_s = 100;
  const Result later = b.run(plan);
  EXPECT_EQ(later.ending, Ending::stuck);
  EXPECT_TRUE(later.stalls.empty());
}

TEST(Stuck, TheSameCircleIsAStallWhenMemoryComesBack) {
  Builder b;
  const ResourceId pool = b.mempool("pool", 2);
  b.task("t", {take(pool), spend_us(10), take(pool), give(pool, 2)}, 2);
  MemoryPlan plan;
  plan.recovers_after_s = 22;
  const Result result = b.run(plan);
  EXPECT_EQ(result.ending, Ending::completed);
  EXPECT_DOUBLE_EQ(result.sim_time_s, 25.00001);
  ASSERT_EQ(result.stalls.size(), 1u);
  EXPECT_DOUBLE_EQ(result.stalls[0].from_s, 10e-6);
  EXPECT_DOUBLE_EQ(result.stalls[0].to_s, 25.00001);
  EXPECT_GE(result.stalls[0].polls, 9);  // two waiters; the second may get what the first gives back
}

TEST(Stuck, PagesFreedByOthersMakeAStall) {
  Builder b;
  const ResourceId pool = b.mempool("pool", 2, AllocatorRule::pages);
  b.task("t", {take(pool), spend_us(10), take(pool), give(pool, 2)}, 2);
  b.task("writer", {spend_us(12'000'000), step(StepKind::end_writeback)});
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::completed);
  ASSERT_EQ(result.stalls.size(), 1u);
  EXPECT_DOUBLE_EQ(result.stalls[0].from_s, 10e-6);
  EXPECT_NEAR(result.stalls[0].to_s, 15, 1e-3);
  // Without the writer nobody frees a page.
  b.program.classes.pop_back();
  EXPECT_EQ(b.run().ending, Ending::stuck);
}

TEST(Stuck, FoundBesideALoopThatTakesNoTime) {
  Builder b;
  add_opposite_orders(b);
  const ResourceId own = b.hard("own", ResourceKind::semaphore, 1);
  b.task("busy", {forever({take(own), give(own)})});
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::stuck);
  EXPECT_EQ(sorted(result.stuck), (std::vector<std::int64_t>{0, 1}));
  EXPECT_LE(result.sim_time_s, 10);
}

TEST(Stuck, FoundWhileRequestsGoOn) {
  Builder b;
  add_opposite_orders(b);
  b.requests("io", {spend_us(100)}, 1'000'000, 4);
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::stuck);
  EXPECT_EQ(result.stuck.size(), 2u);
  EXPECT_LE(result.sim_time_s, 10.1);
  EXPECT_DOUBLE_EQ(result.stuck_at_s, 10e-6);
  EXPECT_GT(result.classes[2].finished, 100'000);
}

TEST(Stuck, ALooperThatKeepsTheElementForItselfStarvesNobodyForEver) {
  // The waiter can be helped by the looper, so this is no stuck set: time runs out or it gets its turn.
  Builder b;
  const ResourceId pool = b.mempool("pool", 1);
  b.task("looper", {forever({take(pool), spend_us(1000), give(pool)})}).daemon = true;
  b.task("waiter", {spend_us(1), take(pool), give(pool)});
  Options options;
  options.sim_seconds = 60;
  const Result result = b.run({}, options);
  EXPECT_EQ(result.ending, Ending::completed);
}

TEST(Stuck, IdleDaemonsAreNot) {
  Builder b;
  const ResourceId event = b.hard("work", ResourceKind::event, 0);
  b.task("service", {forever({step(StepKind::await, event), step(StepKind::clear, event)})}).daemon = true;
  b.task("t", {step(StepKind::signal, event), spend_us(10)});
  EXPECT_EQ(b.run().ending, Ending::completed);
}

TEST(Stuck, ASelfDeadlockOnAMutex) {
  Builder b;
  const ResourceId lock = b.hard("lock", ResourceKind::mutex, 1);
  b.task("t", {take(lock), take(lock), give(lock, 2)});
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::stuck);
  EXPECT_EQ(result.stuck.size(), 1u);
  EXPECT_FALSE(result.relieved_by_memory);
}

TEST(Stuck, TimeUpIsNotStuckButAStuckSetAtTheEndIsSeen) {
  Builder b;
  b.task("slow", {spend_us(20'000'000)});
  Options options;
  options.sim_seconds = 10;
  const Result slow = b.run({}, options);
  EXPECT_EQ(slow.ending, Ending::out_of_time);
  EXPECT_DOUBLE_EQ(slow.sim_time_s, 10);
  EXPECT_TRUE(slow.stuck.empty());

  add_opposite_orders(b);
  options.sim_seconds = 3;  // before the detector looks for the first time
  const Result both = b.run({}, options);
  EXPECT_EQ(both.ending, Ending::stuck);
  EXPECT_EQ(both.stuck.size(), 2u);
}

TEST(Stuck, OutOfEvents) {
  Builder b;
  b.task("busy", {forever({spend_us(1)})});
  Options options;
  options.events = 10'000;
  const Result result = b.run({}, options);
  EXPECT_EQ(result.ending, Ending::out_of_events);
  EXPECT_EQ(result.steps, 10'000);
}

TEST(Stuck, OutOfThreads) {
  Builder b;
  b.task("t", {spend_us(10)}, 40'000);
  EXPECT_EQ(b.run().ending, Ending::out_of_threads);
}

TEST(Stuck, ScenarioErrorsAreReportedWhereTheyHappen) {
  Builder b;
  const ResourceId counter = b.hard("pending", ResourceKind::counter, 0);
  b.task("t", {spend_us(5), step(StepKind::count, counter, -1)});
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::scenario_error);
  EXPECT_NE(result.error.find("pending"), std::string::npos);
  EXPECT_DOUBLE_EQ(result.sim_time_s, 5e-6);
}

TEST(Stuck, AdversarySeedsFindWhatNeedsBadLuck) {
  // Under the seeded adversary some seed lets the first takes fail often enough to empty the pool, another does not.
  Builder b;
  const ResourceId pool = b.mempool("pool", 4);
  b.task("t", {take(pool), spend_us(10), take(pool), spend_us(10), give(pool, 2)}, 6);
  MemoryPlan plan;
  plan.seeded_adversary = true;
  int stuck = 0, completed = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Options options;
    options.seed = seed;
    const Result result = b.run(plan, options);
    stuck += result.ending == Ending::stuck;
    completed += result.ending == Ending::completed;
    if (result.ending == Ending::stuck) {
      EXPECT_TRUE(result.relieved_by_memory);
      EXPECT_EQ(sorted(replay(b.machine(), result.witness)), sorted(result.stuck));
    }
  }
  EXPECT_GT(stuck, 0);
  EXPECT_GT(completed, 0);
  EXPECT_EQ(stuck + completed, 60);
}

TEST(Stuck, AWitnessWithoutTheStepsOfFinishedRequests) {
  Builder b;
  b.requests("io", {spend_us(10), spend_us(10)}, 50'000, 4);
  const ResourceId pool = b.mempool("pool", 1);
  b.task("t", {spend_us(100'000), take(pool), take(pool), give(pool, 2)});
  Options options;
  options.recorded_steps = 1000;
  const Result result = b.run({}, options);
  EXPECT_EQ(result.ending, Ending::stuck);
  EXPECT_FALSE(result.record_complete);
  EXPECT_LT(result.witness.steps.size(), 3000u);
  const auto of_stuck = std::count_if(result.witness.steps.begin(), result.witness.steps.end(),
                                      [&](const auto& step) { return step.token == result.stuck[0]; });
  EXPECT_EQ(of_stuck, 3);  // start, spend, take
}

}  // namespace
}  // namespace dmstall::sim::testing
