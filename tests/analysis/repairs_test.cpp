// What would undo a deadlock: the repairs that kernel developers chose are found, and changes that are none are not.
#include "analysis/verdict/repairs.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "analysis/report/repair_text.hpp"
#include "analysis/verdict/rewrites.hpp"
#include "analysis/verdict/run_scenario.hpp"
#include "models/scenario/reader.hpp"
#include "tests/oracle/builder.hpp"

namespace dmstall::tests {

namespace {

using namespace steps;

std::vector<analysis::Repair> repairs_of(const models::Scenario& scenario) {
  analysis::RunOptions options;
  options.engine = analysis::Engine::explore;
  options.repairs = true;
  options.compare_without_faults = false;
  const analysis::RunReport report = analysis::run_scenario(scenario, options);
  EXPECT_EQ(report.verdict, models::VerdictKind::deadlock);
  return report.repairs;
}

std::vector<analysis::Repair> repairs_of_file(const std::string& stem) {
  const models::ReadResult read =
      models::read_scenario_file(std::string(DMSTALL_SOURCE_DIR) + "/scenarios/history/" + stem + ".json");
  EXPECT_TRUE(read.scenario) << models::format_diagnostics(read.diagnostics);
  return read.scenario ? repairs_of(*read.scenario) : std::vector<analysis::Repair>{};
}

std::vector<analysis::Repair> repairs_of_text(const std::string& text) {
  const models::ReadResult read = models::read_scenario_text(text, "written-here.json");
  EXPECT_TRUE(read.scenario) << models::format_diagnostics(read.diagnostics);
  return read.scenario ? repairs_of(*read.scenario) : std::vector<analysis::Repair>{};
}

bool offers(const std::vector<analysis::Repair>& repairs, const std::string& change) {
  return std::any_of(repairs.begin(), repairs.end(), [&](const auto& each) {
    const bool works = each.outcome.kind == analysis::RepairOutcome::Kind::exhausted ||
                       each.outcome.kind == analysis::RepairOutcome::Kind::proved;
    return works && to_text(each.change).find(change) != std::string::npos;
  });
}

}  // namespace

/// 53770f0ec5fd: the offloaded bios went to a queue of their own. Also what f4aa4c7bbac6 did for loop.
TEST(Repairs, AQueueOfItsOwnForTheWorkThatWaits) {
  const auto integrity = repairs_of_file("integrity-offload-same-wq-before");
  EXPECT_TRUE(offers(integrity, "task offloaded: a queue of its own instead of metadata_wq"));
  for (const char* stacked : {"loop-stacked-wq-before-1", "loop-stacked-wq-before-2"}) {
    SCOPED_TRACE(stacked);
    EXPECT_TRUE(offers(repairs_of_file(stacked), "task io-loop0: a queue of its own instead of loop"));
  }
  // Loop's fix holds for any number of requests.
  const auto loop = repairs_of_file("loop-stacked-wq-before-1");
  EXPECT_TRUE(std::any_of(loop.begin(), loop.end(), [](const auto& each) {
    return to_text(each.outcome) == "PROVED for any number of requests";
  }));
  // 8c0cbc2f79bb, "dm kcopyd: per device".
  EXPECT_TRUE(offers(repairs_of_file("kcopyd-shared-thread-before"),
                     "task recovery-of-A: a queue of its own instead of kcopyd"));
}

/// c6ea41fbbe08: the sub-jobs are allocated together with the job, although another step lies between.
TEST(Repairs, WhatIsTakenInPartsIsTakenTogether) {
  const auto kcopyd = repairs_of_file("kcopyd-subjobs-before-1");
  EXPECT_TRUE(offers(kcopyd, "job_pool: all elements of a request at once"));
  // A collector would wait for the one thread with the lock, and the thread for the lock.
  EXPECT_FALSE(offers(kcopyd, "under a lock"));
}

/// dm-crypt's bio_alloc_lock.
TEST(Repairs, OneCollectorAtATime) {
  EXPECT_TRUE(offers(repairs_of_file("dm-crypt-page-pool-before"),
                     "page_pool: one request at a time collects its elements, under a lock"));
  EXPECT_TRUE(offers(repairs_of_file("dm-duplicate-bios-before"),
                     "bs: one request at a time collects its elements, under a lock"));
}

/// A pool smaller than one request: neither helps.
TEST(Repairs, NoneIsOfferedThatDoesNotHelp) {
  EXPECT_TRUE(repairs_of_file("blk-crypto-bounce-pages-before").empty());
}

/// max_active of 1, with a thread for everybody: slot and thread change together.
TEST(Repairs, ASlotAndItsThreadAreOneQueue) {
  const auto repairs = repairs_of_text(R"({"format": 1, "name": "slots",
    "resources": {"wq": {"workqueue": {"max_active": 1, "threads": 1, "rescuer": true}}},
    "tasks": [{"name": "upper", "steps": [{"enter": "wq"}, {"spawn": "lower"}, {"await_children": true},
        {"leave": "wq"}]},
              {"name": "lower", "start": false, "steps": [{"enter": "wq"}, {"spend_us": 1}, {"leave": "wq"}]}]})");
  EXPECT_TRUE(offers(repairs, "lower: a queue of its own instead of wq"));
}

/// Who enters in one flow and leaves in another cannot be given a queue of its own: its worker would never come back.
TEST(Repairs, AQueueThatIsLeftElsewhereStays) {
  const auto repairs = repairs_of_text(R"({"format": 1, "name": "left-elsewhere",
    "resources": {"wq": {"workers": 1}, "m": {"mutex": true}},
    "tasks": [{"name": "first", "steps": [{"take": "wq"}, {"lock": "m"}, {"unlock": "m"}, {"spawn": "later",
        "with": ["wq"]}, {"await_children": true}]},
              {"name": "later", "start": false, "steps": [{"give": "wq"}]},
              {"name": "other", "steps": [{"lock": "m"}, {"take": "wq"}, {"give": "wq"}, {"unlock": "m"}]}]})");
  EXPECT_FALSE(offers(repairs, "first: a queue of its own"));
  EXPECT_FALSE(offers(repairs, "later: a queue of its own"));
  EXPECT_TRUE(offers(repairs, "other: a queue of its own instead of wq"));
}

TEST(Rewrites, KeepsToItselfMeansOnEveryWay) {
  constexpr models::ResourceId r = 0, other = 1;
  const auto keeps = [](const Steps& steps) { return analysis::keeps_to_itself(steps, r); };
  EXPECT_TRUE(keeps({}));
  EXPECT_TRUE(keeps({take(r, 2), spend(), give(r), give(r), take(other)}));
  EXPECT_TRUE(keeps({take(r), choose({branch("a", {give(r), finish(Status::error)}), branch("b", {})}), give(r)}));
  EXPECT_TRUE(keeps({take(r), choose({branch("a", {give(r)}), branch("b", {spend(), give(r)})})}));
  EXPECT_TRUE(keeps({try_take(r, {finish()}), give(r)}));
  EXPECT_TRUE(keeps({forever({take(r), give(r)})}));
  EXPECT_FALSE(keeps({take(r)}));
  EXPECT_FALSE(keeps({give(r), take(r)}));
  EXPECT_FALSE(keeps({take(r), finish(), give(r)}));
  EXPECT_FALSE(keeps({take(r), choose({branch("a", {give(r)}), branch("b", {})})}));
  EXPECT_FALSE(keeps({take(r), choose({branch("a", {finish()}), branch("b", {})}), give(r)}));
  EXPECT_FALSE(keeps({try_take(r), give(r)}));
  EXPECT_FALSE(keeps({take(r), call(0, CallContext::async, {{r, 1}})}));
  EXPECT_FALSE(keeps({take(r), spawn(0, false, {{r, 1}})}));
  EXPECT_FALSE(keeps({forever({take(r)})}));
  EXPECT_FALSE(keeps({take(r), await_children({branch("error", {give(r)})})}));
}

TEST(Rewrites, TogetherUpToTheFirstGiveOrAWayOut) {
  constexpr models::ResourceId r = 0, lock = 2;
  const auto takes_of = [](Steps row) {
    analysis::take_all_at_once(row, r);
    std::vector<int> sizes;
    for (const Step& step : row) {
      if (step.kind == StepKind::take && step.resource == r)
        sizes.push_back(step.mode == TakeMode::all ? step.n : -step.n);
    }
    return sizes;
  };
  EXPECT_EQ(takes_of({take(r), spend(), take(r, 2), give(r, 3)}), (std::vector<int>{3}));
  EXPECT_EQ(takes_of({take(r), give(r), take(r), give(r)}), (std::vector<int>{-1, -1}));
  EXPECT_EQ(takes_of({take(r), choose({branch("a", {give(r), finish()}), branch("b", {})}), take(r), give(r, 2)}),
            (std::vector<int>{-1, -1}));
  EXPECT_EQ(takes_of({take(r), detach(), take(r), give(r, 2)}), (std::vector<int>{-1, -1}));
  EXPECT_EQ(takes_of({take(r, 1, 1), take(r), give(r, 2)}), (std::vector<int>{-1, -1}));
  Steps row{spend(), take(r), spend(), take(r, 2), spend(), give(r, 3)};
  EXPECT_EQ(analysis::lock_around_takes(row, r, lock), 1);
  ASSERT_EQ(row.size(), 8u);
  EXPECT_TRUE(row[1].kind == StepKind::take && row[1].resource == lock);
  EXPECT_TRUE(row[5].kind == StepKind::give && row[5].resource == lock);
  Steps single{take(r), give(r)};
  EXPECT_EQ(analysis::lock_around_takes(single, r, lock), 0);
}

}  // namespace dmstall::tests
