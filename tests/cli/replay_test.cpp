// Witness files: written by run, walked again by replay, refused when anything was changed.
#include <cctype>
#include <random>

#include "tests/cli/program_test.hpp"

namespace dmstall::tests {
namespace {

class WitnessFiles : public ProgramTest {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }

  /// In the source folder: scenarios are named as in the README.
  [[nodiscard]] Outcome run(const std::string& arguments) const {
    return dmstall(arguments, std::string("cd ") + DMSTALL_SOURCE_DIR + " && ");
  }
};

TEST_F(WitnessFiles, ReplayReturnsTheExitCodeOfTheRun) {
  for (const char* engine : {"explore", "simulate"}) {
    SCOPED_TRACE(engine);
    const Outcome ran = run(std::string("run --engine ") + engine + " --witness " + path("w.json") +
                            " scenarios/seed/shared-pools.json");
    ASSERT_EQ(ran.code, 10) << ran.out;
    const Outcome replay = run("replay --details " + path("w.json"));
    EXPECT_EQ(replay.code, 10) << replay.out;
    EXPECT_NE(replay.out.find("circle: verity.recheck_pool   kind: circle"), std::string::npos) << replay.out;
    EXPECT_NE(replay.out.find("RESULT seed-shared-pools DEADLOCK engine=replay"), std::string::npos);
  }
}

TEST_F(WitnessFiles, StepsNameTheThreadTheFunctionAndThePoolsLevel) {
  const Outcome ran = run("run --engine explore --steps scenarios/tutorial/05-verity-over-verity.json");
  const std::size_t takes = ran.out.find("takes 1 verity.recheck_pool (0 of 1 left)  [verity_recheck]\n");
  ASSERT_NE(takes, std::string::npos) << ran.out;
  const std::size_t line = ran.out.rfind('\n', takes) + 1;
  EXPECT_NE(ran.out.substr(line, takes - line).find("kverityd/"), std::string::npos) << ran.out;
}

TEST_F(WitnessFiles, ProgressLeavesNone) {
  const Outcome ran =
      run("run --engine explore --witness " + path("none.json") + " scenarios/tutorial/04-linear-over-disk.json");
  EXPECT_EQ(ran.code, 0);
  EXPECT_FALSE(std::filesystem::exists(path("none.json")));
}

TEST_F(WitnessFiles, AnyChangedDigitOrLetterIsRefused) {
  ASSERT_EQ(
      run("run --engine explore --witness " + path("w.json") + " scenarios/tutorial/01-opposite-orders.json").code, 10);
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
    EXPECT_EQ(run("replay " + path("changed.json")).code, 65) << "byte " << at << " of " << text;
    ++changed;
  }
  EXPECT_GT(changed, 20);
  EXPECT_EQ(run("replay " + path("w.json")).code, 10);
}

TEST_F(WitnessFiles, AnotherScenarioIsRefused) {
  ASSERT_EQ(
      run("run --engine explore --witness " + path("w.json") + " scenarios/tutorial/01-opposite-orders.json").code, 10);
  const Outcome other = run("replay --scenario scenarios/tutorial/02-two-from-one-pool.json " + path("w.json"));
  EXPECT_EQ(other.code, 65);
  EXPECT_NE(other.err.find("SHA-256 differs"), std::string::npos) << other.err;
  // A copy elsewhere is the same scenario.
  std::filesystem::copy_file(std::string(DMSTALL_SOURCE_DIR) + "/scenarios/tutorial/01-opposite-orders.json",
                             path("copy.json"));
  EXPECT_EQ(run("replay --scenario " + path("copy.json") + " " + path("w.json")).code, 10);
}

TEST_F(WitnessFiles, WhatIsNoWitnessIsRefused) {
  std::ofstream(path("no.json")) << "{}";
  EXPECT_EQ(run("replay " + path("no.json")).code, 65);
  EXPECT_EQ(run("replay " + path("missing.json")).code, 65);
  EXPECT_EQ(run("run --witness " + path("w.json") +
                " scenarios/tutorial/01-opposite-orders.json scenarios/tutorial/02-two-from-one-pool.json")
                .code,
            64);
}

}  // namespace
}  // namespace dmstall::tests
