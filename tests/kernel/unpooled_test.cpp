// Allocations with no pool behind them: which there are, with which flags, and what decides about them.
#include "models/kernel/page_bounds.hpp"
#include "models/machine/unpooled_site.hpp"
#include "tests/kernel/search.hpp"

namespace dmstall::tests {
namespace {

constexpr const char* fails = R"("memory": { "allocator": "exhausted", "freed_by": "nothing", "unpooled": "fails" })";

std::map<std::string, std::string> flags_of(const Program& program) {
  std::map<std::string, std::string> flags;
  for (const models::UnpooledSite& site : program.unpooled_sites) flags[site.device + "." + site.what] = site.gfp;
  return flags;
}

std::vector<std::string> lines_of(const Program& program) {
  std::vector<std::string> lines;
  for (const models::FoldedSite& site : models::fold_sites(program.unpooled_sites))
    lines.push_back(describe_site(site));
  return lines;
}

Program seed_stack() {
  const models::ReadResult read =
      models::read_scenario_file(std::string(DMSTALL_SOURCE_DIR) + "/scenarios/seed/per-device-pools.json");
  return models::build_program(*read.scenario);
}

TEST(Unpooled, SitesThatDifferInTheDeviceAloneAreOneLine) {
  std::vector<models::UnpooledSite> sites;
  for (const char* device : {"a", "b", "c", "d", "e", "f"})
    sites.push_back({device, "thing", "kmalloc < f", "GFP_NOIO"});
  sites.push_back({"a", "thing", "kmalloc < g", "GFP_NOIO"});
  const auto folded = models::fold_sites(sites);
  ASSERT_EQ(folded.size(), 2U);
  EXPECT_EQ(describe_site(folded[0]), "GFP_NOIO, thing of a, b, c, d and 2 more: kmalloc < f");
  EXPECT_EQ(describe_site(folded[1]), "GFP_NOIO, thing of a: kmalloc < g");
}

// drivers/md/dm-snap.c:pending_complete; dm-verity-target.c:verity_handle_err, of both levels: they ignore corruption.
TEST(Unpooled, TheSeedStackHasTwo) {
  const Program program = seed_stack();
  EXPECT_EQ(
      lines_of(program),
      (std::vector<std::string>{"GFP_NOIO, completed_exception of snap: alloc_completed_exception < pending_complete",
                                "GFP_KERNEL, uevent of lower, upper: kzalloc < kobject_uevent_env"}));
  const auto said = [&](const std::string& line) {
    return std::find(program.assumptions.begin(), program.assumptions.end(), line) != program.assumptions.end();
  };
  EXPECT_TRUE(said("unpooled allocations on the I/O path: 2, assumed to succeed"));
  EXPECT_TRUE(said("no pool: GFP_NOIO, completed_exception of snap: alloc_completed_exception < pending_complete"));
}

// drivers/block/loop.c:loop_process_work sets PF_MEMALLOC_NOIO, ext4_writepages_down_read PF_MEMALLOC_NOFS.
TEST(Unpooled, WhereNoBlockCanBeCorruptNoEventIsSent) {
  const auto sites = [](const std::string& fault) {
    return flags_of(program_of(R"("faults": [ )" + fault +
                               R"( ], "devices": [ { "name": "d", "target": "disk" }, { "name": "h", "target": "disk" },
      { "name": "v", "target": "verity", "data": "d", "hash": "h" } ], "workload": [ { "read": "v", "name": "r" } ])"))
        .count("v.uevent");
  };
  EXPECT_EQ(sites(""), 0U);
  EXPECT_EQ(sites(R"({ "workload": "r", "fault": "buffer_rewritten" })"), 0U) << "the re-read matches";
  EXPECT_EQ(sites(R"({ "device": "d", "fault": "late_corruption" })"), 0U) << "one read is all there is";
  EXPECT_EQ(sites(R"({ "device": "d", "fault": "io_error" })"), 0U) << "an error ends the bio at once";
  EXPECT_EQ(sites(R"({ "device": "d", "fault": "bad_block" })"), 1U);
  EXPECT_EQ(sites(R"({ "device": "h", "fault": "hash_block" })"), 1U);
}

TEST(Unpooled, TheThreadLimitsTheFlags) {
  const std::string devices =
      R"("devices": [ { "name": "d", "target": "disk" }, { "name": "host", "target": "filesystem", "device": "d" },
    { "name": "loop0", "target": "loop", "file": "host", "direct": true } ], "faults": [], )";
  const auto by_loop = flags_of(program_of(devices + R"("workload": [ { "write": "loop0" } ])"));
  EXPECT_EQ(by_loop.at("host.iomap_dio"), "GFP_NOIO");
  EXPECT_EQ(by_loop.at("host.new_blocks"), "GFP_NOIO");
  const auto by_application = flags_of(program_of(devices + R"("workload": [ { "write": "host" } ])"));
  EXPECT_EQ(by_application.at("host.iomap_dio"), "GFP_KERNEL");
  EXPECT_EQ(by_application.at("host.new_blocks"), "GFP_NOFS");
  const auto by_flusher = flags_of(program_of(devices + R"("workload": [ { "writeback": "host" } ])"));
  EXPECT_EQ(by_flusher.at("host.io_end"), "GFP_NOFS");
}

TEST(Unpooled, AnEventTakesFourAllocationsTwoOfThemUnderTheMachinesMutex) {
  const Machine machine = machine_of(
      R"("memory": { "allocator": "accounted", "total_mib": 64, "unpooled": "fails", "hog": {} }, "faults": [ {
          "device": "d", "fault": "bad_block" } ],
    "devices": [ { "name": "d", "target": "disk" }, { "name": "v", "target": "verity", "data": "d", "hash": "d" } ],
        "workload": [ { "read": "v" } ])");
  Walk walk(machine);
  walk.choosing("bad_block@d").allocating("v.uevent (no pool)");
  walk.run(walk.start());
  std::vector<std::string> story =
      only(walk.story(), {"take v.uevent (no pool)", "give v.uevent (no pool)", "take uevent_sock_mutex",
                          "give uevent_sock_mutex", "take v.io_bs", "give v.io_bs"});
  EXPECT_EQ(story,
            (Story{"take v.io_bs", "take v.uevent (no pool)", "take v.uevent (no pool)", "take uevent_sock_mutex",
                   "take v.uevent (no pool)", "take v.uevent (no pool)", "give uevent_sock_mutex",
                   "give v.uevent (no pool)", "give v.uevent (no pool)", "give v.io_bs"}))
      << "before bio_endio";
}

TEST(Unpooled, VectorsAreCopiedWhereTwoBiosOfOneThreadCanMeet) {
  const auto sites = [](const std::string& item) {
    return flags_of(program_of(std::string(fails) + R"(, "faults": [], "devices": [ { "name": "d", "target": "disk" },
      { "name": "loop0", "target": "loop", "file": "d", "direct": true } ], "workload": [ )" +
                               item + " ]"))
        .count("loop0.bio_vecs");
  };
  EXPECT_EQ(sites(R"({ "write": "loop0", "count": 4 })"), 0U) << "one after the other";
  EXPECT_EQ(sites(R"({ "write": "loop0", "count": 4, "in_flight": 2 })"), 0U) << "a thread each: a plug each";
  EXPECT_EQ(sites(R"({ "write": "loop0", "count": 4, "in_flight": 2, "threads": 1 })"), 1U);
  EXPECT_EQ(sites(R"({ "writeback": "loop0", "pages": 4, "in_flight": 2 })"), 1U);
}

// What the pages decide. A machine of 1,024 MiB: min 4,096 KiB, low 5,120 pages… of 262,144.
std::string accounted(const std::string& keys) {
  return R"("memory": { "allocator": "accounted", "unpooled": "fails", )" + keys + R"( }, "faults": [],
    "devices": [ { "name": "d", "target": "disk" }, { "name": "fs", "target": "filesystem", "device": "d" } ],
    "workload": [ { "writeback": "fs", "pages": 8 } ])";
}

TEST(Unpooled, ThePagesDecideWhereTheyAreCounted) {
  const auto rule = [](const std::string& keys) {
    return resource_of(program_of(accounted(keys)), "fs.io_end (no pool)").allocator;
  };
  EXPECT_EQ(rule(R"("total_mib": 1024, "dirty_mib": 1)"), AllocatorRule::always);
  EXPECT_EQ(rule(R"("total_mib": 1024, "dirty_mib": 1, "hog": {})"), AllocatorRule::any) << "a hog takes all there is";
  EXPECT_EQ(rule(R"("total_mib": 1024, "dirty_mib": 1, "hog": { "mib": 900 })"), AllocatorRule::always);
  EXPECT_EQ(rule(R"("total_mib": 1024, "dirty_mib": 1, "hog": { "mib": 1020 })"), AllocatorRule::any);
  EXPECT_EQ(rule(R"("total_mib": 64, "unreclaimable_mib": 62, "dirty_mib": 1)"), AllocatorRule::any)
      << "1 MiB is free, high is 1.5 MiB";
}

TEST(Unpooled, ElsewhereTheScenarioDoes) {
  const auto rule = [](const std::string& memory) {
    return resource_of(
               program_of(R"("memory": { )" + memory +
                          R"(, "unpooled": "fails" }, "faults": [], "devices": [ { "name": "d", "target": "disk" },
      { "name": "fs", "target": "filesystem", "device": "d" } ], "workload": [ { "writeback": "fs", "pages": 8 } ])"),
               "fs.io_end (no pool)")
        .allocator;
  };
  EXPECT_EQ(rule(R"("allocator": "plentiful")"), AllocatorRule::never);
  EXPECT_EQ(rule(R"("allocator": "exhausted", "freed_by": "nothing")"), AllocatorRule::never);
  EXPECT_EQ(rule(R"("allocator": "adversary")"), AllocatorRule::never);
}

}  // namespace
}  // namespace dmstall::tests
