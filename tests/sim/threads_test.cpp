// Kernel threads as actors, order of hard resources, locks, families.
#include <gtest/gtest.h>

#include "tests/sim/programs.hpp"

namespace dmstall::sim::testing {
namespace {

Step locked(StepKind kind, ResourceId lock) {
  return step(kind, lock);
}

TEST(Threads, BiosNeedNone) {
  Builder b;
  b.requests("io", {spend_us(10)}, 100, 10);
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::completed);
  EXPECT_EQ(result.most_threads, 0);
  EXPECT_EQ(result.context_switches, 0);
}

TEST(Threads, WorkItemsGetAThreadWhileTheyRun) {
  Builder b;
  const ResourceId workers = b.hard("kworker", ResourceKind::workers, 3);
  b.requests("io", {spend_us(10), take(workers), spend_us(100), give(workers), spend_us(10)}, 30, 30);
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::completed);
  EXPECT_EQ(result.most_threads, 3);
  EXPECT_GE(result.context_switches, 30);
  EXPECT_DOUBLE_EQ(result.sim_time_s, 1020e-6);
}

TEST(Threads, TheInnerThreadRunsWhileTheOuterSleeps) {
  // A worker submits to a lower device, sleeps, and the lower device's worker completes it.
  Builder b;
  const ResourceId upper = b.hard("kverityd/upper", ResourceKind::workers, 1);
  const ResourceId lower = b.hard("kverityd/lower", ResourceKind::workers, 1);
  const models::FlowId read =
      b.flow("read lower", {step(StepKind::detach), spend_us(50), take(lower), spend_us(5), give(lower)});
  Step call = step(StepKind::call);
  call.flow = read;
  call.context = models::CallContext::sync;
  b.requests("io", {take(upper), call, spend_us(1), give(upper)}, 10, 10);
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::completed);
  EXPECT_EQ(result.most_threads, 2);
  EXPECT_DOUBLE_EQ(result.sim_time_s, 10 * 56e-6);
}

TEST(Threads, AnAsynchronousSubmitterGoesItsOwnWay) {
  Builder b;
  const ResourceId flusher = b.hard("flusher", ResourceKind::workers, 1);
  const models::FlowId write = b.flow("write", {step(StepKind::detach), spend_us(100)});
  Step call = step(StepKind::call);
  call.flow = write;
  call.context = models::CallContext::async;
  call.after_detach = {{flusher, 1}};
  b.requests("io", {take(flusher), spend_us(1), call}, 10, 10);
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::completed);
  EXPECT_EQ(result.most_threads, 1);
  EXPECT_DOUBLE_EQ(result.sim_time_s, 110e-6);  // submissions one after the other, writes in parallel
}

TEST(Threads, SemaphoresServeInOrder) {
  Builder b;
  const ResourceId semaphore = b.hard("throttle", ResourceKind::semaphore, 1);
  b.task("holder", {take(semaphore), spend_us(100), give(semaphore)});
  for (int i = 1; i <= 5; ++i) b.task("t", {spend_us(i), take(semaphore), spend_us(10), give(semaphore)});
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::completed);
  for (std::size_t i = 1; i <= 5; ++i)
    EXPECT_DOUBLE_EQ(result.classes[i].latency.max_us, 100.0 + 10.0 * static_cast<double>(i));
}

TEST(Threads, AQueuedWriterHoldsUpNewReaders) {
  Builder b;
  const ResourceId lock = b.hard("lock", ResourceKind::rwsem, 1);
  b.task("reader", {locked(StepKind::read_lock, lock), spend_us(100), locked(StepKind::read_unlock, lock)});
  b.task("writer",
         {spend_us(10), locked(StepKind::write_lock, lock), spend_us(30), locked(StepKind::write_unlock, lock)});
  b.task("late", {spend_us(20), locked(StepKind::read_lock, lock), spend_us(1), locked(StepKind::read_unlock, lock)},
         3);
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::completed);
  EXPECT_DOUBLE_EQ(result.classes[1].latency.max_us, 130);
  EXPECT_DOUBLE_EQ(result.classes[2].latency.max_us, 131);
}

TEST(Threads, ParentsAwaitTheirChildren) {
  Builder b;
  const models::FlowId child = b.flow("child", {spend_us(50), finish(models::Status::error)});
  Step spawn = step(StepKind::spawn);
  spawn.flow = child;
  Step await = step(StepKind::await_children);
  await.branches.push_back({.label = "error", .steps = {spend_us(7), finish(models::Status::error)}});
  b.requests("parent", {spawn, spawn, await}, 3, 1);
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::completed);
  EXPECT_DOUBLE_EQ(result.sim_time_s, 3 * 57e-6);
  EXPECT_EQ(result.classes[0].failed, 3);
}

TEST(Threads, ASubmittedChildRunsInItsParentsThread) {
  Builder b;
  const models::FlowId child = b.flow("bio", {spend_us(3), step(StepKind::detach), spend_us(100)});
  Step park = step(StepKind::spawn);
  park.flow = child;
  park.park = true;
  Step submit = step(StepKind::submit_bio);
  submit.body = {park, park};
  b.task("submitter", {submit, spend_us(1), step(StepKind::await_children)});
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::completed);
  EXPECT_EQ(result.most_threads, 1);
  EXPECT_DOUBLE_EQ(result.sim_time_s, 106e-6);  // submissions of 3 us one after the other
}

TEST(Threads, TurnsComeInOrder) {
  Builder b;
  const ResourceId order = b.hard("order", ResourceKind::order, 0);
  // The first to draw takes longest; nobody overtakes it.
  b.task("slow", {step(StepKind::ticket, order), spend_us(100), step(StepKind::await_turn, order),
                  step(StepKind::pass_turn, order)});
  b.task("fast",
         {spend_us(1), step(StepKind::ticket, order), spend_us(1), step(StepKind::await_turn, order),
          step(StepKind::pass_turn, order)},
         3);
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::completed);
  EXPECT_DOUBLE_EQ(result.classes[1].latency.max_us, 100);
}

TEST(Threads, EventsCountersAndBroadcasts) {
  Builder b;
  const ResourceId counter = b.hard("in flight", ResourceKind::counter, 3);
  const ResourceId done = b.hard("done", ResourceKind::event, 0);
  b.task("waiter", {step(StepKind::await_zero, counter), step(StepKind::signal, done)});
  b.task("sleeper", {step(StepKind::await, done)}, 5);
  b.task("io", {spend_us(10), step(StepKind::count, counter, -1)}, 3);
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::completed);
  EXPECT_DOUBLE_EQ(result.classes[1].latency.max_us, 10);

  Builder c;
  const ResourceId bell = c.hard("bell", ResourceKind::event, 0);
  c.task("sleeper", {step(StepKind::await, bell)}, 5);
  c.task("ringer", {spend_us(10), step(StepKind::broadcast, bell)});
  EXPECT_EQ(c.run().ending, Ending::completed);
  c.task("late", {spend_us(20), step(StepKind::await, bell)});
  EXPECT_EQ(c.run().ending, Ending::stuck);
}

TEST(Threads, TenThousandTokens) {
  Builder b;
  const ResourceId pool = b.mempool("pool", 16);
  b.task("t", {take(pool), spend_us(10), give(pool)}, 10'000);
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::completed);
  EXPECT_EQ(result.most_threads, 10'000);
  EXPECT_NEAR(result.sim_time_s, 10'000 / 16 * 10e-6, 1e-9);
}

}  // namespace
}  // namespace dmstall::sim::testing
