// loop: its one work item, its threads, and the devices above and below it (drivers/block/loop.c).

#include "tests/kernel/search.hpp"

namespace dmstall::tests {
namespace {

constexpr const char* refused = R"("allocator": "exhausted", "freed_by": "nothing")";

struct Shape {
  std::string memory = refused;
  std::string loop = "";  ///< further keys of loop0
  std::string item = R"({ "read": "loop0", "count": 3, "in_flight": 3 })";
  std::string file = "fs";
};

std::string text_of(const Shape& shape) {
  return R"("memory": { )" + shape.memory + R"( }, "faults": [], "devices": [ { "name": "d", "target": "disk" },
      { "name": "fs", "target": "filesystem", "device": "d", "allocates": false }, { "name": "loop0", "target": "loop",
          "file": ")" +
         shape.file + "\"" + shape.loop + R"( } ], "workload": [ )" + shape.item + " ]";
}

TEST(Loop, TheSubmitterReturnsWhenTheRequestIsQueued) {
  const Machine machine = machine_of(text_of({.item = R"({ "writeback": "loop0" })"}));
  Walk walk(machine);
  const TokenId id = walk.start();
  ASSERT_TRUE(walk.run_to_take(id, "loop_wq/loop0.max_active"));
  EXPECT_FALSE(walk.holds(id, "flusher/loop0 (writeback-loop0)"));
  EXPECT_TRUE(walk.holds(id, "loop0.tags"));
}

TEST(Loop, ThereIsNoRescuer) {
  const Program program = program_of(text_of({}));
  EXPECT_EQ(resource_of(program, "loop_wq/loop0").capacity, 0);
  EXPECT_FALSE(resource_of(program, "loop_wq/loop0").rescuer);
  // Without a worker and without memory for one nobody handles the command.
  EXPECT_TRUE(
      search(text_of({.memory = std::string(refused) + R"(, "threads": "fail")", .item = R"({ "read": "loop0" })"}))
          .dead);
  EXPECT_FALSE(
      search(text_of({.memory = std::string(refused) + R"(, "threads": "succeed")", .item = R"({ "read": "loop0" })"}))
          .dead);
  EXPECT_FALSE(search(text_of({.memory = std::string(refused) + R"(, "threads": "fail")",
                               .loop = R"(, "rescuer": true)",
                               .item = R"({ "read": "loop0" })"}))
                   .dead);
}

TEST(Loop, DirectIoLetsTheWorkItemGoOn) {
  const Machine machine = machine_of(text_of({.loop = R"(, "direct": true)"}));
  Walk walk(machine);
  const TokenId first = walk.start(), second = walk.start();
  ASSERT_TRUE(walk.run_to_disk(first));
  EXPECT_FALSE(walk.holds(first, "loop_wq/loop0.max_active")) << "lo_rw_aio: -EIOCBQUEUED";
  EXPECT_TRUE(walk.run_to_disk(second));
}

TEST(Loop, DirectIoSleepsInTheSubmissionAndStopsAllLaterCommands) {
  const Machine machine = machine_of(
      text_of({.loop = R"(, "direct": true)", .item = R"({ "read": "loop0", "count": 4, "in_flight": 4 })"}));
  Walk walk(machine);
  const TokenId first = walk.start(), second = walk.start(), third = walk.start(), fourth = walk.start();
  ASSERT_TRUE(walk.run_to_disk(first));
  ASSERT_TRUE(walk.run_to_disk(second));
  walk.run(third);
  EXPECT_EQ(walk.name_at(third), "fs_bio_set");
  EXPECT_TRUE(walk.holds(third, "loop_wq/loop0.max_active"));
  walk.run(fourth);
  EXPECT_EQ(walk.name_at(fourth), "loop_wq/loop0.max_active");
}

TEST(Loop, ThroughThePageCacheTheWorkItemWaitsForTheData) {
  const Machine machine = machine_of(text_of({.loop = R"(, "page_cache": "cold")"}));
  Walk walk(machine);
  const TokenId first = walk.start(), second = walk.start();
  ASSERT_TRUE(walk.run_to_disk(first));
  EXPECT_TRUE(walk.holds(first, "loop_wq/loop0.max_active"));
  walk.run(second);
  EXPECT_EQ(walk.name_at(second), "loop_wq/loop0.max_active");
  walk.run(first);
  EXPECT_TRUE(walk.run_to_disk(second));
}

TEST(Loop, ACgroupMoreIsAWorkItemMore) {
  const Machine machine = machine_of(
      text_of({.memory = R"("allocator": "plentiful")", .loop = R"(, "page_cache": "cold", "work_items": 2)"}));
  Walk walk(machine);
  const TokenId first = walk.start(), second = walk.start();
  ASSERT_TRUE(walk.run_to_disk(first));
  EXPECT_TRUE(walk.run_to_disk(second));
}

// loop.c:loop_queue_work: kzalloc with GFP_NOWAIT; who gets no work item is queued to the root cgroup's and stays
// there.
TEST(Loop, WithoutMemoryAllCgroupsShareOneWorkItem) {
  const Machine machine =
      machine_of(text_of({.memory = refused, .loop = R"(, "page_cache": "cold", "work_items": 2)"}));
  Walk walk(machine);
  const TokenId first = walk.start(), second = walk.start();
  ASSERT_TRUE(walk.run_to_disk(first));
  walk.run(second);
  EXPECT_EQ(walk.name_at(second), "loop0.work_item (kmalloc)");
  walk.run(first);
  EXPECT_TRUE(walk.run_to_disk(second));
}

TEST(Loop, SubmittersWaitForATag) {
  const Machine machine = machine_of(text_of({.loop = R"(, "direct": true, "reserve": { "tags": 1 })"}));
  Walk walk(machine);
  const TokenId first = walk.start(), second = walk.start();
  ASSERT_TRUE(walk.run_to_disk(first));
  walk.run(second);
  EXPECT_EQ(walk.name_at(second), "loop0.tags");
  EXPECT_TRUE(walk.holds(second, "reader/loop0 (read-loop0)"));
  EXPECT_EQ(resource_of(program_of(text_of({})), "loop0.tags").capacity, 128);
}

TEST(Loop, WhereTheBiosComeFrom) {
  const auto from = [](const std::string& file, const char* direct) {
    const Machine machine =
        machine_of(text_of({.loop = R"(, "page_cache": "cold", "direct": )" + std::string(direct), .file = file}));
    Walk walk(machine);
    walk.run(walk.start());
    return only(walk.story(), {"take fs_bio_set", "take blkdev_dio_pool"});
  };
  EXPECT_EQ(from("fs", "true"), Story{"take fs_bio_set"});
  EXPECT_EQ(from("fs", "false"), Story{"take fs_bio_set"});
  EXPECT_EQ(from("d", "true"), Story{"take blkdev_dio_pool"}) << "block/fops.c: a set of its own, of 4";
  EXPECT_EQ(from("d", "false"), Story{"take fs_bio_set"});
  EXPECT_EQ(resource_of(program_of(text_of({.loop = R"(, "direct": true)", .file = "d"})), "blkdev_dio_pool").capacity,
            4);
}

TEST(Loop, AReadOnlyDeviceWritesNothingAndHasNoCache) {
  const Machine machine = machine_of(text_of({.loop = R"(, "read_only": true)", .item = R"({ "write": "loop0" })"}));
  Walk walk(machine);
  walk.run(walk.start());
  EXPECT_EQ(only(walk.story(), {"disk d"}), Story{});
  const auto flushed = [](const char* keys) {
    const Machine with = machine_of(text_of({.loop = keys, .item = R"({ "flush": "loop0" })"}));
    Walk each(with);
    each.run(each.start());
    return only(each.story(), {"disk d"});
  };
  EXPECT_EQ(flushed(R"(, "read_only": true)"), Story{});
  EXPECT_EQ(flushed(""), (Story{"disk d", "disk d", "disk d"}))
      << "vfs_fsync: what is dirty, the journal's commit record, then the disk's cache";
}

TEST(Loop, ABufferedWriteIsDoneWhenItsPageIsDirty) {
  const Machine machine = machine_of(text_of({.item = R"({ "write": "loop0" })"}));
  Walk walk(machine);
  walk.run(walk.start());
  EXPECT_EQ(only(walk.story(), {"take fs_bio_set", "disk d"}), Story{});
  // Nothing is reserved for what fills a page of the page cache, whatever lies below.
  const SearchAnswer full =
      search(text_of({.memory = std::string(refused) + R"(, "unpooled": "fails")", .item = R"({ "write": "loop0" })"}));
  EXPECT_TRUE(full.dead);
  EXPECT_EQ(full.waited_for.count("fs.page_cache (no pool)"), 1U);
  EXPECT_EQ(full.waited_for.count("fs.journal_handle (no pool)"), 1U) << "the new time of the file";
}

/// n requests through D loop devices on one queue of W workers get stuck if and only if n·(D−1) >= W: the history's
/// rows.
TEST(Loop, OneQueueForStackedDevices) {
  const auto stack = [](int workers, int depth, int requests, const char* sharing) {
    std::string devices = R"({ "name": "d", "target": "disk" })", below = "d";
    for (int i = 0; i < depth; ++i) {
      const std::string name = "loop" + std::to_string(i);
      devices += R"(, { "name": ")" + name + R"(", "target": "loop", "file": ")" + below +
                 R"(", "page_cache": "cold", "reserve": { "loop_wq": )" + std::to_string(workers) + " } }";
      below = name;
    }
    const std::string n = std::to_string(requests);
    // Bios are not what this is about.
    return R"("memory": { "allocator": "plentiful" }, "faults": [], "sharing": )" + std::string(sharing) +
           R"(, "devices": [ )" + devices + R"( ], "workload": [ { "read": ")" + below + R"(", "count": )" + n +
           R"(, "in_flight": )" + n + " } ]";
  };
  for (int workers = 1; workers <= 3; ++workers) {
    for (int depth = 2; depth <= 3; ++depth) {
      for (int requests = 1; requests <= 3; ++requests) {
        const SearchAnswer answer = search(stack(workers, depth, requests, R"({ "loop.loop_wq": "module" })"));
        EXPECT_TRUE(answer.known);
        EXPECT_EQ(answer.dead, requests * (depth - 1) >= workers)
            << workers << " workers, " << depth << " devices, " << requests << " requests";
      }
    }
  }
  EXPECT_FALSE(search(stack(1, 2, 3, R"("device")")).dead);
}

/// n requests of a file over D filesystems, each on a loop device on the next, hold D bios each, one after the other,
/// of 2.
TEST(Loop, TheMachinesTwoBiosThroughLoop) {
  const auto stack = [](int filesystems, int requests, const char* direct, const char* sharing) {
    std::string devices =
        R"({ "name": "d", "target": "disk" }, { "name": "fs0", "target": "filesystem", "device": "d", )"
        R"("page_cache": "cold" })";
    for (int i = 1; i < filesystems; ++i) {
      const std::string n = std::to_string(i), under = std::to_string(i - 1);
      devices += R"(, { "name": "loop)" + n + R"(", "target": "loop", "file": "fs)" + under +
                 R"(", "page_cache": "cold", "direct": )" + direct + R"( }, { "name": "fs)" + n +
                 R"(", "target": "filesystem", "device": "loop)" + n + R"(", "page_cache": "cold" })";
    }
    const std::string n = std::to_string(requests);
    return R"("memory": { )" + std::string(refused) + R"( }, "faults": [], "sharing": )" + sharing +
           R"(, "devices": [ )" + devices + R"( ], "workload": [ { "read": "fs)" + std::to_string(filesystems - 1) +
           R"(", "count": )" + n + R"(, "in_flight": )" + n + " } ]";
  };
  constexpr int elements = 2;
  for (const char* direct : {"true", "false"}) {
    for (int filesystems = 1; filesystems <= 3; ++filesystems) {
      for (int requests = 1; requests <= 2; ++requests) {
        const SearchAnswer answer = search(stack(filesystems, requests, direct, R"("device")"));
        EXPECT_TRUE(answer.known);
        EXPECT_EQ(answer.dead, requests * (filesystems - 1) >= elements)
            << direct << ": " << filesystems << " filesystems, " << requests << " requests";
        EXPECT_EQ(answer.waited_for.count("fs_bio_set"), answer.dead ? 1U : 0U);
      }
    }
  }
  const SearchAnswer own = search(stack(3, 2, "true", R"({ "filesystem.fs_bio_set": "device" })"));
  EXPECT_TRUE(own.known);
  EXPECT_FALSE(own.dead);
}

/// A verity device on a loop device on a file of a filesystem on a verity device: who sees a mismatch twice.
std::string apex(const std::string& sharing, const std::string& loop, const std::string& faults,
                 const char* lower_mode = "error") {
  return R"("memory": { )" + std::string(refused) + R"(, "fails": ["*.recheck_pool", "*.io_client"] }, "faults": [ )" +
         faults + R"( ], "sharing": ")" + sharing +
         R"(", "devices": [ { "name": "ufs", "target": "disk" },
      { "name": "system", "target": "verity", "data": "ufs", "hash": "ufs", "prefetch": false, "hash_levels": 1,
          "hash_cache": "warm", "on_corruption": ")" +
         lower_mode + R"(" },
      { "name": "files", "target": "filesystem", "device": "system" }, { "name": "loop0", "target": "loop",
          "file": "files", "read_only": true, )" +
         loop + R"( },
      { "name": "apex", "target": "verity", "data": "loop0", "hash": "loop0", "prefetch": false, "hash_levels": 1,
          "hash_cache": "warm" } ],
    "workload": [ { "read": "apex", "name": "app" } ])";
}

TEST(LoopUnderVerity, TheSharedPageDeadlocksThroughDirectLoopAndHoweverThePageWasReclaimed) {
  const std::string faults =
      R"({ "device": "ufs", "fault": "late_corruption" }, { "workload": "app", "fault": "buffer_rewritten" })";
  EXPECT_TRUE(search(apex("module", R"("direct": true)", faults)).dead);
  EXPECT_FALSE(search(apex("device", R"("direct": true)", faults)).dead);
  EXPECT_FALSE(search(apex("module", R"("page_cache": "kept")", faults)).dead)
      << "the re-read finds the page that was read before";
  EXPECT_TRUE(search(apex("module", R"("page_cache": "any")", faults)).dead) << "the page was reclaimed in between";
  EXPECT_TRUE(search(apex("module", R"("page_cache": "cold")", faults)).dead);
  EXPECT_FALSE(search(apex("device", R"("page_cache": "any")", faults)).dead);
}

TEST(LoopUnderVerity, ACachedPageHoldsTheBadBytesThatWereHandedUp) {
  const std::string bad = R"({ "device": "ufs", "fault": "bad_block" })";
  // system in ignore mode hands bad data up: it stays in the page cache, apex re-reads it there and fails, system is
  // not asked again.
  const auto story = [&](const std::string& loop) {
    const Machine machine = machine_of(apex("device", loop, bad, "ignore"));
    Walk walk(machine);
    walk.choosing("bad_block@ufs").choosing("not in the page cache");
    walk.run(walk.start());
    EXPECT_EQ(walk.last_status(), Status::error) << "apex is in error mode";
    return only(walk.story(), {"take apex.recheck_pool", "take system.recheck_pool", "disk ufs"});
  };
  const Story asked_twice{"disk ufs", "take system.recheck_pool", "disk ufs", "take apex.recheck_pool",
                          "disk ufs", "take system.recheck_pool", "disk ufs"};
  EXPECT_EQ(story(R"("direct": true)"), asked_twice);
  EXPECT_EQ(story(R"("page_cache": "any")"), asked_twice);
  EXPECT_EQ(story(R"("page_cache": "kept")"),
            (Story{"disk ufs", "take system.recheck_pool", "disk ufs", "take apex.recheck_pool"}));
  EXPECT_TRUE(search(apex("module", R"("direct": true)", bad, "ignore")).dead) << "one bad block is enough";
  EXPECT_FALSE(search(apex("module", R"("page_cache": "kept")", bad, "ignore")).dead);
}

}  // namespace
}  // namespace dmstall::tests
