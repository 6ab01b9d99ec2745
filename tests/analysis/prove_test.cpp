// The prover on device stacks: what must be proved, what must not, and a model made wrong on purpose.
#include "analysis/engines/prove/prove.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

#include "analysis/engines/explore/explore.hpp"
#include "analysis/engines/replay/replay.hpp"
#include "analysis/engines/verify/verify.hpp"
#include "analysis/report/objection_text.hpp"
#include "analysis/report/reason_text.hpp"
#include "analysis/report/refusal_text.hpp"
#include "analysis/verdict/run_scenario.hpp"
#include "models/machine/compile.hpp"
#include "models/scenario/reader.hpp"
#include "models/targets/build.hpp"

namespace dmstall::tests {

namespace {

namespace fs = std::filesystem;
using analysis::Proof;

models::Scenario read(const std::string& file) {
  models::ReadResult read = models::read_scenario_file(fs::path(DMSTALL_SOURCE_DIR) / file);
  EXPECT_TRUE(read.scenario.has_value()) << models::format_diagnostics(read.diagnostics);
  return read.scenario ? std::move(*read.scenario) : models::Scenario{};
}

models::Machine machine_of(const models::Scenario& scenario) {
  return analysis::any_number_of_threads(models::compile(models::build_program(scenario)));
}

/// Proved, for any number, and the certificate holds.
void expect_proved(const models::Machine& machine, int rung) {
  const Proof proof = analysis::prove(machine);
  ASSERT_TRUE(proof.proved) << to_text(proof.objection);
  EXPECT_EQ(proof.rung, rung);
  EXPECT_TRUE(proof.certificate.any_number);
  const analysis::Verification checked = analysis::verify(machine, proof.certificate);
  EXPECT_TRUE(checked.accepted) << analysis::to_text(checked.refusal);
}

/// Gives back in another place: kcopyd's job after the callback of the copy instead of before it.
void free_job_after_callback(models::Program& program) {
  const auto is_jobs = [&](const models::Step& step) {
    return step.kind == models::StepKind::give &&
           program.resources[static_cast<std::size_t>(step.resource)].name == "snap.kcopyd_jobs";
  };
  models::Step given;
  const auto each_list = [](models::Steps& steps, const auto& self, const auto& change) -> void {
    change(steps);
    for (models::Step& step : steps) {
      self(step.body, self, change);
      self(step.else_steps, self, change);
      for (models::Branch& branch : step.branches) self(branch.steps, self, change);
    }
  };
  int removed = 0, added = 0;
  for (models::Flow& flow : program.flows) {
    each_list(flow.steps, each_list, [&](models::Steps& steps) {
      for (const models::Step& step : steps) {
        if (is_jobs(step)) given = step;
      }
      removed += static_cast<int>(std::erase_if(steps, is_jobs));
    });
  }
  for (models::Flow& flow : program.flows) {
    each_list(flow.steps, each_list, [&](models::Steps& steps) {
      for (std::size_t i = 0; i < steps.size(); ++i) {
        const bool callback =
            steps[i].kind == models::StepKind::call &&
            program.flows[static_cast<std::size_t>(steps[i].flow)].name == "exception of snap completes";
        if (!callback) continue;
        steps.insert(steps.begin() + static_cast<std::ptrdiff_t>(i) + 1, given);
        ++added;
      }
    });
  }
  EXPECT_GT(removed, 0);
  EXPECT_GT(added, 0);
}

}  // namespace

TEST(Prove, TheSeedStackWithPoolsPerDeviceForAnyReserve) {
  for (const int reserve : {1, 2, 16}) {
    SCOPED_TRACE(reserve);
    models::Scenario scenario = read("scenarios/seed/per-device-pools.json");
    scenario.kernel.reserved_bio_based_ios = reserve;
    scenario.faults = {.given = true, .any = true, .list = {}};
    expect_proved(machine_of(scenario), 1);
  }
}

TEST(Prove, TheSeedStacksRanksAreThoseOfTheKernelsPath) {
  const Proof proof = analysis::prove(machine_of(read("scenarios/seed/per-device-pools.json")));
  ASSERT_TRUE(proof.proved) << to_text(proof.objection);
  // From the writer down to the disk; what stands between is in models/targets/seed-stack.md.
  const std::vector<std::string> chain = {
      "snap.io_bs",         "snap.in_progress",        "snap.pending",     "snap.commit",
      "snap.pending_count", "snap.exception_order",    "snap.kcopyd_jobs", "snap.kcopyd_pages",
      "kcopyd/snap",        "snap.kcopyd_client.pool", "upper.io_bs",      "kverityd/upper",
      "upper.recheck_pool", "upper.io_client.pool",    "lower.io_bs",      "kverityd/lower",
      "lower.recheck_pool", "lower.io_client.pool"};
  std::size_t last = 0;
  for (const std::string& name : chain) {
    const auto found = std::find_if(proof.ranks.begin(), proof.ranks.end(),
                                    [&](const analysis::RankedWait& each) { return each.thing == name; });
    ASSERT_NE(found, proof.ranks.end()) << name;
    EXPECT_GT(found->rank, last) << name;
    last = found->rank;
  }
}

TEST(Prove, ASharedPageIsNotProvedAndTheEquationsSayWhere) {
  const Proof proof = analysis::prove(machine_of(read("scenarios/seed/shared-pools.json")));
  EXPECT_FALSE(proof.proved);
  EXPECT_NE(to_text(proof.objection).find("verity.recheck_pool"), std::string::npos) << to_text(proof.objection);
  EXPECT_NE(std::find(proof.candidate_waits.begin(), proof.candidate_waits.end(), "verity.recheck_pool"),
            proof.candidate_waits.end());
}

TEST(Prove, SharingBesideEachOtherIsHarmless) {
  expect_proved(machine_of(read("scenarios/seed/unstacked-shared.json")), 1);
}

TEST(Prove, EightWorkersCannotDrainASharedClientOfSixteenAndSixteenCan) {
  expect_proved(machine_of(read("tests/fixtures/one-upper-shared-client.json")), 2);
  EXPECT_FALSE(analysis::prove(machine_of(read("tests/fixtures/two-upper-shared-client.json"))).proved);
}

TEST(Prove, TheJobFreedAfterTheCallbackLosesTheProofAndTheSearchFindsOut) {
  models::Scenario scenario = read("scenarios/seed/per-device-pools.json");
  scenario.faults = {.given = true, .any = false, .list = {}};
  for (models::Device& device : scenario.devices) {
    if (device.name == "snap") device.reserve["kcopyd_jobs"] = 1;
  }
  expect_proved(machine_of(scenario), 1);
  models::Program program = models::build_program(scenario);
  free_job_after_callback(program);
  for (models::RequestClass& requests : program.classes) requests.population = 2;
  const models::Machine machine = analysis::any_number_of_threads(models::compile(program));
  const Proof proof = analysis::prove(machine);
  EXPECT_FALSE(proof.proved);
  EXPECT_NE(to_text(proof.objection).find("snap.kcopyd_jobs"), std::string::npos) << to_text(proof.objection);
  const analysis::Exploration search = analysis::explore(machine, {});
  ASSERT_EQ(search.verdict, models::VerdictKind::deadlock) << analysis::to_text(search.bound);
  EXPECT_TRUE(analysis::replay(machine, search.witness).confirmed);
}

/// What a real kernel did on these stacks: every cell that completed is proved, no cell that hung is.
TEST(Prove, EveryCellThatCompletedAndNoneThatHung) {
  std::size_t proved = 0, open = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(DMSTALL_SOURCE_DIR) / "scenarios/reality")) {
    if (entry.path().extension() != ".json") continue;
    SCOPED_TRACE(entry.path().filename().string());
    const models::Scenario scenario = read("scenarios/reality/" + entry.path().filename().string());
    ASSERT_TRUE(scenario.expect);
    const models::Machine machine = machine_of(scenario);
    const Proof proof = analysis::prove(machine);
    const bool completed = scenario.expect->verdict == std::vector{models::VerdictKind::progress};
    EXPECT_EQ(proof.proved, completed) << to_text(proof.objection);
    ++(proof.proved ? proved : open);
    if (!proof.proved) continue;
    const analysis::Verification checked = analysis::verify(machine, proof.certificate);
    EXPECT_TRUE(checked.accepted) << analysis::to_text(checked.refusal);
  }
  EXPECT_GE(proved, 70u);
  EXPECT_GE(open, 29u);
}

TEST(Prove, AScenarioIsProvedByDefaultAndSaysForHowMany) {
  analysis::RunOptions options;
  const analysis::RunReport report = analysis::run_scenario(read("scenarios/seed/per-device-pools.json"), options);
  EXPECT_EQ(report.code, models::ExitCode::progress);
  ASSERT_TRUE(report.proof);
  EXPECT_TRUE(report.proof->proved);
  EXPECT_FALSE(report.exploration) << "nothing is left to search";
  EXPECT_TRUE(report.simulated);
  EXPECT_EQ(analysis::to_text(report.without_faults.value()), "PROVED for any number of requests");
  const analysis::RunReport shared = analysis::run_scenario(read("scenarios/seed/shared-pools.json"), options);
  EXPECT_EQ(shared.code, models::ExitCode::deadlock);
  EXPECT_EQ(analysis::to_text(shared.without_faults.value()), "PROVED for any number of requests");
}

TEST(Prove, WithoutAProofAndNothingElseAskedItIsInconclusive) {
  analysis::RunOptions options;
  options.engine = analysis::Engine::prove;
  const analysis::RunReport report = analysis::run_scenario(read("scenarios/seed/shared-pools.json"), options);
  EXPECT_EQ(report.code, models::ExitCode::inconclusive);
  EXPECT_NE(analysis::reason_text(report).find("not proved"), std::string::npos);
}

}  // namespace dmstall::tests
