// Details of Linux 6.1.192 that are easily lost: each test names the function it was read from.

#include "models/kernel/fault_plans.hpp"
#include "tests/kernel/search.hpp"

namespace dmstall::tests {
namespace {

constexpr const char* refused = R"("memory": { "allocator": "exhausted", "freed_by": "nothing" }, "faults": [])";

// dm-kcopyd.c:dm_kcopyd_copy splits a job above sub_job_size into sub-jobs that each fit the reserve.
TEST(KernelDetail, AChunkLargerThanTheReserveIsCopiedInSubJobs) {
  const std::string text =
      std::string(refused) + R"(, "devices": [ { "name": "o", "target": "disk" }, { "name": "c", "target": "disk" },
      { "name": "s", "target": "snapshot", "origin": "o", "cow": "c", "chunk_kib": 1024 } ], "workload": [ {
          "write": "s" } ])";
  EXPECT_EQ(run_of(text).verdict, models::VerdictKind::progress);
}

// dm-kcopyd.c:dm_kcopyd_client_create: DIV_ROUND_UP(sub_job_size, PAGE_SIZE), so a sub-job below a page still has one.
TEST(KernelDetail, ReservedPagesAreRoundedUp) {
  for (const auto& [kib, pages] : std::vector<std::pair<int, int>>{{1, 1}, {6, 2}}) {
    const Program program =
        program_of(R"("kernel": { "kcopyd_subjob_size_kb": )" + std::to_string(kib) + R"( }, "devices": [
        { "name": "o", "target": "disk" }, { "name": "c", "target": "disk" },
        { "name": "s", "target": "snapshot", "origin": "o", "cow": "c" } ], "workload": [ { "write": "s" } ])");
    EXPECT_EQ(resource_of(program, "s.kcopyd_pages").capacity, pages);
  }
}

// blk-core.c:submit_bio_noacct completes a flush of a queue without write cache in the submitter, which then goes on.
TEST(KernelDetail, AFlushThatCompletesAtOnceGivesItsThreadBack) {
  const std::string text =
      std::string(refused) + R"(, "devices": [ { "name": "d", "target": "disk", "write_cache": false } ],
    "workload": [ { "flush": "d", "count": 3, "in_flight": 2, "threads": 1 } ])";
  EXPECT_EQ(run_of(text).verdict, models::VerdictKind::progress);
}

// The same for a device-mapper device: such a flush never reaches dm_submit_bio, so it takes no element.
TEST(KernelDetail, AFlushWithoutAWriteCacheNeverReachesTheDevice) {
  const Machine machine =
      machine_of(std::string(refused) + R"(, "devices": [ { "name": "d", "target": "disk", "write_cache": false },
      { "name": "l", "target": "linear", "to": "d" } ], "workload": [ { "flush": "l" } ])");
  Walk walk(machine);
  walk.run(walk.start());
  EXPECT_EQ(std::count(walk.story().begin(), walk.story().end(), "take l.io_bs"), 0);
}

// dm-snap.c:snapshot_ctr sets max_io_len to the chunk: a bio of four chunks is four elements and four exceptions.
TEST(KernelDetail, ABioIsSplitAtChunkBoundaries) {
  const Machine machine = machine_of(
      R"("memory": { "allocator": "plentiful" }, "faults": [], "devices": [ { "name": "o", "target": "disk" },
      { "name": "c", "target": "disk" }, { "name": "s", "target": "snapshot", "origin": "o", "cow": "c",
          "chunk_kib": 16 } ],
    "workload": [ { "write": "s", "write_kib": 64 } ])");
  Walk walk(machine);
  walk.choosing("first write to the chunk");
  const TokenId id = walk.start();
  // Each part is submitted completely before the next: the parent goes on when a child has left its thread.
  for (int turn = 0; turn < 8; ++turn) {
    if (!walk.finished(0)) walk.run(id);
    const auto parts = walk.spawned();
    for (const TokenId part : parts) {
      if (walk.world().token(part).serial >= 0) walk.run(part);
    }
  }
  EXPECT_EQ(std::count(walk.story().begin(), walk.story().end(), "take s.pending"), 4);
}

// dm-snap.c:copy_callback calls account_end_copy after complete_exception: a copy whose turn it is stays counted while
// the metadata is written.
TEST(KernelDetail, TheThrottleIsLeftAfterTheCommit) {
  const Machine machine = machine_of(std::string(refused) + R"(, "devices": [ { "name": "o", "target": "disk" },
      { "name": "c", "target": "disk" }, { "name": "s", "target": "snapshot", "origin": "o", "cow": "c" } ],
          "workload": [ { "write": "s" } ])");
  Walk walk(machine);
  walk.choosing("first write to the chunk");
  const TokenId id = walk.start();
  ASSERT_TRUE(walk.run_to_take(id, "s.pstore_client.pool"));
  EXPECT_TRUE(walk.holds(id, "s.in_progress"));
}

// dm-snap-persistent.c:area_io writes with REQ_PREFLUSH; dm.c sends the empty flush first (__send_empty_flush), one
// clone per target of the COW device's table. With a cache below and one element in bs the commit hangs in its own
// flush.
TEST(KernelDetail, TheCommitFlushesEveryTargetOfTheCowDevice) {
  const auto verdict = [](const std::string& segments) {
    return run_of(std::string(refused) +
                  R"(, "kernel": { "reserved_bio_based_ios": 1 }, "devices": [ { "name": "o", "target": "disk" },
        { "name": "c", "target": "disk" }, { "name": "cow", "target": "linear", "segments": [ )" +
                  segments + R"( ] },
        { "name": "s", "target": "snapshot", "origin": "o", "cow": "cow" } ], "workload": [ { "write": "s" } ])")
        .verdict;
  };
  const std::string segment = R"({ "to": "c", "size_mib": 64 })";
  EXPECT_EQ(verdict(segment + ", " + segment), models::VerdictKind::progress);
  EXPECT_EQ(verdict(segment + ", " + segment + ", " + segment), models::VerdictKind::deadlock);
}

// dm-verity-target.c:verity_prefetch_io starts at level levels - 2: a tree of one level is never read ahead.
TEST(KernelDetail, ATreeOfOneLevelIsNotPrefetched) {
  const Machine machine = machine_of(
      R"("memory": { "allocator": "plentiful" }, "faults": [], "devices": [ { "name": "d", "target": "disk" },
      { "name": "v", "target": "verity", "data": "d", "hash": "d", "hash_levels": 1 } ], "workload": [ {
          "read": "v" } ])");
  for (const auto& flow : machine.flows) EXPECT_EQ(flow.name.find("prefetched block"), std::string::npos) << flow.name;
}

// dm.c:__map_bio: a target that submits nothing below still returns to the submitter.
TEST(KernelDetail, ATargetThatSubmitsNothingGivesTheSubmitterItsThreadBack) {
  const std::string text = R"("memory": { "allocator": "plentiful" }, "faults": [],
    "targets": { "null": { "roles": [ "to" ], "flows": { "write": [] } } },
    "devices": [ { "name": "d", "target": "disk" }, { "name": "n", "target": "null", "to": "d" } ],
    "workload": [ { "writeback": "n", "count": 4, "in_flight": 2 } ])";
  EXPECT_EQ(run_of(text).verdict, models::VerdictKind::progress);
}

constexpr const char* bad_origin =
    R"("memory": { "allocator": "plentiful" }, "faults": [ { "device": "o", "fault": "io_error", "blocks": [0] } ],
    "devices": [ { "name": "o", "target": "disk" }, { "name": "c", "target": "disk" },
      { "name": "s", "target": "snapshot", "origin": "o", "cow": "c", "chunk_kib": 16 } ], )";

// dm-snap.c:pending_complete: a failed copy ends every bio in pe->snapshot_bios with an error, not only the first.
TEST(KernelDetail, AFailedCopyFailsEveryBioThatWaitsForIt) {
  const Machine machine =
      machine_of(std::string(bad_origin) + R"("workload": [ { "write": "s", "count": 2, "in_flight": 2 } ])");
  Walk walk(machine);
  walk.choosing("io_error@o").choosing("first write to the chunk");
  const TokenId first = walk.start();
  ASSERT_TRUE(walk.run_to_disk(first));
  walk.forget_choices().choosing("being copied");
  const TokenId second = walk.start();
  walk.run(second);
  ASSERT_TRUE(walk.waits(second));
  walk.run(first);
  EXPECT_EQ(walk.last_status(), Status::error);
  walk.run(second);
  EXPECT_EQ(walk.last_status(), Status::error);
}

// dm-snap.c:pending_complete: a failed copy invalidates the snapshot (under its write lock); later writes are killed.
TEST(KernelDetail, AFailedCopyInvalidatesTheSnapshot) {
  const auto report = run_of(std::string(bad_origin) + R"("workload": [ { "write": "s", "count": 64 } ])");
  EXPECT_EQ(report.simulation.classes.front().failed, 64);
}

// A phone of 59 devices must not need a page to say so.
TEST(Faults, OfCopiesSideBySideAreSaidOnce) {
  models::Faults faults;
  faults.given = true;
  faults.any = false;
  const auto add = [&](models::FaultKind kind, const char* device, models::FaultArea area = models::FaultArea::data) {
    models::Fault& fault = faults.list.emplace_back();
    fault.kind = kind;
    fault.device = device;
    fault.area = area;
  };
  using enum models::FaultKind;
  for (const char* device : {"v8", "v9", "v10", "v12", "u1", "u2", "v3"}) add(bad_block, device);
  add(late_corruption, "v4");
  add(bad_block, "v5", models::FaultArea::fec);
  EXPECT_EQ(models::describe_faults(faults),
            "bad_block on v8 to v10, bad_block on v12, bad_block on u1, bad_block on u2, bad_block on v3, "
            "late_corruption on v4, bad_block on v5 (parity)");
}

}  // namespace
}  // namespace dmstall::tests
