// Verdicts that were wrong once. Every file of tests/fixtures/stories is one story, told in its `about`; its `expect`
// is what the source of the kernel, arithmetic or a run of a real kernel says.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "analysis/report/outcome_of_report.hpp"
#include "analysis/report/run_report.hpp"
#include "analysis/use/check/check_scenario.hpp"
#include "analysis/use/check/find_scenarios.hpp"
#include "models/scenario/reader.hpp"

namespace dmstall::tests {

namespace {

std::vector<std::string> stories() {
  return analysis::find_scenarios({std::string(DMSTALL_SOURCE_DIR) + "/tests/fixtures/stories"}).files;
}

std::string name_of(const testing::TestParamInfo<std::string>& info) {
  std::string name = std::filesystem::path(info.param).stem().string();
  for (char& c : name) {
    if (c == '-') c = '_';
  }
  return name;
}

class Story : public testing::TestWithParam<std::string> {};

}  // namespace

TEST_P(Story, EndsAsItMust) {
  const models::ReadResult read = models::read_scenario_file(GetParam());
  ASSERT_TRUE(read.scenario) << models::format_diagnostics(read.diagnostics);
  EXPECT_TRUE(read.scenario->expect && !read.scenario->expect->verdict.empty()) << "a story says how it must end";
  EXPECT_FALSE(read.scenario->about.empty());
  const analysis::CheckOutcome outcome = analysis::check_scenario(GetParam(), 1, analysis::plain_check_writers());
  EXPECT_EQ(outcome.kind, analysis::CheckKind::passed) << outcome.found << testing::PrintToString(outcome.unmet);
}

INSTANTIATE_TEST_SUITE_P(Stories, Story, testing::ValuesIn(stories()), name_of);

}  // namespace dmstall::tests
