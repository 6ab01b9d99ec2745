// Every scenario file of the tree: it says what it expects, and that is what is found.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include "analysis/report/outcome_of_report.hpp"
#include "analysis/report/run_report.hpp"
#include "analysis/use/batch/processes.hpp"
#include "analysis/use/check/check_scenario.hpp"
#include "analysis/use/check/find_scenarios.hpp"
#include "analysis/use/check/run_checks.hpp"
#include "models/kernel/release/release.hpp"
#include "models/scenario/reader.hpp"

namespace dmstall::tests {

namespace {

namespace fs = std::filesystem;

constexpr int fewest_scenarios = 120;  ///< a search that finds nothing must not look like a success

std::vector<std::string> scenario_files() {
  return analysis::find_scenarios({std::string(DMSTALL_SOURCE_DIR) + "/scenarios"}).files;
}

/// `dmstall check` of the tree, with these options: all pass, and they are not few.
void check_the_tree(const std::string& options) {
  const std::string command =
      std::string("cd ") + DMSTALL_SOURCE_DIR + " && " + DMSTALL_PROGRAM + " check " + options + " scenarios/ 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  ASSERT_TRUE(pipe);
  std::string text;
  for (std::array<char, 4096> buffer{}; const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe);)
    text.append(buffer.data(), n);
  const int status = pclose(pipe);
  EXPECT_EQ(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0) << text;
  std::smatch summary;
  ASSERT_TRUE(std::regex_search(text, summary, std::regex("\n([0-9]+) passed, 0 failed in [0-9.]+ s\n$"))) << text;
  EXPECT_GE(std::stoi(summary[1]), fewest_scenarios);
}

}  // namespace

TEST(EveryScenario, SaysWhatItExpectsAndIsNamedAfterItsPlace) {
  const std::vector<std::string> files = scenario_files();
  EXPECT_GE(files.size(), fewest_scenarios);
  for (const std::string& file : files) {
    const models::ReadResult read = models::read_scenario_file(file);
    EXPECT_TRUE(read.diagnostics.empty()) << models::format_diagnostics(read.diagnostics);
    if (!read.scenario) continue;
    EXPECT_TRUE(read.scenario->expect) << file;
    EXPECT_FALSE(read.scenario->about.empty()) << file;
    const fs::path path(file);
    EXPECT_EQ(read.scenario->name, path.parent_path().filename().string() + "-" + path.stem().string());
  }
}

TEST(EveryScenario, PassesDmstallCheck) {
  check_the_tree("");
}

/// Those of history/ are tasks, the same on every kernel.
TEST(EveryScenario, PassesOnTheOtherReleases) {
  for (const std::string& release : models::release_names()) {
    if (release != models::Release{}.name()) check_the_tree("--release " + release + " --filter '!history'");
  }
}

TEST(EveryScenario, WhatMustNeverDeadlockIsTriedWithOtherSchedules) {
  std::vector<std::string> files;
  for (const std::string& file : scenario_files()) {
    const models::ReadResult read = models::read_scenario_file(file);
    const bool progress = read.scenario && read.scenario->expect &&
                          read.scenario->expect->verdict == std::vector{models::VerdictKind::progress};
    if (progress) files.push_back(file);
  }
  EXPECT_GE(files.size(), 30u);
  analysis::CheckOptions options;
  options.parallel = analysis::default_parallel();
  const auto check = [](const std::string& file, std::uint64_t seed) {
    return analysis::check_scenario(file, seed, analysis::plain_check_writers());
  };
  for (options.seed = 2; options.seed <= 4; ++options.seed) {
    for (const auto& outcome : analysis::run_checks(files, options, check, {}, analysis::lost_text).outcomes) {
      EXPECT_EQ(outcome.kind, analysis::CheckKind::passed)
          << outcome.file << ", seed " << options.seed << ": " << outcome.found;
    }
  }
}

}  // namespace dmstall::tests
