// A machine that restarts or panics: the run ends there, whoever waits.
#include <gtest/gtest.h>

#include "tests/sim/programs.hpp"

namespace dmstall::sim::testing {
namespace {

TEST(Stop, TheRunEndsThereAndSaysWhy) {
  Builder b;
  b.task("t0", {spend_us(30), stop("panic")});
  b.task("t1", {spend_us(1000)});
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::stopped);
  EXPECT_EQ(result.stopped_by, "panic");
  EXPECT_DOUBLE_EQ(result.sim_time_s, 30e-6);
  EXPECT_EQ(result.overall.finished, 0);
  EXPECT_TRUE(result.stuck.empty());
}

TEST(Stop, ACircleThatSomebodyMayStillEndIsNotStuck) {
  Builder b;
  const ResourceId x = b.hard("x", ResourceKind::mutex, 1), y = b.hard("y", ResourceKind::mutex, 1);
  b.task("t0", {take(x), spend_us(10), take(y), give(y), give(x)});
  b.task("t1", {take(y), spend_us(10), take(x), give(x), give(y)});
  b.task("t2", {spend_us(20'000'000), stop("restart")});
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::stopped) << "the detector looked every 5 s";
  EXPECT_DOUBLE_EQ(result.sim_time_s, 20);
}

TEST(Stop, ACircleWithoutItIsStuckThoughItsOwnMembersWouldStop) {
  Builder b;
  const ResourceId x = b.hard("x", ResourceKind::mutex, 1), y = b.hard("y", ResourceKind::mutex, 1);
  b.task("t0", {take(x), spend_us(10), take(y), stop("restart")});
  b.task("t1", {take(y), spend_us(10), take(x), stop("restart")});
  EXPECT_EQ(b.run().ending, Ending::stuck);
}

TEST(Stop, WhomMemoryLetsGoOnAndStopIsRelieved) {
  Builder b;
  const ResourceId p = b.mempool("p", 0, AllocatorRule::never);
  b.task("t", {take(p), stop("restart")});
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::stuck);
  EXPECT_TRUE(result.relieved_by_memory);
}

}  // namespace
}  // namespace dmstall::sim::testing
