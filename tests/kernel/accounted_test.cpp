// Accounted memory: the kernel's figures, and what is read out of a scenario.
#include "models/kernel/accounted_memory.hpp"
#include "tests/kernel/stacks.hpp"

namespace dmstall::tests {
namespace {

using models::Asking;
using models::MemoryClass;
using models::PageUse;

// mm/page_alloc.c:calculate_min_free_kbytes and __setup_per_zone_wmarks

TEST(AccountedMemory, MinFreeIsFourTimesTheRootOfMemoryWithinBounds) {
  EXPECT_EQ(models::derived_min_free_kib(64 * 1024), 1024);
  EXPECT_EQ(models::derived_min_free_kib(1024), 128);
  EXPECT_EQ(models::derived_min_free_kib(16), 128);                        // not below 128
  EXPECT_EQ(models::derived_min_free_kib(std::int64_t{1} << 40), 262144);  // not above 256 MiB
  EXPECT_EQ(models::derived_min_free_kib(1000), 128);                      // 126.49 rounds down, then up to the bound
  EXPECT_EQ(models::derived_min_free_kib(2000), 178);                      // 178.88, int_sqrt
}

TEST(AccountedMemory, LowAndHighLieAQuarterOfMinApartOrAThousandthOfMemory) {
  const models::Watermarks small = models::watermarks(16384, 1024);
  EXPECT_EQ(small.min, 256);
  EXPECT_EQ(small.low, 320);
  EXPECT_EQ(small.high, 384);
  const models::Watermarks wide = models::watermarks(1'000'000, 400);
  EXPECT_EQ(wide.min, 100);
  EXPECT_EQ(wide.low, 1100);
  EXPECT_EQ(wide.high, 2100);
}

TEST(AccountedMemory, WhoAsksHow) {
  const models::Machine machine =
      machine_of(R"("devices": [{"name": "d", "target": "disk"}, {"name": "c", "target": "disk"},
    {"name": "v", "target": "verity", "data": "d", "hash": "d"}, {"name": "s", "target": "snapshot", "origin": "v",
        "cow": "c"}],
    "workload": [{"writeback": "s"}], "memory": {"allocator": "accounted", "total_mib": 64})");
  const auto cost = [&](const char* name) { return models::element_cost(resource_of(machine, name)); };
  EXPECT_EQ(cost("v.recheck_pool").asking, Asking::reserve_then_reclaim);
  EXPECT_EQ(cost("v.recheck_pool").pages, 1);
  EXPECT_EQ(cost("v.recheck_pool").per_slab, 1);
  EXPECT_EQ(cost("v.bufio_buffers").asking, Asking::reclaim_then_reserve);
  EXPECT_EQ(cost("s.kcopyd_pages").asking, Asking::never_reclaims);
  // 16 KiB of stack and 9,792 B of task_struct; an idle worker stays.
  EXPECT_EQ(cost("kverityd/v").pages, 7);
  EXPECT_TRUE(cost("kverityd/v").kept);
  EXPECT_EQ(cost("kverityd/v").asking, Asking::may_kill);
  // 640 B: bio with struct dm_io and verity's data (KERNEL sizes of the footprint).
  EXPECT_EQ(cost("v.io_bs").per_slab, 6);
}

TEST(AccountedMemory, IsReadOutOfTheScenario) {
  const models::Scenario scenario =
      scenario_of(R"("devices": [{"name": "a", "target": "disk"}, {"name": "b", "target": "disk"}],
    "workload": [{"writeback": "a", "pages": 300}, {"writeback": "b", "pages": 100}, {"write": "a", "direct": false,
        "write_kib": 16},
                 {"read": "b"}, {"swap_out": "b", "name": "swap"}],
    "memory": {"allocator": "accounted", "total_mib": 10, "unreclaimable_mib": 3, "dirty_mib": 4, "clean_mib": 1,
               "hog": {"mib": 2, "mib_per_s": 100, "kill_ms": 30, "again_after_s": 2}})");
  const models::Machine machine = models::compile(models::build_program(scenario));
  const models::PageMemory memory = models::accounted_memory(scenario, machine);
  EXPECT_EQ(memory.at_start.sum(), 2560);
  EXPECT_EQ(memory.at_start.free, 512);
  EXPECT_EQ(memory.at_start.dirty, (std::vector<std::int64_t>{768, 256}));  // 4 MiB as 300 to 100
  EXPECT_EQ(memory.backings, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(memory.hog->most, 512);
  EXPECT_EQ(memory.hog->pages_per_s, 25'600);
  EXPECT_DOUBLE_EQ(memory.hog->kill_s, 0.03);
  std::map<std::string, models::PageTraffic> traffic;
  for (std::size_t i = 0; i < machine.classes.size(); ++i) traffic[machine.classes[i].name] = memory.traffic[i];
  EXPECT_EQ(traffic["writeback-a"].use, PageUse::writes_back);
  EXPECT_EQ(traffic["writeback-b"].backing, 1);
  EXPECT_EQ(traffic["kswapd/a"].use, PageUse::reclaims_file);
  EXPECT_EQ(traffic["kswapd/a"].thread, memory.kswapd);
  EXPECT_EQ(traffic["write-a"].use, PageUse::dirties);
  EXPECT_EQ(traffic["write-a"].pages, 4);
  EXPECT_EQ(traffic["read-b"].use, PageUse::none);
  EXPECT_EQ(traffic["swap"].use, PageUse::swaps_out);
  EXPECT_EQ(traffic["swap"].thread, memory.kswapd);  // one kswapd for file pages and for swap
}

TEST(AccountedMemory, EnginesThatAreNotTimedMayRefuseEveryAllocation) {
  const models::Machine machine = machine_of(
      R"("devices": [{"name": "d", "target": "disk"}, {"name": "v", "target": "verity", "data": "d", "hash": "d"}],
    "workload": [{"read": "v"}], "memory": {"allocator": "accounted", "total_mib": 64, "unreclaimable_mib": 63})");
  EXPECT_EQ(resource_of(machine, "v.recheck_pool").allocator, AllocatorRule::any);
  EXPECT_EQ(resource_of(machine, "kverityd/v").allocator, AllocatorRule::any);
  EXPECT_EQ(resource_of(machine, "v.bufio_buffers").retained, 0);
}

TEST(AccountedMemory, WhatSufficesWhateverHappensRefusesNobody) {
  const models::Machine machine = machine_of(
      R"("devices": [{"name": "d", "target": "disk"}, {"name": "v", "target": "verity", "data": "d", "hash": "d"}],
    "workload": [{"read": "v"}], "memory": {"allocator": "accounted", "total_mib": 4096})");
  EXPECT_EQ(resource_of(machine, "v.recheck_pool").allocator, AllocatorRule::always);
}

}  // namespace
}  // namespace dmstall::tests
