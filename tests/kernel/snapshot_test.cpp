// dm-snapshot with the persistent store (dm-snap.c, dm-snap-persistent.c): order, group commit, who reads the origin.

#include "models/machine/stuck.hpp"
#include "tests/kernel/search.hpp"

namespace dmstall::tests {
namespace {

std::string snapshot(const std::string& workload,
                     const std::string& memory = R"("allocator": "exhausted", "freed_by": "nothing")",
                     const std::string& kernel = "") {
  return R"("memory": { )" + memory + R"( }, "faults": [], "kernel": { )" + kernel + R"( }, "devices": [
      { "name": "disk", "target": "disk" }, { "name": "cow", "target": "disk" },
      { "name": "origin", "target": "verity", "data": "disk", "hash": "disk", "hash_cache": "warm", "prefetch": false },
      { "name": "s", "target": "snapshot", "origin": "origin", "cow": "cow", "chunk_kib": 16 } ],
    "workload": [ )" +
         workload + " ]";
}
constexpr const char* two_writes = R"({ "write": "s", "count": 2, "in_flight": 2 })";
constexpr const char* three_writes = R"({ "write": "s", "count": 3, "in_flight": 3 })";

/// A token's way to where its copy is finished and its exception waits for its turn.
bool run_to_turn(Walk& walk, TokenId id) {
  return walk.run_to(id, NodeKind::await_turn, "s.exception_order");
}

std::ptrdiff_t times(const Story& story, const std::string& step) {
  return std::count(story.begin(), story.end(), step);
}

TEST(Snapshot, ExceptionsCompleteInOrder) {
  const Machine machine = machine_of(snapshot(two_writes));
  Walk walk(machine);
  walk.choosing("first write to the chunk");
  const TokenId first = walk.start(), second = walk.start();
  ASSERT_TRUE(walk.run_to(first, NodeKind::ticket));
  walk.step(first);
  ASSERT_TRUE(run_to_turn(walk, second)) << "its copy is finished first";
  EXPECT_TRUE(walk.waits(second));
  EXPECT_TRUE(walk.holds(second, "s.pending")) << "out of order it waits in a tree, with its pending exception";
  EXPECT_FALSE(walk.holds(second, "kcopyd/s"));
  EXPECT_FALSE(walk.holds(second, "s.kcopyd_jobs"));
  ASSERT_TRUE(run_to_turn(walk, first));
  EXPECT_FALSE(walk.waits(first));
  EXPECT_TRUE(walk.waits(second)) << "a finished copy alone does not pass the turn";
  ASSERT_TRUE(walk.run_to(first, NodeKind::count, "s.pending_count"));
  EXPECT_FALSE(walk.waits(second));
}

TEST(Snapshot, GroupCommitWritesOnceForAllInFlight) {
  const Machine machine = machine_of(snapshot(three_writes));
  Walk walk(machine);
  walk.choosing("first write to the chunk");
  const TokenId a = walk.start(), b = walk.start(), c = walk.start();
  for (const TokenId id : {a, b, c}) ASSERT_TRUE(run_to_turn(walk, id));
  walk.forget_story();
  walk.run(a);
  EXPECT_EQ(walk.node(a).kind, NodeKind::await);
  EXPECT_EQ(walk.name_at(a), "s.commit");
  EXPECT_FALSE(walk.holds(a, "kcopyd/s")) << "a callback in ps->callbacks is no thread";
  walk.run(b);
  EXPECT_EQ(walk.name_at(b), "s.commit");
  EXPECT_EQ(times(walk.story(), "take s.pstore_client.pool"), 0);
  ASSERT_TRUE(walk.run_to_disk(c)) << "the last one writes the area";
  EXPECT_TRUE(walk.holds(c, "kcopyd/s")) << "synchronously, in the kcopyd thread";
  EXPECT_TRUE(walk.waits(a));
  walk.run(c);
  walk.run(a);
  walk.run(b);
  EXPECT_EQ(times(walk.story(), "take s.pstore_client.pool"), 1);
  EXPECT_EQ(walk.world().live_count(), 0u);
}

TEST(Snapshot, AnExceptionPreparedLaterDelaysTheCommit) {
  const Machine machine = machine_of(snapshot(two_writes));
  Walk walk(machine);
  walk.choosing("first write to the chunk");
  const TokenId first = walk.start(), second = walk.start();
  ASSERT_TRUE(run_to_turn(walk, first));
  ASSERT_TRUE(walk.run_to_take(second, "s.kcopyd_jobs")) << "prepared, not yet copied";
  walk.run(first);
  EXPECT_EQ(walk.name_at(first), "s.commit");
  EXPECT_TRUE(walk.waits(first));
}

TEST(Snapshot, AfterACommitTheNextGroupWaitsForItsOwn) {
  const Machine machine = machine_of(snapshot(two_writes));
  Walk walk(machine);
  walk.choosing("first write to the chunk");
  const TokenId first = walk.start();
  walk.run(first);
  const TokenId second = walk.start(), third = walk.start();
  ASSERT_TRUE(run_to_turn(walk, second));
  ASSERT_TRUE(walk.run_to_take(third, "s.kcopyd_jobs"));
  walk.run(second);
  EXPECT_EQ(walk.name_at(second), "s.commit") << "the earlier commit does not count";
  EXPECT_TRUE(walk.waits(second));
}

TEST(Snapshot, OneStuckChunkBlocksEveryLaterOne) {
  // Only the first chunk lies on a bad block and hangs in a shared recheck page; no page of any other chunk becomes
  // clean.
  const models::ReadResult read =
      models::read_scenario_file(std::string(DMSTALL_SOURCE_DIR) + "/scenarios/seed/shared-pools.json");
  ASSERT_TRUE(read.scenario);
  analysis::RunOptions options;
  options.engine = analysis::Engine::simulate;
  const auto report = analysis::run_scenario(*read.scenario, options);
  EXPECT_EQ(report.verdict, models::VerdictKind::deadlock);
  EXPECT_EQ(report.simulation.classes.front().finished, 0);
  EXPECT_EQ(report.simulation.classes.front().started, 8);
  EXPECT_EQ(report.stuck.requests, 8);
}

TEST(Snapshot, WholeChunkWritesBypassTheOrigin) {
  const std::string whole = R"({ "write": "s", "write_kib": 16 })";
  const Program bypass = program_of(snapshot(whole));
  EXPECT_FALSE(has_flow(bypass, "read origin 16 KiB"));
  EXPECT_FALSE(find_resource(bypass, "origin.io_bs"));
  EXPECT_TRUE(has_flow(program_of(snapshot(R"({ "write": "s", "write_kib": 8 })")), "read origin 16 KiB"));
  const Machine machine = machine_of(snapshot(whole));
  Walk walk(machine);
  walk.choosing("first write to the chunk");
  walk.run(walk.start());
  EXPECT_EQ(times(walk.story(), "disk disk"), 0);
  EXPECT_EQ(times(walk.story(), "take s.kcopyd_client.pool"), 0);
  EXPECT_EQ(times(walk.story(), "take s.kcopyd_jobs"), 1) << "dm_kcopyd_prepare_callback";
  EXPECT_EQ(times(walk.story(), "disk cow"), 3) << "the chunk, the commit's flush and the metadata";
  EXPECT_EQ(walk.world().live_count(), 0u);
}

TEST(Snapshot, AWriteToACopiedChunkGoesStraightToTheCowDevice) {
  const Machine machine = machine_of(snapshot(R"({ "write": "s" })"));
  Walk walk(machine);
  walk.choosing("already copied");
  walk.run(walk.start());
  EXPECT_EQ(times(walk.story(), "disk cow"), 1);
  EXPECT_EQ(times(walk.story(), "take s.pending"), 0);
}

TEST(Snapshot, AWriteToAChunkUnderCopyWaitsForItsException) {
  const Machine machine = machine_of(snapshot(two_writes));
  Walk walk(machine);
  walk.choosing("first write to the chunk");
  const TokenId first = walk.start();
  ASSERT_TRUE(walk.run_to_disk(first));
  walk.forget_choices().choosing("being copied");
  const TokenId second = walk.start();
  walk.run(second);
  EXPECT_EQ(walk.holds(second).count("s.pending"), 0u) << "no exception of its own";
  EXPECT_TRUE(walk.holds(second, "s.io_bs"));
  EXPECT_TRUE(walk.waits(second));
  walk.run(first);
  EXPECT_FALSE(walk.waits(second));
}

TEST(Snapshot, ATrackedReadOfTheChunkHoldsTheKcopydThread) {
  const Machine machine = machine_of(snapshot(R"({ "write": "s" }, { "read": "s" })"));
  Walk walk(machine);
  walk.choosing("first write to the chunk").choosing("not copied").choosing("chunk is being copied");
  const TokenId write = walk.start(0), read = walk.start(1);
  ASSERT_TRUE(walk.run_to_disk(read));
  walk.run(write);
  EXPECT_EQ(walk.name_at(write), "s.tracked_reads");
  EXPECT_TRUE(walk.waits(write));
  EXPECT_TRUE(walk.holds(write, "kcopyd/s")) << "__check_for_conflicting_io polls in the thread";
  walk.run(read);
  EXPECT_FALSE(walk.waits(write));
}

TEST(Snapshot, TheCompletedExceptionHasNoPool) {
  const Program succeeds = program_of(snapshot(two_writes));
  ASSERT_EQ(succeeds.unpooled_sites.size(), 1U);
  EXPECT_EQ(succeeds.unpooled_sites[0].gfp, "GFP_NOIO");
  EXPECT_EQ(run_of(snapshot(R"({ "writeback": "s", "pages": 8 })", R"("allocator": "exhausted")")).verdict,
            models::VerdictKind::progress);
  const auto fails =
      run_of(snapshot(R"({ "writeback": "s", "pages": 8 })", R"("allocator": "exhausted", "unpooled": "fails")"));
  EXPECT_EQ(fails.verdict, models::VerdictKind::deadlock);
  EXPECT_EQ(fails.stuck.waited_for.front(), "s.completed_exception (no pool)");
  EXPECT_TRUE(fails.relieved_by_memory);
}

TEST(Snapshot, ItsLockIsLeftOutWhereNobodySleepsHoldingIt) {
  // Two writes cannot empty a pool of 256: no map sleeps while it holds s->lock, and nobody waits for long.
  const Machine machine = machine_of(snapshot(std::string(two_writes) + R"(, { "admin": "status", "device": "s" })"));
  for (const auto& resource : machine.resources) EXPECT_NE(resource.kind, ResourceKind::rwsem) << resource.name;
}

TEST(Snapshot, ATransientStoreWritesNoMetadata) {
  std::string body = snapshot(two_writes);
  body.replace(body.find(R"("chunk_kib": 16)"), 15, R"("chunk_kib": 16, "store": "transient")");
  const Machine machine = machine_of(body);
  EXPECT_FALSE(find_resource(machine, "s.pstore_client.pool"));
  EXPECT_FALSE(find_resource(program_of(body), "s.pstore_client.pool"));
  Walk walk(machine);
  walk.choosing("first write to the chunk");
  const TokenId first = walk.start(), second = walk.start();
  const std::int64_t serial = walk.world().token(first).serial;
  ASSERT_TRUE(walk.run_to(first, NodeKind::await_turn, "s.exception_order"));
  ASSERT_TRUE(walk.run_to_take(second, "s.kcopyd_jobs")) << "prepared, not yet copied";
  walk.forget_story();
  walk.run(first);
  EXPECT_TRUE(walk.finished(serial)) << "commit_exception calls back at once, whoever else is in flight";
  EXPECT_EQ(times(walk.story(), "disk cow"), 1) << "the bio alone";
}

TEST(Snapshot, TheThrottleLetsThresholdPlusOneIn) {
  // A map waits while in_progress > cow_threshold.
  EXPECT_EQ(resource_of(program_of(snapshot(two_writes)), "s.in_progress").capacity, 2049);
  const Machine machine =
      machine_of(snapshot(two_writes, R"("allocator": "plentiful")", R"("snapshot_cow_threshold": 0)"));
  Walk walk(machine);
  walk.choosing("first write to the chunk");
  const TokenId first = walk.start(), second = walk.start();
  ASSERT_TRUE(walk.run_to_disk(first));
  walk.run(second);
  EXPECT_EQ(walk.name_at(second), "s.in_progress");
  EXPECT_TRUE(walk.waits(second));
  EXPECT_TRUE(walk.holds(second, "s.io_bs"));
}

TEST(Snapshot, PartialWritesNeverDeadlockOverAPlainOrigin) {
  const SearchAnswer answer = search(
      snapshot(two_writes, R"("allocator": "exhausted", "freed_by": "nothing")", R"("reserved_bio_based_ios": 2)"),
      400'000);
  EXPECT_TRUE(answer.known);
  EXPECT_GT(answer.states, 100u);
  EXPECT_FALSE(answer.dead);
  EXPECT_TRUE(answer.can_complete);
}

}  // namespace
}  // namespace dmstall::tests
