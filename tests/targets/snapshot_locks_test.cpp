// dm-snapshot's two locks (drivers/md/dm-snap.c, Linux 6.1.192): how many writes, and which reserves, a deadlock takes.
//
// Known answers, from the code. P elements in the pool of pending exceptions, J kcopyd jobs, r elements in io_bs of
// each device; the allocator refuses. Who is stuck holds an element of io_bs, so no more than r writes of a device can
// take part.
//   s->lock:        P writes have a pending exception, one sleeps in alloc_pending_exception and holds s->lock for
//   reading, a writer
//                   queues, and pending_complete's down_read in the kcopyd thread queues behind it: P + 1 writes.
//   _origins_lock:  one origin write sleeps in dm_kcopyd_copy and holds _origins_lock for reading, J others have the
//   jobs, a writer
//                   queues, and the kcopyd thread, in retry_origin_bios of one more, queues behind it before it can
//                   return a job: J + 2 writes. Or it sleeps in alloc_pending_exception: the retried bio's own is one
//                   of the P then, so P + 1 writes.
// The exceptions of the J may come from writes to the snapshot; then two devices' io_bs share the load.
#include "analysis/engines/explore/explore.hpp"
#include "analysis/engines/prove/prove.hpp"
#include "analysis/engines/verify/verify.hpp"
#include "analysis/report/objection_text.hpp"
#include "analysis/report/reason_text.hpp"
#include "analysis/report/refusal_text.hpp"
#include "tests/kernel/stacks.hpp"

namespace dmstall::tests {
namespace {

struct Sizes {
  int pending = 256, jobs = 8, r = 16;
};

std::string stack(const Sizes& sizes, const std::string& workload, const std::string& faults = "[]",
                  const std::string& memory = R"("allocator": "exhausted", "freed_by": "nothing")") {
  return R"("memory": { )" + memory + R"( }, "faults": )" + faults + R"(, "kernel": { "reserved_bio_based_ios": )" +
         std::to_string(sizes.r) +
         R"( }, "devices": [
      { "name": "base", "target": "disk", "write_cache": false }, { "name": "cow", "target": "disk",
          "write_cache": false },
      { "name": "elsewhere", "target": "disk", "write_cache": false }, { "name": "cow2", "target": "disk",
          "write_cache": false },
      { "name": "o", "target": "snapshot-origin", "device": "base" },
      { "name": "idle", "target": "snapshot", "origin": "elsewhere", "cow": "cow2" },
      { "name": "s", "target": "snapshot", "origin": "base", "cow": "cow", "reserve": { "pending": )" +
         std::to_string(sizes.pending) + R"(, "kcopyd_jobs": )" + std::to_string(sizes.jobs) +
         R"( } } ], "workload": [ )" + workload + " ]";
}

std::string writes(const std::string& device, int count) {
  return R"({ "write": ")" + device + R"(", "count": )" + std::to_string(count) + R"(, "in_flight": )" +
         std::to_string(count) + " }";
}
const std::string status = R"(, { "admin": "status", "device": "s" })";
const std::string create = R"(, { "admin": "create_snapshot", "device": "elsewhere" })";
const std::string removal = R"(, { "admin": "remove_snapshot", "device": "idle" })";
const std::string io_error = R"([ { "device": "base", "fault": "io_error" } ])";

Machine any_threads(const std::string& body) {
  return analysis::any_number_of_threads(machine_of(body));
}

/// The search from one request upwards finds this many, commands included, and none fewer.
void expect_deadlock(const std::string& body, int requests, const std::set<std::string>& waited_for, int faults = 0) {
  const Machine machine = any_threads(body);
  const analysis::Exploration found = analysis::explore(machine, {});
  ASSERT_EQ(found.verdict, models::VerdictKind::deadlock) << analysis::to_text(found.bound);
  EXPECT_EQ(found.requests, requests);
  EXPECT_TRUE(found.fewest_requests);
  EXPECT_EQ(found.faults, faults);
  EXPECT_TRUE(found.relieved_by_memory);
  const std::set<std::string> waited(found.stuck.waited_for.begin(), found.stuck.waited_for.end());
  for (const std::string& name : waited_for) EXPECT_TRUE(waited.count(name) != 0) << name;
}

/// For any number of requests.
void expect_proved(const std::string& body) {
  const Machine machine = any_threads(body);
  const analysis::Proof proof = analysis::prove(machine);
  ASSERT_TRUE(proof.proved) << to_text(proof.objection);
  const analysis::Verification checked = analysis::verify(machine, proof.certificate);
  EXPECT_TRUE(checked.accepted) << analysis::to_text(checked.refusal);
}

TEST(SnapshotLock, StatusTakesOneWriteMoreThanPendingExceptions) {
  for (const int pending : {1, 2}) {
    SCOPED_TRACE(pending);
    const int needed = pending + 1;
    expect_deadlock(stack({.pending = pending, .r = needed}, writes("s", needed + 1) + status), needed + 1,
                    {"s.lock", "s.pending"});
    expect_proved(stack({.pending = pending, .r = needed - 1}, writes("s", needed + 1) + status));
    expect_proved(stack({.pending = pending, .r = 16}, writes("s", needed - 1) + status));
  }
}

TEST(SnapshotLock, WithThePoolOfTheKernelStatusTakes257) {
  // 256 elements: reserved_bio_based_ios up to 256 rules it out for any number of writes.
  expect_proved(stack({.r = 16}, writes("s", 300) + status));
  expect_proved(stack({.r = 256}, writes("s", 300) + status));
  EXPECT_FALSE(analysis::prove(any_threads(stack({.r = 257}, writes("s", 300) + status))).proved);
}

TEST(SnapshotLock, AFailedCopyIsEnoughWithoutAnyCommand) {
  // pending_complete(!success): invalidate_snapshot takes s->lock for writing in the kcopyd thread itself.
  for (const int pending : {1, 2}) {
    SCOPED_TRACE(pending);
    const int needed = pending + 1;
    expect_deadlock(stack({.pending = pending, .r = needed}, writes("s", needed + 1), io_error), needed,
                    {"s.lock", "s.pending"}, 1);
    expect_proved(stack({.pending = pending, .r = needed - 1}, writes("s", needed + 1), io_error));
    expect_proved(stack({.pending = pending, .r = needed}, writes("s", needed + 1)));
  }
  expect_proved(stack({.r = 256}, writes("s", 300), io_error));
  EXPECT_FALSE(analysis::prove(any_threads(stack({.r = 257}, writes("s", 300), io_error))).proved);
}

TEST(SnapshotLock, IsLeftOutWhereNoMapCanSleepInThePool) {
  const auto has_lock = [](const std::string& body) { return find_resource(program_of(body), "s.lock").has_value(); };
  // One pending exception may be left of a write that has ended: its kcopyd thread frees it last.
  EXPECT_FALSE(has_lock(stack({}, writes("s", 255) + status)));
  EXPECT_TRUE(has_lock(stack({}, writes("s", 256) + status)));
  EXPECT_TRUE(has_lock(stack({}, writes("s", 256), io_error)));
  EXPECT_FALSE(has_lock(stack({}, writes("s", 256)))) << "nobody asks to write";
  EXPECT_FALSE(has_lock(stack({}, writes("s", 256) + status, "[]", R"("allocator": "plentiful")")))
      << "the pool never waits";
  EXPECT_TRUE(has_lock(stack({}, writes("s", 128) + ", " + writes("o", 128) + status)))
      << "writes to the origin want them, too";
}

TEST(SnapshotLock, OfASecondSnapshotWhoseOriginIsWritten) {
  // The bio ends when both snapshots have their copies, so a write has one pending exception of the second as long as
  // it lasts.
  const auto two = [](int r) {
    std::string body = stack({.r = r}, writes("o", 3) + R"(, { "admin": "status", "device": "s2" })");
    const std::string first = R"({ "name": "s", "target")";
    return body.replace(body.find(first), 0, R"({ "name": "cow3", "target": "disk", "write_cache": false },
      { "name": "s2", "target": "snapshot", "origin": "base", "cow": "cow3", "chunk_kib": 4, "reserve": {
          "pending": 1 } }, )");
  };
  expect_deadlock(two(2), 3, {"s2.lock", "s2.pending"});
  // Not proved: the equations do not see that a copy lasts no longer than the bio that started it. Every schedule does.
  EXPECT_EQ(analysis::explore(any_threads(two(1)), {}).verdict, models::VerdictKind::progress);
}

TEST(OriginsLock, AnUnrelatedSnapshotTakesTwoWritesMoreThanJobs) {
  for (const int jobs : {1, 2}) {
    for (const std::string& command : {create, removal}) {
      SCOPED_TRACE(std::to_string(jobs) + command);
      const int needed = jobs + 2;
      expect_deadlock(stack({.jobs = jobs, .r = needed}, writes("o", needed) + command), needed + 1,
                      {"_origins_lock", "s.kcopyd_jobs"});
      expect_proved(stack({.jobs = jobs, .r = needed - 1}, writes("o", needed) + command));
      expect_proved(stack({.jobs = jobs, .r = 16}, writes("o", needed - 1) + command));
    }
  }
}

TEST(OriginsLock, WithTheJobsOfTheKernelTenWritesAreNeeded) {
  // MIN_JOBS 8: reserved_bio_based_ios up to 9 rules it out, the default of 16 does not.
  expect_proved(stack({.r = 9}, writes("o", 64) + create));
  EXPECT_FALSE(analysis::prove(any_threads(stack({.r = 10}, writes("o", 64) + create))).proved);
}

TEST(OriginsLock, PendingExceptionsGiveTheSameDeadlock) {
  // P + 1 = 2 writes, fewer than the J + 2 of the jobs.
  expect_deadlock(stack({.pending = 1, .r = 2}, writes("o", 3) + create), 3, {"_origins_lock", "s.pending"});
}

TEST(OriginsLock, WritesToTheSnapshotMayHoldTheJobs) {
  // J + 2 = 4: two writes to the origin, two to the snapshot, each with an io_bs of 2.
  expect_deadlock(stack({.jobs = 2, .r = 2}, writes("o", 2) + ", " + writes("s", 2) + create), 5,
                  {"_origins_lock", "s.kcopyd_jobs"});
  expect_proved(stack({.jobs = 3, .r = 2}, writes("o", 3) + ", " + writes("s", 3) + create));
}

TEST(OriginsLock, NobodyElseNeedsACommand) {
  expect_proved(stack({.jobs = 1, .r = 16}, writes("o", 16)));
  EXPECT_FALSE(find_resource(program_of(stack({}, writes("o", 16))), "_origins_lock").has_value());
}

}  // namespace
}  // namespace dmstall::tests
