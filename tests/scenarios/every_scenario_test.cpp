// Every scenario file of the tree: it reads without a diagnostic and its timed runs give what it expects.
#include "analysis/run/run_scenario.hpp"
#include "models/scenario/reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace dmstall::tests {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> scenario_files() {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(std::string(DMSTALL_SOURCE_DIR) + "/scenarios")) {
    const std::string path = entry.path().string();
    if (entry.path().extension() == ".json" && path.find(".schema.") == std::string::npos) files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  return files;
}

class EveryScenario : public testing::TestWithParam<std::string> {};

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = fs::relative(info.param, std::string(DMSTALL_SOURCE_DIR) + "/scenarios").replace_extension().string();
  std::replace_if(name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

}  // namespace

TEST_P(EveryScenario, GivesWhatItExpects) {
  const models::ReadResult read = models::read_scenario_file(GetParam());
  ASSERT_TRUE(read.scenario) << models::format_diagnostics(read.diagnostics);
  EXPECT_TRUE(read.diagnostics.empty()) << models::format_diagnostics(read.diagnostics);
  ASSERT_TRUE(read.scenario->expect) << "a scenario of this tree says what it expects";
  EXPECT_FALSE(read.scenario->about.empty());
  const fs::path path(GetParam());
  EXPECT_EQ(read.scenario->name, path.parent_path().filename().string() + "-" + path.stem().string());
  // Seed 1 must do; what must never deadlock is tried with other schedules, too.
  const auto& wanted = read.scenario->expect->verdict;
  const bool progress = wanted == std::vector<models::VerdictKind>{models::VerdictKind::progress};
  for (std::uint64_t seed = 1; seed <= (progress ? 4u : 1u); ++seed) {
    analysis::RunOptions options;
    options.seed = seed;
    options.compare_without_faults = false;
    const analysis::RunReport report = analysis::run_scenario(*read.scenario, options);
    ASSERT_FALSE(report.error) << *report.error;
    const auto unmet = analysis::unmet_expectations(report);
    EXPECT_TRUE(unmet.empty()) << "seed " << seed << ": " << (unmet.empty() ? "" : unmet.front());
  }
}

INSTANTIATE_TEST_SUITE_P(Files, EveryScenario, testing::ValuesIn(scenario_files()), test_name);

}  // namespace dmstall::tests
