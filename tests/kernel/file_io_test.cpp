// I/O on files: the machine's two bios, memory without a pool, and what a page cache answers (fs/iomap, mm/filemap.c,
// block/fops.c).

#include "tests/kernel/search.hpp"

namespace dmstall::tests {
namespace {

constexpr const char* refused = R"("allocator": "exhausted", "freed_by": "nothing")";

/// `on` is a device key list of the filesystem; `item` the workload.
std::string filesystem(const std::string& memory, const std::string& item, const std::string& more = "") {
  return R"("memory": { )" + memory + R"( }, "faults": [], "devices": [ { "name": "d", "target": "disk" },
      { "name": "fs", "target": "filesystem", "device": "d")" +
         more + R"( } ], "workload": [ )" + item + " ]";
}

TEST(FileIo, TheMachineHasTwoBiosForAllFilesystems) {
  const Program program = program_of(R"("memory": { )" + std::string(refused) +
                                     R"( }, "faults": [], "devices": [ { "name": "d", "target": "disk" },
      { "name": "one", "target": "filesystem", "device": "d" }, { "name": "two", "target": "filesystem",
          "device": "d" } ],
    "workload": [ { "read": "one" }, { "read": "two" } ])");
  EXPECT_EQ(resource_of(program, "fs_bio_set").capacity, 2);
  EXPECT_TRUE(resource_of(program, "fs_bio_set").soft);
  EXPECT_FALSE(find_resource(program, "one.fs_bio_set"));
  EXPECT_FALSE(find_resource(program, "two.fs_bio_set"));
}

TEST(FileIo, ABioIsHeldUntilTheDeviceIsDone) {
  for (const char* item :
       {R"({ "read": "fs", "in_flight": 3, "count": 3 })",
        R"({ "read": "fs", "direct": false, "in_flight": 3, "count": 3 })",
        R"({ "write": "fs", "in_flight": 3, "count": 3 })", R"({ "writeback": "fs", "in_flight": 3, "count": 3 })"}) {
    const Machine machine = machine_of(filesystem(refused, item));
    Walk walk(machine);
    walk.choosing("not in the page cache");
    const TokenId first = walk.start(), second = walk.start(), third = walk.start();
    ASSERT_TRUE(walk.run_to_disk(first)) << item;
    ASSERT_TRUE(walk.run_to_disk(second)) << item;
    walk.run(third);
    EXPECT_EQ(walk.name_at(third), "fs_bio_set") << item;
    walk.run(first);
    EXPECT_TRUE(walk.run_to_disk(third)) << item;
  }
}

TEST(FileIo, ABufferedWriteTakesNoBio) {
  const Machine machine = machine_of(filesystem(refused, R"({ "write": "fs", "direct": false })"));
  Walk walk(machine);
  walk.run(walk.start());
  EXPECT_EQ(only(walk.story(), {"take fs_bio_set", "disk d"}), Story{}) << "its page is dirty, the flusher comes later";
}

TEST(FileIo, ADirectWriteIsCompletedByAWorkerWhenItsBioIsBack) {
  // iomap_dio_bio_end_io: queue_work(s_dio_done_wq), and the bio is put without waiting for it.
  const Machine machine =
      machine_of(filesystem(std::string(refused) + R"(, "threads": "fail")", R"({ "write": "fs" })"));
  Walk walk(machine);
  walk.run(walk.start());
  EXPECT_EQ(only(walk.story(), {"take fs_bio_set", "disk d", "give fs_bio_set", "take dio/fs"}),
            (Story{"take fs_bio_set", "disk d", "give fs_bio_set", "take dio/fs"}))
      << "WQ_MEM_RECLAIM: the rescuer completes it";
}

TEST(FileIo, AnFsyncWritesAndThenFlushes) {
  const Machine machine = machine_of(filesystem(refused, R"({ "flush": "fs" })"));
  Walk walk(machine);
  walk.run(walk.start());
  EXPECT_EQ(
      only(walk.story(), {"take fs_bio_set", "disk d", "give fs_bio_set"}),
      (Story{"take fs_bio_set", "disk d", "give fs_bio_set", "take fs_bio_set", "disk d", "give fs_bio_set", "disk d"}))
      << "the page, the journal's commit record, the disk's cache";
}

TEST(FileIo, WhatHasNoPoolIsWaitedForOnlyWhereItMayFail) {
  struct Case {
    const char *item, *waits_for;
  };
  // Small GFP_NOIO allocations without NORETRY do not fail, they loop: the I/O waits.
  for (const Case& each :
       {Case{R"({ "read": "fs" })", "fs.iomap_dio (no pool)"},
        Case{R"({ "read": "fs", "direct": false })", "fs.page_cache (no pool)"},
        Case{R"({ "write": "fs", "direct": false })", "fs.page_cache (no pool)"},
        Case{R"({ "write": "fs" })", "fs.iomap_dio (no pool)"}, Case{R"({ "writeback": "fs" })", "fs.io_end (no pool)"},
        Case{R"({ "flush": "fs" })", "fs.io_end (no pool)"}}) {
    const std::string fails = filesystem(R"("allocator": "plentiful", "unpooled": "fails")", each.item);
    const Machine machine = machine_of(fails);
    Walk walk(machine);
    walk.choosing("not in the page cache").choosing("the file's time is of this tick");
    const TokenId id = walk.start();
    walk.run(id);
    EXPECT_EQ(walk.name_at(id), each.waits_for) << each.item;
    EXPECT_TRUE(walk.waits(id));
    const Program succeeds = program_of(filesystem(R"("allocator": "plentiful")", each.item));
    EXPECT_FALSE(find_resource(succeeds, each.waits_for)) << each.item;
    EXPECT_GE(succeeds.unpooled_sites.size(), 1U) << "said with every verdict";
  }
}

TEST(FileIo, ANewTimeOfTheFileNeedsAHandleBeforeAnythingElse) {
  for (const char* item : {R"({ "write": "fs" })", R"({ "write": "fs", "direct": false })"}) {
    const Machine machine = machine_of(filesystem(R"("allocator": "plentiful", "unpooled": "fails")", item));
    Walk walk(machine);
    walk.choosing("the file gets a new time");
    const TokenId id = walk.start();
    walk.run(id);
    EXPECT_EQ(walk.name_at(id), "fs.journal_handle (no pool)") << item;
  }
}

// fs/ext4/inode.c:ext4_writepages allocates an io_end for every extent, new or not.
TEST(FileIo, ABlockThatIsAllocatedNeedsAnIoEndAndNoMore) {
  const Program program =
      program_of(filesystem(R"("allocator": "exhausted", "freed_by": "nothing", "unpooled": "fails")",
                            R"({ "writeback": "fs" })", R"(, "allocates": false)"));
  EXPECT_TRUE(find_resource(program, "fs.io_end (no pool)"));
  EXPECT_FALSE(find_resource(program, "fs.new_blocks (no pool)"));
}

TEST(FileIo, AWarmPageCacheReadsNothing) {
  const auto story = [](const std::string& cache) {
    const Machine machine =
        machine_of(filesystem(refused, R"({ "read": "fs", "direct": false })", R"(, "page_cache": ")" + cache + "\""));
    Walk walk(machine);
    walk.choosing("not in the page cache");
    walk.run(walk.start());
    return only(walk.story(), {"disk d"});
  };
  EXPECT_EQ(story("warm"), Story{});
  EXPECT_EQ(story("cold"), Story{"disk d"});
  EXPECT_EQ(story("any"), Story{"disk d"});
  EXPECT_EQ(story("kept"), Story{"disk d"}) << "nothing is kept before it was read";
}

TEST(FileIo, AReserveWrittenAtOneFilesystemIsTheMachines) {
  const Program program = program_of(R"("memory": { )" + std::string(refused) +
                                     R"( }, "faults": [], "devices": [ { "name": "d", "target": "disk" },
      { "name": "one", "target": "filesystem", "device": "d" }, { "name": "two", "target": "filesystem", "device": "d",
          "reserve": { "fs_bio_set": 5 } } ],
    "workload": [ { "read": "one" } ])");
  EXPECT_EQ(resource_of(program, "fs_bio_set").capacity, 5);
}

TEST(FileIo, SharingCanGiveEachFilesystemASetOfItsOwn) {
  const Program program = program_of(R"("memory": { )" + std::string(refused) +
                                     R"( }, "faults": [], "sharing": { "filesystem.fs_bio_set": "device" },
    "devices": [ { "name": "d", "target": "disk" }, { "name": "fs", "target": "filesystem", "device": "d" } ],
        "workload": [ { "read": "fs" } ])");
  EXPECT_TRUE(find_resource(program, "fs.fs_bio_set"));
  EXPECT_FALSE(find_resource(program, "fs_bio_set"));
}

TEST(FileIo, FailsNamesTheMachinesPool) {
  for (const char* pattern : {"fs_bio_set", "*.fs_bio_set", "filesystem.fs_bio_set", "fs.fs_bio_set"}) {
    const Program program = program_of(
        filesystem(R"("allocator": "plentiful", "fails": [")" + std::string(pattern) + "\"]", R"({ "read": "fs" })"));
    EXPECT_EQ(resource_of(program, "fs_bio_set").allocator, AllocatorRule::never) << pattern;
  }
}

}  // namespace
}  // namespace dmstall::tests
