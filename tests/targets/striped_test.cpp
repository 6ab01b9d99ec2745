// dm-stripe: where a byte lies (dm-stripe.c:stripe_map_sector), where a bio is cut (dm.c:max_io_len), and the flush of
// one clone per stripe (dm.c:alloc_multiple_bios), read in Linux 6.1.192.

#include "analysis/engines/explore/explore.hpp"
#include "analysis/engines/prove/prove.hpp"
#include "analysis/report/objection_text.hpp"
#include "analysis/report/reason_text.hpp"
#include "tests/kernel/search.hpp"
#include "tests/oracle/oracle.hpp"

namespace dmstall::tests {
namespace {

constexpr auto progress = models::VerdictKind::progress;
constexpr auto deadlock = models::VerdictKind::deadlock;
const std::string refusing = R"("memory": { "allocator": "exhausted", "freed_by": "nothing" })";

struct Shape {
  int stripes = 2;
  int reserved = 1;
  int flushes = 1;
  std::string cached = "";   ///< per stripe "c" or "u"; empty: all cached
  std::string reserve = "";  ///< "reserve" of the striped device
  std::string memory = "";   ///< empty: any allocation may fail
};

std::string flush_of(const Shape& shape) {
  std::string devices, to;
  for (int i = 0; i < shape.stripes; ++i) {
    const std::string name = "d" + std::to_string(i);
    const bool cache = shape.cached.empty() || shape.cached[static_cast<std::size_t>(i)] == 'c';
    devices +=
        R"({ "name": ")" + name + R"(", "target": "disk", "write_cache": )" + (cache ? "true" : "false") + " }, ";
    to += (i > 0 ? ", \"" : "\"") + name + "\"";
  }
  const std::string n = std::to_string(shape.flushes);
  return R"("kernel": { "reserved_bio_based_ios": )" + std::to_string(shape.reserved) + R"( }, "faults": [], )" +
         (shape.memory.empty() ? "" : shape.memory + ", ") + R"("devices": [ )" + devices +
         R"({ "name": "s", "target": "striped", "to": [ )" + to + " ]" +
         (shape.reserve.empty() ? "" : R"(, "reserve": )" + shape.reserve) +
         R"( } ], "workload": [ { "flush": "s", "count": )" + n + R"(, "in_flight": )" + n + R"(, "threads": )" + n +
         " } ]";
}

models::VerdictKind explored(const std::string& body) {
  const analysis::Exploration found = analysis::explore(machine_of(body), {});
  EXPECT_FALSE(found.error) << *found.error;
  EXPECT_TRUE(found.bound.empty()) << analysis::to_text(found.bound);
  return found.verdict;
}

TEST(Striped, BothSetsAreAsLargeAsOneFlush) {
  for (const auto& [stripes, reserved, size] : {std::array{3, 1, 3}, std::array{3, 16, 16}, std::array{20, 16, 20}}) {
    const Program program = program_of(flush_of({.stripes = stripes, .reserved = reserved}));
    EXPECT_EQ(resource_of(program, "s.bs").capacity, size);
    EXPECT_EQ(resource_of(program, "s.io_bs").capacity, size);
  }
}

TEST(Striped, ItsOwnFlushesNeverHang) {
  for (const int stripes : {1, 2, 3, 5}) {
    for (const int reserved : {1, 2, 16}) {
      for (const int flushes : {1, 2, 3}) {
        SCOPED_TRACE(std::to_string(stripes) + " stripes, reserve " + std::to_string(reserved) + ", " +
                     std::to_string(flushes) + " flushes");
        const Shape shape{.stripes = stripes, .reserved = reserved, .flushes = flushes};
        if (flushes < 3 || stripes < 5) {
          EXPECT_EQ(explored(flush_of(shape)), progress);
        }
        Shape timed = shape;
        timed.memory = refusing;
        EXPECT_EQ(run_of(flush_of(timed)).verdict, progress);
      }
    }
  }
}

TEST(Striped, ItsOwnFlushesAreProvedForAnyNumber) {
  for (const int stripes : {1, 2, 3, 4}) {
    for (const int reserved : {1, 2, 16}) {
      SCOPED_TRACE(std::to_string(stripes) + " stripes, reserve " + std::to_string(reserved));
      const analysis::Proof answer =
          analysis::prove(machine_of(flush_of({.stripes = stripes, .reserved = reserved})), {});
      EXPECT_TRUE(answer.proved) << to_text(answer.objection);
    }
  }
}

/// The second round cannot use the clone in the io_bs element: it takes one element more than the first.
TEST(Striped, OneElementFewerIsEnoughForOneFlushAndNotForTwo) {
  for (const int stripes : {2, 3}) {
    Shape shape{.stripes = stripes, .reserve = R"({ "bs": )" + std::to_string(stripes - 1) + " }", .memory = refusing};
    EXPECT_EQ(explored(flush_of(shape)), progress) << stripes;
    shape.flushes = 2;
    EXPECT_EQ(explored(flush_of(shape)), deadlock) << stripes;
    if (stripes > 2) continue;  // too much for the oracle
    const OracleAnswer truth = ask_oracle(program_of(flush_of(shape)));
    ASSERT_TRUE(truth.known);
    EXPECT_TRUE(truth.stuck) << stripes;
  }
}

TEST(Striped, TheOracleSaysTheSame) {
  for (const Shape& shape : {Shape{.stripes = 3}, Shape{.stripes = 2, .flushes = 2, .memory = refusing}}) {
    const OracleAnswer truth = ask_oracle(program_of(flush_of(shape)));
    ASSERT_TRUE(truth.known);
    EXPECT_FALSE(truth.stuck);
    EXPECT_TRUE(truth.can_complete);
  }
}

TEST(Striped, AllElementsAreGivenBackBeforeTheLock) {
  const Machine machine = machine_of(flush_of({.stripes = 3, .reserve = R"({ "bs": 1 })", .memory = refusing}));
  Walk walk(machine);
  const TokenId flush = walk.start();
  walk.run(flush);
  EXPECT_EQ(walk.name_at(flush), "s.bs");
  EXPECT_TRUE(walk.holds(flush, "s.table_devices_lock"));
  EXPECT_TRUE(walk.spawned().empty());
  const Story& story = walk.story();
  const auto back = std::find(story.begin(), story.end(), "give s.bs"),
             lock = std::find(story.begin(), story.end(), "take s.table_devices_lock");
  EXPECT_LT(back, lock);
  EXPECT_NE(lock, story.end());
}

TEST(Striped, StripesWithoutWriteCacheGiveTheirElementBackAtOnce) {
  EXPECT_EQ(explored(flush_of({.stripes = 3, .flushes = 2, .cached = "ucu"})), progress);
  const Machine machine = machine_of(flush_of({.stripes = 3, .cached = "ucu", .memory = refusing}));
  Walk walk(machine);
  const TokenId flush = walk.start();
  walk.run(flush);
  EXPECT_EQ(walk.spawned().size(), 1u) << "one clone is on its way, to d1";
}

TEST(Striped, OverAndUnderALinearTable) {
  const auto stack = [](int segments, int reserved) {
    std::string table;
    for (int i = 0; i < segments; ++i)
      table += (i > 0 ? ", " : "") + (R"({ "to": "s", "size_mib": 16, "start_mib": )" + std::to_string(16 * i) + " }");
    return R"("kernel": { "reserved_bio_based_ios": )" + std::to_string(reserved) +
           R"( }, "faults": [], "devices": [ { "name": "a", "target": "disk" },
      { "name": "b", "target": "disk" }, { "name": "s", "target": "striped", "to": [ "a", "b" ] }, { "name": "lv",
          "target": "linear", "segments": [ )" +
           table + R"( ] } ], "workload": [ { "flush": "lv", "count": 2, "in_flight": 2, "threads": 2 } ])";
  };
  EXPECT_TRUE(analysis::prove(machine_of(stack(2, 1)), {}).proved);
  const analysis::Exploration found = analysis::explore(machine_of(stack(3, 1)), {});
  EXPECT_EQ(found.verdict, deadlock) << "the linear table needs two elements of a set of one";
  EXPECT_EQ(found.stuck.waited_for, std::vector<std::string>{"lv.bs"});
}

/// Requests of so many KiB, one after the other, and how many of them fail when these blocks of a disk do.
std::int64_t failed(const std::string& devices, int kib, int count, const std::string& fault) {
  const auto report = run_of(R"("memory": { "allocator": "plentiful" }, "devices": [ )" + devices +
                             R"( ], "faults": [ )" + fault + R"( ], "workload": [ { "read": "s", "count": )" +
                             std::to_string(count) + R"(, "write_kib": )" + std::to_string(kib) + " } ]");
  EXPECT_EQ(report.verdict, progress);
  std::int64_t sum = 0;
  for (const auto& requests : report.simulation.classes) sum += requests.failed;
  return sum;
}

const std::string three_disks =
    R"({ "name": "a", "target": "disk" }, { "name": "b", "target": "disk" }, { "name": "c", "target": "disk" },
  { "name": "s", "target": "striped", "to": [ "a", "b", "c" ], "chunk_kib": 8 })";

TEST(Striped, ChunksGoRoundTheStripes) {
  // 90 blocks of 4 KiB: each stripe has every third pair of them.
  for (const char* disk : {"a", "b", "c"}) {
    const std::string of = std::string(R"({ "device": ")") + disk + R"(", "fault": "io_error")";
    EXPECT_EQ(failed(three_disks, 4, 90, of + " }"), 30);
  }
}

TEST(Striped, AnAddressReachesTheStripesOwnTable) {
  // The second MiB of b's volume is on y: of the first 4 MiB of s a quarter.
  const std::string stack =
      R"({ "name": "a", "target": "disk" }, { "name": "x", "target": "disk" }, { "name": "y", "target": "disk" },
    { "name": "b", "target": "linear", "segments": [ { "to": "x", "size_mib": 1 }, { "to": "y", "size_mib": 1 } ] },
    { "name": "s", "target": "striped", "to": [ "a", "b" ], "chunk_kib": 64 })";
  EXPECT_EQ(failed(stack, 64, 64, R"({ "device": "y", "fault": "io_error" })"), 16);
  EXPECT_EQ(failed(stack, 64, 64, R"({ "device": "x", "fault": "io_error" })"), 16);
  EXPECT_EQ(failed(stack, 64, 64, R"({ "device": "a", "fault": "io_error" })"), 32);
}

TEST(Striped, ABioIsCutAtEveryChunk) {
  // 12 KiB at a time over chunks of 8 KiB: one bio lies on a and half of b, the next on the other half and c.
  const std::map<std::string, int> bios{{"a", 15}, {"b", 30}, {"c", 15}};
  for (const auto& [disk, count] : bios) {
    EXPECT_EQ(failed(three_disks, 12, 30, R"({ "device": ")" + disk + R"(", "fault": "io_error" })"), count) << disk;
  }
  EXPECT_EQ(failed(three_disks, 24, 10, R"({ "device": "b", "fault": "io_error" })"), 10)
      << "24 KiB is one chunk of each";
}

TEST(Striped, TheRemainderAsksForItsElementWhenTheFirstPartIsOnItsWay) {
  const auto reading = [](const std::string& order) {
    return R"("kernel": { "reserved_bio_based_ios": 1, "bio_list_order": ")" + order + R"(" }, "faults": [],
      "devices": [ { "name": "a", "target": "disk" }, { "name": "s", "target": "striped", "to": [ "a" ],
          "chunk_kib": 4 } ],
      "workload": [ { "read": "s", "write_kib": 8, "count": 1 } ])";
  };
  EXPECT_EQ(explored(reading("depth_first")), progress);
  EXPECT_EQ(explored(reading("fifo")), deadlock)
      << "the first part is parked on the list of the task that waits for a second element";
}

}  // namespace
}  // namespace dmstall::tests
