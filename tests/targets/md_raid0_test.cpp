// md's RAID0: thresholds from arithmetic over the sets of two (include/linux/bio.h:BIO_POOL_SIZE), and from a running
// 6.12.117, where the fsync of an array of 2 members completed and of 3 hung.
#include <gtest/gtest.h>

#include <string>

#include "models/machine/describe.hpp"
#include "tests/kernel/stacks.hpp"

namespace dmstall::tests {
namespace {

constexpr auto progress = models::VerdictKind::progress;
constexpr auto deadlock = models::VerdictKind::deadlock;

analysis::RunReport judged(const std::string& body) {
  analysis::RunOptions options;
  options.compare_without_faults = false;
  return analysis::run_scenario(scenario_of(body), options);
}
models::VerdictKind verdict(const std::string& body) {
  return judged(body).verdict;
}

struct Array {
  const char* release = "6.12";
  int members = 2;
  const char* disk = "";  ///< further keys of each
  const char* more = "";  ///< further keys of the array
};

std::string on_array(const Array& of, const std::string& workload, const std::string& upper = "") {
  std::string devices, names;
  for (int i = 0; i < of.members; ++i) {
    const std::string name = "d" + std::to_string(i);
    devices += R"({ "name": ")" + name + R"(", "target": "disk")" + of.disk + " }, ";
    names += (i > 0 ? ", \"" : "\"") + name + "\"";
  }
  return R"("kernel": { "release": ")" + std::string(of.release) +
         R"(" }, "faults": [], "memory": { "allocator": "exhausted", "freed_by": "nothing" }, "devices": [ )" +
         devices + R"({ "name": "md", "target": "md-raid0", "to": [ )" + names + " ]" + of.more + " }" + upper +
         R"( ], "workload": [ )" + workload + " ]";
}

std::string at_once(const char* verb, int k, const std::string& more = "") {
  const std::string n = std::to_string(k);
  return "{ \"" + std::string(verb) + R"(": "md", "count": )" + n + R"(, "in_flight": )" + n + R"(, "threads": )" + n +
         more + " }";
}

/// md_flush_request of 6.12: k flushes over n members hold k (n - 1) of two elements and want another.
TEST(MdRaid0, FlushesOf612HoldABioForEachMember) {
  struct Case {
    int members, flushes;
    models::VerdictKind verdict;
  };
  for (const Case& of :
       {Case{2, 1, progress}, {3, 1, deadlock}, {2, 2, deadlock}, {1, 4, progress}, {4, 1, deadlock}}) {
    SCOPED_TRACE(testing::Message() << of.members << " members, " << of.flushes << " flushes");
    EXPECT_EQ(verdict(on_array({.members = of.members}, at_once("flush", of.flushes))), of.verdict);
    EXPECT_EQ(verdict(on_array({.release = "6.1", .members = of.members}, at_once("flush", of.flushes))), progress);
  }
  // Who has no write cache is done at once and holds nothing.
  EXPECT_EQ(verdict(on_array({.members = 3, .disk = R"(, "write_cache": false)"}, at_once("flush", 2))), progress);
}

TEST(MdRaid0, FlushesGoByTheChangeAndNotByTheRelease) {
  std::string body = on_array({.release = "6.12", .members = 3}, at_once("flush", 1));
  const std::string kernel = R"("release": "6.12")";
  body.replace(body.find(kernel), kernel.size(), kernel + R"(, "without": "md_flush_by_submitter")");
  EXPECT_EQ(verdict(body), progress);
}

/// md_wq has one rescuer: without further threads the work item of an upper array waits in it for the slot of a lower
/// one, whose own work item needs it.
TEST(MdRaid0, StackedArraysShareTheirQueueIn61) {
  const std::string upper = R"(, { "name": "top", "target": "md-raid0", "to": [ "md" ] })";
  const std::string both = R"({ "flush": "top", "count": 1 }, { "flush": "md", "count": 1 })";
  std::string body = on_array({.release = "6.1", .members = 1}, both, upper);
  const std::string memory = R"("freed_by": "nothing")";
  body.replace(body.find(memory), memory.size(), memory + R"(, "threads": "fail")");
  EXPECT_EQ(verdict(body), deadlock);
  EXPECT_EQ(verdict(on_array({.release = "6.1", .members = 1}, R"({ "flush": "top", "count": 1 })", upper)), progress);
}

/// raid0_make_request: a bio over the end of a chunk takes two clones, the first of which lies on the bio_list.
TEST(MdRaid0, ABioOverTheEndOfAChunkTakesTwoClones) {
  for (const char* release : {"6.1", "6.12"}) {
    const Array array{.release = release, .more = R"(, "chunk_kib": 16)"};
    const std::string across = R"(, "write_kib": 12)";
    EXPECT_EQ(verdict(on_array(array, at_once("read", 1, across))), progress) << release;
    EXPECT_EQ(verdict(on_array(array, at_once("read", 2, across))), deadlock) << release;
    EXPECT_EQ(verdict(on_array(array, at_once("read", 4))), progress) << release;
  }
  // Without statistics 6.1 clones nothing: a bio takes one element of bio_set, and that on the way down.
  const Array plain{.release = "6.1", .more = R"(, "chunk_kib": 16, "iostats": false)"};
  EXPECT_EQ(verdict(on_array(plain, at_once("read", 4, R"(, "write_kib": 12)"))), progress);
  const Array later{.release = "6.12", .more = R"(, "chunk_kib": 16, "iostats": false)"};
  EXPECT_EQ(verdict(on_array(later, at_once("read", 2, R"(, "write_kib": 12)"))), deadlock);
}

/// bio_split_to_limits: each piece is on its way before the next one asks.
TEST(MdRaid0, PiecesOfALargeBioDoNotHoldEachOther) {
  const Array array{.release = "6.1", .more = R"(, "chunk_kib": 4)"};
  const analysis::RunReport found = judged(on_array(array, at_once("read", 3, R"(, "write_kib": 16)")));
  EXPECT_EQ(found.verdict, progress);
  EXPECT_TRUE(found.proof && found.proof->proved);
}

/// raid0_handle_discard: a bio of fs_bio_set for each member, beside the caller's own.
TEST(MdRaid0, DiscardsTakeFromTheTwoBiosOfAllFilesystems) {
  for (const char* release : {"6.1", "6.12"}) {
    const Array array{.release = release, .disk = R"(, "discard_granularity_kib": 4)", .more = R"(, "chunk_kib": 64)"};
    EXPECT_EQ(verdict(on_array(array, at_once("discard", 1, R"(, "discard_kib": 64)"))), progress) << release;
    EXPECT_EQ(verdict(on_array(array, at_once("discard", 1, R"(, "discard_kib": 128)"))), deadlock) << release;
    EXPECT_EQ(verdict(on_array(array, at_once("discard", 2, R"(, "discard_kib": 64)"))), deadlock) << release;
  }
}

/// A snapshot's metadata is written behind a flush: 6.1 sends both from md_wq, 6.12 from the thread itself.
TEST(MdRaid0, AWriteBehindAFlushGoesByTheSameWay) {
  const auto text = [](const char* release) {
    const std::string upper = R"(, { "name": "base", "target": "disk" },
      { "name": "snap", "target": "snapshot", "origin": "base", "cow": "md" })";
    return models::describe(program_of(on_array({.release = release}, R"({ "write": "snap", "count": 1 })", upper)));
  };
  EXPECT_NE(text("6.1").find("md_submit_flush_data"), std::string::npos);
  EXPECT_EQ(text("6.1").find("kdmflush/md"), std::string::npos);
  EXPECT_EQ(text("6.12").find("md_submit_flush_data"), std::string::npos);
  EXPECT_NE(text("6.12").find("md_flush_request"), std::string::npos);
}

}  // namespace
}  // namespace dmstall::tests
