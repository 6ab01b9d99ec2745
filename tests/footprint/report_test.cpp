// What the writers say about a footprint, and that an expectation about bytes can fail.
#include <gtest/gtest.h>

#include <algorithm>

#include "analysis/report/bytes_text.hpp"
#include "analysis/report/expectation_text.hpp"
#include "analysis/report/footprint_report.hpp"
#include "analysis/verdict/expectations.hpp"
#include "analysis/verdict/run_scenario.hpp"
#include "models/targets/footprint.hpp"
#include "tests/footprint/scenarios.hpp"

namespace dmstall::tests {
namespace {

std::string text_of(const std::string& body) {
  return analysis::footprint_text(models::footprint(scenario_of(body)));
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(BytesText, NeverMixesDecimalAndBinary) {
  EXPECT_EQ(analysis::bytes_in_units(3'866'624), "3,866,624 B = 3.87 MB = 3.69 MiB");
  EXPECT_EQ(analysis::bytes_in_units(0), "0 B");
  EXPECT_EQ(analysis::bytes_in_units(999), "999 B");
  EXPECT_EQ(analysis::bytes_in_units(4096), "4,096 B = 4.10 kB = 4.00 KiB");
  EXPECT_EQ(analysis::bytes_in_units(2'147'483'648), "2,147,483,648 B = 2.15 GB = 2.00 GiB");
  EXPECT_EQ(analysis::grouped(-1234567), "-1,234,567");
}

TEST(FootprintText, GivesTheMailsNumberWithItsRightUnits) {
  const std::string text = text_of(verities(59, 16));
  EXPECT_TRUE(has(text, "59 × 16 × 4,096 B = 3,866,624 B = 3.87 MB = 3.69 MiB")) << text;
  EXPECT_FALSE(has(text, "3.87 MiB"));
  EXPECT_TRUE(has(text, "memory in reserve: 10,250,424 B = 10.25 MB = 9.78 MiB")) << text;
  EXPECT_TRUE(has(text, "v0 and 58 more (verity)  each 173,736 B")) << text;
  EXPECT_FALSE(has(text, "shared between"));
}

TEST(FootprintText, SaysWhatIsShared) {
  const std::string text = text_of(verities(59, 16, "module"));
  EXPECT_TRUE(has(text, "of it shared between devices: 75,656 B")) << text;
  EXPECT_TRUE(has(text, "1 × 16 × 4,096 B = 65,536 B")) << text;
}

TEST(FootprintText, OnlyDisksAndTasks) {
  EXPECT_EQ(text_of(devices(16, disk)), "memory in reserve: 0 B\n");
  EXPECT_EQ(text_of(
                R"("resources": { "a": { "mempool": 3 } }, "tasks": [ { "name": "t", "steps": [ { "take": "a" }, {
              "give": "a" } ] } ])"),
            "");
}

TEST(FootprintJson, HoldsTheSameNumbers) {
  const std::string json = analysis::footprint_json(models::footprint(scenario_of(verities(2, 1))));
  EXPECT_TRUE(has(json, "\"bytes\": 44112,")) << json;
  EXPECT_TRUE(has(json, "\"kind\": \"recheck_pool\""));
  EXPECT_TRUE(has(json, "\"bytes_each\": 4096"));
  EXPECT_TRUE(has(json, "\"lower_bound\": false"));
}

analysis::RunReport run_with_limit(const std::string& body, std::int64_t limit) {
  analysis::RunOptions options;
  options.engine = analysis::Engine::simulate;
  options.compare_without_faults = false;
  return analysis::run_scenario(scenario_of(body + R"(, "expect": { "bytes_at_most": )" + std::to_string(limit) + " }"),
                                options);
}

bool unchecked(const analysis::RunReport& report) {
  const auto keys = analysis::unchecked_expectations(report);
  return std::find(keys.begin(), keys.end(), "bytes_at_most") != keys.end();
}

TEST(BytesAtMost, IsMetUpToTheLastByte) {
  const analysis::RunReport met = run_with_limit(verities(2, 1), 44'112);
  EXPECT_EQ(met.reserved_bytes, 44'112);
  EXPECT_TRUE(analysis::unmet_expectations(met).empty());
  EXPECT_FALSE(unchecked(met));
  const auto unmet = analysis::unmet_expectations(run_with_limit(verities(2, 1), 44'111));
  ASSERT_EQ(unmet.size(), 1u);
  EXPECT_EQ(analysis::to_text(unmet[0]), "expected at most 44111 B in reserve, found 44112 B");
}

TEST(BytesAtMost, IsOpenWhereSizesAreNotKnown) {
  const std::string mine = R"("targets": { "mine": { "roles": ["below"], "resources": { "things": { "mempool": 4 } },
      "flows": { "read": [ { "take": "things" }, { "submit": "below", "op": "read" }, { "give": "things" } ] } } },
    "devices": [ { "name": "disk", "target": "disk" }, { "name": "m", "target": "mine", "below": "disk" } ],
        "workload": [ { "read": "m", "count": 1 } ])";
  const analysis::RunReport open = run_with_limit(mine, 1'000'000);
  EXPECT_TRUE(analysis::unmet_expectations(open).empty());
  EXPECT_TRUE(unchecked(open));
  const analysis::RunReport unmet = run_with_limit(mine, 100);
  EXPECT_EQ(analysis::unmet_expectations(unmet).size(), 1u);
  EXPECT_FALSE(unchecked(unmet));
  EXPECT_TRUE(unchecked(run_with_limit(
      R"("resources": { "a": { "mempool": 3 } }, "tasks": [ { "name": "t", "steps": [ { "take": "a" }, {
          "give": "a" } ] } ])",
      0)));
}

}  // namespace
}  // namespace dmstall::tests
