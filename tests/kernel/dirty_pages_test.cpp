// Pages that a buffered write makes dirty: the flusher writes them, and the writer may have to wait for it.
#include "analysis/report/reason_text.hpp"
#include "models/kernel/accounted_memory.hpp"
#include "tests/kernel/search.hpp"

namespace dmstall::tests {
namespace {

std::string loop_on(const std::string& file, const std::string& memory, const std::string& item) {
  return R"("memory": { )" + memory + R"( }, "faults": [], "devices": [ { "name": "d", "target": "disk" },
    { "name": "host", "target": "filesystem", "device": "d" }, { "name": "loop0", "target": "loop", "file": ")" +
         file + R"(", "direct": false } ], "workload": [ )" + item + " ]";
}

constexpr const char* refused = R"("allocator": "exhausted", "freed_by": "nothing")";

TEST(DirtyPages, TheFlusherWritesWhatALoopDeviceHasWritten) {
  for (const char* file : {"host", "d"}) {
    const Machine machine = machine_of(loop_on(file, refused, R"({ "write": "loop0" })"));
    Walk walk(machine);
    walk.run(walk.start());
    ASSERT_EQ(walk.spawned().size(), 1U) << file;
    const std::string flusher = std::string("flusher/") + file;
    EXPECT_EQ(only(walk.story(), {"take fs_bio_set", "disk d"}), Story{}) << "the write is done before";
    const TokenId child = walk.spawned()[0];
    EXPECT_TRUE(walk.run_to_disk(child)) << file;
    EXPECT_EQ(only(walk.story(), {"take " + flusher, "take fs_bio_set"}),
              (Story{"take " + flusher, "take fs_bio_set"}));
    EXPECT_FALSE(walk.holds(child, flusher)) << "held while it submits";
    EXPECT_TRUE(walk.holds(child, "fs_bio_set")) << "held until its put";
    walk.run(child);
    EXPECT_EQ(only(walk.story(), {"disk d", "give fs_bio_set"}), (Story{"disk d", "give fs_bio_set"}));
  }
}

TEST(DirtyPages, AThrottledWorkItemKeepsItsThreadAndItsTag) {
  const Machine machine = machine_of(loop_on("host", refused, R"({ "write": "loop0" })"));
  Walk walk(machine);
  walk.choosing("above the dirty limits");
  walk.run(walk.start());
  EXPECT_EQ(only(walk.story(), {"take loop0.tags", "take loop_wq/loop0", "take fs_bio_set", "disk d",
                                "give loop_wq/loop0", "give loop0.tags"}),
            (Story{"take loop0.tags", "take loop_wq/loop0", "take fs_bio_set", "disk d", "give loop_wq/loop0",
                   "give loop0.tags"}));
}

TEST(DirtyPages, TheItemsFlusherIsTheOneThatIsWaitedFor) {
  const std::string memory = refused;
  const Machine machine =
      machine_of(loop_on("host", memory, R"({ "write": "loop0" }, { "writeback": "host", "name": "wb" })"));
  EXPECT_TRUE(find_resource(machine, "flusher/host (wb)"));
  EXPECT_FALSE(find_resource(machine, "flusher/host"));
}

/// The request of the image and the commit of its journal hold both bios of fs_bio_set above the loop device. Nothing
/// is parked: both filesystems are mounted with dioread_lock.
TEST(DirtyPages, BothBiosAboveTheLoopDeviceLeaveNoneForTheFlusher) {
  const auto found = [](const std::string& sharing) {
    const std::string lock = R"(, "dioread_nolock": false)";
    analysis::RunOptions options;
    options.engine = analysis::Engine::all;
    options.timed = false;
    return analysis::run_scenario(
        scenario_of(
            R"("memory": { "allocator": "exhausted", "freed_by": "nothing", "threads": "succeed" }, "faults": [],
      "sharing": )" +
            sharing + R"(, "devices": [ { "name": "d", "target": "disk" },
        { "name": "host", "target": "filesystem", "device": "d")" +
            lock + R"( },
        { "name": "loop0", "target": "loop", "file": "host", "direct": false },
        { "name": "image", "target": "filesystem", "device": "loop0")" +
            lock + R"( } ],
      "workload": [ { "writeback": "image", "pages": 1 } ])"),
        options);
  };
  const analysis::RunReport shared = found(R"("device")");
  EXPECT_EQ(shared.verdict, models::VerdictKind::deadlock) << analysis::reason_text(shared);
  EXPECT_EQ(std::count(shared.stuck.waited_for.begin(), shared.stuck.waited_for.end(), "fs_bio_set"), 1);
  const analysis::RunReport own = found(R"({ "filesystem.fs_bio_set": "device" })");
  EXPECT_EQ(own.verdict, models::VerdictKind::progress) << "a set for each filesystem";
}

TEST(DirtyPages, WherePagesAreCountedTheKernelsFlusherIsARequestOfItsOwn) {
  const std::string memory = R"("allocator": "accounted", "total_mib": 64)";
  const models::Scenario scenario = scenario_of(loop_on("host", memory, R"({ "write": "loop0" })"));
  const Machine machine = models::compile(models::build_program(scenario));
  const auto named = [&](const std::string& name) {
    return std::count_if(machine.classes.begin(), machine.classes.end(),
                         [&](const auto& of) { return of.name == name; });
  };
  EXPECT_EQ(named("flusher/host"), 1);
  EXPECT_EQ(named("kswapd/host"), 1);
  const models::PageMemory pages = models::accounted_memory(scenario, machine);
  EXPECT_EQ(pages.backings, std::vector<std::string>{"host"});
  EXPECT_EQ(pages.backing_of, (std::vector<std::int32_t>{-1, 0, -1}));
  const Machine with_item = machine_of(loop_on("host", memory, R"({ "write": "loop0" }, { "writeback": "host" })"));
  EXPECT_EQ(std::count_if(with_item.classes.begin(), with_item.classes.end(),
                          [](const auto& of) { return of.name == "flusher/host"; }),
            0);
}

/// 16 MiB of an image, through the file of its host, onto the host's disk: every page is written there.
TEST(DirtyPages, CountedPagesOfTheFileReachTheDisk) {
  const analysis::RunReport report =
      run_of(R"("memory": { "allocator": "accounted", "total_mib": 64, "unreclaimable_mib": 40, "threads": "succeed" },
    "faults": [], "devices": [ { "name": "d", "target": "disk", "write_mib_per_s": 80 }, { "name": "host", )"
             R"("target": "filesystem", "device": "d" },
      { "name": "loop0", "target": "loop", "file": "host", "direct": false }, { "name": "image", )"
             R"("target": "filesystem", "device": "loop0" } ],
    "workload": [ { "write": "image", "count": 256, "write_kib": 64, "in_flight": 4, "direct": false }, { )"
             R"("writeback": "image", "pages": 100 } ])");
  EXPECT_EQ(report.verdict, models::VerdictKind::progress) << analysis::reason_text(report);
  constexpr std::int64_t filled = 256 * 16;
  ASSERT_EQ(report.simulation.devices.size(), 1U);
  ASSERT_TRUE(report.simulation.memory);
  const sim::MemoryMetrics& memory = *report.simulation.memory;
  // Every page that the image has written is one of its file that became dirty; the disk has those that were written
  // again. One may be on its way.
  // The record of the host's journal is no page.
  const std::int64_t on_disk = report.simulation.devices[0].writes - 1, of_file = memory.dirtied - filled;
  EXPECT_GT(on_disk, 0);
  EXPECT_GE(of_file, on_disk);
  EXPECT_NEAR(static_cast<double>(of_file), static_cast<double>(memory.written - on_disk), 1);
}

}  // namespace
}  // namespace dmstall::tests
