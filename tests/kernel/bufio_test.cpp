// dm-bufio (dm-bufio.c) as verity's hash cache: its waits are not those of a mempool.

#include "models/machine/stuck.hpp"
#include "tests/kernel/stacks.hpp"

namespace dmstall::tests {
namespace {

/// One verity device, hashes on a disk of their own, every block a cache miss.
std::string cold_verity(const std::string& memory, const std::string& more = R"("prefetch": false, "hash_levels": 1)",
                        int in_flight = 3) {
  return R"("memory": { )" + memory +
         R"( }, "faults": [], "kernel": { "reserved_bio_based_ios": 1, "cpus": 4 }, "devices": [
      { "name": "disk", "target": "disk" }, { "name": "hashes", "target": "disk" },
      { "name": "v", "target": "verity", "data": "disk", "hash": "hashes", "hash_cache": "cold", "reserve": {
          "io_bs": 8 }, )" +
         more + R"( } ], "workload": [ { "read": "v", "in_flight": )" + std::to_string(in_flight) + R"(, "count": )" +
         std::to_string(in_flight) + " } ]";
}
constexpr const char* refused = R"("allocator": "exhausted", "freed_by": "nothing")";

/// Two readers: the first holds the reserved buffer and reads its hash block, the second sleeps for a buffer.
struct TwoReaders {
  explicit TwoReaders(const Machine& machine) : walk(machine) {
    walk.choosing("not cached").choosing("not verified");
    reader = walk.start();
    waiter = walk.start();
    EXPECT_TRUE(walk.run_to_take(reader, "v.bufio_buffers"));
    EXPECT_TRUE(walk.run_to_disk(reader));
    walk.run(waiter);
  }
  Walk walk;
  TokenId reader, waiter;
};

TEST(Bufio, MemoryRecoveryAloneDoesNotWakeAWaiter) {
  const Machine machine = machine_of(cold_verity(refused));
  TwoReaders two(machine);
  EXPECT_EQ(two.walk.node(two.waiter).kind, NodeKind::take_asleep);
  EXPECT_EQ(two.walk.name_at(two.waiter), "v.bufio_buffers");
  Machine plentiful = machine;
  for (auto& resource : plentiful.resources) resource.allocator = AllocatorRule::always;
  two.walk.world().rebind(plentiful);
  EXPECT_TRUE(two.walk.waits(two.waiter)) << "__wait_for_free_buffer has no timeout";
  two.walk.run(two.reader);
  EXPECT_FALSE(two.walk.waits(two.waiter)) << "a release of the same client wakes it";
}

TEST(Bufio, AMempoolWaiterIsWokenByMemory) {
  // The counterpart: the same moment in a mempool.
  const Machine machine = machine_of(R"("memory": { "allocator": "exhausted", "freed_by": "nothing" }, "faults": [],
    "kernel": { "reserved_bio_based_ios": 1 }, "devices": [ { "name": "disk", "target": "disk" },
    { "name": "l", "target": "linear", "to": "disk" } ], "workload": [ { "read": "l", "in_flight": 2, "count": 2 } ])");
  Walk walk(machine);
  const TokenId first = walk.start(), second = walk.start();
  ASSERT_TRUE(walk.run_to_disk(first));
  walk.run(second);
  ASSERT_TRUE(walk.waits(second));
  Machine plentiful = machine;
  for (auto& resource : plentiful.resources) resource.allocator = AllocatorRule::always;
  walk.world().rebind(plentiful);
  EXPECT_FALSE(walk.waits(second));
}

TEST(Bufio, AwakeAWaiterStartsAgainAtTheAllocator) {
  const Machine machine = machine_of(cold_verity(R"("allocator": "adversary")"));
  TwoReaders two(machine);
  two.walk.run(two.reader);
  const auto ways = two.walk.alternatives(two.waiter);
  ASSERT_EQ(ways.size(), 2u);
  EXPECT_EQ(ways[0].kind, AlternativeKind::allocator);
  EXPECT_EQ(ways[1].kind, AlternativeKind::reserve);
}

TEST(Bufio, OnlyReleasesOfTheSameClientHelp) {
  const Machine machine =
      machine_of(R"("memory": { "allocator": "exhausted", "freed_by": "nothing" }, "faults": [], "devices": [
      { "name": "disk", "target": "disk" }, { "name": "v", "target": "verity", "data": "disk", "hash": "disk",
          "prefetch": false },
      { "name": "w", "target": "verity", "data": "disk", "hash": "disk", "prefetch": false } ],
    "sharing": "SB", "workload": [ { "read": "v" }, { "read": "w" } ])");
  EXPECT_TRUE(find_resource(machine, "v.bufio_buffers"));
  EXPECT_TRUE(find_resource(machine, "w.bufio_buffers")) << "even when the dm_io client is shared, buffers are not";
  EXPECT_TRUE(find_resource(machine, "verity.bufio_client.pool"));
}

TEST(Bufio, TheReservedBufferAlwaysGoesThroughTheClient) {
  // Only page allocations fail: a bio from kmalloc could be had, but a vmalloced buffer cannot use it.
  const Machine machine = machine_of(cold_verity(R"("allocator": "plentiful", "fails": ["page"])"));
  Walk walk(machine);
  walk.choosing("not cached").choosing("not verified");
  walk.run(walk.start());
  const Story story =
      only(walk.story(), {"take v.bufio_buffers", "take v.bufio_bio (kmalloc)", "take v.bufio_client.pool",
                          "take v.bufio_client.bios", "give v.bufio_client.bios", "give v.bufio_client.pool",
                          "disk hashes", "hash", "give v.bufio_buffers"});
  EXPECT_EQ(story,
            (Story{"take v.bufio_buffers", "take v.bufio_client.pool", "take v.bufio_client.bios", "disk hashes",
                   "give v.bufio_client.bios", "give v.bufio_client.pool", "hash", "give v.bufio_buffers", "hash"}))
      << "the buffer is held while its block is hashed, the client's elements are not";
}

TEST(Bufio, WithMemoryNoPoolIsTouched) {
  const Machine machine = machine_of(cold_verity(R"("allocator": "plentiful")"));
  Walk walk(machine);
  walk.choosing("not cached").choosing("not verified");
  walk.run(walk.start());
  const Story story =
      only(walk.story(), {"take v.bufio_client.pool", "take v.bufio_client.bios", "take v.bufio_bio (kmalloc)"});
  EXPECT_EQ(story, Story{"take v.bufio_bio (kmalloc)"});
}

TEST(Bufio, AFreshBufferWithoutABioFallsBackToTheClient) {
  const Machine machine = machine_of(cold_verity(R"("allocator": "plentiful", "fails": ["slab"])"));
  Walk walk(machine);
  walk.choosing("not cached").choosing("not verified");
  walk.run(walk.start());
  const Story story =
      only(walk.story(), {"take v.bufio_client.pool", "take v.bufio_client.bios", "take v.bufio_bio (kmalloc)"});
  EXPECT_EQ(story, (Story{"take v.bufio_client.pool", "take v.bufio_client.bios"}));
}

TEST(Bufio, TheLockIsNotHeldAcrossAWait) {
  const Machine machine = machine_of(cold_verity(refused));
  TwoReaders two(machine);
  EXPECT_FALSE(two.walk.holds(two.reader, "v.bufio_lock"));
  EXPECT_FALSE(two.walk.holds(two.waiter, "v.bufio_lock"));
  EXPECT_EQ(two.walk.level("v.bufio_lock"), 1);
}

TEST(Bufio, PrefetchNeverTakesTheReservedBuffer) {
  const std::string text =
      cold_verity(R"("allocator": "plentiful", "fails": ["page"])", R"("prefetch": true, "hash_levels": 2)", 1);
  const Machine machine = machine_of(text);
  Walk walk(machine);
  walk.choosing("not cached").choosing("not verified");
  const TokenId reader = walk.start();
  ASSERT_TRUE(walk.run_to_disk(reader));
  ASSERT_EQ(walk.spawned().size(), 1u);
  const TokenId prefetch = walk.spawned().front();
  const std::int64_t serial = walk.world().token(prefetch).serial;
  walk.forget_story();
  walk.run(prefetch);
  EXPECT_TRUE(walk.finished(serial)) << "it gives up instead of waiting";
  EXPECT_TRUE(only(walk.story(), {"take v.bufio_buffers"}).empty());
  EXPECT_EQ(walk.level("v.bufio_buffers"), 1);
}

TEST(Bufio, PrefetchMayWaitInTheClientHoldingABuffer) {
  const std::string text = cold_verity(R"("allocator": "plentiful", "fails": ["slab"], "threads": "succeed")",
                                       R"("prefetch": true, "hash_levels": 2)", 1);
  Machine machine = machine_of(text);
  // The work item itself could be had, bios could not: what holds is a worker in async_io.
  machine.resources[static_cast<std::size_t>(*find_resource(machine, "v.prefetch_work (kmalloc)"))].allocator =
      AllocatorRule::always;
  Walk walk(machine);
  walk.choosing("not cached").choosing("not verified");
  const TokenId reader = walk.start();
  ASSERT_TRUE(walk.run_to_disk(reader));
  ASSERT_EQ(walk.spawned().size(), 1u);
  const TokenId prefetch = walk.spawned().front();
  ASSERT_TRUE(walk.run_to_disk(prefetch));
  EXPECT_TRUE(walk.holds(prefetch, "v.bufio_client.pool"));
  EXPECT_FALSE(walk.holds(prefetch, "kverityd/v")) << "it does not wait for the read";
  walk.run(reader);
  EXPECT_TRUE(walk.waits(reader)) << "the only struct io is under way with the prefetched block";
  EXPECT_EQ(walk.name_at(reader), "v.bufio_client.pool");
  EXPECT_TRUE(walk.holds(reader, "v.bufio_buffers"));
}

}  // namespace
}  // namespace dmstall::tests
