// Sources of requests, choices, faults, tables.
#include <gtest/gtest.h>

#include "sim/choices.hpp"
#include "tests/sim/programs.hpp"

namespace dmstall::sim::testing {
namespace {

using models::DeciderKind;

Step choose(DeciderKind decider, std::vector<models::Branch> branches) {
  Step made = step(StepKind::choose);
  made.decider = decider;
  made.branches = std::move(branches);
  return made;
}

models::Branch branch(const std::string& label, Steps steps) {
  models::Branch made;
  made.label = label;
  made.steps = std::move(steps);
  return made;
}

TEST(Sources, InFlightTotalStartAndPeriod) {
  Builder b;
  b.requests("limited", {spend_us(10)}, 100, 5);
  b.requests("periodic", {spend_us(10)}, 10, 1).period_s = 0.5;
  auto& late = b.requests("late", {spend_us(10)}, 1, 1);
  late.start_s = 2.25;
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::completed);
  EXPECT_EQ(result.classes[0].finished, 100);
  EXPECT_EQ(result.classes[1].finished, 10);
  EXPECT_DOUBLE_EQ(result.sim_time_s, 4.50001);
  Builder alone;
  alone.requests("limited", {spend_us(10)}, 100, 5);
  EXPECT_DOUBLE_EQ(alone.run().sim_time_s, 200e-6);
}

TEST(Sources, AllClassesTogether) {
  Builder b;
  b.requests("quick", {spend_us(10)}, 99, 1).bytes = 1 << 20;
  b.requests("slow", {spend_us(1000)}, 1, 1).bytes = 1 << 20;
  const ClassMetrics all = b.run().overall;
  EXPECT_EQ(all.total, 100);
  EXPECT_EQ(all.finished, 100);
  EXPECT_EQ(all.bytes, 100 << 20);
  EXPECT_EQ(all.latency.count, 100);
  EXPECT_NEAR(all.latency.p50_us, 10, 0.1);
  EXPECT_DOUBLE_EQ(all.latency.max_us, 1000);
  // 100 MiB from the first start to the last end: 1 ms.
  EXPECT_NEAR(all.mib_per_s, 100e3, 1e-6);
}

TEST(Sources, APeriodicRequestWaitsForItsPlace) {
  Builder b;
  b.requests("slow", {spend_us(1'000'000)}, 4, 1).period_s = 0.1;
  EXPECT_DOUBLE_EQ(b.run().sim_time_s, 4);
}

TEST(Choices, Weights) {
  Builder b;
  models::Branch often = branch("often", {}), seldom = branch("seldom", {finish(models::Status::error)});
  often.weight = 3;
  b.requests("io", {choose(DeciderKind::weighted, {often, seldom}), spend_us(1)}, 10'000, 10);
  const Result result = b.run();
  EXPECT_NEAR(static_cast<double>(result.classes[0].failed), 2500, 200);
}

/// Requests of 4 KiB at 0, 4096, …; class "io" reaches disk "d" shifted by one block, where the faults on it lie.
Builder with_faults(std::vector<models::PlacedFault> faults, std::vector<models::FaultCombination> combinations) {
  Builder b;
  std::vector<models::Branch> branches{branch("none", {})};
  for (std::size_t k = 1; k < combinations.size(); ++k) {
    branches.push_back(branch("hit", {finish(k == 1 ? models::Status::error : models::Status::bad)}));
  }
  auto& requests = b.requests("io", {spend_us(1), choose(DeciderKind::fault_plan, branches)}, 100, 1);
  requests.bytes = 4096;
  requests.span_bytes = 100 * 4096;
  b.program.faults = std::move(faults);
  models::FaultPlan plan;
  plan.combinations = std::move(combinations);
  plan.places.resize(2);
  models::AddressHop hop;
  hop.to_byte = 100 * 4096;
  hop.add = 4096;
  plan.places[0].ways.push_back({1, hop});
  for (std::size_t i = 0; i < b.program.faults.size(); ++i) {
    if (b.program.faults[i].device == "d") plan.places[1].faults.push_back(static_cast<std::int32_t>(i));
  }
  b.program.fault_plans.push_back(plan);
  return b;
}

models::PlacedFault fault_on(const std::string& device) {
  models::PlacedFault made;
  made.device = device;
  made.all_blocks = true;
  return made;
}

TEST(Faults, HitListedBlocksOnly) {
  models::PlacedFault blocks = fault_on("d");
  blocks.all_blocks = false;
  blocks.blocks = {5, 17, 1000};
  EXPECT_EQ(with_faults({blocks}, {{"none", {}}, {"bad", {0}}}).run().classes[0].failed, 2);
  models::PlacedFault every = fault_on("d");
  every.all_blocks = false;
  every.every = 10;
  EXPECT_EQ(with_faults({every}, {{"none", {}}, {"bad", {0}}}).run().classes[0].failed, 10);
  EXPECT_EQ(with_faults({fault_on("d")}, {{"none", {}}, {"bad", {0}}}).run().classes[0].failed, 100);
  EXPECT_EQ(with_faults({fault_on("other")}, {{"none", {}}, {"bad", {0}}}).run().classes[0].failed, 0);
}

TEST(Faults, AFailedRequestIsNoThroughput) {
  models::PlacedFault every = fault_on("d");
  every.all_blocks = false;
  every.every = 10;
  const ClassMetrics ten = with_faults({every}, {{"none", {}}, {"bad block of d", {0}}}).run().classes[0];
  EXPECT_EQ(ten.failed_by, (std::map<std::string, std::int64_t>{{"bad block of d", 10}}));
  EXPECT_EQ(ten.bytes, 90 * 4096);
  EXPECT_EQ(ten.latency.count, 90);
  const Result none = with_faults({fault_on("d")}, {{"none", {}}, {"bad block of d", {0}}}).run();
  EXPECT_EQ(none.classes[0].finished, 100);
  EXPECT_EQ(none.overall.failed_by, (std::map<std::string, std::int64_t>{{"bad block of d", 100}}));
  EXPECT_EQ(none.overall.mib_per_s, 0);
  EXPECT_EQ(none.overall.latency.count, 0);
}

TEST(Faults, AnErrorWithoutAFaultSaysSo) {
  Builder b;
  b.requests("io", {spend_us(1), finish(models::Status::error)}, 3, 1);
  EXPECT_EQ(b.run().classes[0].failed_by, (std::map<std::string, std::int64_t>{{"no fault of the file", 3}}));
}

TEST(Faults, AtMostOptionalAndSeeded) {
  models::PlacedFault limited = fault_on("d");
  limited.at_most = 7;
  EXPECT_EQ(with_faults({limited}, {{"none", {}}, {"bad", {0}}}).run().classes[0].failed, 7);
  models::PlacedFault optional = fault_on("d");
  optional.optional = true;
  const auto coin = with_faults({optional}, {{"none", {}}, {"bad", {0}}}).run().classes[0].failed;
  EXPECT_GT(coin, 25);
  EXPECT_LT(coin, 75);
  models::PlacedFault seeded = fault_on("d");
  seeded.seeded = true;
  const auto drawn = with_faults({seeded}, {{"none", {}}, {"bad", {0}}}).run().classes[0].failed;
  EXPECT_GT(drawn, 2);
  EXPECT_LT(drawn, 30);
}

TEST(Faults, TheLargestCombinationContainedInWhatHits) {
  models::PlacedFault of_workload;
  of_workload.workload = "io";
  const std::vector<models::FaultCombination> combinations{{"none", {}}, {"a", {0}}, {"a + b", {0, 1}}};
  // Both faults hit every request: combination 2, whose branch ends "bad", not "error".
  EXPECT_EQ(with_faults({fault_on("d"), of_workload}, combinations).run().classes[0].failed, 0);
  of_workload.workload = "another";
  EXPECT_EQ(with_faults({fault_on("d"), of_workload}, combinations).run().classes[0].failed, 100);
}

TEST(Tables, LookupRememberPending) {
  // 8 requests of 4 KiB share an entry of 32 KiB: the first finds it absent, those in flight meanwhile pending.
  Builder b;
  models::Table table;
  table.granularity = 32768;
  b.program.tables.push_back(table);
  Step remember = step(StepKind::remember);
  remember.table = 0;
  Step lookup = choose(DeciderKind::lookup, {branch("present", {}),
                                             branch("absent", {spend_us(10), remember, finish(models::Status::error)}),
                                             branch("pending", {spend_us(20)})});
  lookup.table = 0;
  auto& requests = b.requests("io", {lookup, spend_us(1)}, 64, 4);
  requests.bytes = 4096;
  requests.span_bytes = 64 * 4096;
  const Result result = b.run();
  EXPECT_EQ(result.ending, Ending::completed);
  EXPECT_EQ(result.classes[0].failed, 8);  // one per entry
  b.program.tables[0].present_below = 32 * 4096;
  EXPECT_EQ(b.run().classes[0].failed, 4);
  b.program.tables[0].present_below = 0;
  b.program.tables[0].capacity = 1;
  b.program.classes[0].total = 128;  // twice over all addresses: the single entry has left by then
  EXPECT_EQ(b.run().classes[0].failed, 16);
}

TEST(Tables, TheLeastRecentlyUsedLeaves) {
  models::Table of;
  of.granularity = 1;
  of.capacity = 2;
  AddressTable table(of);
  table.remember(1);
  table.remember(2);
  EXPECT_TRUE(table.look_up(1));
  table.remember(3);
  EXPECT_TRUE(table.look_up(1));
  EXPECT_FALSE(table.look_up(2));
  EXPECT_TRUE(table.look_up(3));
}

TEST(Choices, AddressRanges) {
  Builder b;
  models::Branch low = branch("low", {}), high = branch("high", {finish(models::Status::error)});
  low.to_byte = 10 * 4096;
  high.from_byte = 10 * 4096;
  high.to_byte = 1 << 30;
  auto& requests = b.requests("io", {choose(DeciderKind::address, {low, high})}, 100, 1);
  requests.bytes = 4096;
  requests.span_bytes = 100 * 4096;
  EXPECT_EQ(b.run().classes[0].failed, 90);
}

}  // namespace
}  // namespace dmstall::sim::testing
