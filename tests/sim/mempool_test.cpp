// What mempool_alloc() and mempool_free() do in time.
#include <gtest/gtest.h>

#include <sstream>

#include "tests/sim/programs.hpp"

namespace dmstall::sim::testing {
namespace {

TEST(Mempool, ReserveBeforeDirectReclaim) {
  // Only the attempt without direct reclaim fails: with a reserve element at hand the second one is never made.
  Builder b;
  const ResourceId pool = b.mempool("p", 1);
  b.task("t", {take(pool), give(pool)});
  MemoryPlan plan;
  plan.first_n = 1;
  const Result with_reserve = b.run(plan);
  EXPECT_EQ(with_reserve.ending, Ending::completed);
  EXPECT_EQ(metrics_of(with_reserve, pool).from_reserve, 1);
  b.program.resources[0].capacity = 0;
  const Result without = b.run(plan);
  EXPECT_EQ(without.ending, Ending::completed);
  EXPECT_EQ(metrics_of(without, pool).from_allocator, 1);
  EXPECT_EQ(without.sim_time_s, 0);  // the attempt with direct reclaim succeeds: no stall at all
}

TEST(Mempool, TwentyFailuresStallForNineteenPolls) {
  // Two attempts fail on arrival, one at each of 18 polls; the 19th poll succeeds.
  Builder b;
  const ResourceId pool = b.mempool("p", 0);
  b.task("t", {take(pool), give(pool)});
  MemoryPlan plan;
  plan.first_n = 20;
  const Result result = b.run(plan);
  EXPECT_EQ(result.ending, Ending::completed);
  EXPECT_DOUBLE_EQ(result.sim_time_s, 95);
  EXPECT_EQ(result.polls, 19);
  ASSERT_EQ(result.stalls.size(), 1u);
  EXPECT_EQ(result.stalls[0].resource, "p");
  EXPECT_DOUBLE_EQ(result.stalls[0].from_s, 0);
  EXPECT_DOUBLE_EQ(result.stalls[0].to_s, 95);
  EXPECT_EQ(result.stalls[0].polls, 19);
  EXPECT_DOUBLE_EQ(metrics_of(result, pool).longest_wait_s, 95);
}

TEST(Mempool, PollsEveryFiveSecondsUntilMemoryIsBack) {
  Builder b;
  const ResourceId pool = b.mempool("p", 0);
  b.task("t", {spend_us(300), take(pool), give(pool)});
  MemoryPlan plan;
  plan.recovers_after_s = 12;
  const Result result = b.run(plan);
  EXPECT_EQ(result.ending, Ending::completed);
  EXPECT_DOUBLE_EQ(result.sim_time_s, 15.0003);
  EXPECT_EQ(result.polls, 3);
  ASSERT_EQ(result.stalls.size(), 1u);
  EXPECT_DOUBLE_EQ(result.stalls[0].from_s, 0.0003);
}

TEST(Mempool, AFreeRestartsTheFiveSeconds) {
  // The waiter sleeps from 0 on. Where the holder is quicker at 3 s and takes what it has just given, the waiter has
  // been awake in vain and sleeps up to 5 s more: the next give, at 7.9 s, comes before its poll.
  int lost = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Builder b;
    const ResourceId pool = b.mempool("p", 1);
    b.task("holder", {take(pool), spend_us(3'000'000), give(pool), take(pool), spend_us(4'900'000), give(pool)});
    b.task("waiter", {spend_us(1), take(pool), give(pool)});
    Options options;
    options.seed = seed;
    const Result result = b.run({}, options);
    ASSERT_EQ(result.ending, Ending::completed);
    if (result.classes[1].latency.max_us < 3.5e6) continue;
    ++lost;
    EXPECT_EQ(result.polls, 0);  // without the restart: one at 5 s
    EXPECT_NEAR(metrics_of(result, pool).longest_wait_s, 7.9, 1e-3);
  }
  EXPECT_GT(lost, 0);
}

TEST(Mempool, AllWaitersAreWokenAndNobodyIsForgotten) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Builder b;
    const ResourceId pool = b.mempool("p", 3);
    b.task("t", {spend_us(1), take(pool), spend_us(10), give(pool)}, 100);
    Options options;
    options.seed = seed;
    const Result result = b.run({}, options);
    ASSERT_EQ(result.ending, Ending::completed);
    EXPECT_EQ(result.polls, 0);
    EXPECT_EQ(metrics_of(result, pool).lowest_free, 0);
    EXPECT_EQ(metrics_of(result, pool).takes, 100);
    EXPECT_EQ(metrics_of(result, pool).from_reserve, 100);
    EXPECT_NEAR(result.sim_time_s, 1e-6 + 34 * 10e-6, 1e-9);
  }
}

TEST(Mempool, TheNewestWaiterUsuallyGoesFirst) {
  // Twenty waiters arrive one after the other, then one element goes round. The kernel wakes the newest first.
  int newest_first = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Builder b;
    const ResourceId pool = b.mempool("p", 1);
    b.task("holder", {take(pool), spend_us(1000), give(pool)});
    for (int i = 1; i <= 20; ++i) b.task("t", {spend_us(i), take(pool), spend_us(10'000), give(pool)});
    Options options;
    options.seed = seed;
    const Result result = b.run({}, options);
    ASSERT_EQ(result.ending, Ending::completed);
    if (result.classes[20].latency.max_us < 12'000) ++newest_first;
  }
  EXPECT_GT(newest_first, 20);
  EXPECT_LT(newest_first, 40);  // on other CPUs another one may be quicker
}

TEST(Mempool, ANewcomerMayBarge) {
  // The holder gives and takes again at once: it may win against the waiter that it has just woken.
  int waiter_lost = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Builder b;
    const ResourceId pool = b.mempool("p", 1);
    b.task("holder", {take(pool), spend_us(10), give(pool), take(pool), spend_us(1000), give(pool)});
    b.task("waiter", {spend_us(1), take(pool), give(pool)});
    Options options;
    options.seed = seed;
    const Result result = b.run({}, options);
    ASSERT_EQ(result.ending, Ending::completed);
    if (result.classes[1].latency.max_us > 500) ++waiter_lost;
  }
  EXPECT_GT(waiter_lost, 0);
  EXPECT_LT(waiter_lost, 40);
}

TEST(Mempool, FreedPagesLetAWaiterGoOnAtItsNextPoll) {
  Builder b;
  const ResourceId pool = b.mempool("p", 0, AllocatorRule::pages);
  b.task("waiter", {take(pool), give(pool)});
  b.task("writer", {spend_us(1'000'000), step(StepKind::end_writeback)});
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::completed);
  EXPECT_DOUBLE_EQ(result.sim_time_s, 5);
  EXPECT_EQ(metrics_of(result, pool).from_allocator, 1);
}

TEST(Mempool, PagesAreTakenAllOrNone) {
  Builder b;
  const ResourceId pages = b.mempool("pages", 8);
  b.program.resources[0].kind = ResourceKind::page_pool;
  b.task("wants 6", {spend_us(2), take_all(pages, 6), spend_us(10), give(pages, 6)});
  b.task("wants 2", {spend_us(3), take_all(pages, 2), spend_us(10), give(pages, 2)});
  b.task("holder", {take_all(pages, 5), spend_us(100), give(pages, 5)});
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::completed);
  EXPECT_NEAR(result.classes[1].latency.max_us, 13, 0.1);
  EXPECT_NEAR(result.classes[0].latency.max_us, 110, 0.1);
  EXPECT_EQ(metrics_of(result, pages).lowest_free, 1);
}

TEST(Mempool, BuffersAreNeverPolled) {
  // dm-bufio: memory that comes back does not wake the waiter; the element of the other one does.
  Builder b;
  const ResourceId pool = b.buffers("buffers", 1);
  b.task("holder", {take(pool), spend_us(20'000'000), give(pool)});
  b.task("waiter", {spend_us(1), take(pool), give(pool)});
  MemoryPlan plan;
  plan.recovers_after_s = 7;
  const Result result = b.run(plan);
  EXPECT_EQ(result.ending, Ending::completed);
  EXPECT_DOUBLE_EQ(result.sim_time_s, 20);
  EXPECT_EQ(result.polls, 0);
}

TEST(Mempool, TheTraceSaysWhatHappens) {
  Builder b;
  const ResourceId pool = b.mempool("verity.recheck_pool", 1);
  Step recheck = take(pool);
  recheck.function = "verity_recheck < verity_work";
  b.task("kworker", {recheck, give(pool)});
  std::ostringstream trace;
  Options options;
  options.trace = &trace;
  EXPECT_EQ(b.run({}, options).ending, Ending::completed);
  EXPECT_NE(
      trace.str().find(
          "takes 1 verity.recheck_pool from the reserve (0 of 1 left)   [verity_recheck < verity_work]  request 0"),
      std::string::npos)
      << trace.str();
}

}  // namespace
}  // namespace dmstall::sim::testing
