// The empty flush of a table (dm.c:__send_empty_flush): one task takes sum(num_flush_bios) - 1 elements of bs while
// none of its clones has started. Thresholds: Linux 6.1.192, read in the source and seen on a running kernel.

#include "analysis/engines/explore/explore.hpp"
#include "analysis/engines/prove/prove.hpp"
#include "analysis/report/objection_text.hpp"
#include "tests/kernel/search.hpp"
#include "tests/oracle/oracle.hpp"

namespace dmstall::tests {
namespace {

struct Shape {
  int targets = 2;
  int reserved = 1;
  int flushes = 1;          ///< at the same time, each from a thread of its own
  std::string cached = "";  ///< per target "c" or "u"; empty: all cached
  std::string memory = R"("allocator": "exhausted", "freed_by": "nothing")";
};

std::string flush_of(const Shape& shape) {
  std::string devices, segments;
  for (int i = 0; i < shape.targets; ++i) {
    const std::string name = "d" + std::to_string(i);
    const bool cache = shape.cached.empty() || shape.cached[static_cast<std::size_t>(i)] == 'c';
    devices +=
        R"({ "name": ")" + name + R"(", "target": "disk", "write_cache": )" + (cache ? "true" : "false") + " }, ";
    segments += (i > 0 ? ", " : "") + (R"({ "to": ")" + name + R"(", "size_mib": 16 })");
  }
  const std::string n = std::to_string(shape.flushes);
  return R"("kernel": { "reserved_bio_based_ios": )" + std::to_string(shape.reserved) +
         R"( }, "faults": [], "memory": { )" + shape.memory + R"( }, "devices": [ )" + devices +
         R"({ "name": "table", "target": "linear", "segments": [ )" + segments +
         R"( ] } ], "workload": [ { "flush": "table", "count": )" + n + R"(, "in_flight": )" + n + R"(, "threads": )" +
         n + " } ]";
}

models::VerdictKind verdict(const Shape& shape) {
  return run_of(flush_of(shape)).verdict;
}

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

TEST(Flush, ThreeTargetsOfMixedCaches) {
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
        if (demand > reserved) continue;  // one flush is enough
        EXPECT_EQ(can_be_dead({.targets = targets, .reserved = reserved, .flushes = flushes}),
                  flushes * (demand - 1) >= reserved)
            << "reserve " << reserved << ", " << targets << " targets, " << flushes << " flushes";
      }
    }
  }
}

/// __send_empty_flush, written down once more without steps: what one task holds while it asks for the next element.
/// `held` of the elements are with parked clones; submit_bio_noacct gives that of an uncached device back at once.
struct ByHand {
  bool hangs_alone = false;
  int most_held = 0;  ///< while asking for one more
};

ByHand by_hand(const std::string& cached, int pool) {
  ByHand answer;
  int held = 0;
  for (std::size_t target = 1; target < cached.size(); ++target) {  // the first clone lies in the dm_io
    answer.most_held = std::max(answer.most_held, held);
    if (held == pool) {
      answer.hangs_alone = true;
      return answer;
    }
    if (cached[target] == 'c') ++held;
  }
  return answer;
}

/// No flush reaches a table whose devices all have no write cache.
bool reaches_the_table(const std::string& cached) {
  return cached.find('c') != std::string::npos;
}

std::vector<std::string> orders(int targets) {
  std::vector<std::string> all;
  for (int bits = 0; bits < 1 << targets; ++bits) {
    std::string cached;
    for (int i = 0; i < targets; ++i) cached += (bits >> i & 1) != 0 ? 'c' : 'u';
    all.push_back(cached);
  }
  return all;
}

TEST(Flush, EveryOrderOfCachedAndUncachedTargets) {
  int hangs = 0;
  for (int targets = 1; targets <= 5; ++targets) {
    for (const std::string& cached : orders(targets)) {
      for (const int reserved : {1, 2, 3}) {
        SCOPED_TRACE(cached + ", reserve " + std::to_string(reserved));
        const bool hang = reaches_the_table(cached) && by_hand(cached, reserved).hangs_alone;
        const Shape shape{.targets = targets, .reserved = reserved, .cached = cached};
        EXPECT_EQ(can_be_dead(shape), hang);
        EXPECT_EQ(verdict(shape), hang ? deadlock : progress);
        // The same in words: so many cached ones between the first and the last.
        const auto between = targets < 3 ? 0 : std::count(cached.begin() + 1, cached.end() - 1, 'c');
        EXPECT_EQ(by_hand(cached, reserved).hangs_alone, between >= reserved);
        if (hang) ++hangs;
      }
    }
  }
  EXPECT_EQ(hangs, 4 + 12 + 4 + 28 + 16 + 4) << "targets 3, 4 and 5: at least r of the middle ones, the two ends free";
}

TEST(Flush, ConcurrentFlushesOfMixedTables) {
  for (const std::string& cached : orders(4)) {
    for (const int reserved : {1, 2, 3}) {
      for (int flushes = 1; flushes <= 3; ++flushes) {
        const ByHand one = by_hand(cached, reserved);
        const bool hang = reaches_the_table(cached) &&
                          (one.hangs_alone || (one.most_held > 0 && flushes * one.most_held >= reserved));
        EXPECT_EQ(can_be_dead({.targets = 4, .reserved = reserved, .flushes = flushes, .cached = cached}), hang)
            << cached << ", reserve " << reserved << ", " << flushes << " flushes";
      }
    }
  }
}

/// The numbers of targets at which a running 6.1.192 kernel went on and hung.
TEST(Flush, TheSeenThresholdsOverEverySchedule) {
  for (const auto& [reserved, completes, hangs] :
       {std::array{1, 2, 3}, std::array{2, 3, 4}, std::array{4, 5, 6}, std::array{16, 17, 18}}) {
    SCOPED_TRACE("reserve " + std::to_string(reserved));
    const std::string memory = R"("allocator": "adversary")";
    EXPECT_EQ(
        analysis::explore(machine_of(flush_of({.targets = completes, .reserved = reserved, .memory = memory})), {})
            .verdict,
        progress);
    const analysis::Exploration found =
        analysis::explore(machine_of(flush_of({.targets = hangs, .reserved = reserved, .memory = memory})), {});
    EXPECT_EQ(found.verdict, deadlock);
    EXPECT_EQ(found.requests, 1);
    EXPECT_EQ(found.failures, reserved) << "every element of the reserve, and then the next";
    EXPECT_TRUE(found.relieved_by_memory);
  }
}

/// k flushes in flight: never below k * (D - 1) >= P, for any number of requests one after the other; at it, not
/// proved.
TEST(Flush, ProvedBelowTheFormulaAndNotAtIt) {
  for (const int reserved : {1, 2, 4, 16}) {
    for (const int targets : {2, 3, 5}) {
      for (const int flushes : {1, 2, 4, 5, 6}) {
        const int demand = targets - 1;
        const bool hangs = demand >= 2 && (demand > reserved || flushes * (demand - 1) >= reserved);
        const analysis::Proof proof =
            analysis::prove(machine_of(flush_of({.targets = targets, .reserved = reserved, .flushes = flushes})), {});
        EXPECT_EQ(proof.proved, !hangs) << "reserve " << reserved << ", " << targets << " targets, " << flushes
                                        << " flushes: " << to_text(proof.objection);
      }
    }
  }
}

TEST(Flush, TheDefaultNeedsSixFlushesOfFiveTargets) {
  const auto explored = [](int flushes) {
    return analysis::explore(
        machine_of(
            flush_of({.targets = 5, .reserved = 16, .flushes = flushes, .memory = R"("allocator": "adversary")"})),
        {});
  };
  EXPECT_EQ(explored(5).verdict, progress);
  const analysis::Exploration found = explored(6);
  EXPECT_EQ(found.verdict, deadlock);
  EXPECT_EQ(found.requests, 6);
  EXPECT_TRUE(found.fewest_requests);
}

/// dm_table_supports_flush: a device-mapper device has a write cache iff some device below has one, verity none.
TEST(Flush, TheWriteCacheIsThatOfTheDevicesBelow) {
  const auto flush = [](const std::string& devices) {
    const Program program = program_of(
        R"("kernel": { "reserved_bio_based_ios": 1 }, "faults": [], "devices": [ { "name": "u", "target": "disk",
            "write_cache": false },
      { "name": "c", "target": "disk" }, )" +
        devices + R"( ], "workload": [ { "flush": "top" } ])");
    return find_resource(program, "top.io_bs").has_value();
  };
  EXPECT_FALSE(flush(R"({ "name": "top", "target": "linear", "to": "u" })"));
  EXPECT_TRUE(flush(R"({ "name": "top", "target": "linear", "to": "c" })"));
  const std::string mid =
      R"({ "name": "mid", "target": "linear", "segments": [ { "to": "u", "size_mib": 1 }, { "to": ")";
  EXPECT_FALSE(flush(
      mid + R"(u", "size_mib": 1, "start_mib": 1 } ] }, { "name": "top", "target": "striped", "to": [ "mid" ] })"));
  EXPECT_TRUE(flush(mid + R"(c", "size_mib": 1 } ] }, { "name": "top", "target": "striped", "to": [ "mid" ] })"));
  const std::string verity = R"({ "name": "v", "target": "verity", "data": "c", "hash": "c" }, )";
  EXPECT_FALSE(flush(verity + R"({ "name": "top", "target": "linear", "to": "v" })"))
      << "verity sets no num_flush_bios";
  EXPECT_TRUE(flush(R"({ "name": "top", "target": "snapshot", "origin": "c", "cow": "u" })"))
      << "iterate_devices asks the origin, too";
}

/// __dm_io_complete of a flush with data: the element is back, then kdmflush submits the data, which takes one again.
TEST(Flush, AWriteBehindAFlushIsTwoSubmissions) {
  const std::string stack =
      R"("kernel": { "reserved_bio_based_ios": 1 }, "faults": [], "memory": { "allocator": "exhausted", )"
      R"("freed_by": "nothing" },
    "devices": [ { "name": "o", "target": "disk" }, { "name": "d", "target": "disk"%s }, { "name": "cow",
        "target": "linear", "to": "d" },
      { "name": "s", "target": "snapshot", "origin": "o", "cow": "cow", "chunk_kib": 16 } ], "workload": [ {
          "write": "s", "write_kib": 16 } ])";
  const auto with = [&](const std::string& cache) { return std::string(stack).replace(stack.find("%s"), 2, cache); };
  EXPECT_EQ(run_of(with("")).verdict, progress) << "with one element of cow.io_bs: the two do not hold it together";
  EXPECT_TRUE(find_resource(program_of(with("")), "kdmflush/cow"));
  EXPECT_FALSE(find_resource(program_of(with(R"(, "write_cache": false)")), "kdmflush/cow"));
}

TEST(Flush, MemoryThatGivesNowAndThenIsEnough) {
  EXPECT_EQ(verdict({.targets = 3, .memory = R"("allocator": "plentiful")"}), progress);
  EXPECT_EQ(
      verdict({.targets = 3, .memory = R"("allocator": "exhausted", "freed_by": "nothing", "recovers_after_s": 7)"}),
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
    "kernel": { "reserved_bio_based_ios": 1 }, "devices": [ { "name": "o", "target": "disk" }, { "name": "c",
        "target": "disk" },
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
