// dm-kcopyd (dm-kcopyd.c) under a snapshot: one thread, jobs, pages.

#include "models/machine/each_step.hpp"
#include "tests/kernel/stacks.hpp"

namespace dmstall::tests {
namespace {

std::string snapshot(int in_flight = 2, const std::string& kernel = "") {
  const std::string n = std::to_string(in_flight);
  return R"("memory": { "allocator": "exhausted", "freed_by": "nothing" }, "faults": [], "kernel": { )" + kernel +
         R"( }, "devices": [
      { "name": "origin", "target": "disk" }, { "name": "cow", "target": "disk" },
      { "name": "s", "target": "snapshot", "origin": "origin", "cow": "cow", "chunk_kib": 16 } ],
    "workload": [ { "write": "s", "count": )" +
         n + R"(, "in_flight": )" + n + " } ]";
}

TEST(Kcopyd, SizesAreThoseOfTheSource) {
  const Program program = program_of(snapshot());
  EXPECT_EQ(resource_of(program, "s.kcopyd_jobs").capacity, 8);     // MIN_JOBS
  EXPECT_EQ(resource_of(program, "s.kcopyd_pages").capacity, 128);  // 512 KiB
  EXPECT_EQ(resource_of(program, "kcopyd/s").capacity, 1);
  EXPECT_FALSE(resource_of(program, "kcopyd/s").soft) << "one work item per client, whoever runs it";
  EXPECT_EQ(resource_of(program, "s.pending").capacity, 256);  // MIN_IOS
  EXPECT_EQ(resource_of(program_of(snapshot(2, R"("kcopyd_subjob_size_kb": 64)")), "s.kcopyd_pages").capacity, 16);
}

// Two copies between the same devices were one flow once, with the pages and the thread of whoever came first.
TEST(Kcopyd, EachSnapshotOnACowDeviceHasAClientOfItsOwn) {
  const Program program = program_of(R"("memory": { "allocator": "exhausted", "freed_by": "nothing" }, "faults": [],
    "devices": [ { "name": "origin", "target": "disk" }, { "name": "cow", "target": "disk" },
      { "name": "s1", "target": "snapshot", "origin": "origin", "cow": "cow" },
      { "name": "s2", "target": "snapshot", "origin": "origin", "cow": "cow" } ],
    "workload": [ { "write": "s1" }, { "write": "s2" } ])");
  for (const std::string device : {"s1", "s2"}) {
    int copies = 0;
    for (const models::Flow& flow : program.flows) {
      if (flow.device != device || flow.name.rfind("sub-job", 0) != 0) continue;
      ++copies;
      models::for_each_step(flow.steps, [&](const models::Step& step) {
        if (step.resource == models::no_resource) return;
        const models::Resource& resource = program.resources[static_cast<std::size_t>(step.resource)];
        EXPECT_EQ(resource.owner, device) << resource.name << " in " << flow.name;
      });
    }
    EXPECT_EQ(copies, 1) << device;
  }
}

TEST(Kcopyd, JobAndPagesAreBackBeforeTheCallback) {
  const Machine machine = machine_of(snapshot(1));
  Walk walk(machine);
  walk.choosing("first write to the chunk");
  walk.run(walk.start());
  const Story story =
      only(walk.story(), {"take s.kcopyd_jobs", "take s.kcopyd_pages", "give s.kcopyd_pages", "give s.kcopyd_jobs",
                          "give s.in_progress", "take s.pstore_client.pool", "give s.pending", "disk origin"});
  EXPECT_EQ(story, (Story{"take s.kcopyd_jobs", "take s.kcopyd_pages", "disk origin", "give s.kcopyd_pages",
                          "give s.kcopyd_jobs", "take s.pstore_client.pool", "give s.in_progress"}))
      << "the callback (the commit, account_end_copy) holds neither; the pending exception goes with the bio";
  EXPECT_EQ(walk.level("s.pending"), 256);
}

TEST(Kcopyd, TheThreadNeverSleepsForPages) {
  // One chunk's worth of pages in reserve: the second job stays queued, the thread is free.
  const Machine machine = machine_of(snapshot(2, R"("kcopyd_subjob_size_kb": 16)"));
  Walk walk(machine);
  walk.choosing("first write to the chunk");
  const TokenId first = walk.start(), second = walk.start();
  ASSERT_TRUE(walk.run_to_disk(first));
  walk.run(second);
  EXPECT_EQ(walk.name_at(second), "s.kcopyd_pages");
  EXPECT_TRUE(walk.waits(second));
  EXPECT_FALSE(walk.holds(second, "kcopyd/s"));
  EXPECT_EQ(walk.level("kcopyd/s"), 1);
}

TEST(Kcopyd, PagesAreTakenAllOrNone) {
  // Six pages for two jobs of four: the second holds none of the remaining two while it is queued.
  const Machine machine = machine_of(snapshot(2, R"("kcopyd_subjob_size_kb": 24)"));
  Walk walk(machine);
  walk.choosing("first write to the chunk");
  const TokenId first = walk.start(), second = walk.start();
  ASSERT_TRUE(walk.run_to_disk(first));
  walk.run(second);
  ASSERT_EQ(walk.name_at(second), "s.kcopyd_pages");
  EXPECT_FALSE(walk.holds(second, "s.kcopyd_pages"));
  EXPECT_EQ(walk.level("s.kcopyd_pages"), 2);
}

TEST(Kcopyd, OneThreadPerClient) {
  const Machine machine = machine_of(snapshot());
  Walk walk(machine);
  walk.choosing("first write to the chunk");
  const TokenId first = walk.start(), second = walk.start();
  ASSERT_TRUE(walk.run_to_take(first, "s.kcopyd_client.pool"));
  EXPECT_TRUE(walk.holds(first, "kcopyd/s")) << "run_io_job may sleep in the client's pools";
  walk.run(second);
  EXPECT_EQ(walk.name_at(second), "kcopyd/s");
  EXPECT_TRUE(walk.waits(second));
}

TEST(Kcopyd, TheThreadDoesNotWaitForItsIo) {
  const Machine machine = machine_of(snapshot());
  Walk walk(machine);
  walk.choosing("first write to the chunk");
  const TokenId id = walk.start();
  ASSERT_TRUE(walk.run_to_disk(id));
  EXPECT_EQ(walk.node(id).device, 0) << "the read of the origin";
  EXPECT_FALSE(walk.holds(id, "kcopyd/s"));
  EXPECT_TRUE(walk.holds(id, "s.kcopyd_client.pool"));
  EXPECT_TRUE(walk.holds(id, "s.kcopyd_client.bios"));
  walk.step(id);
  walk.forget_story();
  ASSERT_TRUE(walk.run_to_take(id, "kcopyd/s"));
  EXPECT_EQ(walk.story(), (Story{"give s.kcopyd_client.bios", "give s.kcopyd_client.pool"})) << "endio needs no thread";
}

TEST(Kcopyd, TheSubmitterIsFreeOnceTheJobIsQueued) {
  // One flusher thread, two writes in flight: the second is submitted while the first one's copy is queued.
  const Machine machine = machine_of(R"("memory": { "allocator": "exhausted" }, "faults": [], "devices": [
      { "name": "origin", "target": "disk" }, { "name": "cow", "target": "disk" },
      { "name": "s", "target": "snapshot", "origin": "origin", "cow": "cow" } ],
    "workload": [ { "writeback": "s", "count": 2, "in_flight": 2 } ])");
  Walk walk(machine);
  walk.choosing("first write to the chunk");
  const TokenId first = walk.start(), second = walk.start();
  ASSERT_TRUE(walk.run_to_take(first, "s.kcopyd_jobs"));
  EXPECT_TRUE(walk.holds(first, "flusher/s (writeback-s)")) << "dm_kcopyd_copy allocates in the submitter's context";
  walk.run(second);
  EXPECT_EQ(walk.name_at(second), "flusher/s (writeback-s)");
  ASSERT_TRUE(walk.run_to(first, NodeKind::take, "s.kcopyd_pages"));
  EXPECT_FALSE(walk.holds(first, "flusher/s (writeback-s)"));
  EXPECT_FALSE(walk.waits(second));
}

TEST(Kcopyd, AJobWaitedForHoldsTheExceptionAndTheTicket) {
  const Machine machine = machine_of(snapshot());
  Walk walk(machine);
  walk.choosing("first write to the chunk");
  const TokenId id = walk.start();
  ASSERT_TRUE(walk.run_to_take(id, "s.kcopyd_jobs"));
  EXPECT_TRUE(walk.holds(id, "s.io_bs"));
  EXPECT_TRUE(walk.holds(id, "s.pending"));
  EXPECT_EQ(walk.world().token(id).tickets.size(), 1u);
}

}  // namespace
}  // namespace dmstall::tests
