// Accounted memory in time: one test per rule of the kernel's memory side. All figures are counted by hand.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sim/programs.hpp"

namespace dmstall::sim::testing {
namespace {

using models::Asking;
using models::PageCounts;
using models::PageMemory;
using models::PageUse;

/// Watermarks 100/125/150. Costs of one page for every resource; no class moves pages until a test says so.
PageMemory pages_for(const Builder& b, PageCounts counts) {
  PageMemory memory;
  memory.at_start = std::move(counts);
  memory.marks = {.min = 100, .low = 125, .high = 150};
  memory.dirty_ratio = 0.2;
  memory.background_ratio = 0.1;
  memory.costs.resize(b.program.resources.size());
  memory.traffic.resize(b.program.classes.size());
  memory.reclaim_batch = 32;
  memory.kswapd_pages_per_ms = 256;
  memory.pages_between_pauses = 32;
  memory.longest_pause_s = 0.2;
  memory.reclaim_pause_s = 0.1;
  memory.reclaim_retries = 16;
  memory.flush_interval_s = 5;
  memory.expire_s = 30;
  memory.thread_retry_s = 1;
  return memory;
}

PageCounts counts(std::int64_t free, std::int64_t clean = 0, std::int64_t dirty = -1) {
  PageCounts of;
  of.free = free;
  of.clean = clean;
  if (dirty >= 0) of.dirty = {dirty};
  return of;
}

Result run(const Builder& b, const PageMemory& memory, Options options = {}) {
  MemoryPlan plan;
  plan.pages = memory;
  const std::int64_t all = memory.at_start.sum();
  std::int64_t events = 0;
  options.watch_pages = [&](double, const PageCounts& now) {
    ++events;
    ASSERT_EQ(now.sum(), all);
    ASSERT_GE(std::min({now.free, now.clean, now.all_dirty(), now.writeback, now.hog, now.pools}), 0);
  };
  Result result = simulate(b.machine(), plan, options);
  EXPECT_GT(events, 0);
  return result;
}

models::PageTraffic traffic(PageUse use, std::int64_t pages, std::int32_t backing = 0) {
  models::PageTraffic of;
  of.use = use;
  of.pages = pages;
  of.backing = backing;
  return of;
}

models::MemoryHog hog(std::int64_t pages_per_s) {
  models::MemoryHog of;
  of.pages_per_s = pages_per_s;
  of.kill_s = 0.02;
  return of;
}

// mm/mempool.c:mempool_alloc

TEST(Accounted, AboveMinTheAllocatorGives) {
  Builder b;
  const ResourceId pool = b.mempool("pool", 1);
  b.task("t", {take(pool), spend_us(1), give(pool)}, 3);
  const Result result = run(b, pages_for(b, counts(103)));
  EXPECT_EQ(result.ending, Ending::completed);
  // Pages 103, 102, 101 may go: below them stands min.
  EXPECT_EQ(metrics_of(result, pool).from_allocator, 3);
  EXPECT_EQ(result.memory->lowest_free, 100);
  EXPECT_EQ(result.memory->at_end.free, 103);
}

TEST(Accounted, TheReserveGoesBeforeReclaim) {
  Builder b;
  const ResourceId pool = b.mempool("pool", 1);
  b.task("t", {take(pool), spend_us(1), give(pool)});
  const Result result = run(b, pages_for(b, counts(100, 50)));
  EXPECT_EQ(metrics_of(result, pool).from_reserve, 1);
  EXPECT_EQ(result.memory->reclaimed_directly, 0);
}

TEST(Accounted, WithoutReserveOneRoundOfReclaimDropsCleanPages) {
  Builder b;
  const ResourceId pool = b.mempool("pool", 1);
  b.task("t", {take(pool), spend_us(1), give(pool)}, 2);
  PageMemory memory = pages_for(b, counts(100, 50));
  memory.kswapd_pages_per_ms = 0;
  const Result result = run(b, memory);
  EXPECT_EQ(metrics_of(result, pool).from_reserve, 1);
  EXPECT_EQ(metrics_of(result, pool).from_allocator, 1);
  EXPECT_EQ(result.memory->reclaimed_directly, 32);  // SWAP_CLUSTER_MAX
  EXPECT_EQ(result.memory->at_end.clean, 18);
  EXPECT_EQ(result.polls, 0);
}

TEST(Accounted, DirtyPagesAreNoHelp) {
  Builder b;
  const ResourceId pool = b.mempool("pool", 1);
  b.task("t", {take(pool), take(pool), give(pool, 2)});
  PageMemory memory = pages_for(b, counts(100, 0, 500));
  memory.backings = {"disk"};
  const Result result = run(b, memory);
  EXPECT_EQ(result.ending, Ending::stuck);
  EXPECT_TRUE(result.relieved_by_memory);
  EXPECT_EQ(result.memory->at_end.all_dirty(), 500);
}

TEST(Accounted, BufioReclaimsBeforeItTakesItsReserve) {
  Builder b;
  const ResourceId pool = b.buffers("buffers", 1);
  b.task("t", {take(pool), spend_us(1), give(pool)});
  PageMemory memory = pages_for(b, counts(100, 50));
  memory.costs[0].asking = Asking::reclaim_then_reserve;
  const Result result = run(b, memory);
  EXPECT_EQ(metrics_of(result, pool).from_reserve, 0);
  EXPECT_EQ(result.memory->reclaimed_directly, 32);
}

TEST(Accounted, KcopydNeverReclaimsAndMixesPagesWithItsReserve) {
  Builder b;
  const ResourceId pool = b.mempool("pages", 4);
  b.program.resources[0].kind = ResourceKind::page_pool;
  b.task("t", {take_all(pool, 4), spend_us(1), give(pool, 4)});
  PageMemory memory = pages_for(b, counts(101, 50));
  memory.kswapd_pages_per_ms = 0;
  memory.costs[0].asking = Asking::never_reclaims;
  const Result result = run(b, memory);
  EXPECT_EQ(result.ending, Ending::completed);
  EXPECT_EQ(result.memory->lowest_free, 100);          // one page from the allocator,
  EXPECT_EQ(metrics_of(result, pool).lowest_free, 1);  // three from the reserve
  EXPECT_EQ(result.memory->reclaimed_directly, 0);
}

// Slabs and threads.

TEST(Accounted, ASlabHoldsSeveralElements) {
  Builder b;
  const ResourceId pool = b.mempool("pool", 0);
  b.task("t", {take(pool), spend_us(1), give(pool)}, 9);
  PageMemory memory = pages_for(b, counts(200));
  memory.costs[0].per_slab = 4;
  const Result result = run(b, memory);
  EXPECT_EQ(result.memory->lowest_free, 197);
  EXPECT_EQ(result.memory->at_end.free, 200);
}

TEST(Accounted, IdleThreadsAreKept) {
  Builder b;
  models::Resource thread;
  thread.name = "worker";
  thread.kind = ResourceKind::thread;
  thread.soft = true;
  thread.capacity = 1;
  thread.allocator = AllocatorRule::any;
  thread.memory = models::MemoryClass::thread;
  const ResourceId worker = b.add(thread);
  b.requests("work", {take(worker), spend_us(10), give(worker)}, 20, 2);
  PageMemory memory = pages_for(b, counts(1000));
  memory.costs[0] = {.pages = 7, .per_slab = 1, .kept = true, .asking = Asking::may_kill};
  const Result result = run(b, memory);
  EXPECT_EQ(result.memory->lowest_free, 1000 - 2 * 7);
  EXPECT_EQ(result.memory->at_end.pools, 2 * 7);
}

TEST(Accounted, WithoutPagesOnlyTheRescuerWorks) {
  Builder b;
  models::Resource thread;
  thread.name = "worker";
  thread.kind = ResourceKind::thread;
  thread.soft = true;
  thread.capacity = 1;
  thread.allocator = AllocatorRule::any;
  const ResourceId worker = b.add(thread);
  b.requests("work", {take(worker), spend_us(10), give(worker)}, 4, 4);
  PageMemory memory = pages_for(b, counts(106));
  memory.costs[0] = {.pages = 7, .per_slab = 1, .kept = true, .asking = Asking::may_kill};
  const Result result = run(b, memory);
  EXPECT_EQ(result.ending, Ending::completed);
  EXPECT_EQ(metrics_of(result, worker).from_reserve, 4);
  EXPECT_DOUBLE_EQ(result.sim_time_s, 40e-6);  // one after the other
}

// kswapd.

TEST(Accounted, KswapdWakesBelowLowAndWorksUntilHigh) {
  Builder b;
  const ResourceId pool = b.mempool("pool", 0);
  b.task("t", {take(pool), spend_us(20'000), give(pool)});
  const Result result = run(b, pages_for(b, counts(125, 500)));
  // The taker finds free = low, leaves 124; kswapd fills up to 150, and the element comes back on top.
  EXPECT_EQ(result.memory->reclaimed_by_kswapd, 26);
  EXPECT_EQ(result.memory->at_end.free, 151);
}

TEST(Accounted, KswapdAsleepInASubmissionReclaimsNothing) {
  Builder b;
  const ResourceId pool = b.mempool("pool", 0);
  const ResourceId kswapd = b.hard("kswapd", ResourceKind::thread, 1);
  b.task("submitter", {take(kswapd), spend_us(50'000), give(kswapd)});
  b.task("t", {take(pool), spend_us(20'000), give(pool)});
  PageMemory memory = pages_for(b, counts(125, 500));
  memory.kswapd = kswapd;
  Options options;
  const Result result = run(b, memory, options);
  EXPECT_EQ(result.memory->reclaimed_by_kswapd, 0);
}

// Writers, the flusher and the limits.

/// Buffered writers of one page each and a flusher of one page per request that takes `write_us`.
struct Loop {
  Builder b;
  PageMemory memory;

  Loop(std::int64_t pages, std::int64_t write_us, PageCounts counts) {
    b.requests("writer", {spend_us(4)}, pages, 1);
    b.requests("flusher", {spend_us(write_us)}, 1, 8);
    memory = pages_for(b, std::move(counts));
    memory.backings = {"disk"};
    memory.traffic = {traffic(PageUse::dirties, 1), traffic(PageUse::writes_back, 1)};
  }
};

TEST(Accounted, FewDirtyPagesAreWrittenAfterThirtySeconds) {
  Loop loop(10, 100, counts(10000, 0, 0));
  const Result result = run(loop.b, loop.memory);
  EXPECT_EQ(result.ending, Ending::completed);
  EXPECT_EQ(result.memory->written, 10);
  EXPECT_EQ(result.memory->throttled_s, 0);
  // Dirty at once, expired at 30 s, found by the look at 35 s at the latest.
  EXPECT_GE(result.sim_time_s, 30);
  EXPECT_LE(result.sim_time_s, 35.01);
}

TEST(Accounted, WritersAreHeldAtTheDirtyLimit) {
  // 100 pages per second go to the disk, 250,000 could be written into memory.
  Loop loop(5000, 80'000, counts(10000, 0, 0));
  std::int64_t most = 0;
  MemoryPlan plan;
  plan.pages = loop.memory;
  Options options;
  options.watch_pages = [&](double, const PageCounts& now) { most = std::max(most, now.all_dirty() + now.writeback); };
  const Result result = simulate(loop.b.machine(), plan, options);
  EXPECT_EQ(result.ending, Ending::completed);
  EXPECT_EQ(result.memory->written, 5000);
  EXPECT_GT(result.memory->throttled_s, 10);
  // 20 % of what is dirtyable, 10,000 − 150 + 1, and a batch between two looks.
  EXPECT_LE(most, 1970 + 32);
  EXPECT_GE(most, 1477);  // free running up to the middle of both limits
}

TEST(Accounted, ACompletedWriteIsWhatTheNextReclaimerFrees) {
  // All memory is dirty: the pool's second element comes from the first page written.
  Builder b;
  const ResourceId pool = b.mempool("pool", 1);
  b.task("holder", {take(pool), take(pool), give(pool, 2)});
  b.requests("flusher", {spend_us(100)}, 1, 1);
  PageMemory memory = pages_for(b, counts(100, 0, 200));
  memory.backings = {"disk"};
  memory.kswapd_pages_per_ms = 0;
  memory.traffic[1] = traffic(PageUse::writes_back, 1);
  const Result result = run(b, memory);
  EXPECT_EQ(result.ending, Ending::completed);
  ASSERT_EQ(result.stalls.size(), 1u);
  EXPECT_EQ(result.stalls[0].polls, 1);
  EXPECT_NEAR(result.stalls[0].to_s - result.stalls[0].from_s, 5, 1e-6);
}

TEST(Accounted, TheFlusherThatWaitsForThePagesItAloneCouldCleanIsDeadlocked) {
  Builder b;
  const ResourceId pool = b.mempool("pool", 1);
  b.requests("flusher", {take(pool), take(pool), spend_us(100), give(pool, 2)}, 1, 1);
  b.requests("writer", {spend_us(4)}, 100, 1);
  PageMemory memory = pages_for(b, counts(100, 0, 200));
  memory.backings = {"disk"};
  memory.traffic = {traffic(PageUse::writes_back, 1), traffic(PageUse::dirties, 1)};
  const Result result = run(b, memory);
  EXPECT_EQ(result.ending, Ending::stuck);
  EXPECT_EQ(result.stuck.size(), 1u);
  EXPECT_TRUE(result.relieved_by_memory);
  EXPECT_EQ(result.memory->written, 0);
}

TEST(Accounted, SwappingOutFreesTheHogsPages) {
  Builder b;
  const ResourceId pool = b.mempool("pool", 0);
  b.task("t", {spend_us(1'000'000), take(pool), give(pool)});
  b.requests("kswapd", {spend_us(100)}, 1, 4);
  PageMemory memory = pages_for(b, counts(1100));
  memory.hog = hog(10'000);
  memory.hog->most = 1000;
  memory.hog->killable = false;
  memory.traffic[1] = traffic(PageUse::swaps_out, 1, -1);
  const Result result = run(b, memory);
  EXPECT_EQ(result.ending, Ending::completed);
  EXPECT_EQ(result.memory->oom_kills, 0);
  EXPECT_GE(result.memory->swapped, 50);  // from min up to high
}

// The hog and the OOM killer.

TEST(Accounted, TheHogTakesAllButMinIsKilledAndComesAgain) {
  Builder b;
  b.task("t", {spend_us(1'000'000)});
  PageMemory memory = pages_for(b, counts(1000, 100));
  memory.hog = hog(10'000);
  memory.hog->again_after_s = 0.08;
  const Result result = run(b, memory);
  // 1000 pages at 10 a millisecond, 20 ms to die, 80 ms away: a round takes 200 ms.
  EXPECT_EQ(result.memory->oom_kills, 5);
  EXPECT_EQ(result.memory->lowest_free, 100);
  EXPECT_NEAR(result.memory->below_min_s, 5 * 0.02, 0.01);
}

TEST(Accounted, AStallLastsFromTheFirstFailureToTheFirstPoll) {
  Builder b;
  const ResourceId pool = b.mempool("pool", 1);
  b.task("t", {spend_us(95'000), take(pool), take(pool), give(pool, 2)});
  PageMemory memory = pages_for(b, counts(1000));
  memory.hog = hog(10'000);
  const Result result = run(b, memory);
  EXPECT_EQ(result.ending, Ending::completed);
  EXPECT_EQ(result.memory->oom_kills, 1);
  ASSERT_EQ(result.stalls.size(), 1u);
  EXPECT_EQ(result.stalls[0].polls, 1);
  EXPECT_DOUBLE_EQ(result.stalls[0].to_s - result.stalls[0].from_s, 5);
  EXPECT_NEAR(result.longest_request_s, 5.095, 1e-6);
}

TEST(Accounted, AHogThatNobodyMayKillMakesItADeadlock) {
  Builder b;
  const ResourceId pool = b.mempool("pool", 1);
  b.task("t", {spend_us(95'000), take(pool), take(pool), give(pool, 2)});
  PageMemory memory = pages_for(b, counts(1000));
  memory.hog = hog(10'000);
  memory.hog->killable = false;
  const Result result = run(b, memory);
  EXPECT_EQ(result.ending, Ending::stuck);
  EXPECT_TRUE(result.stalls.empty());
}

TEST(Accounted, ABufioWaitIsNotPolledAndSurvivesTheKill) {
  Builder b;
  const ResourceId pool = b.buffers("buffers", 1);
  b.task("t", {spend_us(95'000), take(pool), take(pool), give(pool, 2)});
  PageMemory memory = pages_for(b, counts(1000));
  memory.hog = hog(10'000);
  memory.costs[0].asking = Asking::reclaim_then_reserve;
  const Result result = run(b, memory);
  EXPECT_EQ(result.ending, Ending::stuck);
  EXPECT_FALSE(result.relieved_by_memory);
}

TEST(Accounted, SameSeedSameRun) {
  const auto once = [](std::uint64_t seed) {
    Loop loop(3000, 5'000, counts(2000, 0, 100));
    const ResourceId pool = loop.b.mempool("pool", 2);
    loop.b.requests("io", {take(pool), spend_us(50), give(pool)}, 2000, 8);
    loop.memory.costs.resize(1);
    loop.memory.traffic.resize(3);
    loop.memory.hog = hog(50'000);
    loop.memory.hog->again_after_s = 0.1;
    Options options;
    options.seed = seed;
    return run(loop.b, loop.memory, options);
  };
  const Result first = once(3), again = once(3);
  EXPECT_EQ(first.digest, again.digest);
  EXPECT_EQ(first.memory->refused, again.memory->refused);
  EXPECT_EQ(first.sim_time_s, again.sim_time_s);
}

}  // namespace
}  // namespace dmstall::sim::testing
