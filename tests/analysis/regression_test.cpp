// Small machines on which an earlier version gave a wrong answer; each says what it got wrong.
#include <gtest/gtest.h>

#include <string>

#include "analysis/report/reason_text.hpp"
#include "analysis/verdict/expectations.hpp"
#include "analysis/verdict/run_scenario.hpp"
#include "models/scenario/reader.hpp"

namespace dmstall::tests {

namespace {

using analysis::RunReport;
using models::DeadlockKind;
using models::VerdictKind;

RunReport run(const std::string& body, analysis::RunOptions options = {}) {
  models::ReadResult read =
      models::read_scenario_text(R"({"format": 1, "name": "regression", )" + body + "}", "regression.json");
  EXPECT_TRUE(read.scenario) << models::format_diagnostics(read.diagnostics);
  options.engine = analysis::Engine::simulate;
  return read.scenario ? analysis::run_scenario(*read.scenario, options) : RunReport{};
}

}  // namespace

// The replayer gave a later child the number of one that had not moved yet, and refused the witness.
TEST(Regression, AWitnessWithAnIdlePrefetchChildReplays) {
  const RunReport report =
      run(R"("devices": [{"name": "d", "target": "disk"}, {"name": "v", "target": "verity", "data": "d", "hash": "d"},
    {"name": "w", "target": "verity", "data": "v", "hash": "v", "reserve": {"kverityd": 0}}], "faults": [],
        "memory": {"allocator": "plentiful"},
    "workload": [{"read": "w"}])");
  EXPECT_FALSE(report.error) << analysis::error_text(report);
  EXPECT_EQ(report.verdict, VerdictKind::deadlock);
  EXPECT_EQ(report.stuck.kind, DeadlockKind::empty_reserve);
}

TEST(Regression, EverySeedOfANestedRecheckReplays) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    analysis::RunOptions options;
    options.seed = seed;
    const RunReport report = run(R"("devices": [{"name": "disk", "target": "disk"},
      {"name": "lower", "target": "verity", "data": "disk", "hash": "disk", "on_corruption": "ignore"},
      {"name": "upper", "target": "verity", "data": "lower", "hash": "lower"}], "sharing": "SR",
          "memory": {"fails": ["*.recheck_pool"]},
      "workload": [{"read": "upper", "count": 12, "in_flight": 4}])",
                                 options);
    EXPECT_FALSE(report.error) << "seed " << seed << ": " << analysis::error_text(report);
  }
}

// Parked children were not counted until the block ended, so waiting for them inside it was taken for progress.
TEST(Regression, WaitingForABioOnItsOwnListIsASelfDeadlock) {
  const RunReport report =
      run(R"("resources": {"p": {"mempool": 1}}, "memory": {"allocator": "exhausted", "freed_by": "nothing"}, "tasks": [
    {"name": "a", "steps": [{"submit_bio": [{"take": "p"}, {"spawn": "c", "park": true, "with": ["p"]},
        {"await_children": true}]}]},
    {"name": "c", "start": false, "steps": [{"give": "p"}]}])");
  EXPECT_EQ(report.verdict, VerdictKind::deadlock);
  EXPECT_EQ(report.stuck.kind, DeadlockKind::self);
}

// "faults": [] had no effect on tasks.
TEST(Regression, NoFaultsMeansNoneInTasksToo) {
  const std::string tasks =
      R"("resources": {"p": {"mempool": 1}}, "memory": {"allocator": "exhausted", "freed_by": "nothing"}, "tasks": [
    {"name": "x", "steps": [{"choose": {"bad": [{"take": "p"}, {"take": "p"}, {"give": "p"}, {"give": "p"}], "ok": []},
        "fault": ["bad"]}]}])";
  bool deadlock = false;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    analysis::RunOptions options;
    options.seed = seed;
    EXPECT_EQ(run(R"("faults": [], )" + tasks, options).verdict, VerdictKind::progress) << "seed " << seed;
    const RunReport any = run(tasks, options);
    deadlock = deadlock || any.verdict == VerdictKind::deadlock;
    EXPECT_NE(analysis::to_text(any.without_faults.value()).find("PROGRESS"), std::string::npos);
  }
  EXPECT_TRUE(deadlock) << "with faults some seed takes the bad branch";
}

// A daemon in the circle was left out, and the circle was called a lost wake-up.
TEST(Regression, ADaemonThatHoldsTheLockIsPartOfTheCircle) {
  const RunReport report = run(R"("resources": {"a": {"mutex": true}, "b": {"mutex": true}}, "tasks": [
    {"name": "d", "daemon": true, "steps": [{"lock": "a"}, {"spend_us": 2}, {"lock": "b"}, {"unlock": "b"},
        {"unlock": "a"}]},
    {"name": "x", "steps": [{"lock": "b"}, {"spend_us": 2}, {"lock": "a"}, {"unlock": "a"}, {"unlock": "b"}]}])");
  EXPECT_EQ(report.verdict, VerdictKind::deadlock);
  EXPECT_EQ(report.stuck.kind, DeadlockKind::circle);
  EXPECT_EQ(report.stuck.circle.size(), 2u);
}

// A flush that completes at once never gave its thread back.
TEST(Regression, AFlushWithoutWriteCacheFreesItsThread) {
  EXPECT_EQ(
      run(R"("devices": [{"name": "d", "target": "disk", "write_cache": false}], "memory": {"allocator": "plentiful"},
          "faults": [],
    "workload": [{"flush": "d", "count": 2, "in_flight": 2}])")
          .verdict,
      VerdictKind::progress);
}

// A chunk above kcopyd_subjob_size_kb asked for more pages than the reserve has.
TEST(Regression, ALargeChunkIsCopiedInPieces) {
  EXPECT_EQ(run(R"("devices": [{"name": "o", "target": "disk"}, {"name": "c", "target": "disk"},
    {"name": "s", "target": "snapshot", "origin": "o", "cow": "c", "chunk_kib": 1024}],
        "memory": {"allocator": "exhausted"}, "faults": [],
    "workload": [{"writeback": "s", "pages": 4}])")
                .verdict,
            VerdictKind::progress);
}

// A task that spawns itself is ended by a bound, not by the machine's memory.
TEST(Regression, SpawningWithoutEndIsRefused) {
  const models::ReadResult read = models::read_scenario_text(
      R"({"format": 1, "name": "regression", "resources": {"p": {"mempool": 1}},
          "tasks": [{"name": "x", "steps": [{"spawn": "x"}]}]})",
      "regression.json");
  EXPECT_FALSE(read.scenario);
  EXPECT_NE(models::format_diagnostics(read.diagnostics).find("task \"x\" comes of itself"), std::string::npos);
}

// The time at which memory comes back counts from the beginning of the shortage.
TEST(Regression, MemoryRecoversAfterTheShortageBegan) {
  const RunReport report = run(
      R"("resources": {"p": {"mempool": 1}}, "memory": {"allocator": "exhausted", "freed_by": "nothing", "from_s": 5,
          "recovers_after_s": 7},
    "tasks": [{"name": "x", "steps": [{"spend_us": 6000000}, {"take": "p"}, {"take": "p"}, {"give": "p", "n": 2}]}])");
  EXPECT_EQ(report.verdict, VerdictKind::stall);
  EXPECT_DOUBLE_EQ(report.simulation.sim_time_s, 16.0);  // asks at 6 and 11 s in vain, at 16 s memory is back
}

// Expectations about a stuck set were taken for met when nothing was stuck.
TEST(Regression, ExpectingAKindOfDeadlockOfAProgressIsUnmet) {
  const RunReport report =
      run(R"("devices": [{"name": "d", "target": "disk"}], "memory": {"allocator": "plentiful"}, "faults": [],
    "workload": [{"read": "d"}], "expect": {"verdict": "PROGRESS", "kind": "self", "stuck": 7})");
  EXPECT_EQ(analysis::unmet_expectations(report).size(), 1u);
}

}  // namespace dmstall::tests
