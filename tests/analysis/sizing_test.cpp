// Which sizes are safe: known answers from arithmetic, from kernel code, and from machines whose safe sizes are no
// interval.
#include "analysis/use/size/sizing.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "analysis/report/reason_text.hpp"
#include "analysis/report/size_report.hpp"
#include "models/scenario/settings.hpp"

namespace dmstall::tests {

namespace {

using analysis::SizeRow;
using analysis::SizeSeries;
using analysis::Sizing;
using analysis::SizingOptions;

std::string text_of(const std::string& path) {
  std::ifstream stream(std::string(DMSTALL_SOURCE_DIR) + "/scenarios/" + path);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

models::Scenario read(const std::string& path, const std::vector<models::Setting>& settings = {}) {
  models::SettingsResult result = models::read_scenario_text(text_of(path), path, settings, "test");
  EXPECT_TRUE(result.read.scenario) << result.key_error << models::format_diagnostics(result.read.diagnostics);
  return std::move(*result.read.scenario);
}

models::Scenario read_json(const std::string& text) {
  models::ReadResult result = models::read_scenario_text(text, "x.json");
  EXPECT_TRUE(result.scenario) << models::format_diagnostics(result.diagnostics);
  return std::move(*result.scenario);
}

std::vector<int> up_to(int last) {
  std::vector<int> sizes;
  for (int size = 1; size <= last; ++size) sizes.push_back(size);
  return sizes;
}

Sizing size(const models::Scenario& scenario, const std::string& pool, std::vector<int> sizes) {
  SizingOptions options;
  options.sizes = std::move(sizes);
  return run_sizing(scenario, analysis::find_sized(scenario, pool), options);
}

std::vector<int> safe(const SizeSeries& series) {
  std::vector<int> sizes;
  for (const SizeRow& row : series.rows) {
    EXPECT_FALSE(row.open()) << row.size << ": " << analysis::to_text(row.judgement.reasons);
    if (row.safe()) sizes.push_back(row.size);
  }
  return sizes;
}

}  // namespace

// n readers each hold m - 1 bios of the machine's set while they wait for the m-th: stuck iff n (m - 1) >= its size.
// Here n = 2 and m = 2. With a set for each filesystem every wait goes down.
TEST(Sizing, APoolThatTheMachineHasOnceIsSizedForAllItsUsers) {
  const Sizing sizing = size(read("findings/fs-bio-set-through-loop.json"), "fs_bio_set", up_to(6));
  ASSERT_EQ(sizing.series.size(), 2u);
  EXPECT_EQ(sizing.sized.now, 2);
  EXPECT_EQ(safe(sizing.series[0]), (std::vector<int>{3, 4, 5, 6}));
  EXPECT_TRUE(sizing.series[1].private_pools);
  EXPECT_EQ(safe(sizing.series[1]), up_to(6));
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_GT(sizing.series[0].rows[i].pool_bytes, 0);
    EXPECT_EQ(sizing.series[1].rows[i].pool_bytes, 2 * sizing.series[0].rows[i].pool_bytes) << "two filesystems";
  }
}

TEST(Sizing, AGateIsSafeAtOneAndNowhereElse) {
  const Sizing sizing = size(read("sizing/gate-two-flows.json"), "G", up_to(8));
  ASSERT_EQ(sizing.series.size(), 1u);
  EXPECT_EQ(safe(sizing.series[0]), std::vector<int>{1});
  EXPECT_EQ(sizing.series[0].safe_from(), nullptr) << "a proof at 1 must not be taken for one of larger sizes";
  for (std::size_t i = 1; i < sizing.series[0].rows.size(); ++i) {
    const analysis::Judgement& witness = sizing.series[0].rows[i].judgement;
    EXPECT_TRUE(witness.witness && witness.least);
    EXPECT_EQ(witness.requests, 2);
    EXPECT_EQ(witness.faults, 0);
  }
}

TEST(Sizing, SafeSizesNeedNotBeAnInterval) {
  const Sizing sizing = size(read("sizing/gate-safe-again.json"), "G", up_to(6));
  EXPECT_EQ(safe(sizing.series[0]), (std::vector<int>{1, 3, 4, 5, 6}));
  ASSERT_NE(sizing.series[0].safe_from(), nullptr);
  EXPECT_EQ(sizing.series[0].safe_from()->size, 3) << "three tasks never hold more than three";
  EXPECT_EQ(sizing.series[0].smallest_safe()->size, 1);
  EXPECT_EQ(sizing.series[0].safe_to_the_end()->size, 3);
  EXPECT_NE(analysis::sizing_result_line(sizing).find(
                "RESULT sizing-gate-safe-again SIZED pool=G sizes=1-6 safe=1,3-6 unsafe=2 open=none from=3 digest="),
            std::string::npos);
}

// Four requests take two elements one by one: a deadlock iff n (m - 1) >= C, so 5 is the least safe size, and above it
// all are.
TEST(Sizing, TheProofOfOneSizeCoversAllAboveWhereItsCertificateSaysSo) {
  const Sizing sizing = size(read("tutorial/02-two-from-one-pool.json"), "pool", up_to(7));
  EXPECT_EQ(safe(sizing.series[0]), (std::vector<int>{5, 6, 7}));
  ASSERT_NE(sizing.series[0].safe_from(), nullptr);
  EXPECT_EQ(sizing.series[0].safe_from()->size, 5);
}

// dm.c:__send_empty_flush: a flush of three segments takes D = 2 elements of a pool of P = r. Unsafe: D > P, or k (D -
// 1) >= P.
TEST(Sizing, AFlushOfAThreeSegmentVolumeNeedsWhatTheFormulaSays) {
  constexpr int demand = 2, last = 6;
  for (const std::string file : {"sizing/linear-3-flush.json", "sizing/linear-3-flush-on-reserve.json"}) {
    for (int flushes = 1; flushes <= 4; ++flushes) {
      SCOPED_TRACE(file + " k=" + std::to_string(flushes));
      const std::string k = std::to_string(flushes);
      const models::Scenario scenario = read(file, {{"workload.in_flight", k}, {"workload.threads", k}});
      std::vector<int> expected;
      for (int r = 1; r <= last; ++r) {
        if (demand <= r && flushes * (demand - 1) < r) expected.push_back(r);
      }
      const Sizing sizing = size(scenario, "", up_to(last));
      EXPECT_EQ(safe(sizing.series[0]), expected);
      ASSERT_NE(sizing.series[0].safe_from(), nullptr);
      EXPECT_EQ(sizing.series[0].safe_from()->size, expected.front());
    }
  }
}

TEST(Sizing, WhatCoversAllAboveIsProvedThereToo) {
  const models::Scenario scenario = read("sizing/linear-3-flush.json");
  const Sizing sizing = size(scenario, "", {3, 4, 7, 100, 1023, 1024});
  EXPECT_EQ(safe(sizing.series[0]).size(), 6u);
  EXPECT_EQ(sizing.series[0].safe_from()->size, 3);
}

// One verity device on another, both levels bad: an element of the shared client is held above while one is needed
// below.
TEST(Sizing, SharedIsComparedWithPoolsOfTheirOwn) {
  const models::Scenario scenario =
      read_json(R"j({ "format": 1, "name": "x", "kernel": { "release": "6.1", "cpus": 2 }, "devices": [
    { "name": "ufs", "target": "disk" }, { "name": "lower", "target": "verity", "data": "ufs", "hash": "ufs", )j"
                R"j("on_corruption": "ignore" },
    { "name": "upper", "target": "verity", "data": "lower", "hash": "lower", "on_corruption": "ignore" } ],
    "sharing": "SC", "memory": { "allocator": "exhausted", "freed_by": "nothing" }, "faults": [ { "device": "ufs", )j"
                R"j("fault": "bad_block" } ],
    "workload": [ { "read": "upper", "count": 4, "in_flight": 1 } ] })j");
  const Sizing sizing = size(scenario, "verity.io_client", {1, 2, 3});
  ASSERT_EQ(sizing.series.size(), 2u);
  EXPECT_FALSE(sizing.series[0].private_pools);
  EXPECT_EQ(safe(sizing.series[0]), (std::vector<int>{2, 3}))
      << "one request holds one element above and needs one below";
  EXPECT_EQ(safe(sizing.series[1]), (std::vector<int>{1, 2, 3}));
  ASSERT_NE(sizing.series[1].safe_from(), nullptr);
  EXPECT_EQ(sizing.series[1].safe_from()->size, 1);
  // A client of n: n struct io (64), bios (256), biovecs (4096), three slots of 8 each, and 512 for the client itself.
  EXPECT_EQ(sizing.series[0].rows[1].pool_bytes, 2 * (64 + 256 + 4096 + 24) + 512);
  EXPECT_EQ(sizing.series[1].rows[0].pool_bytes, 2 * (64 + 256 + 4096 + 24 + 512));
}

TEST(Sizing, NamesAreThoseOfReports) {
  const models::Scenario stack = read("seed/shared-pools.json");
  EXPECT_EQ(analysis::find_sized(stack, "verity.recheck_pool").devices.size(), 2u);
  EXPECT_EQ(analysis::find_sized(stack, "verity.recheck_pool").now, 1);
  EXPECT_EQ(analysis::find_sized(stack, "verity.recheck_pool").sharing_rule, "verity.recheck_pool");
  EXPECT_EQ(analysis::find_sized(stack, "lower.bufio_client.pool").name, "lower.bufio_client")
      << "a client's pools are of one size";
  EXPECT_EQ(analysis::find_sized(stack, "verity.bufio_client").devices.size(), 2u) << "one in each";
  EXPECT_EQ(analysis::find_sized(stack, "").name, "reserved_bio_based_ios");
  EXPECT_EQ(analysis::find_sized(stack, "").largest, 1024);
  const auto refused = [&](const models::Scenario& scenario, const std::string& name) {
    try {
      (void)analysis::find_sized(scenario, name);
    } catch (const analysis::SizeError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_NE(refused(stack, "lower.recheck_pool").find("did you mean \"verity.recheck_pool\"?"), std::string::npos)
      << refused(stack, "lower.recheck_pool");
  EXPECT_NE(refused(stack, "verity.recheck_poll").find("did you mean \"verity.recheck_pool\"?"), std::string::npos);
  const models::Scenario tasks = read("sizing/gate-two-flows.json");
  EXPECT_NE(refused(tasks, "").find("--pool names one of G, A, B"), std::string::npos) << refused(tasks, "");
  EXPECT_NE(refused(tasks, "H").find("no pool H"), std::string::npos);
}

TEST(Sizing, ZeroIsNoSizeOfTheParameterButOneOfAPool) {
  const models::Scenario stack = read("sizing/linear-3-flush.json");
  EXPECT_THROW((void)size(stack, "", {0, 1}), analysis::SizeError);
  EXPECT_THROW((void)size(stack, "", {1025}), analysis::SizeError);
  const Sizing sizing = size(read("tutorial/01-opposite-orders.json"), "a", {0});
  EXPECT_EQ(safe(sizing.series[0]), std::vector<int>{});
}

TEST(Sizing, WhereNoSizeIsSafeItSaysWhichPoolElse) {
  const models::Scenario scenario = read("seed/shared-pools.json");
  EXPECT_EQ(size(scenario, "", {1, 2}).elsewhere, std::vector<std::string>{"verity.recheck_pool"});
  // Asked for that pool, there is nothing else to ask for.
  EXPECT_TRUE(size(scenario, "verity.recheck_pool", {1}).elsewhere.empty());
  // One size of the range is safe.
  EXPECT_TRUE(size(read("findings/flush-r1-three-segments.json"), "", {1, 2}).elsewhere.empty());
}

}  // namespace dmstall::tests
