// Threads that submit: flushers on bdi_wq, kswapd, applications (fs-writeback.c, vmscan.c, workqueue.c).

#include "models/kernel/memory_rules.hpp"
#include "models/machine/stuck.hpp"
#include "tests/kernel/search.hpp"

namespace dmstall::tests {
namespace {

std::string two_devices(const std::string& memory, const std::string& workload) {
  return R"("memory": { )" + memory + R"( }, "faults": [], "kernel": { "reserved_bio_based_ios": 1 }, "devices": [
      { "name": "d", "target": "disk" }, { "name": "one", "target": "linear", "to": "d" },
      { "name": "two", "target": "linear", "to": "d" } ], "workload": [ )" +
         workload + " ]";
}
constexpr const char* refused = R"("allocator": "exhausted", "freed_by": "nothing")";

TEST(Writeback, AFlusherThatSleepsInAPoolSubmitsNothingElse) {
  const Machine machine = machine_of(two_devices(refused, R"({ "writeback": "one", "count": 3, "in_flight": 3 })"));
  Walk walk(machine);
  const TokenId first = walk.start(), second = walk.start(), third = walk.start();
  ASSERT_TRUE(walk.run_to_disk(first));
  EXPECT_FALSE(walk.holds(first, "flusher/one (writeback-one)")) << "submitted: the thread is free";
  walk.run(second);
  EXPECT_EQ(walk.name_at(second), "one.io_bs");
  EXPECT_TRUE(walk.holds(second, "flusher/one (writeback-one)"));
  walk.run(third);
  EXPECT_EQ(walk.name_at(third), "flusher/one (writeback-one)");
  EXPECT_TRUE(walk.waits(third));
}

TEST(Writeback, AllFlushersShareOneRescuerWhereNoThreadCanBeMade) {
  const std::string both = R"({ "writeback": "one" }, { "writeback": "two" })";
  const Program rescuer = program_of(two_devices(std::string(refused) + R"(, "threads": "fail")", both));
  EXPECT_EQ(resource_of(rescuer, "bdi_wq rescuer").capacity, 1);
  EXPECT_FALSE(find_resource(rescuer, "flusher/one (writeback-one)"));
  const Program workers = program_of(two_devices(refused, both));
  EXPECT_TRUE(find_resource(workers, "flusher/one (writeback-one)"));
  EXPECT_TRUE(find_resource(workers, "flusher/two (writeback-two)"));
}

TEST(Writeback, KswapdIsAnOrdinarySubmitter) {
  const Machine machine = machine_of(two_devices(refused, R"({ "swap_out": "one", "count": 2, "in_flight": 2 })"));
  Walk walk(machine);
  const TokenId first = walk.start(), second = walk.start();
  ASSERT_TRUE(walk.run_to_disk(first));
  walk.run(second);
  EXPECT_EQ(walk.name_at(second), "one.io_bs") << "it sleeps in dm pools like anybody else";
  EXPECT_TRUE(walk.holds(second, "kswapd/one (swap_out-one)"));
}

TEST(Writeback, AThreadPerRequestSleepsUntilItsRequestIsDone) {
  const Machine machine = machine_of(two_devices(refused, R"({ "read": "one", "count": 2, "in_flight": 2 })"));
  Walk walk(machine);
  const TokenId id = walk.start();
  ASSERT_TRUE(walk.run_to_disk(id));
  EXPECT_TRUE(walk.holds(id, "reader/one (read-one)"));
}

TEST(Writeback, OnlyWritebackFreesPages) {
  const auto pages_after = [](const char* workload, const char* memory) {
    const Machine machine = machine_of(two_devices(memory, workload));
    Walk walk(machine);
    walk.run(walk.start());
    return walk.world().levels().free_pages;
  };
  const char* by_writeback = R"("allocator": "exhausted")";
  EXPECT_EQ(pages_after(R"({ "writeback": "one", "write_kib": 16 })", by_writeback), 4);
  EXPECT_EQ(pages_after(R"({ "swap_out": "one" })", by_writeback), 1);
  EXPECT_EQ(pages_after(R"({ "write": "one" })", by_writeback), 0) << "direct I/O makes no page clean";
  EXPECT_EQ(pages_after(R"({ "writeback": "one" })", refused), 0);
}

TEST(Workqueue, PlentifulMemoryMakesThreads) {
  const auto rule = [](const std::string& memory) {
    const Machine machine =
        machine_of(R"("kernel": { "cpus": 3 }, "faults": [], "devices": [ { "name": "d", "target": "disk" },
      { "name": "v", "target": "verity", "data": "d", "hash": "d" } ], "workload": [ { "read": "v" } ], "memory": { )" +
                   memory + " }");
    return resource_of(machine, "kverityd/v").allocator;
  };
  EXPECT_EQ(rule(R"("allocator": "plentiful")"), AllocatorRule::always);
  EXPECT_EQ(rule(R"("allocator": "plentiful", "fails": ["*"])"), AllocatorRule::always)
      << "\"*\" is every pool; it names no thread";
  EXPECT_EQ(rule(R"("allocator": "plentiful", "fails": ["*.kverityd"])"), AllocatorRule::never);
  EXPECT_EQ(rule(R"("allocator": "plentiful", "threads": "fail")"), AllocatorRule::never);
  const auto open = [](models::AllocatorMode allocator, std::optional<models::Outcome> threads) {
    models::MemorySettings memory;
    memory.allocator = allocator;
    memory.allocator_given = true;
    memory.threads = threads;
    return models::thread_counts_are_open(memory);
  };
  EXPECT_FALSE(open(models::AllocatorMode::plentiful, std::nullopt))
      << "a search does not take threads away that memory is there for";
  EXPECT_TRUE(open(models::AllocatorMode::exhausted, std::nullopt));
  EXPECT_TRUE(open(models::AllocatorMode::adversary, std::nullopt));
  EXPECT_FALSE(open(models::AllocatorMode::exhausted, models::Outcome::succeeds));
}

TEST(Workqueue, MaxActiveIsHardAndThreadsAreSoft) {
  const Machine machine =
      machine_of(R"("kernel": { "cpus": 3 }, "faults": [], "devices": [ { "name": "d", "target": "disk" },
    { "name": "v", "target": "verity", "data": "d", "hash": "d" } ], "workload": [ { "read": "v" } ])");
  EXPECT_EQ(resource_of(machine, "kverityd/v.max_active").capacity, 3);
  EXPECT_FALSE(resource_of(machine, "kverityd/v.max_active").soft);
  EXPECT_TRUE(resource_of(machine, "kverityd/v").soft);
  EXPECT_EQ(resource_of(machine, "kverityd/v").allocator, AllocatorRule::any)
      << "under an adversary every number of workers is possible";
}

TEST(Workqueue, RescuersArePrivateToADevice) {
  const Machine machine =
      machine_of(R"("memory": { "allocator": "exhausted", "threads": "fail" }, "faults": [], "devices": [
      { "name": "d", "target": "disk" }, { "name": "lower", "target": "verity", "data": "d", "hash": "d",
          "hash_cache": "warm" },
      { "name": "upper", "target": "verity", "data": "lower", "hash": "lower", "hash_cache": "warm" } ],
    "workload": [ { "read": "upper" }, { "read": "lower" } ])");
  Walk walk(machine);
  const TokenId above = walk.start(0), below = walk.start(1);
  ASSERT_TRUE(walk.run_to_take(above, "kverityd/upper"));
  walk.step(above);
  ASSERT_TRUE(walk.run_to_take(below, "kverityd/lower"));
  EXPECT_FALSE(walk.waits(below));
}

TEST(Workqueue, AnItemOfAnotherQueueRunsBesideAStuckOne) {
  // The sharing that looks harmless: one queue for both levels, one thread. upper's worker waits for lower's.
  const auto stack = [](const std::string& sharing) {
    return R"("kernel": { "cpus": 1 }, "memory": { "allocator": "exhausted", "freed_by": "nothing", "threads": "fail" },
      "faults": [ { "device": "upper", "fault": "hash_mismatch", "on": "read" } ], "sharing": )" +
           sharing + R"(, "devices": [
        { "name": "d", "target": "disk" }, { "name": "lower", "target": "verity", "data": "d", "hash": "d",
            "hash_cache": "warm" },
        { "name": "upper", "target": "verity", "data": "lower", "hash": "lower", "hash_cache": "warm" } ],
      "workload": [ { "read": "upper" } ])";
  };
  EXPECT_FALSE(search(stack(R"("device")")).dead);
  const SearchAnswer one = search(stack(R"({ "verity.kverityd": "module" })"));
  EXPECT_TRUE(one.known);
  EXPECT_TRUE(one.dead);
}

}  // namespace
}  // namespace dmstall::tests
