// The program as users run it: exit codes, what goes to stdout and stderr, files written whole.
#include <array>
#include <cstdio>
#include <string>

#include "tests/cli/program_test.hpp"

namespace dmstall::tests {

namespace {

class CommandLine : public ProgramTest {
 protected:
  Outcome run(const std::string& arguments) const { return dmstall(arguments); }
};

std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of('\n');
  const std::size_t begin = text.rfind('\n', end);
  return text.substr(begin == std::string::npos ? 0 : begin + 1, end - (begin == std::string::npos ? 0 : begin));
}

}  // namespace

TEST_F(CommandLine, ProgressIsZero) {
  const Outcome outcome = run("run " + scenario("seed/per-device-pools.json"));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out.rfind("PROGRESS  ", 0), 0u);
  EXPECT_EQ(
      last_line(outcome.out).rfind("RESULT seed-per-device-pools PROGRESS engine=all schedules=all proof=ranks", 0), 0u)
      << last_line(outcome.out);
  EXPECT_TRUE(outcome.err.empty()) << outcome.err;
}

TEST_F(CommandLine, DeadlockIsTenAndShowsTheCircle) {
  const Outcome outcome = run("run --details " + scenario("seed/shared-pools.json"));
  EXPECT_EQ(outcome.code, 10);
  for (const char* text : {"DEADLOCK (while allocations keep failing)", "kverityd/upper", "kverityd/lower",
                           "verity.recheck_pool", "verity_recheck", "mempool_alloc", "relieved by memory: yes",
                           "with these faults: DEADLOCK   without faults: PROVED"}) {
    EXPECT_NE(outcome.out.find(text), std::string::npos) << text;
  }
  EXPECT_TRUE(outcome.err.empty()) << outcome.err;
}

TEST_F(CommandLine, StallIsEleven) {
  EXPECT_EQ(run("run " + scenario("tutorial/03-stall.json")).code, 11);
}

TEST_F(CommandLine, ABoundIsTwentyNeverZero) {
  const Outcome outcome = run("run --engine simulate --events 50 " + scenario("seed/per-device-pools.json"));
  EXPECT_EQ(outcome.code, 20);
  EXPECT_NE(outcome.out.find("--events"), std::string::npos);
}

TEST_F(CommandLine, UsageIsSixtyFour) {
  // A bare call gets the whole help; its code is none that a script may take for PROGRESS.
  const Outcome bare = run("");
  EXPECT_EQ(bare.code, 64);
  EXPECT_EQ(bare.out, run("--help").out);
  EXPECT_EQ(bare.err, "dmstall: a verb is required\n");
  EXPECT_EQ(run("run").code, 64);
  EXPECT_EQ(run("run --no-such-option x.json").code, 64);
  EXPECT_EQ(run("run --format xml x.json").code, 64);
  EXPECT_EQ(run("run --sim-time -3 x.json").code, 64);
  EXPECT_EQ(run("frobnicate").code, 64);
  EXPECT_EQ(run("--help").code, 0);
  EXPECT_EQ(run("--version").code, 0);
}

TEST_F(CommandLine, ABadScenarioIsSixtyFiveWithEveryMistakeAtItsPlace) {
  const fs::path file = write("bad.json",
                              "{ \"format\": 1, \"name\": \"bad\",\n  \"kernel\": {\"cpu\": 8},\n  \"devices\": "
                              "[{\"name\": \"d\", \"target\": \"dsk\"}]\n}\n");
  const Outcome outcome = run("run " + file.string());
  EXPECT_EQ(outcome.code, 65);
  EXPECT_NE(outcome.err.find("bad.json:2:14: error: unknown key \"cpu\""), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("did you mean \"cpus\"?"), std::string::npos);
  EXPECT_NE(outcome.err.find("did you mean \"disk\"?"), std::string::npos);
  EXPECT_NE(outcome.err.find("^"), std::string::npos);
  const Outcome missing = run("run --engine explore " + (folder_ / "missing.json").string());
  EXPECT_EQ(missing.code, 65);
  EXPECT_NE((missing.out + missing.err).find("ERROR engine=none schedules=none"), std::string::npos)
      << missing.out << missing.err;
  EXPECT_EQ(run("run " + folder_.string()).code, 65);
}

TEST_F(CommandLine, ABatchGivesTheMostSevereCode) {
  EXPECT_EQ(run("run " + scenario("seed/per-device-pools.json") + " " + scenario("seed/shared-pools.json")).code, 10);
  const fs::path bad = write("bad.json", "{");
  EXPECT_EQ(run("run " + scenario("seed/shared-pools.json") + " " + bad.string()).code, 65);
}

TEST_F(CommandLine, JsonIsOneDocumentAlsoOnFailure) {
  const fs::path bad = write("bad.json", "{");
  for (const std::string& arguments : {"run --format json " + scenario("seed/shared-pools.json"),
                                       "run --format json " + bad.string() + " " + scenario("seed/reserved-1.json")}) {
    const Outcome outcome = run(arguments);
    write("document.json", outcome.out);
    EXPECT_EQ(
        std::system(("python3 -m json.tool " + (folder_ / "document.json").string() + " >/dev/null 2>&1").c_str()), 0)
        << outcome.out;
  }
}

TEST_F(CommandLine, TheSameSeedGivesTheSameReport) {
  const std::string arguments = "run --seed 5 " + scenario("seed/shared-pools.json");
  const Outcome first = run(arguments);
  EXPECT_EQ(first.out, run(arguments).out);
  EXPECT_NE(last_line(first.out), last_line(run("run --seed 6 " + scenario("seed/shared-pools.json")).out));
  // A run before it in the same process changes nothing.
  const Outcome second =
      run("run --seed 5 " + scenario("seed/reserved-1.json") + " " + scenario("seed/shared-pools.json"));
  EXPECT_NE(second.out.find(last_line(first.out)), std::string::npos);
}

TEST_F(CommandLine, TheTraceIsWrittenWholeOrNotAtAll) {
  const fs::path log = folder_ / "events.log";
  EXPECT_EQ(run("run --trace " + log.string() + " " + scenario("seed/shared-pools.json")).code, 10);
  EXPECT_NE(read(log).find("takes 1 verity.recheck_pool from the reserve"), std::string::npos);
  const Outcome refused =
      run("run --trace " + (folder_ / "no/such/folder.log").string() + " " + scenario("seed/shared-pools.json"));
  EXPECT_EQ(refused.code, 64);
  EXPECT_NE(refused.err.find("cannot be written"), std::string::npos);
  for (const auto& entry : fs::directory_iterator(folder_)) EXPECT_NE(entry.path().extension(), ".tmp");
}

TEST_F(CommandLine, ShowDescribesTargetsAndScenarios) {
  const Outcome verity = run("show verity");
  EXPECT_EQ(verity.code, 0);
  EXPECT_NE(verity.out.find("recheck_pool"), std::string::npos);
  const Outcome seed = run("show " + scenario("seed/per-device-pools.json"));
  EXPECT_EQ(seed.code, 0);
  EXPECT_NE(seed.out.find("take 1 upper.recheck_pool"), std::string::npos);
  EXPECT_NE(seed.out.find("2 × 16 × 4,096 B = 131,072 B = 131.07 kB = 128.00 KiB"), std::string::npos);
  EXPECT_EQ(run("show no-such-target").code, 65);
}

TEST_F(CommandLine, TheSchemaInTheTreeIsTheGeneratedOne) {
  EXPECT_EQ(run("schema").out, read(scenario("scenario.schema.json")));
}

TEST_F(CommandLine, AFullDiskIsAnErrorNotSilence) {
  if (!fs::exists("/dev/full")) GTEST_SKIP();
  const std::string command =
      std::string(DMSTALL_PROGRAM) + " run " + scenario("seed/per-device-pools.json") + " >/dev/full 2>/dev/null";
  const int status = std::system(command.c_str());
  EXPECT_EQ(WEXITSTATUS(status), 70);
}

}  // namespace dmstall::tests
