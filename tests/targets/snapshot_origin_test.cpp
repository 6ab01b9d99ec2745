// Writes to the origin of snapshots, and dmsetup beside them, one request at a time (drivers/md/dm-snap.c,
// Linux 6.1.192).

#include "tests/kernel/stacks.hpp"

namespace dmstall::tests {
namespace {

std::string origin(const std::string& snapshots, const std::string& workload) {
  return R"("memory": { "allocator": "exhausted", "freed_by": "nothing" }, "faults": [], "devices": [
      { "name": "base", "target": "disk", "write_cache": false }, { "name": "cow1", "target": "disk",
          "write_cache": false },
      { "name": "cow2", "target": "disk", "write_cache": false }, { "name": "elsewhere", "target": "disk" },
      { "name": "o", "target": "snapshot-origin", "device": "base" }, )" +
         snapshots + R"( ], "workload": [ )" + workload + " ]";
}
const std::string one = R"({ "name": "s1", "target": "snapshot", "origin": "base", "cow": "cow1" })";
const std::string two = one + R"(, { "name": "s2", "target": "snapshot", "origin": "base", "cow": "cow2" })";
const std::string other = R"({ "name": "s1", "target": "snapshot", "origin": "elsewhere", "cow": "cow1" })";
const std::string three_writes = R"({ "write": "o", "count": 3, "in_flight": 3 })";

std::string small(const std::string& reserve) {
  return R"({ "name": "s1", "target": "snapshot", "origin": "base", "cow": "cow1", "reserve": { )" + reserve + " } }";
}

std::ptrdiff_t times(const Story& story, const std::string& step) {
  return std::count(story.begin(), story.end(), step);
}

TEST(SnapshotOrigin, WithoutSnapshotsItIsALinearMap) {
  const Machine machine = machine_of(origin(other, three_writes));
  Walk walk(machine);
  walk.run(walk.start());
  EXPECT_EQ(times(walk.story(), "disk base"), 1);
  EXPECT_EQ(times(walk.story(), "take s1.pending"), 0) << "a snapshot of another device";
}

TEST(SnapshotOrigin, AWriteCopiesTheChunkFirst) {
  const Machine machine = machine_of(origin(one, three_writes));
  Walk walk(machine);
  walk.choosing("first write to the chunk for s1");
  const TokenId id = walk.start();
  const std::int64_t serial = walk.world().token(id).serial;
  walk.run(id);
  EXPECT_TRUE(walk.finished(serial));
  EXPECT_EQ(only(walk.story(), {"take o.io_bs", "take s1.pending", "take s1.kcopyd_jobs", "disk base", "disk cow1"}),
            (Story{"take o.io_bs", "take s1.pending", "take s1.kcopyd_jobs", "disk base", "disk cow1", "disk cow1",
                   "disk base"}))
      << "chunk read, chunk and metadata written, then the bio itself";
}

TEST(SnapshotOrigin, ACopiedChunkIsWrittenAtOnceAndReadsAlways) {
  const Machine machine = machine_of(origin(one, three_writes + R"(, { "read": "o" })"));
  Walk walk(machine);
  walk.choosing("already copied to s1");
  walk.run(walk.start(0));
  walk.run(walk.start(1));
  EXPECT_EQ(times(walk.story(), "disk base"), 2);
  EXPECT_EQ(times(walk.story(), "take s1.pending"), 0);
}

TEST(SnapshotOrigin, TheExceptionOfTheBioIsStartedLast) {
  const Machine machine = machine_of(origin(two, three_writes));
  Walk walk(machine);
  walk.choosing("first write to the chunk for s1")
      .choosing("first write to the chunk for s2")
      .choosing("still copied to s2");
  const TokenId bio = walk.start();
  walk.run(bio);
  ASSERT_EQ(walk.spawned().size(), 1u) << "the copy for the second snapshot";
  const TokenId copy = walk.spawned().front();
  EXPECT_TRUE(walk.waits(bio)) << "the copy is allocated in the thread of the write";
  ASSERT_TRUE(walk.run_to_disk(copy));
  ASSERT_TRUE(walk.run_to_disk(bio));
  EXPECT_EQ(only(walk.story(), {"take s1.pending", "take s2.pending", "take s1.kcopyd_jobs", "take s2.kcopyd_jobs"}),
            (Story{"take s1.pending", "take s2.pending", "take s2.kcopyd_jobs", "take s1.kcopyd_jobs"}));
  walk.run(bio);
  EXPECT_EQ(walk.name_at(bio), "s2.unfinished_exceptions")
      << "retry_origin_bios queues it on the second snapshot's exception";
  EXPECT_FALSE(walk.holds(bio, "kcopyd/s1"));
  EXPECT_FALSE(walk.holds(bio, "s1.pending"));
  const std::int64_t serial = walk.world().token(bio).serial;
  walk.run(copy);
  walk.run(bio);
  EXPECT_TRUE(walk.finished(serial));
}

TEST(SnapshotOrigin, LargestChunksFirst) {
  const std::string unequal =
      one + R"(, { "name": "s2", "target": "snapshot", "origin": "base", "cow": "cow2", "chunk_kib": 64 })";
  const Machine machine = machine_of(origin(unequal, three_writes));
  Walk walk(machine);
  walk.choosing("first write to the chunk for s1").choosing("first write to the chunk for s2");
  walk.run(walk.start());
  EXPECT_EQ(only(walk.story(), {"take s1.pending", "take s2.pending"}).front(), "take s2.pending")
      << "__insert_snapshot";
}

TEST(SnapshotOrigin, TheOriginsLockIsHeldWhileAJobIsAwaited) {
  const Machine machine = machine_of(origin(
      small(R"("kcopyd_jobs": 1)"), three_writes + R"(, { "admin": "create_snapshot", "device": "elsewhere" })"));
  Walk walk(machine);
  walk.choosing("first write to the chunk for s1");
  const TokenId done = walk.start(0);
  ASSERT_TRUE(walk.run_to(done, NodeKind::read_unlock, "_origins_lock"));
  ASSERT_TRUE(walk.run_to(done, NodeKind::await_zero, "s1.tracked_reads"))
      << "its metadata is written: in pending_complete";
  const TokenId holder = walk.start(0), sleeper = walk.start(0), command = walk.start(1);
  walk.run(holder);
  EXPECT_TRUE(walk.holds(holder, "s1.kcopyd_jobs"));
  walk.run(sleeper);
  EXPECT_EQ(walk.name_at(sleeper), "s1.kcopyd_jobs");
  walk.run(command);
  EXPECT_EQ(walk.name_at(command), "_origins_lock") << "register_snapshot";
  walk.run(done);
  EXPECT_EQ(walk.name_at(done), "_origins_lock") << "do_origin again, in the kcopyd thread, behind the queued writer";
  EXPECT_TRUE(walk.holds(done, "kcopyd/s1"));
  EXPECT_EQ(walk.name_at(holder), "kcopyd/s1") << "the job is queued, nobody takes it on";
  for (const TokenId id : {done, holder, sleeper, command}) EXPECT_TRUE(walk.waits(id));
}

TEST(SnapshotOrigin, TheSnapshotsLockIsNotHeldWhileAJobIsAwaited) {
  // start_copy comes after up_read(&s->lock), alloc_pending_exception before.
  const Machine machine = machine_of(
      origin(small(R"("pending": 2, "kcopyd_jobs": 1)"),
             R"({ "write": "s1", "count": 4, "in_flight": 4 }, { "admin": "status", "device": "s1", "count": 2 })"));
  Walk walk(machine);
  walk.choosing("first write to the chunk");
  const TokenId first = walk.start(0), for_a_job = walk.start(0), asked = walk.start(1);
  const std::int64_t serial = walk.world().token(asked).serial;
  ASSERT_TRUE(walk.run_to_disk(first));
  walk.run(for_a_job);
  EXPECT_EQ(walk.name_at(for_a_job), "s1.kcopyd_jobs");
  walk.run(asked);
  EXPECT_TRUE(walk.finished(serial));
  const TokenId for_an_exception = walk.start(0), asked_again = walk.start(1);
  walk.run(for_an_exception);
  EXPECT_EQ(walk.name_at(for_an_exception), "s1.pending");
  walk.run(asked_again);
  EXPECT_EQ(walk.name_at(asked_again), "s1.lock");
  EXPECT_TRUE(walk.waits(asked_again));
}

TEST(SnapshotOrigin, ARemovedSnapshotWaitsForItsExceptionsOutsideTheLock) {
  // unregister_snapshot, then msleep while pending_exceptions_count is not 0.
  const Machine machine = machine_of(origin(two, three_writes + R"(, { "admin": "remove_snapshot", "device": "s2" })"));
  Walk walk(machine);
  walk.choosing("already copied to s1").choosing("first write to the chunk for s2");
  const TokenId bio = walk.start(0), removal = walk.start(1), later = walk.start(0);
  ASSERT_TRUE(walk.run_to_disk(bio));
  walk.run(removal);
  EXPECT_EQ(walk.name_at(removal), "s2.unfinished_exceptions");
  EXPECT_TRUE(walk.waits(removal));
  walk.forget_story();
  walk.run(later);
  EXPECT_EQ(times(walk.story(), "take s2.pending"), 0) << "an origin write does not see it any more";
  walk.run(bio);
  EXPECT_FALSE(walk.waits(removal));
}

TEST(SnapshotOrigin, WritesLongerThanTheSmallestChunkAreSplit) {
  const Machine machine = machine_of(origin(one, R"({ "write": "o", "write_kib": 32 })"));
  Walk walk(machine);
  walk.choosing("already copied to s1");
  const TokenId whole = walk.start();
  walk.run(whole);
  ASSERT_EQ(walk.spawned().size(), 1u);
  walk.run(walk.spawned().back());
  walk.run(whole);
  ASSERT_EQ(walk.spawned().size(), 2u) << "o->split_boundary: 16 KiB";
}

}  // namespace
}  // namespace dmstall::tests
