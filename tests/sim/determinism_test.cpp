// Same input and seed, same run; other seeds, other schedules; and nothing left behind in the process.
#include <gtest/gtest.h>
#include <signal.h>

#include <set>
#include <sstream>

#include "tests/sim/programs.hpp"

namespace dmstall::sim::testing {
namespace {

Builder busy_machine() {
  Builder b;
  const ResourceId pool = b.mempool("pool", 3);
  const ResourceId workers = b.hard("workers", ResourceKind::workers, 2);
  b.program.timed_devices.push_back({});
  auto& requests = b.requests(
      "io",
      {take(pool), transfer(models::SpendKind::disk_read, 4096), take(workers), hash(4096), give(workers), give(pool)},
      300, 12);
  requests.bytes = 4096;
  requests.span_bytes = 1 << 20;
  requests.random_addresses = true;
  return b;
}

MemoryPlan half() {
  MemoryPlan plan;
  plan.probability = 0.5;
  return plan;
}

TEST(Determinism, SameSeedSameRunWhateverRanBefore) {
  const Builder b = busy_machine();
  std::ostringstream first_trace, second_trace;
  Options options;
  options.seed = 5;
  options.trace = &first_trace;
  const Result first = b.run(half(), options);
  // Move SimGrid's clock, which lives as long as the process, to an odd and large date.
  Builder slow;
  slow.task("t", {spend_us(123'456'789'012'345)});
  Options long_time;
  long_time.sim_seconds = 1e9;
  EXPECT_EQ(slow.run({}, long_time).ending, Ending::completed);
  options.trace = &second_trace;
  const Result second = b.run(half(), options);
  EXPECT_EQ(first.ending, Ending::completed);
  EXPECT_EQ(first.digest, second.digest);
  EXPECT_EQ(first.sim_time_s, second.sim_time_s);
  EXPECT_EQ(first.steps, second.steps);
  EXPECT_EQ(first.context_switches, second.context_switches);
  EXPECT_EQ(first.timers, second.timers);
  EXPECT_EQ(first_trace.str(), second_trace.str());
}

TEST(Determinism, OtherSeedsOtherSchedules) {
  const Builder b = busy_machine();
  std::set<std::uint64_t> digests;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Options options;
    options.seed = seed;
    digests.insert(b.run(half(), options).digest);
  }
  EXPECT_EQ(digests.size(), 20u);
}

TEST(Determinism, SeedsReorderThreadsOfOneDate) {
  Builder b;
  const ResourceId pool = b.mempool("pool", 2);
  b.task("a", {take(pool), give(pool)});
  b.task("b", {take(pool), give(pool)});  // no time passes: 20 interleavings of three steps each
  std::set<std::uint64_t> digests;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Options options;
    options.seed = seed;
    digests.insert(b.run({}, options).digest);
  }
  EXPECT_GT(digests.size(), 5u);
}

TEST(Determinism, TheTraceDoesNotChangeTheRun) {
  const Builder b = busy_machine();
  std::ostringstream trace;
  Options options;
  const Result silent = b.run(half(), options);
  options.trace = &trace;
  EXPECT_EQ(silent.digest, b.run(half(), options).digest);
  EXPECT_FALSE(trace.str().empty());
}

TEST(Process, SignalHandlersAndOutputAreLeftAlone) {
  struct sigaction mine {};
  mine.sa_handler = [](int) {};
  struct sigaction old {};
  struct sigaction segv {};
  struct sigaction bus {};
  sigaction(SIGSEGV, nullptr, &segv);
  sigaction(SIGBUS, nullptr, &bus);
  ASSERT_EQ(sigaction(SIGINT, &mine, &old), 0);
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  Builder b = busy_machine();
  EXPECT_EQ(b.run(half()).ending, Ending::completed);
  b.task("endless", {step(StepKind::await, b.hard("never", ResourceKind::event, 0))});
  EXPECT_EQ(b.run(half()).ending, Ending::stuck);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  struct sigaction now {};
  sigaction(SIGINT, &old, &now);
  EXPECT_EQ(now.sa_handler, mine.sa_handler);
  sigaction(SIGSEGV, nullptr, &now);
  EXPECT_EQ(now.sa_handler, segv.sa_handler);
  sigaction(SIGBUS, nullptr, &now);
  EXPECT_EQ(now.sa_handler, bus.sa_handler);
}

TEST(Process, ManyRunsInARow) {
  Builder b;
  const ResourceId pool = b.mempool("pool", 2);
  b.task("t", {take(pool), spend_us(10), give(pool)}, 20);
  Options options;
  const Result first = b.run({}, options);
  for (int i = 0; i < 200; ++i) ASSERT_EQ(b.run({}, options).digest, first.digest);
}

TEST(Process, ExceptionsComeOutOfTheRun) {
  Builder b;
  b.requests("io", {spend_us(10)}, 1'000'000, 4);
  Options options;
  options.progress = [](double, double, std::int64_t) { throw std::runtime_error("interrupted"); };
  // Progress is reported about twice a second of wall time; a small run may end before.
  options.events = 500'000'000;
  b.task("busy", {forever({spend_us(1)})});
  EXPECT_THROW((void)b.run({}, options), std::runtime_error);
  EXPECT_EQ(busy_machine().run(half()).ending, Ending::completed);
}

}  // namespace
}  // namespace dmstall::sim::testing
