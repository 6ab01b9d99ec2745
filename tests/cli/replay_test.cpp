// Witness files: written by run, walked again by replay, refused when anything was changed.
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <sstream>
#include <string>

namespace dmstall::tests {
namespace {

struct Ran {
  int code = -1;
  std::string output;
};

Ran dmstall(const std::string& arguments) {
  const std::string command = std::string("cd ") + DMSTALL_SOURCE_DIR + " && " + DMSTALL_PROGRAM + " " + arguments + " 2>&1";
  Ran ran;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return ran;
  for (std::array<char, 4096> buffer{}; const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe);) ran.output.append(buffer.data(), n);
  const int status = pclose(pipe);
  ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

class WitnessFiles : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("dmstall-witness-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::filesystem::path folder_;
};

TEST_F(WitnessFiles, ReplayReturnsTheExitCodeOfTheRun) {
  for (const char* engine : {"explore", "simulate"}) {
    SCOPED_TRACE(engine);
    const Ran run = dmstall(std::string("run --engine ") + engine + " --witness " + path("w.json") + " scenarios/seed/shared-pools.json");
    ASSERT_EQ(run.code, 10) << run.output;
    const Ran replay = dmstall("replay " + path("w.json"));
    EXPECT_EQ(replay.code, 10) << replay.output;
    EXPECT_NE(replay.output.find("circle: verity.recheck_pool   kind: circle"), std::string::npos) << replay.output;
    EXPECT_NE(replay.output.find("RESULT seed-shared-pools DEADLOCK engine=replay"), std::string::npos);
  }
}

TEST_F(WitnessFiles, StepsNameTheThreadTheFunctionAndThePoolsLevel) {
  const Ran run = dmstall("run --engine explore --steps scenarios/tutorial/05-verity-over-verity.json");
  EXPECT_NE(run.output.find("takes 1 verity.recheck_pool from the reserve (0 of 1 left)   [verity_recheck < verity_verify_io < verity_work]"), std::string::npos) << run.output;
}

TEST_F(WitnessFiles, ProgressLeavesNone) {
  const Ran run = dmstall("run --engine explore --witness " + path("none.json") + " scenarios/tutorial/04-linear-over-disk.json");
  EXPECT_EQ(run.code, 0);
  EXPECT_FALSE(std::filesystem::exists(path("none.json")));
}

TEST_F(WitnessFiles, AnyChangedDigitOrLetterIsRefused) {
  ASSERT_EQ(dmstall("run --engine explore --witness " + path("w.json") + " scenarios/tutorial/01-opposite-orders.json").code, 10);
  const std::string whole = read(path("w.json"));
  ASSERT_GT(whole.size(), 100u);
  std::mt19937 random(7);
  int changed = 0;
  for (int i = 0; i < 60; ++i) {
    std::string text = whole;
    const std::size_t at = random() % text.size();
    if (std::isalnum(static_cast<unsigned char>(text[at])) == 0) continue;
    text[at] = text[at] == '7' ? '8' : '7';
    std::ofstream(path("changed.json"), std::ios::binary) << text;
    EXPECT_EQ(dmstall("replay " + path("changed.json")).code, 65) << "byte " << at << " of " << text;
    ++changed;
  }
  EXPECT_GT(changed, 20);
  EXPECT_EQ(dmstall("replay " + path("w.json")).code, 10);
}

TEST_F(WitnessFiles, AnotherScenarioIsRefused) {
  ASSERT_EQ(dmstall("run --engine explore --witness " + path("w.json") + " scenarios/tutorial/01-opposite-orders.json").code, 10);
  const Ran other = dmstall("replay --scenario scenarios/tutorial/02-two-from-one-pool.json " + path("w.json"));
  EXPECT_EQ(other.code, 65);
  EXPECT_NE(other.output.find("SHA-256 differs"), std::string::npos) << other.output;
  // A copy elsewhere is the same scenario.
  std::filesystem::copy_file(std::string(DMSTALL_SOURCE_DIR) + "/scenarios/tutorial/01-opposite-orders.json", path("copy.json"));
  EXPECT_EQ(dmstall("replay --scenario " + path("copy.json") + " " + path("w.json")).code, 10);
}

TEST_F(WitnessFiles, WhatIsNoWitnessIsRefused) {
  std::ofstream(path("no.json")) << "{}";
  EXPECT_EQ(dmstall("replay " + path("no.json")).code, 65);
  EXPECT_EQ(dmstall("replay " + path("missing.json")).code, 65);
  EXPECT_EQ(dmstall("run --witness " + path("w.json") + " scenarios/tutorial/01-opposite-orders.json scenarios/tutorial/02-two-from-one-pool.json").code, 64);
}

}  // namespace
}  // namespace dmstall::tests
