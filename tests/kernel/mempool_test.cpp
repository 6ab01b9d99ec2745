// mempool_alloc and mempool_free (mm/mempool.c): what a taker may do, who wakes whom, who wins.

#include "models/machine/stuck.hpp"
#include "tests/kernel/stacks.hpp"

namespace dmstall::tests {
namespace {

/// Requests that take one element of a mempool of `size` and give it back.
std::string pool_of(int size, const std::string& memory, int takers = 3) {
  return R"("resources": { "p": { "mempool": )" + std::to_string(size) + R"( } }, "memory": { )" + memory +
         R"( }, "tasks": [
    { "name": "t", "count": )" +
         std::to_string(takers) + R"(, "steps": [ { "take": "p" }, { "give": "p" } ] } ])";
}
constexpr const char* adversary = R"("allocator": "adversary")";
constexpr const char* refused = R"("allocator": "exhausted", "freed_by": "nothing")";

TEST(Mempool, ReserveIsUsedBeforeDirectReclaim) {
  // The allocator may refuse at any attempt; with an element in reserve a refusal never makes the taker wait.
  const Machine machine = machine_of(pool_of(1, adversary));
  Walk walk(machine);
  const TokenId first = walk.start(), second = walk.start();
  ASSERT_TRUE(walk.run_to_take(first, "p"));
  const auto ways = walk.alternatives(first);
  ASSERT_EQ(ways.size(), 2u);
  EXPECT_EQ(ways[0].kind, AlternativeKind::allocator);
  EXPECT_TRUE(ways[0].needs_allocator);
  EXPECT_EQ(ways[1].kind, AlternativeKind::reserve);
  EXPECT_FALSE(ways[1].needs_allocator);
  EXPECT_EQ(ways[1].failures, 1);
  ASSERT_TRUE(walk.step(first));
  EXPECT_EQ(walk.level("p"), 0);
  ASSERT_TRUE(walk.run_to_take(second, "p"));
  EXPECT_TRUE(walk.waits(second)) << "nothing in reserve: only the allocator could help";
}

TEST(Mempool, ReserveIsUntouchedWhileTheAllocatorGives) {
  const Machine machine = machine_of(pool_of(1, R"("allocator": "plentiful")"));
  Walk walk(machine);
  for (int i = 0; i < 3; ++i) {
    const TokenId taker = walk.start();
    ASSERT_TRUE(walk.run_to(taker, NodeKind::give, "p"));
  }
  EXPECT_EQ(walk.level("p"), 1);
}

TEST(Mempool, FreeRefillsTheReserveFirst) {
  const Machine machine = machine_of(pool_of(1, adversary));
  Walk walk(machine);
  const TokenId from_reserve = walk.start(), from_allocator = walk.start();
  ASSERT_TRUE(walk.run_to(from_reserve, NodeKind::give, "p"));
  walk.allocating("p");
  ASSERT_TRUE(walk.run_to(from_allocator, NodeKind::give, "p"));
  ASSERT_EQ(walk.level("p"), 0);
  walk.step(from_allocator);
  EXPECT_EQ(walk.level("p"), 1) << "whatever the element's origin, it refills the reserve";
  walk.step(from_reserve);
  EXPECT_EQ(walk.level("p"), 1) << "the reserve is full: the rest goes to the allocator";
}

TEST(Mempool, AnyWaiterOrANewcomerMayTakeAFreedElement) {
  const Machine machine = machine_of(pool_of(1, refused, 4));
  Walk walk(machine);
  const TokenId holder = walk.start(), older = walk.start(), younger = walk.start();
  ASSERT_TRUE(walk.run_to(holder, NodeKind::give, "p"));
  walk.run(older);
  walk.run(younger);
  ASSERT_TRUE(walk.waits(older));
  ASSERT_TRUE(walk.waits(younger));
  walk.step(holder);
  EXPECT_FALSE(walk.waits(older)) << "wake_up wakes all of them";
  EXPECT_FALSE(walk.waits(younger));
  const TokenId newcomer = walk.start();
  ASSERT_TRUE(walk.run_to(newcomer, NodeKind::give, "p")) << "no hand-off: who runs first has it";
  EXPECT_TRUE(walk.waits(older));
  EXPECT_TRUE(walk.waits(younger));
}

TEST(Mempool, AWaiterPollsTheAllocatorAgain) {
  // A reserve of 0 is never woken by a give; memory that is back after 12 s is found by the poll of second 15.
  const auto report =
      run_of(pool_of(0, R"("allocator": "exhausted", "freed_by": "nothing", "recovers_after_s": 12)", 1));
  EXPECT_EQ(report.verdict, models::VerdictKind::stall);
  EXPECT_NEAR(report.simulation.sim_time_s, 15, 1e-3);
  EXPECT_EQ(report.simulation.polls, 3);
}

TEST(Mempool, AWaitIsPermanentOnlyWhileAllocationsFail) {
  const auto report = run_of(pool_of(0, refused, 1));
  EXPECT_EQ(report.verdict, models::VerdictKind::deadlock);
  EXPECT_TRUE(report.relieved_by_memory);
  EXPECT_EQ(report.stuck.kind, models::DeadlockKind::empty_reserve);
}

TEST(Mempool, ACompletedWriteIsOnePageForWhoeverWaits) {
  // Over io_bs of 1: the page that the first write frees becomes the bio of the second (the allocator is asked before
  // the reserve), and the third waits for io_bs until the second is clean.
  const Machine machine = machine_of(R"("kernel": { "reserved_bio_based_ios": 1 }, "devices": [
      { "name": "d", "target": "disk" }, { "name": "l", "target": "linear", "to": "d" } ],
    "memory": { "allocator": "exhausted" }, "faults": [],
    "workload": [ { "writeback": "l", "count": 3, "in_flight": 3 } ])");
  Walk walk(machine);
  const TokenId first = walk.start();
  EXPECT_EQ(walk.world().levels().free_pages, 0);
  walk.run(first);
  EXPECT_EQ(walk.world().levels().free_pages, 1);
  const TokenId second = walk.start(), third = walk.start();
  ASSERT_TRUE(walk.run_to_disk(second));
  EXPECT_EQ(walk.level("fs_bio_set"), 2);
  walk.run(third);
  EXPECT_TRUE(walk.waits(third));
  EXPECT_EQ(walk.name_at(third), "l.io_bs");
  EXPECT_EQ(walk.level("l.io_bs"), 0);
  walk.run(second);
  ASSERT_TRUE(walk.run_to_disk(third));
  EXPECT_EQ(walk.world().levels().free_pages, 0);
}

TEST(Mempool, OneClassOfMemoryMayFailAlone) {
  const std::string stack =
      R"("devices": [ { "name": "d", "target": "disk" }, { "name": "v", "target": "verity", "data": "d",
          "hash": "d" } ],
    "workload": [ { "read": "v" } ], "faults": [ { "device": "v", "fault": "hash_mismatch" } ], )";
  const Machine pages = machine_of(stack + R"("memory": { "allocator": "plentiful", "fails": ["page"] })");
  EXPECT_EQ(resource_of(pages, "v.recheck_pool").allocator, AllocatorRule::never);
  EXPECT_EQ(resource_of(pages, "v.bufio_buffers").allocator, AllocatorRule::never);
  EXPECT_EQ(resource_of(pages, "v.io_bs").allocator, AllocatorRule::always);
  const Machine slabs = machine_of(stack + R"("memory": { "allocator": "plentiful", "fails": ["slab"] })");
  EXPECT_EQ(resource_of(slabs, "v.recheck_pool").allocator, AllocatorRule::always);
  EXPECT_EQ(resource_of(slabs, "v.io_bs").allocator, AllocatorRule::never);
  EXPECT_EQ(resource_of(slabs, "v.io_client.pool").allocator, AllocatorRule::never);
}

}  // namespace
}  // namespace dmstall::tests
