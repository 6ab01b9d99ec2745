// The verdict of one scenario, from reading the file to the replayed witness.
#include "analysis/verdict/run_scenario.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "analysis/engines/replay/replay.hpp"
#include "analysis/report/expectation_text.hpp"
#include "analysis/report/reason_text.hpp"
#include "analysis/report/refusal_text.hpp"
#include "analysis/verdict/expectations.hpp"
#include "models/scenario/reader.hpp"

namespace dmstall::tests {

namespace {

using analysis::RunReport;
using models::VerdictKind;

models::Scenario scenario_of(const std::string& file) {
  models::ReadResult read = models::read_scenario_file(std::string(DMSTALL_SOURCE_DIR) + "/" + file);
  EXPECT_TRUE(read.scenario.has_value()) << models::format_diagnostics(read.diagnostics);
  return read.scenario ? std::move(*read.scenario) : models::Scenario{};
}

RunReport run(const std::string& file, std::uint64_t seed = 1) {
  analysis::RunOptions options;
  options.engine = analysis::Engine::simulate;
  options.seed = seed;
  return analysis::run_scenario(scenario_of(file), options);
}

bool mentions(const std::vector<models::BlockedThread>& threads, const std::string& who, const std::string& function) {
  return std::any_of(threads.begin(), threads.end(), [&](const models::BlockedThread& thread) {
    return thread.who == who && thread.functions.find(function) != std::string::npos;
  });
}

}  // namespace

TEST(RunScenario, SeedWithSharedPoolsDeadlocksInTheNestedRecheck) {
  const RunReport report = run("scenarios/seed/shared-pools.json");
  ASSERT_EQ(report.verdict, VerdictKind::deadlock);
  EXPECT_EQ(report.code, models::ExitCode::deadlock);
  EXPECT_EQ(report.stuck.circle, std::vector<std::string>{"verity.recheck_pool"});
  EXPECT_EQ(report.stuck.kind, models::DeadlockKind::circle);
  // The blocked stacks are those that a real kernel showed.
  EXPECT_TRUE(
      mentions(report.stuck.threads, "kverityd/upper", "wait_for_completion_io < sync_io < dm_io < verity_recheck"));
  EXPECT_TRUE(mentions(report.stuck.threads, "kverityd/lower", "mempool_alloc < verity_recheck"));
  EXPECT_TRUE(report.relieved_by_memory);
  EXPECT_NE(analysis::to_text(report.without_faults.value()).find("PROGRESS"), std::string::npos);
}

TEST(RunScenario, SeedWithPrivatePoolsWritesEveryPage) {
  const RunReport report = run("scenarios/seed/per-device-pools.json");
  ASSERT_EQ(report.verdict, VerdictKind::progress);
  EXPECT_EQ(report.code, models::ExitCode::progress);
  ASSERT_EQ(report.simulation.classes.size(), 1u);
  EXPECT_EQ(report.simulation.classes[0].finished, 256);
  // Every device of the stack is measured, each inside the time of the one above it.
  const auto latency = [&](const std::string& device) {
    for (const sim::ServiceMetrics& service : report.simulation.services) {
      if (service.device == device) return service.latency;
    }
    return sim::LatencySummary{};
  };
  EXPECT_EQ(latency("snap").count, 256);
  EXPECT_EQ(latency("upper").count, 64);  // one read per chunk
  EXPECT_GT(latency("lower").count, 64);  // its first reads and the recheck's
  EXPECT_GE(latency("snap").max_us, latency("upper").max_us);
  EXPECT_GE(latency("upper").max_us, latency("lower").max_us);
}

TEST(RunScenario, ZeroIsSaidToBeSixteen) {
  const RunReport report = run("scenarios/seed/reserved-0.json");
  const bool said = std::any_of(report.assumptions.begin(), report.assumptions.end(), [](const std::string& line) {
    return line.find("reserved_bio_based_ios: 0 in the scenario, the kernel uses 16") != std::string::npos;
  });
  EXPECT_TRUE(said);
}

TEST(RunScenario, MemoryThatReturnsAfterTwelveSecondsMakesAStallOfThreePolls) {
  const RunReport report = run("scenarios/tutorial/03-stall.json");
  ASSERT_EQ(report.verdict, VerdictKind::stall);
  EXPECT_EQ(report.code, models::ExitCode::stall);
  ASSERT_EQ(report.simulation.stalls.size(), 1u);
  EXPECT_EQ(report.simulation.stalls[0].polls, 3);  // at 5, 10 and 15 s; the last one succeeds
  EXPECT_DOUBLE_EQ(report.simulation.stalls[0].to_s, 15.0);
}

TEST(RunScenario, SharedPoolsWithoutStackingProgress) {
  EXPECT_EQ(run("scenarios/seed/unstacked-shared.json").verdict, VerdictKind::progress);
}

TEST(RunScenario, SharedBufioClientNeedsNoMismatch) {
  const RunReport report = run("scenarios/seed/hash-on-lower-shared-bufio.json");
  ASSERT_EQ(report.verdict, VerdictKind::deadlock);
  EXPECT_EQ(report.stuck.circle, std::vector<std::string>{"verity.bufio_client.pool"});
}

TEST(RunScenario, EmptyReserveIsItsOwnKind) {
  const RunReport report = run("scenarios/seed/empty-reserve.json");
  ASSERT_EQ(report.verdict, VerdictKind::deadlock);
  EXPECT_EQ(report.stuck.kind, models::DeadlockKind::empty_reserve);
}

TEST(RunScenario, SixteenUpperWorkersDrainASharedClientOfSixteenForSomeSeed) {
  const models::Scenario scenario = scenario_of("tests/fixtures/two-upper-shared-client.json");
  analysis::RunOptions options;
  options.engine = analysis::Engine::simulate;
  options.compare_without_faults = false;
  int deadlocks = 0;
  for (options.seed = 1; options.seed <= 300; ++options.seed) {
    const RunReport report = analysis::run_scenario(scenario, options);
    ASSERT_FALSE(report.error) << analysis::error_text(report);
    if (report.verdict != VerdictKind::deadlock) continue;
    ++deadlocks;
    EXPECT_NE(std::find(report.stuck.waited_for.begin(), report.stuck.waited_for.end(), "verity.io_client.pool"),
              report.stuck.waited_for.end());
  }
  EXPECT_GT(deadlocks, 0);
}

TEST(RunScenario, EightUpperWorkersDrainItForNoneOfAThousandSeeds) {
  const models::Scenario scenario = scenario_of("tests/fixtures/one-upper-shared-client.json");
  analysis::RunOptions options;
  options.engine = analysis::Engine::simulate;
  options.compare_without_faults = false;
  for (options.seed = 1; options.seed <= 1000; ++options.seed) {
    const RunReport report = analysis::run_scenario(scenario, options);
    ASSERT_EQ(report.verdict, VerdictKind::progress) << "seed " << options.seed;
  }
}

TEST(RunScenario, UnmetExpectationsAreNamed) {
  models::Scenario scenario = scenario_of("scenarios/seed/shared-pools.json");
  scenario.expect->verdict = {VerdictKind::progress};
  analysis::RunOptions options;
  options.engine = analysis::Engine::simulate;
  const auto unmet = analysis::unmet_expectations(analysis::run_scenario(scenario, options));
  ASSERT_EQ(unmet.size(), 1u);
  EXPECT_EQ(analysis::to_text(unmet[0]), "expected PROGRESS, found DEADLOCK");
}

TEST(RunScenario, ABoundIsInconclusiveAndNamesItsFlag) {
  models::Scenario scenario = scenario_of("scenarios/seed/per-device-pools.json");
  analysis::RunOptions options;
  options.engine = analysis::Engine::simulate;
  options.events = 100;
  RunReport report = analysis::run_scenario(scenario, options);
  EXPECT_EQ(report.verdict, VerdictKind::inconclusive);
  EXPECT_EQ(report.code, models::ExitCode::inconclusive);
  EXPECT_NE(analysis::reason_text(report).find("--events"), std::string::npos);
  options.events.reset();
  options.sim_seconds = 0.0005;
  report = analysis::run_scenario(scenario, options);
  EXPECT_EQ(report.verdict, VerdictKind::inconclusive);
  EXPECT_NE(analysis::reason_text(report).find("--sim-time"), std::string::npos);
}

/// One work item waits for another of its queue: enough threads, and it is served; the rescuer alone cannot.
TEST(RunScenario, ASearchAsksForAnyNumberOfThreadsUnlessTheScenarioSays) {
  const auto verdict = [](const std::string& memory) {
    models::ReadResult read =
        models::read_scenario_text(R"({"format": 1, "name": "threads", "memory": {)" + memory + R"(},
      "resources": {"wq": {"workqueue": {"max_active": 2, "threads": 0, "rescuer": true}}},
      "tasks": [{"name": "upper", "steps": [{"enter": "wq"}, {"spawn": "lower"}, {"await_children": true},
          {"leave": "wq"}]},
                {"name": "lower", "start": false, "steps": [{"enter": "wq"}, {"leave": "wq"}]}]})",
                                   "threads.json");
    EXPECT_TRUE(read.scenario) << models::format_diagnostics(read.diagnostics);
    analysis::RunOptions options;
    options.engine = analysis::Engine::explore;
    return read.scenario ? analysis::run_scenario(*read.scenario, options).verdict : VerdictKind::inconclusive;
  };
  EXPECT_EQ(verdict(R"("allocator": "exhausted")"), VerdictKind::deadlock);
  EXPECT_EQ(verdict(R"("allocator": "exhausted", "threads": "fail")"), VerdictKind::deadlock);
  EXPECT_EQ(verdict(R"("allocator": "exhausted", "threads": "succeed")"), VerdictKind::progress);
}

TEST(RunScenario, ACounterBelowZeroIsTheScenariosError) {
  models::ReadResult read = models::read_scenario_text(R"({"format": 1, "name": "below-zero",
    "resources": {"c": {"counter": 0}},
    "tasks": [{"name": "t", "steps": [{"count": "c", "by": -1}]},
              {"name": "late", "steps": [{"spend_us": 10}, {"count": "c", "by": 1}]}]})",
                                                       "below-zero.json");
  ASSERT_TRUE(read.scenario) << models::format_diagnostics(read.diagnostics);
  const RunReport report = analysis::run_scenario(*read.scenario, {});
  EXPECT_EQ(report.code, models::ExitCode::bad_scenario);
  ASSERT_TRUE(report.error.has_value());
  EXPECT_NE(analysis::error_text(report).find("below 0"), std::string::npos);
}

TEST(Replay, RefusesATamperedWitness) {
  const RunReport report = run("scenarios/seed/shared-pools.json");
  models::Witness witness = report.simulation.witness;
  ASSERT_TRUE(analysis::replay(report.machine, witness).confirmed);
  // Without its last step the witness does not reach the stuck set.
  models::Witness cut = witness;
  cut.steps.resize(cut.steps.size() / 2);
  EXPECT_FALSE(analysis::replay(report.machine, cut).confirmed);
  // A step that is not enabled is refused, by number.
  models::Witness wrong = witness;
  wrong.steps[wrong.steps.size() / 2].index = 77;
  const analysis::Replay refused = analysis::replay(report.machine, wrong);
  EXPECT_FALSE(refused.confirmed);
  EXPECT_NE(analysis::to_text(refused.refusal).find("step"), std::string::npos);
}

}  // namespace dmstall::tests
