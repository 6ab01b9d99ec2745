// A snapshot that is merged into its origin while both are used (drivers/md/dm-snap.c, Linux 6.1.192).

#include "analysis/engines/explore/explore.hpp"
#include "analysis/engines/prove/prove.hpp"
#include "analysis/engines/verify/verify.hpp"
#include "analysis/report/objection_text.hpp"
#include "analysis/report/reason_text.hpp"
#include "tests/kernel/stacks.hpp"

namespace dmstall::tests {
namespace {

std::string merging(const std::string& workload, const std::string& reserve = "", int r = 16) {
  return R"("memory": { "allocator": "exhausted", "freed_by": "nothing" }, "faults": [], "kernel": {
      "reserved_bio_based_ios": )" +
         std::to_string(r) + R"( }, "devices": [
      { "name": "base", "target": "disk" }, { "name": "cow1", "target": "disk" }, { "name": "cow2", "target": "disk" },
      { "name": "elsewhere", "target": "disk" },
      { "name": "m", "target": "snapshot-merge", "origin": "base", "cow": "cow1", "allocated_chunks": 1 },
      { "name": "o", "target": "snapshot-origin", "device": "base" },
      { "name": "s2", "target": "snapshot", "origin": "base", "cow": "cow2", "reserve": { )" +
         reserve + R"( } } ], "workload": [ )" + workload + " ]";
}
const std::string a_write = R"({ "write": "m", "count": 2, "in_flight": 2 })";
constexpr int merge = 1;  // its class comes after that of the one workload item

std::ptrdiff_t times(const Story& story, const std::string& step) {
  return std::count(story.begin(), story.end(), step);
}

Machine any_threads(const std::string& body) {
  return analysis::any_number_of_threads(machine_of(body));
}

TEST(SnapshotMerge, AChunkIsCopiedToTheOtherSnapshotsFirst) {
  const Machine machine = machine_of(merging(a_write));
  Walk walk(machine);
  walk.choosing("first write to the chunk for s2");
  const TokenId chunk = walk.start(merge);
  walk.run(chunk);
  ASSERT_EQ(walk.spawned().size(), 1u);
  EXPECT_TRUE(walk.holds(chunk, "kcopyd/m")) << "it allocates, and then waits, in the kcopyd thread";
  walk.run(walk.spawned().front());
  const std::int64_t serial = walk.world().token(chunk).serial;
  walk.run(chunk);
  EXPECT_TRUE(walk.finished(serial));
  EXPECT_EQ(only(walk.story(), {"take s2.pending", "take s2.kcopyd_jobs", "take m.kcopyd_jobs", "disk cow1",
                                "disk cow2", "disk base"}),
            (Story{"take s2.pending", "take s2.kcopyd_jobs", "disk base", "disk cow2", "disk cow2", "disk cow2",
                   "take m.kcopyd_jobs", "disk cow1", "disk base", "disk base", "disk cow1", "disk cow1"}))
      << "copy for s2 with its commit; the chunk; flush of the origin; commit of the merge";
  EXPECT_EQ(times(walk.story(), "take m.pending"), 0) << "no new exceptions in a snapshot that is being merged";
}

TEST(SnapshotMerge, WritesUnderWayDelayItAndLaterOnesWaitForIt) {
  const Machine machine = machine_of(merging(a_write));
  Walk walk(machine);
  walk.choosing("not merged yet").choosing("another chunk is being merged").choosing("already copied to s2");
  const TokenId before = walk.start(0), chunk = walk.start(merge);
  ASSERT_TRUE(walk.run_to_disk(before));
  walk.run(chunk);
  EXPECT_EQ(walk.name_at(chunk), "m.tracked_reads") << "__check_for_conflicting_io, in the kcopyd thread";
  walk.forget_choices().choosing("not merged yet").choosing("this chunk is being merged");
  const TokenId later = walk.start(0);
  walk.run(later);
  EXPECT_EQ(walk.name_at(later), "m.merging_chunks") << "bios_queued_during_merge";
  walk.run(before);
  walk.run(chunk);
  EXPECT_FALSE(walk.waits(later));
  const std::int64_t serial = walk.world().token(later).serial;
  walk.forget_story();
  walk.run(later);
  EXPECT_TRUE(walk.finished(serial));
  EXPECT_EQ(only(walk.story(), {"disk base", "disk cow1"}), (Story{"disk base"})) << "it goes to the origin";
}

TEST(SnapshotMerge, AWriteToWhatIsInTheOriginIsAnOriginWrite) {
  const Machine machine = machine_of(merging(a_write));
  Walk walk(machine);
  walk.choosing("in the origin").choosing("first write to the chunk for s2");
  walk.run(walk.start(0));
  EXPECT_EQ(times(walk.story(), "take s2.pending"), 1);
  EXPECT_EQ(times(walk.story(), "take s2.in_progress"), 0) << "do_origin without limit";
}

TEST(SnapshotMerge, AFlushGoesToBothDevices) {
  EXPECT_EQ(resource_of(program_of(merging(R"({ "flush": "m" })", "", 1)), "m.bs").capacity, 2) << "num_flush_bios";
  const Machine machine = machine_of(merging(R"({ "flush": "m" })"));
  Walk walk(machine);
  const TokenId flush = walk.start(0);
  walk.run(flush);
  for (std::size_t i = 0; i < walk.spawned().size(); ++i) {
    walk.run(walk.spawned()[i]);
    walk.run(flush);
  }
  EXPECT_EQ(times(walk.story(), "disk base"), 1);
  EXPECT_EQ(times(walk.story(), "disk cow1"), 1);
}

TEST(SnapshotMerge, ItsWaitsGoDownToTheOtherSnapshots) {
  const Machine machine =
      any_threads(merging(a_write + R"(, { "write": "s2", "count": 8, "in_flight": 4 }, { "read": "m" })",
                          R"("pending": 1, "kcopyd_jobs": 1)", 1));
  const analysis::Proof proof = analysis::prove(machine);
  ASSERT_TRUE(proof.proved) << to_text(proof.objection);
  EXPECT_TRUE(analysis::verify(machine, proof.certificate).accepted);
}

TEST(SnapshotMerge, ItHoldsTheOriginsLockWhileItSleepsForAJob) {
  // With one job: it is held by a write to the origin, another's exception is complete, the merge sleeps for a job, the
  // command queues. Without the merge that takes three writes to the origin.
  const std::string create = R"(, { "admin": "create_snapshot", "device": "elsewhere" })";
  const std::string two = R"({ "write": "o", "count": 2, "in_flight": 2 })";
  const analysis::Exploration found = analysis::explore(any_threads(merging(two + create, R"("kcopyd_jobs": 1)")), {});
  ASSERT_EQ(found.verdict, models::VerdictKind::deadlock) << analysis::to_text(found.bound);
  EXPECT_EQ(found.requests, 4) << "two writes, the chunk, the command";
}

}  // namespace
}  // namespace dmstall::tests
