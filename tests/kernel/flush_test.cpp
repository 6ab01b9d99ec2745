// The empty flush of a table (dm.c:__send_empty_flush): one task takes sum(num_flush_bios) - 1 elements of bs while
// none of its clones has started. Thresholds: Linux 6.1.192, read in the source and seen on a running kernel.

#include "tests/kernel/search.hpp"
#include "tests/oracle/oracle.hpp"

namespace dmstall::tests {
namespace {

struct Shape {
  int targets = 2;
  int reserved = 1;
  int flushes = 1;                ///< at the same time, each from a thread of its own
  std::string cached = "";        ///< per target "c" or "u"; empty: all cached
  std::string memory = R"("allocator": "exhausted", "freed_by": "nothing")";
};

std::string flush_of(const Shape& shape) {
  std::string devices, segments;
  for (int i = 0; i < shape.targets; ++i) {
    const std::string name = "d" + std::to_string(i);
    const bool cache = shape.cached.empty() || shape.cached[static_cast<std::size_t>(i)] == 'c';
    devices += R"({ "name": ")" + name + R"(", "target": "disk", "write_cache": )" + (cache ? "true" : "false") + " }, ";
    segments += (i > 0 ? ", " : "") + (R"({ "to": ")" + name + R"(", "size_mib": 16 })");
  }
  const std::string n = std::to_string(shape.flushes);
  return R"("kernel": { "reserved_bio_based_ios": )" + std::to_string(shape.reserved) + R"( }, "faults": [], "memory": { )" +
         shape.memory + R"( }, "devices": [ )" + devices + R"({ "name": "table", "target": "linear", "segments": [ )" + segments +
         R"( ] } ], "workload": [ { "flush": "table", "count": )" + n + R"(, "in_flight": )" + n + R"(, "threads": )" + n + " } ]";
}

models::VerdictKind verdict(const Shape& shape) { return run_of(flush_of(shape)).verdict; }

/// Over every schedule.
bool can_be_dead(const Shape& shape) {
  const SearchAnswer answer = search(flush_of(shape));
  EXPECT_TRUE(answer.known);
  EXPECT_TRUE(answer.dead || answer.can_complete);
  return answer.dead;
}

constexpr auto progress = models::VerdictKind::progress;
constexpr auto deadlock = models::VerdictKind::deadlock;

TEST(Flush, OneFlushOfThreeTargetsDeadlocksAtReserveOne) {
  EXPECT_EQ(verdict({.targets = 1}), progress);
  EXPECT_EQ(verdict({.targets = 2}), progress);
  const auto report = run_of(flush_of({.targets = 3}));
  EXPECT_EQ(report.verdict, deadlock);
  EXPECT_EQ(report.stuck.waited_for, std::vector<std::string>{"table.bs"});
  EXPECT_EQ(report.stuck.requests, 1);
  EXPECT_TRUE(report.relieved_by_memory);
}

TEST(Flush, ThresholdIsReservePlusTwoTargets) {
  for (const int reserved : {1, 2, 4, 16}) {
    EXPECT_EQ(verdict({.targets = reserved + 1, .reserved = reserved}), progress) << "reserve " << reserved;
    EXPECT_EQ(verdict({.targets = reserved + 2, .reserved = reserved}), deadlock) << "reserve " << reserved;
  }
}

TEST(Flush, ThresholdHoldsOverEverySchedule) {
  for (const int reserved : {1, 2, 3}) {
    EXPECT_FALSE(can_be_dead({.targets = reserved + 1, .reserved = reserved}));
    EXPECT_TRUE(can_be_dead({.targets = reserved + 2, .reserved = reserved}));
  }
}

TEST(Flush, TheOracleSaysTheSame) {
  for (const int targets : {2, 3}) {
    const OracleAnswer answer = ask_oracle(program_of(flush_of({.targets = targets})));
    ASSERT_TRUE(answer.known);
    EXPECT_EQ(answer.dead, targets == 3);
    EXPECT_EQ(answer.can_complete, targets == 2);
  }
}

TEST(Flush, WithoutAWriteCacheBelowNothingIsHeld) {
  EXPECT_EQ(verdict({.targets = 18, .reserved = 1, .cached = std::string(18, 'u')}), progress);
  EXPECT_FALSE(can_be_dead({.targets = 4, .reserved = 1, .cached = "uuuu"}));
}

TEST(Flush, MixedTablesDependOnTheOrderOfTargets) {
  // The first clone is embedded. A cached target keeps its element, an uncached one needs one for a moment.
  EXPECT_EQ(verdict({.targets = 3, .cached = "ccu"}), deadlock) << "the last one finds the pool empty";
  EXPECT_EQ(verdict({.targets = 3, .cached = "cuc"}), progress);
  EXPECT_EQ(verdict({.targets = 3, .cached = "ucc"}), deadlock);
  EXPECT_EQ(verdict({.targets = 3, .cached = "uuc"}), progress);
}

TEST(Flush, ConcurrentFlushesDeadlockFromTheFormulaOn) {
  // All P elements can be held by unfinished flushes iff k * (D - 1) >= P, where D = targets - 1 >= 2.
  for (const int reserved : {2, 3, 4}) {
    for (const int targets : {3, 4}) {
      const int demand = targets - 1;
      for (int flushes = 1; flushes <= 3; ++flushes) {
        if (demand > reserved) continue;   // one flush is enough
        EXPECT_EQ(can_be_dead({.targets = targets, .reserved = reserved, .flushes = flushes}), flushes * (demand - 1) >= reserved)
            << "reserve " << reserved << ", " << targets << " targets, " << flushes << " flushes";
      }
    }
  }
}

TEST(Flush, MemoryThatGivesNowAndThenIsEnough) {
  EXPECT_EQ(verdict({.targets = 3, .memory = R"("allocator": "plentiful")"}), progress);
  EXPECT_EQ(verdict({.targets = 3, .memory = R"("allocator": "exhausted", "freed_by": "nothing", "recovers_after_s": 7)"}),
            models::VerdictKind::stall);
}

TEST(Flush, ParkedClonesHaveNotStarted) {
  const Machine machine = machine_of(flush_of({.targets = 3}));
  Walk walk(machine);
  const TokenId flush = walk.start();
  walk.run(flush);
  EXPECT_EQ(walk.name_at(flush), "table.bs");
  EXPECT_TRUE(walk.holds(flush, "table.bs")) << "the second clone's element, parked";
  EXPECT_TRUE(walk.holds(flush, "table.io_bs"));
  EXPECT_TRUE(walk.spawned().empty()) << "no clone runs before the task returns from ->submit_bio";
}

TEST(Flush, ASnapshotFlushesItsCowDeviceWithOneClone) {
  const Machine machine = machine_of(R"("faults": [], "memory": { "allocator": "exhausted", "freed_by": "nothing" },
    "kernel": { "reserved_bio_based_ios": 1 }, "devices": [ { "name": "o", "target": "disk" }, { "name": "c", "target": "disk" },
      { "name": "s", "target": "snapshot", "origin": "o", "cow": "c" } ], "workload": [ { "flush": "s" } ])");
  EXPECT_FALSE(find_resource(machine, "s.bs")) << "the first clone lives in the io_bs element";
  Walk walk(machine);
  const TokenId flush = walk.start();
  walk.run(flush);
  ASSERT_EQ(walk.spawned().size(), 1u);
  const TokenId clone = walk.spawned().front();
  ASSERT_TRUE(walk.run_to_disk(clone));
  EXPECT_EQ(walk.node(clone).device, 1) << "c, not o";
}

}  // namespace
}  // namespace dmstall::tests
