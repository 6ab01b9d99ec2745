// What verity devices of one stack may share, and how many mismatches it then takes to hang.
//
// SR shares the recheck page, SC the dm_io client of size n, SRC both, SB the dm_io client of dm-bufio as well.
// Expected from the kernel's order of allocation (page, struct io, bio, read of the lower device): SR and SRC need one
// mismatch at each level, SC needs n above and one below, SB none at all; pools per device never hang.

#include "tests/kernel/search.hpp"

namespace dmstall::tests {
namespace {

struct Shared {
  std::string sharing;
  int reserved = 1;
  int readers = 1;
  bool upper_mismatches = true, lower_mismatches = true;
  std::string cache = "warm";
  std::string fails = R"("allocator": "exhausted", "freed_by": "nothing")";
  std::string on_top = "upper";
};

std::string text_of(const Shared& shape) {
  const std::string n = std::to_string(shape.readers);
  // The lower device mismatches in any read (bad block) or only in re-reads, after its first answer was good (late).
  std::string faults;
  if (shape.upper_mismatches) faults = R"({ "device": "upper", "fault": "hash_mismatch", "on": "read" })";
  if (shape.lower_mismatches) {
    faults += std::string(faults.empty() ? "" : ", ") +
              R"({ "device": "disk", "fault": "late_corruption" }, { "device": "disk", "fault": "bad_block" })";
  }
  return R"("kernel": { "cpus": 4, "reserved_bio_based_ios": )" + std::to_string(shape.reserved) +
         R"( }, "memory": { )" + shape.fails + R"( }, "faults": [ )" + faults + R"( ], "sharing": ")" + shape.sharing +
         R"(", "devices": [ { "name": "disk", "target": "disk" },
      { "name": "lower", "target": "verity", "data": "disk", "hash": "disk", "prefetch": false, "hash_levels": 1,
          "hash_cache": ")" +
         shape.cache + R"(" },
      { "name": "upper", "target": "verity", "data": "lower", "hash": "lower", "prefetch": false, "hash_levels": 1,
          "hash_cache": ")" +
         shape.cache + R"(" } ],
    "workload": [ { "read": ")" +
         shape.on_top + R"(", "count": )" + n + R"(, "in_flight": )" + n + " } ]";
}

SearchAnswer answer_of(const Shared& shape) {
  const SearchAnswer answer = search(text_of(shape), 400'000);
  EXPECT_TRUE(answer.known) << shape.sharing << ": more than " << answer.states << " states";
  return answer;
}

TEST(Sharing, TheSwitchesAreIndependent) {
  const auto names = [](const std::string& sharing) {
    const Program program = program_of(text_of({.sharing = sharing, .cache = "cold"}));
    std::string shared;
    for (const char* pool :
         {"recheck_pool", "io_client.pool", "io_client.bios", "bufio_client.pool", "bufio_client.bios"}) {
      const bool one = find_resource(program, std::string("verity.") + pool).has_value();
      const bool own = find_resource(program, std::string("upper.") + pool).has_value();
      EXPECT_NE(one, own) << sharing << ": " << pool;
      shared += one ? '1' : '0';
    }
    return shared;
  };
  EXPECT_EQ(names("device"), "00000");
  EXPECT_EQ(names("SR"), "10000");
  EXPECT_EQ(names("SC"), "01100");
  EXPECT_EQ(names("SRC"), "11100");
  EXPECT_EQ(names("module"), "11100");
  EXPECT_EQ(names("SB"), "11111");
}

TEST(Sharing, ASharedPoolIsNoLargerThanAPrivateOne) {
  const Program program = program_of(text_of({.sharing = "SRC", .reserved = 4}));
  EXPECT_EQ(resource_of(program, "verity.recheck_pool").capacity, 1);
  EXPECT_EQ(resource_of(program, "verity.io_client.pool").capacity, 4);
}

TEST(Sharing, PerDeviceNeverDeadlocks) {
  for (const int readers : {1, 2}) {
    const SearchAnswer answer = answer_of({.sharing = "device", .readers = readers});
    EXPECT_FALSE(answer.dead);
    EXPECT_TRUE(answer.can_complete);
  }
}

TEST(Sharing, TheSharedPageHangsWithOneMismatchPerLevel) {
  for (const char* sharing : {"SR", "SRC"}) {
    const SearchAnswer both = answer_of({.sharing = sharing, .reserved = 16});
    EXPECT_TRUE(both.dead) << sharing << ": one request is enough, whatever the clients' size";
    EXPECT_EQ(both.waited_for.count("verity.recheck_pool"), 1u);
    EXPECT_FALSE(answer_of({.sharing = sharing, .readers = 2, .lower_mismatches = false}).dead);
    EXPECT_FALSE(answer_of({.sharing = sharing, .readers = 2, .upper_mismatches = false}).dead);
  }
}

TEST(Sharing, TheSharedClientOfOneHangsWithOneMismatchPerLevel) {
  const SearchAnswer answer = answer_of({.sharing = "SC", .reserved = 1});
  EXPECT_TRUE(answer.dead);
  EXPECT_EQ(answer.waited_for, (std::set<std::string>{"verity.io_client.pool"}));
  EXPECT_FALSE(answer_of({.sharing = "SC", .reserved = 1, .upper_mismatches = false}).dead);
}

TEST(Sharing, TheSharedClientOfTwoNeedsTwoMismatchesAbove) {
  // Pages can be had, the client's struct io cannot: n readers above hold all n.
  const std::string slabs = R"("allocator": "plentiful", "fails": ["*.io_client.pool"])";
  EXPECT_FALSE(answer_of({.sharing = "SC", .reserved = 2, .readers = 1, .fails = slabs}).dead);
  EXPECT_TRUE(answer_of({.sharing = "SC", .reserved = 2, .readers = 2, .fails = slabs}).dead);
}

TEST(Sharing, ThePageOfTheUpperDeviceKeepsASharedClientOfTwoFromRunningDry) {
  // The upper device has one page: with no memory at all only one of its readers can hold the client.
  EXPECT_FALSE(answer_of({.sharing = "SC", .reserved = 2, .readers = 2}).dead);
}

TEST(Sharing, TheSharedBufioClientHangsWithoutAnyMismatch) {
  const Shared plain{.sharing = "SB", .upper_mismatches = false, .lower_mismatches = false, .cache = "cold"};
  const SearchAnswer answer = answer_of(plain);
  EXPECT_TRUE(answer.dead);
  EXPECT_EQ(answer.waited_for.count("verity.bufio_client.pool"), 1u);
  Shared apart = plain;
  apart.sharing = "SRC";
  EXPECT_FALSE(answer_of(apart).dead);
}

TEST(Sharing, NothingHangsWhereNoDeviceLiesOnAnother) {
  EXPECT_FALSE(answer_of({.sharing = "SB", .readers = 2, .cache = "cold", .on_top = "lower"}).dead);
}

}  // namespace
}  // namespace dmstall::tests
