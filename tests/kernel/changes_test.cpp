// What each change does to a verdict. Numbers come from the source of the two releases, from running kernels
// (scenarios/findings/README.md) and, for what was fixed long ago, from the cases of scenarios/history.
#include <gtest/gtest.h>

#include <string>

#include "models/machine/describe.hpp"
#include "models/targets/footprint.hpp"
#include "tests/kernel/stacks.hpp"

namespace dmstall::tests {
namespace {

constexpr auto progress = models::VerdictKind::progress;
constexpr auto deadlock = models::VerdictKind::deadlock;
constexpr const char* exhausted = R"("faults": [], "memory": { "allocator": "exhausted", "freed_by": "nothing" })";

analysis::RunReport judged(const std::string& body) {
  analysis::RunOptions options;
  options.compare_without_faults = false;
  return analysis::run_scenario(scenario_of(body), options);
}
models::VerdictKind verdict(const std::string& body) {
  return judged(body).verdict;
}

std::string disks(int n) {
  std::string text;
  for (int i = 0; i < n; ++i) text += R"({ "name": "d)" + std::to_string(i) + R"(", "target": "disk" }, )";
  return text;
}
std::string names(int n) {
  std::string text;
  for (int i = 0; i < n; ++i) text += (i > 0 ? ", " : "") + (R"("d)" + std::to_string(i) + R"(")");
  return text;
}

/// Flushes of one device at the same time.
std::string flushes(const std::string& kernel, int reserved, const std::string& devices, int k) {
  const std::string n = std::to_string(k);
  return R"("kernel": { )" + kernel + R"(, "reserved_bio_based_ios": )" + std::to_string(reserved) + " }, " +
         exhausted + R"(, "devices": [ )" + devices + R"( ], "workload": [ { "flush": "lv", "count": )" + n +
         R"(, "in_flight": )" + n + R"(, "threads": )" + n + " } ]";
}
std::string striped(const std::string& kernel, int stripes, int reserved, int k) {
  return flushes(kernel, reserved,
                 disks(stripes) + R"({ "name": "lv", "target": "striped", "to": [ )" + names(stripes) + " ] }", k);
}
/// One segment on each of `n` disks, or all of them on one.
std::string linear(const std::string& kernel, int n, int reserved, bool one_disk, int k = 1) {
  std::string segments;
  for (int i = 0; i < n; ++i) {
    segments +=
        (i > 0 ? ", " : "") + (R"({ "to": "d)" + std::to_string(one_disk ? 0 : i) +
                               R"(", "size_mib": 16, "start_mib": )" + std::to_string(one_disk ? 16 * i : 0) + " }");
  }
  return flushes(kernel, reserved,
                 disks(one_disk ? 1 : n) + R"({ "name": "lv", "target": "linear", "segments": [ )" + segments + " ] }",
                 k);
}

const std::string on_6_1 = R"("release": "6.1")", on_6_12 = R"("release": "6.12")";

/// dm.c:__send_empty_flush: a running 6.12.117 completed with 2 devices and hung with 3 at r = 1, 17 and 18 at r = 16.
TEST(FlushPerDevice, DevicesCountAndSegmentsDoNot) {
  for (const int r : {1, 2, 16}) {
    EXPECT_EQ(verdict(linear(on_6_12, r + 1, r, false)), progress) << r;
    EXPECT_EQ(verdict(linear(on_6_12, r + 2, r, false)), deadlock) << r;
    EXPECT_EQ(verdict(linear(on_6_12, r + 2, r, true)), progress) << r;
    EXPECT_EQ(verdict(linear(on_6_1, r + 2, r, true)), deadlock) << r;
  }
  EXPECT_EQ(verdict(linear(on_6_12, 64, 1, true)), progress);
  EXPECT_EQ(verdict(linear(R"("release": "6.12", "without": ["flush_per_device"])", 3, 1, true)), deadlock);
  EXPECT_EQ(verdict(linear(R"("release": "6.1", "with": ["flush_per_device"])", 3, 1, true)), progress);
}

/// k flushes over S devices with a set of max(r, S): stuck where k (S - 2) reaches it, never with S = 2.
TEST(FlushPerDevice, StripedFlushesCanHoldWhatEachOtherNeeds) {
  struct Case {
    int stripes, reserved, flushes;
  };
  for (const Case& of : {Case{3, 3, 3}, {4, 1, 2}, {4, 16, 8}, {8, 16, 3}, {16, 16, 2}}) {
    SCOPED_TRACE(testing::Message() << of.stripes << " stripes, r = " << of.reserved);
    EXPECT_EQ(verdict(striped(on_6_12, of.stripes, of.reserved, of.flushes)), deadlock);
    const analysis::RunReport fewer = judged(striped(on_6_12, of.stripes, of.reserved, of.flushes - 1));
    EXPECT_EQ(fewer.verdict, progress);
    EXPECT_TRUE(fewer.proof && fewer.proof->proved);
    EXPECT_EQ(verdict(striped(on_6_1, of.stripes, of.reserved, of.flushes)), progress);
  }
  EXPECT_EQ(verdict(striped(on_6_12, 2, 1, 8)), progress);
}

/// alloc_multiple_bios, 2017: three clones from a set of 4, two flushes (scenarios/history/dm-duplicate-bios).
TEST(FlushClonesUnderLock, WithoutItTwoFlushesCollectFromOneSet) {
  const std::string before = R"("release": "6.1", "without": "flush_clones_under_lock")";
  EXPECT_EQ(verdict(striped(before, 4, 1, 2)), deadlock);
  EXPECT_EQ(verdict(striped(before, 4, 1, 1)), progress);
  EXPECT_EQ(verdict(striped(on_6_1, 4, 1, 2)), progress);
}

/// dm_table_alloc_md_mempools, 2017 (scenarios/history/dm-reserve-too-small).
TEST(ReserveFitsOneFlush, WithoutItTheSecondRoundAsksForMoreThanThereIs) {
  EXPECT_EQ(verdict(striped(R"("without": "reserve_fits_one_flush")", 3, 1, 1)), deadlock);
  EXPECT_EQ(verdict(striped(R"("without": "reserve_fits_one_flush")", 3, 3, 1)), progress);
  EXPECT_EQ(verdict(striped(on_6_1, 3, 1, 1)), progress);
}

/// Linux 6.12: a table has the write cache of what lies below it, so verity devices count for the one above.
TEST(WriteCacheInherited, FlushesGoToVerityDevices) {
  std::string devices, segments;
  for (int i = 0; i < 3; ++i) {
    const std::string v = "v" + std::to_string(i), d = "d" + std::to_string(i);
    devices += R"({ "name": ")" + d + R"(", "target": "disk" }, { "name": ")" + v +
               R"(", "target": "verity", "data": ")" + d + R"(", "hash": ")" + d + R"(" }, )";
    segments += (i > 0 ? ", " : "") + (R"({ "to": ")" + v + R"(", "size_mib": 16 })");
  }
  devices += R"({ "name": "lv", "target": "linear", "segments": [ )" + segments + " ] }";
  EXPECT_EQ(verdict(flushes(on_6_12, 1, devices, 1)), deadlock);
  EXPECT_EQ(verdict(flushes(R"("release": "6.12", "without": "write_cache_inherited")", 1, devices, 1)), progress);
  EXPECT_EQ(verdict(flushes(on_6_1, 1, devices, 1)), progress);
}

std::string levels(const std::string& kernel, int count, int reads) {
  std::string devices = R"({ "name": "l0", "target": "disk" })";
  for (int i = 1; i <= count; ++i) {
    devices += R"(, { "name": "l)" + std::to_string(i) + R"(", "target": "linear", "to": "l)" + std::to_string(i - 1) +
               R"(" })";
  }
  const std::string n = std::to_string(reads);
  return R"("kernel": { "reserved_bio_based_ios": 2, )" + kernel + " }, " + exhausted + R"(, "devices": [ )" + devices +
         R"( ], "workload": [ { "read": "l)" + std::to_string(count) + R"(", "count": )" + n + R"(, "in_flight": )" +
         n + R"(, "threads": )" + n + " } ]";
}

/// One set of 2 for all devices, 2006: three levels need one read, two levels two (scenarios/history/dm-core-global-
/// bioset).
TEST(PrivateBioSets, WithoutThemEveryLevelTakesFromOneSet) {
  const std::string before = R"("without": "private_bio_sets")";
  EXPECT_EQ(verdict(levels(before, 3, 1)), deadlock);
  EXPECT_EQ(verdict(levels(before, 2, 2)), deadlock);
  EXPECT_EQ(verdict(levels(before, 2, 1)), progress);
  EXPECT_EQ(verdict(levels(on_6_1, 3, 4)), progress);
}

/// A shortage that ends: who is polled for goes on, who is not waits for ever (scenarios/history/mempool-5s-timeout).
TEST(MempoolPoll, WithoutItMemoryThatReturnsWakesNobody) {
  const std::string rest = linear("KERNEL", 3, 1, true);
  const auto on = [&](const std::string& kernel) {
    std::string body = rest;
    body.replace(body.find("KERNEL"), 6, kernel);
    return judged(body);
  };
  EXPECT_TRUE(on(on_6_1).relieved_by_memory);
  const analysis::RunReport before = on(R"("release": "6.1", "without": "mempool_poll")");
  EXPECT_EQ(before.verdict, deadlock);
  EXPECT_FALSE(before.relieved_by_memory);
}

/// A loop device on another one, through the page cache (scenarios/history/loop-stacked-wq).
TEST(LoopQueuePerDevice, WithoutItALoopDeviceWaitsForItsOwnPlace) {
  const auto on = [&](const std::string& kernel) {
    return R"("kernel": { )" + kernel +
           R"( }, "faults": [], "memory": { "allocator": "plentiful" })"
           R"(, "devices": [ { "name": "disk", "target": "disk" }, { "name": "low", "target": "loop", "file": "disk" },
           { "name": "up", "target": "loop", "file": "low" } ], "workload": [ { "read": "up", "count": 1 } ])";
  };
  EXPECT_EQ(verdict(on(R"("without": "loop_queue_per_device")")), deadlock);
  EXPECT_EQ(verdict(on(on_6_1)), progress);
}

std::string threadless_loop(const std::string& kernel) {
  return R"("kernel": { )" + kernel + R"( }, "faults": [], "memory": { "allocator": "exhausted", "threads": "fail" },
    "devices": [ { "name": "disk", "target": "disk" }, { "name": "loop", "target": "loop", "file": "disk" } ],
    "workload": [ { "read": "loop", "count": 1 } ])";
}

TEST(LoopRescuer, ItRunsTheWorkWhereNoThreadCanBeMade) {
  for (const std::string& release : {on_6_1, on_6_12}) {
    EXPECT_EQ(verdict(threadless_loop(release)), deadlock);
    EXPECT_EQ(verdict(threadless_loop(release + R"(, "with": "loop_rescuer")")), progress);
  }
}

/// Two verity devices on one another, the data bad for both, the lower one in ignore mode.
std::string stacked_verity(const std::string& kernel) {
  return R"("kernel": { )" + kernel + R"( }, "memory": { "allocator": "exhausted" },
    "faults": [ { "device": "disk", "fault": "bad_block" } ],
    "devices": [ { "name": "disk", "target": "disk" },
      { "name": "low", "target": "verity", "data": "disk", "hash": "disk", "on_corruption": "ignore" },
      { "name": "up", "target": "verity", "data": "low", "hash": "disk" } ],
    "workload": [ { "read": "up", "count": 1 } ])";
}

/// The proposal of April 2025, on both kernels: what the maintainer said of it.
TEST(VerityModulePools, OneReadGetsStuckOnEitherKernel) {
  for (const std::string& release : {on_6_1, on_6_12}) {
    EXPECT_EQ(verdict(stacked_verity(release)), progress);
    const analysis::RunReport patched = judged(stacked_verity(release + R"(, "with": "verity_module_pools")"));
    EXPECT_EQ(patched.verdict, deadlock);
    EXPECT_EQ(patched.stuck.circle, std::vector<std::string>{"verity.recheck_pool"});
    // Without the re-read there is nothing to share.
    EXPECT_EQ(verdict(stacked_verity(release + R"(, "with": "verity_module_pools", "without": "verity_recheck")")),
              progress);
  }
}

std::string decoded(const std::string& kernel, const std::string& fault) {
  return R"("kernel": { "cpus": 2, )" + kernel + R"( }, "memory": { "allocator": "exhausted" },
    "faults": [ { "device": "hash", "area": "hash", "fault": ")" +
         fault + R"(" } ],
    "devices": [ { "name": "data", "target": "disk" }, { "name": "hash", "target": "disk" },
      { "name": "fec", "target": "disk" },
      { "name": "v", "target": "verity", "data": "data", "hash": "hash", "fec": { "device": "fec" },
        "prefetch": false } ],
    "workload": [ { "read": "v", "count": 1 } ])";
}

/// Linux 6.12: the sleeper for a buffer asks again after 5 s.
TEST(BufioTimedWait, ItEndsWithTheShortage) {
  const analysis::RunReport old = judged(decoded(on_6_1, "bad_block")), now = judged(decoded(on_6_12, "bad_block"));
  EXPECT_EQ(old.verdict, deadlock);
  EXPECT_EQ(now.verdict, deadlock);
  EXPECT_FALSE(old.relieved_by_memory);
  EXPECT_TRUE(now.relieved_by_memory);
}

/// Newer than 6.12: a hash block that cannot be read is decoded, too, and gets stuck as one that does not match.
TEST(VerityFecAfterReadError, AnUnreadableHashBlockIsEnough) {
  EXPECT_EQ(verdict(decoded(on_6_12, "io_error")), progress);
  EXPECT_EQ(verdict(decoded(on_6_12 + R"(, "with": "verity_fec_after_read_error")", "io_error")), deadlock);
}

TEST(VerityFecPool, WhatABioKeepsForErrorCorrectionIsAReserveOfTheDevice) {
  const auto bytes = [](const std::string& kernel) {
    return models::footprint(scenario_of(decoded(kernel, "bad_block"))).bytes;
  };
  // 16 and 16 bios that are 3072 B smaller, and an element for each of 2 processors.
  EXPECT_EQ(bytes(on_6_12) - bytes(on_6_12 + R"(, "with": "verity_fec_pool")"), 2 * 16 * 3072 - 2 * (4096 + 8));
  const Program program = program_of(decoded(on_6_12 + R"(, "with": "verity_fec_pool")", "bad_block"));
  EXPECT_TRUE(std::any_of(program.resources.begin(), program.resources.end(),
                          [](const models::Resource& of) { return of.name == "v.fec_io" && of.capacity == 2; }));
}

std::string text_of(const std::string& body) {
  return models::describe(program_of(body));
}

/// Work items: as many as processors, or 256.
TEST(KverityD, RunsAsManyItemsAsTheKernelLetsIt) {
  const auto slots = [](const std::string& kernel) {
    const Program program = program_of(decoded(kernel, "bad_block"));
    for (const models::Resource& of : program.resources) {
      if (of.name == "kverityd/v.max_active") return of.capacity;
    }
    return -1;
  };
  EXPECT_EQ(slots(on_6_1), 2);
  EXPECT_EQ(slots(on_6_12), 256);
  EXPECT_EQ(slots(R"("release": "6.12", "without": "kverityd_per_cpu")"), 2);
}

/// What a loop device asks for: an array for the vectors of several bios, through the page cache as well; with direct
/// submission a bio of its file in the submitter.
TEST(Loop, AsksForWhatItsReleaseAsks) {
  const auto on = [](const std::string& kernel, bool direct) {
    return R"("kernel": { )" + kernel + R"( }, "memory": { "unpooled": "fails" }, "faults": [],
      "devices": [ { "name": "disk", "target": "disk" },
        { "name": "loop", "target": "loop", "file": "disk", "direct": )" +
           (direct ? "true" : "false") + R"( } ],
      "workload": [ { "read": "loop", "count": 2, "in_flight": 2, "threads": 1 } ])";
  };
  const auto has = [&](const std::string& body, const char* what) {
    return text_of(body).find(what) != std::string::npos;
  };
  EXPECT_FALSE(has(on(on_6_1, false), "kmalloc_array"));
  EXPECT_TRUE(has(on(on_6_12, false), "kmalloc_array"));
  EXPECT_TRUE(has(on(on_6_1, true), "kmalloc_array"));
  EXPECT_FALSE(has(on(on_6_12, true), "__blkdev_direct_IO_async < loop_queue_rq"));
  EXPECT_TRUE(has(on(on_6_12 + R"(, "with": "loop_direct_submission")", true),
                  "__blkdev_direct_IO_async < loop_queue_rq < blk_mq_submit_bio"));
}

TEST(KcopydThreadPerClient, WithoutItOneThreadCopiesForAllSnapshots) {
  const auto on = [](const std::string& kernel) {
    return R"("kernel": { )" + kernel + R"( }, "faults": [], "devices": [ { "name": "a", "target": "disk" },
      { "name": "b", "target": "disk" }, { "name": "c", "target": "disk" }, { "name": "d", "target": "disk" },
      { "name": "s", "target": "snapshot", "origin": "a", "cow": "b" },
      { "name": "t", "target": "snapshot", "origin": "c", "cow": "d" } ],
      "workload": [ { "write": "s", "count": 1 }, { "write": "t", "count": 1 } ])";
  };
  const auto threads = [&](const std::string& body) {
    const Program program = program_of(body);
    return std::count_if(program.resources.begin(), program.resources.end(),
                         [](const models::Resource& of) { return of.pool == "kcopyd_thread"; });
  };
  EXPECT_EQ(threads(on(on_6_1)), 2);
  EXPECT_EQ(threads(on(R"("without": "kcopyd_thread_per_client")")), 1);
}

/// fs/iomap/direct-io.c:iomap_dio_done of 6.12.
TEST(IomapErrorByWorker, AReadThatFailsIsCompletedByAWorker) {
  const auto on = [](const std::string& kernel) {
    return R"("kernel": { )" + kernel + R"( }, "memory": { "allocator": "plentiful", "threads": "fail" },
      "faults": [ { "device": "disk", "fault": "io_error" } ],
      "devices": [ { "name": "disk", "target": "disk" }, { "name": "fs", "target": "filesystem", "device": "disk" },
        { "name": "loop", "target": "loop", "file": "fs", "direct": true, "rescuer": true } ],
      "workload": [ { "read": "loop", "count": 1 } ])";
  };
  const auto enters = [&](const std::string& body) {
    return text_of(body).find("iomap_dio_complete_work") != std::string::npos;
  };
  EXPECT_FALSE(enters(on(on_6_1)));
  EXPECT_TRUE(enters(on(on_6_12)));
}

/// mm/vmscan.c:pageout of 6.12 leaves file pages to the flusher.
TEST(NoWritepage, KswapdWritesNoFilePages) {
  const auto classes = [](const std::string& kernel) {
    return program_of(R"("kernel": { )" + kernel + R"( }, "faults": [],
      "memory": { "allocator": "accounted", "total_mib": 64, "dirty_mib": 8 },
      "devices": [ { "name": "disk", "target": "disk" } ], "workload": [ { "writeback": "disk", "pages": 16 } ])")
        .classes;
  };
  const auto by_kswapd = [](const std::vector<models::RequestClass>& all) {
    return std::count_if(all.begin(), all.end(),
                         [](const models::RequestClass& of) { return of.name.starts_with("kswapd/"); });
  };
  EXPECT_EQ(by_kswapd(classes(on_6_1)), 1);
  EXPECT_EQ(by_kswapd(classes(on_6_12)), 0);
}

/// dm.c:alloc_io of 6.12: who finds no element ends in an error where he must not wait.
TEST(NowaitInAllocIo, ABioThatMustNotWaitFails) {
  const auto three_levels = [](const std::string& kernel, const char* nowait) {
    std::string body = levels(kernel + R"(, "without": "private_bio_sets")", 3, 1);
    return body.replace(body.find(R"("count")"), 0, std::string(R"("nowait": )") + nowait + ", ");
  };
  EXPECT_EQ(verdict(three_levels(on_6_1, "false")), deadlock);
  EXPECT_EQ(verdict(three_levels(on_6_1, "true")), deadlock);  // GFP_NOIO, whatever the bio says
  EXPECT_EQ(verdict(three_levels(on_6_12, "false")), deadlock);
  EXPECT_EQ(verdict(three_levels(on_6_12, "true")), progress);
  EXPECT_EQ(verdict(three_levels(on_6_1 + R"(, "with": "nowait_in_alloc_io")", "true")), progress);
}

/// submit_bio_noacct: a table with a target that has no DM_TARGET_NOWAIT takes no such bio.
TEST(NowaitInAllocIo, NoneReachesATargetThatDoesNotTakeThem) {
  const auto on = [](const char* top) {
    return R"("devices": [ { "name": "d", "target": "disk" }, { "name": "l", "target": "linear", "to": "d" },
      { "name": "v", "target": "verity", "data": "d", "hash": "d" } ],
      "workload": [ { "read": ")" +
           std::string(top) + R"(", "count": 1, "nowait": true } ])";
  };
  const auto takes = [&](const char* top) { return text_of(on(top)).find("alloc_io") != std::string::npos; };
  EXPECT_TRUE(takes("l"));
  EXPECT_FALSE(takes("v"));
}

/// dm-io.c:do_region: 4 pages ask for 4 vectors, which lie in the bio, or for 5, which do not.
TEST(DmIoVecPlusOne, ChunksOfFourPagesNeedVectorsOfTheirOwn) {
  const auto never_used = [](const std::string& kernel, int chunk_kib) {
    const Program program =
        program_of(R"("kernel": { )" + kernel + R"( }, "devices": [ { "name": "a", "target": "disk" },
      { "name": "b", "target": "disk" },
      { "name": "s", "target": "snapshot", "origin": "a", "cow": "b", "chunk_kib": )" +
                   std::to_string(chunk_kib) + R"( } ], "workload": [ { "write": "s" } ])");
    for (const models::Resource& of : program.resources) {
      if (of.name != "s.pstore_client.bios") continue;
      return std::any_of(of.reserves.begin(), of.reserves.end(), [](const models::MemoryPart& each) {
        return each.what != nullptr && std::string(each.what) == "never-used biovecs";
      });
    }
    ADD_FAILURE() << "no such pool";
    return false;
  };
  EXPECT_TRUE(never_used(on_6_1, 16));
  EXPECT_FALSE(never_used(on_6_12, 16));
  EXPECT_TRUE(never_used(on_6_12, 8));
  EXPECT_FALSE(never_used(on_6_1, 32));
  EXPECT_TRUE(never_used(R"("release": "6.12", "without": "dm_io_vec_plus_one")", 16));
}

/// dm-snap.c before 5.4 (scenarios/history/snapshot-cow-throttle): one copy at a time, two writes and a creator.
TEST(SnapshotThrottleBeforeLocks, WithoutItAWriteSleepsUnderOriginsLock) {
  const auto on = [](const std::string& kernel, int writes) {
    const std::string n = std::to_string(writes);
    return R"("kernel": { )" + kernel + R"(, "snapshot_cow_threshold": 1 }, "memory": { "allocator": "plentiful" },
      "faults": [], "devices": [ { "name": "a", "target": "disk" }, { "name": "b", "target": "disk" },
        { "name": "o", "target": "snapshot-origin", "device": "a" },
        { "name": "s", "target": "snapshot", "origin": "a", "cow": "b", "store": "transient" } ],
      "workload": [ { "write": "o", "count": )" +
           n + R"(, "in_flight": )" + n + R"(, "pattern": "random" }, { "admin": "create_snapshot", "device": "o" } ])";
  };
  const std::string before = R"("release": "6.1", "without": "snapshot_throttle_before_locks")";
  EXPECT_EQ(verdict(on(before, 2)), deadlock);
  EXPECT_EQ(verdict(on(before, 1)), progress);
  EXPECT_EQ(verdict(on(on_6_1, 2)), progress);
}

/// verity_map of 3.8: a cluster of leaves on the submitter's own bio_list, each with an element of the client.
TEST(VerityPrefetchInWorker, WithoutItTheSubmitterWaitsForWhatLiesOnItsBioList) {
  const auto on = [](const std::string& kernel, const char* blocks) {
    return R"("kernel": { )" + kernel + R"(, "reserved_bio_based_ios": 2 }, "memory": { "allocator": "adversary" },
      "faults": [], "devices": [ { "name": "d", "target": "disk" }, { "name": "h", "target": "disk" },
        { "name": "v", "target": "verity", "data": "d", "hash": "h", "hash_cache": "cold", "data_blocks": )" +
           blocks + R"( } ], "workload": [ { "read": "v", "count": 1 } ])";
  };
  const std::string before = R"("release": "6.1", "without": "verity_prefetch_in_worker")";
  EXPECT_EQ(verdict(on(before, "384")), deadlock);  // 3 leaves, 2 elements
  EXPECT_EQ(verdict(on(before, "256")), progress);  // 2 leaves
  EXPECT_EQ(verdict(on(before, "128")), progress);  // the root alone is not read ahead
  EXPECT_EQ(verdict(on(on_6_1, "384")), progress);
}

}  // namespace
}  // namespace dmstall::tests
