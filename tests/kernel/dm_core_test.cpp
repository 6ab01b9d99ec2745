// Device-mapper core (dm.c, dm-table.c): pool sizes, one element per level, what runs when in ->submit_bio.

#include "models/kernel/dm_core.hpp"

#include "tests/kernel/search.hpp"

namespace dmstall::tests {
namespace {

constexpr const char* refused = R"("memory": { "allocator": "exhausted", "freed_by": "nothing" }, "faults": [])";

std::string linear_stack(const std::string& kernel, const std::string& workload) {
  return std::string(refused) + R"(, "kernel": { )" + kernel + R"( }, "devices": [ { "name": "disk", "target": "disk" },
    { "name": "low", "target": "linear", "to": "disk" }, { "name": "mid", "target": "linear", "to": "low" },
    { "name": "top", "target": "linear", "to": "mid" } ], "workload": [ )" +
         workload + " ]";
}

TEST(DmCore, ZeroMeansSixteen) {
  EXPECT_EQ(models::effective_reserved_ios(0), 16);
  const Program program = program_of(linear_stack(R"("reserved_bio_based_ios": 0)", R"({ "read": "top" })"));
  EXPECT_EQ(resource_of(program, "top.io_bs").capacity, 16);
  const bool said = std::any_of(program.assumptions.begin(), program.assumptions.end(), [](const std::string& line) {
    return line.find("0 in the scenario, the kernel uses 16") != std::string::npos;
  });
  EXPECT_TRUE(said);
}

TEST(DmCore, OneIsTheSmallestAndTheCapIs1024) {
  EXPECT_EQ(models::effective_reserved_ios(1), 1);
  EXPECT_EQ(models::effective_reserved_ios(1024), 1024);
  EXPECT_EQ(models::effective_reserved_ios(1025), 1024);
  EXPECT_EQ(models::effective_reserved_ios(65535), 1024);
}

TEST(DmCore, OnlyALiteralZeroIsAnEmptyPool) {
  const std::string stack = std::string(refused) + R"(, "devices": [ { "name": "disk", "target": "disk" },
    { "name": "l", "target": "linear", "to": "disk", "reserve": { "io_bs": 0 } } ], "workload": [ { "read": "l" } ])";
  const auto report = run_of(stack);
  EXPECT_EQ(report.verdict, models::VerdictKind::deadlock);
  EXPECT_EQ(report.stuck.kind, models::DeadlockKind::empty_reserve);
}

TEST(DmCore, PoolIsTheMaximumNotTheSumOverTargets) {
  std::string segments;
  for (int i = 0; i < 20; ++i)
    segments +=
        (i > 0 ? ", " : "") + std::string(R"({ "to": "disk", "size_mib": 1, "start_mib": )") + std::to_string(i) + " }";
  const Program program = program_of(std::string(refused) + R"(, "kernel": { "reserved_bio_based_ios": 1 }, "devices": [
    { "name": "disk", "target": "disk" }, { "name": "t", "target": "linear", "segments": [ )" +
                                     segments + R"( ] } ],
    "workload": [ { "flush": "t" } ])");
  EXPECT_EQ(resource_of(program, "t.io_bs").capacity, 1);
  EXPECT_EQ(resource_of(program, "t.bs").capacity, 1) << "20 targets, one flush bio each";
}

TEST(DmCore, NoBioSetHasARescuerAndNoneHasABvecPool) {
  const Program program = program_of(R"("devices": [ { "name": "disk", "target": "disk" },
      { "name": "v", "target": "verity", "data": "disk", "hash": "disk" },
      { "name": "s", "target": "snapshot", "origin": "v", "cow": "disk" } ],
    "workload": [ { "writeback": "s" }, { "read": "v" } ])");
  int sets = 0;
  for (const auto& resource : program.resources) {
    EXPECT_EQ(resource.name.find("bvec"), std::string::npos) << "bvec pools pair one to one with bios and are left out";
    if (resource.kind != ResourceKind::bio_set) continue;
    ++sets;
    EXPECT_FALSE(resource.rescuer) << resource.name;
  }
  EXPECT_GE(sets, 6);
}

TEST(DmCore, OneElementPerLevelTakenFromTheTopAndFreedFromTheBottom) {
  const Machine machine = machine_of(linear_stack(R"("reserved_bio_based_ios": 1)", R"({ "read": "top" })"));
  Walk walk(machine);
  walk.run(walk.start());
  const std::set<std::string> of{"take top.io_bs", "take mid.io_bs", "take low.io_bs",
                                 "detach",         "disk disk",      "give top.io_bs",
                                 "give mid.io_bs", "give low.io_bs", "give in_flight/read-top"};
  EXPECT_EQ(only(walk.story(), of),
            (Story{"take top.io_bs", "take mid.io_bs", "take low.io_bs", "detach", "disk disk", "give low.io_bs",
                   "give mid.io_bs", "give top.io_bs", "give in_flight/read-top"}))
      << "each element is back before the upper level's end_io";
}

TEST(DmCore, ALinearStackNeverDeadlocksWithOneElementPerLevel) {
  const SearchAnswer answer =
      search(linear_stack(R"("reserved_bio_based_ios": 1)", R"({ "write": "top", "count": 4, "in_flight": 3 })"));
  EXPECT_TRUE(answer.known);
  EXPECT_FALSE(answer.dead);
  EXPECT_TRUE(answer.can_complete);
}

TEST(DmCore, EndIoNeverWaits) {
  // After the disk there is only giving back, up to the end of the request.
  const Machine machine = machine_of(linear_stack("", R"({ "write": "top" })"));
  Walk walk(machine);
  const TokenId id = walk.start();
  ASSERT_TRUE(walk.run_to_disk(id));
  walk.step(id);
  walk.forget_story();
  walk.run(id);
  ASSERT_FALSE(walk.story().empty());
  for (const std::string& step : walk.story()) EXPECT_EQ(step.rfind("give ", 0), 0u) << step;
}

TEST(Disk, AlwaysCompletes) {
  const Machine machine = machine_of(R"("devices": [ { "name": "disk", "target": "disk" } ], "faults": "any",
    "workload": [ { "read": "disk" }, { "write": "disk" }, { "flush": "disk" } ])");
  int nodes = 0;
  for (const Node& node : machine.nodes) {
    if (node.flow == models::no_flow || machine.flows[static_cast<std::size_t>(node.flow)].name.find("workload") == 0)
      continue;
    ++nodes;
    EXPECT_TRUE(node.kind == NodeKind::detach || node.kind == NodeKind::spend || node.kind == NodeKind::finish)
        << "a disk's flow has a step of kind " << static_cast<int>(node.kind);
  }
  EXPECT_GE(nodes, 9);
}

std::string two_segments(const std::string& order, const std::string& io) {
  return std::string(refused) + R"(, "kernel": { "reserved_bio_based_ios": 1, "bio_list_order": ")" + order +
         R"(" }, "devices": [
      { "name": "disk", "target": "disk" }, { "name": "low", "target": "linear", "to": "disk" },
      { "name": "top", "target": "linear", "segments": [ { "to": "low", "size_mib": 1 }, { "to": "low", "size_mib": 1,
          "start_mib": 4 } ] } ],
    "workload": [ )" +
         io + " ]";
}
// A request of 768 KiB: every second one straddles the segments' border.
constexpr const char* straddling = R"({ "write": "top", "write_kib": 768, "count": 1 })";

TEST(BioList, TheFirstPartIsOnItsWayBeforeTheRemainderAsks) {
  const Machine machine = machine_of(two_segments("depth_first", straddling));
  Walk walk(machine);
  walk.choosing("top segments 0 and 1");
  const TokenId id = walk.start();
  walk.run(id);
  EXPECT_EQ(walk.node(id).kind, NodeKind::await_detach) << "the task runs the first part's ->submit_bio";
  ASSERT_EQ(walk.spawned().size(), 1u) << "the first part, from list lower";
  const TokenId first = walk.spawned().front();
  ASSERT_TRUE(walk.run_to_disk(first));
  EXPECT_TRUE(walk.holds(first, "low.io_bs"));
  walk.run(id);
  EXPECT_EQ(walk.name_at(id), "top.io_bs");
  EXPECT_TRUE(walk.waits(id));
  walk.run(first);
  EXPECT_FALSE(walk.waits(id)) << "its element is back: the remainder goes on";
  EXPECT_FALSE(search(two_segments("depth_first", straddling)).dead);
}

TEST(BioList, InOldFifoOrderTheRemainderDeadlocksWithItself) {
  const SearchAnswer answer = search(two_segments("fifo", straddling));
  EXPECT_TRUE(answer.known);
  EXPECT_TRUE(answer.dead) << "both parts ask for their element before the first one starts";
  EXPECT_EQ(answer.waited_for, std::set<std::string>{"top.io_bs"});
}

TEST(BioList, AParkedBioIsInvisibleToOthers) {
  // Two flushes of a table with three cached targets share 2 elements: each holds one with its clone not started, so no
  // third party can complete it.
  const Machine machine = machine_of(std::string(refused) + R"(, "kernel": { "reserved_bio_based_ios": 2 }, "devices": [
      { "name": "disk", "target": "disk" }, { "name": "t", "target": "linear", "segments": [
        { "to": "disk", "size_mib": 1 }, { "to": "disk", "size_mib": 1 }, { "to": "disk", "size_mib": 1 } ] } ],
    "workload": [ { "flush": "t", "count": 2, "in_flight": 2, "threads": 2 } ])");
  Walk walk(machine);
  const TokenId one = walk.start(), two = walk.start();
  ASSERT_TRUE(walk.run_to_take(one, "t.bs"));
  ASSERT_TRUE(walk.run_to_take(two, "t.bs"));
  walk.step(one);
  walk.step(two);
  walk.run(one);
  walk.run(two);
  EXPECT_TRUE(walk.spawned().empty());
  EXPECT_EQ(models::stuck_set(walk.world()).size(), 2u);
}

}  // namespace
}  // namespace dmstall::tests
