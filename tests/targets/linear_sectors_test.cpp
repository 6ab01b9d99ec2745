// Linear with segments in sectors: what a request becomes that lies across several of them.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "models/machine/describe.hpp"
#include "models/machine/each_step.hpp"
#include "tests/kernel/stacks.hpp"

namespace dmstall::tests {
namespace {

constexpr const char* four_disks = R"("devices": [ { "name": "a", "target": "disk" }, { "name": "b", "target": "disk" },
    { "name": "c", "target": "disk" }, { "name": "d", "target": "disk" },
     { "name": "l", "target": "linear", "segments": [ )";

std::set<std::string> branches_of(const Program& program) {
  std::set<std::string> labels;
  for (const models::Flow& flow : program.flows) {
    models::for_each_step(flow.steps, [&](const models::Step& step) {
      for (const models::Branch& branch : step.branches) {
        if (branch.label.rfind("l segment", 0) == 0) labels.insert(branch.label);
      }
    });
  }
  return labels;
}

}  // namespace

/// dm_split_and_process_bio: 16 KiB over segments of 8 sectors each are four bios of 4 KiB.
TEST(LinearSectors, ARequestIsCutAtEachSegmentThatItTouches) {
  const Program program = program_of(std::string(four_disks) + R"({ "to": "a", "size_sectors": 8 },
    { "to": "b", "size_sectors": 8 }, { "to": "c", "size_sectors": 8 }, { "to": "d", "size_sectors": 4096 } ] } ],
    "faults": [], "workload": [ { "write": "l", "write_kib": 16 } ])");
  EXPECT_EQ(branches_of(program), (std::set<std::string>{"l segments 0 to 3", "l segment 3"}));
  for (const char* part : {"write a", "write b", "write c", "write d", "write d 16 KiB"})
    EXPECT_TRUE(has_flow(program, part)) << part;
}

/// 4 KiB requests over a boundary at sector 2,049: one of them has one sector on the first disk and seven behind it.
TEST(LinearSectors, ABoundaryInsideOfABlockCutsOneRequest) {
  const Program program = program_of(std::string(four_disks) + R"({ "to": "a", "size_sectors": 2049 },
    { "to": "b", "size_sectors": 2047 } ] } ], "faults": [], "workload": [ { "write": "l" } ])");
  EXPECT_EQ(branches_of(program), (std::set<std::string>{"l segment 0", "l segments 0 and 1", "l segment 1"}));
  EXPECT_TRUE(has_flow(program, "write a 0.5 KiB"));
  EXPECT_TRUE(has_flow(program, "write b 3.5 KiB"));
}

/// What is said in MiB is the same program as in sectors.
TEST(LinearSectors, MibAndSectorsAreOneTable) {
  const auto text = [](const char* first, const char* second) {
    return models::describe(
        program_of(std::string(four_disks) + first + ", " + second +
                   R"( ] } ], "workload": [ { "write": "l", "write_kib": 64 }, { "flush": "l" } ])"));
  };
  EXPECT_EQ(
      text(R"({ "to": "a", "size_mib": 3, "start_mib": 1 })", R"({ "to": "b", "size_mib": 1 })"),
      text(R"({ "to": "a", "size_sectors": 6144, "start_sectors": 2048 })", R"({ "to": "b", "size_sectors": 2048 })"));
}

/// A bad block of a disk is met by the request whose bytes come to lie on it, counted in sectors: block 1 of the disk
/// (sectors 8 to 15) is behind sector 0 of a segment that begins at sector 8, and half of it behind one at sector 12.
TEST(LinearSectors, AFaultLiesWhereTheTableSays) {
  const auto errors = [](int start) {
    const auto report = run_of(R"("devices": [ { "name": "a", "target": "disk" }, { "name": "l", "target": "linear",
      "segments": [ { "to": "a", "size_sectors": 2048, "start_sectors": )" +
                               std::to_string(start) + R"( } ] } ],
      "faults": [ { "device": "a", "fault": "io_error", "blocks": [ 1 ] } ],
       "workload": [ { "read": "l", "count": 4 } ])");
    std::int64_t sum = 0;
    for (const auto& row : report.simulation.classes) sum += row.failed;
    return sum;
  };
  EXPECT_EQ(errors(0), 1);   // the second request
  EXPECT_EQ(errors(8), 1);   // the first
  EXPECT_EQ(errors(12), 1);  // the first has sectors 12 to 19
  EXPECT_EQ(errors(4), 2);   // the first has 4 to 11, the second 12 to 19
  EXPECT_EQ(errors(16), 0);
}

}  // namespace dmstall::tests
