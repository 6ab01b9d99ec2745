// `dmstall check` as a CI job runs it: what passes, what fails, how that is told, and with which code.
#include <algorithm>
#include <regex>
#include <string>
#include <vector>

#include "tests/cli/program_test.hpp"

namespace dmstall::tests {

namespace {

/// A folder of its own per test; scenarios there are small changes of those in the tree.
class Check : public ProgramTest {
 protected:
  /// The shared pools of the seed deadlock under another name, with this for its "expect"; without one when empty.
  void claim(const std::string& name, const std::string& expect) const {
    std::string text = read(fs::path(DMSTALL_SOURCE_DIR) / "scenarios/seed/shared-pools.json");
    const std::size_t begin = text.find("\"expect\"");
    ASSERT_NE(begin, std::string::npos);
    const std::size_t open = text.find('{', begin), close = text.find('}', open);
    const std::size_t comma = text.rfind(',', begin);
    text.replace(expect.empty() ? comma : open, close + 1 - (expect.empty() ? comma : open), expect);
    write(name, text);
  }

  /// Runs the program in the test's folder.
  Outcome run(const std::string& arguments) const {
    return dmstall("check " + arguments, "cd " + folder_.string() + " && ");
  }
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of('\n');
  const std::size_t begin = text.rfind('\n', end);
  return text.substr(begin == std::string::npos ? 0 : begin + 1, end - (begin == std::string::npos ? 0 : begin));
}

/// The one figure that depends on the clock.
std::string without_time(const std::string& text) {
  return std::regex_replace(text, std::regex("in [0-9.]+ s\n"), "in T\n");
}

}  // namespace

TEST_F(Check, AnExpectedDeadlockPasses) {
  claim("a.json", R"({"verdict": "DEADLOCK", "circle": ["verity.recheck_pool"]})");
  const Outcome outcome = run("a.json");
  EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
  EXPECT_EQ(without_time(outcome.out),
            "a.json  PASSED  DEADLOCK circle verity.recheck_pool  [100%]\n1 passed, 0 failed in T\n");
  EXPECT_EQ(outcome.err, "");
}

TEST_F(Check, TheCanaryAWrongExpectationFailsAndIsNamed) {
  claim("good.json", R"({"verdict": "DEADLOCK"})");
  claim("wrong.json", R"({"verdict": "PROGRESS"})");
  const Outcome outcome = run("good.json wrong.json");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_TRUE(contains(outcome.out, "good.json   PASSED  DEADLOCK circle verity.recheck_pool  [ 50%]\n"))
      << outcome.out;
  EXPECT_TRUE(contains(outcome.out, "wrong.json  FAILED  expected PROGRESS, found DEADLOCK  [100%]\n")) << outcome.out;
  const std::string failures = outcome.out.substr(outcome.out.find("= FAILURES ="));
  for (const char* text :
       {"_ wrong.json _", "expected: PROGRESS\n", "found:    DEADLOCK circle verity.recheck_pool\n",
        "kverityd/lower  waits for  1 verity.recheck_pool", "without faults: PROVED for any number of requests",
        "RESULT seed-shared-pools DEADLOCK", "again: dmstall run --seed 1 wrong.json\n"}) {
    EXPECT_TRUE(contains(failures, text)) << text;
  }
  EXPECT_FALSE(contains(failures, "good.json"));
  EXPECT_EQ(last_line(without_time(outcome.out)), "1 passed, 1 failed (1 not as expected) in T");
}

TEST_F(Check, WithoutAnExpectationOnlyProgressPasses) {
  claim("silent.json", "");
  const Outcome outcome = run("silent.json");
  EXPECT_EQ(outcome.code, 1) << outcome.out;
  EXPECT_TRUE(contains(outcome.out, "expected: PROGRESS (no \"expect\" in the file)\n")) << outcome.out;
  claim("no-verdict.json", R"({"min_requests": 2})");
  const Outcome unsaid = run("no-verdict.json");
  EXPECT_EQ(unsaid.code, 1) << unsaid.out;
  EXPECT_TRUE(contains(unsaid.out, "expected: PROGRESS (\"expect\" names no verdict)\n")) << unsaid.out;
  EXPECT_TRUE(contains(unsaid.out, "expected min_requests 2, found 1")) << unsaid.out;
}

TEST_F(Check, WhatCannotBeCheckedIsMentionedOnThePassingLine) {
  claim("a.json", R"({"verdict": "DEADLOCK", "min_requests": 1, "proof": "proved", "engine": "simulate"})");
  const Outcome outcome = run("a.json");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_TRUE(contains(outcome.out, "PASSED  DEADLOCK circle verity.recheck_pool  (not checked: proof, min_requests)"))
      << outcome.out;
}

TEST_F(Check, ARefusedFileIsSixtyFiveWithItsMistakesAtTheirPlaces) {
  claim("good.json", R"({"verdict": "DEADLOCK"})");
  claim("wrong.json", R"({"verdict": "PROGRESS"})");
  write("refused.json",
        "{ \"format\": 1, \"name\": \"x\",\n  \"kernel\": {\"cpu\": 8},\n  \"devices\": [{\"name\": \"d\", \"target\": "
        "\"disk\"}]\n}\n");
  const Outcome outcome = run(".");
  EXPECT_EQ(outcome.code, 65);
  EXPECT_TRUE(contains(outcome.out, "refused.json  ERROR   refused.json:2:14: error: unknown key \"cpu\""))
      << outcome.out;
  const std::string failures = outcome.out.substr(outcome.out.find("= FAILURES ="));
  EXPECT_TRUE(contains(failures, "did you mean \"cpus\"?")) << failures;
  EXPECT_TRUE(contains(failures, "^"));
  EXPECT_EQ(last_line(without_time(outcome.out)), "1 passed, 2 failed (1 not as expected, 1 refused) in T");
}

TEST_F(Check, NothingMatchedIsSixtySix) {
  claim("a.json", R"({"verdict": "DEADLOCK"})");
  fs::create_directories(folder_ / "empty");
  for (const char* arguments :
       {"no-such-file.json", "a.json no-such-file.json", "empty", "'b*.json'", "a.json --filter nothing"}) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 66) << arguments;
    EXPECT_EQ(outcome.out, "") << arguments;
    EXPECT_FALSE(outcome.err.empty()) << arguments;
  }
}

TEST_F(Check, OutOfTimeIsAFailureOfThatScenarioAlone) {
  // The reader of a pipe without a writer waits for ever.
  ASSERT_EQ(std::system(("mkfifo " + (folder_ / "a.json").string()).c_str()), 0);
  const Outcome outcome = run("--timeout 0.1 a.json");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_TRUE(
      contains(outcome.out, "a.json  FAILED  INCONCLUSIVE: not finished after 0.1 s; --timeout raises the bound"))
      << outcome.out;
  EXPECT_EQ(last_line(without_time(outcome.out)), "0 passed, 1 failed (1 out of time) in T");
}

TEST_F(Check, PathOrderAndTextDoNotDependOnTheNumberOfProcesses) {
  for (const char* name : {"z/1.json", "a/2.json", "a/b/3.json", "m.json"}) claim(name, R"({"verdict": "DEADLOCK"})");
  claim("a/wrong.json", R"({"verdict": "STALL"})");
  const std::string one = without_time(run("-j1 .").out);
  EXPECT_EQ(one, without_time(run("-j 4 . a z/1.json ./m.json").out)) << "duplicates count once";
  std::vector<std::size_t> places;
  for (const char* name : {"a/2.json ", "a/b/3.json ", "a/wrong.json ", "m.json ", "z/1.json "})
    places.push_back(one.find(name));
  EXPECT_TRUE(std::is_sorted(places.begin(), places.end())) << one;
  EXPECT_NE(places.back(), std::string::npos);
}

TEST_F(Check, QuietTellsFailuresAndTheSummaryOnly) {
  claim("good.json", R"({"verdict": "DEADLOCK"})");
  EXPECT_EQ(without_time(run("-q good.json").out), "1 passed, 0 failed in T\n");
  claim("wrong.json", R"({"verdict": "PROGRESS"})");
  const Outcome outcome = run("-q .");
  EXPECT_EQ(outcome.out.find("==="), 0u) << outcome.out;
  EXPECT_FALSE(contains(outcome.out, "good.json"));
}

TEST_F(Check, TheSeedReachesTheRun) {
  claim("wrong.json", R"({"verdict": "PROGRESS"})");
  EXPECT_TRUE(contains(run("--seed 5 wrong.json").out, "again: dmstall run --seed 5 wrong.json"));
  EXPECT_TRUE(contains(run("--seed 5 wrong.json").out, " seed=5 digest="));
}

TEST_F(Check, AReportIsWrittenWholeOrNotAtAll) {
  claim("wrong.json", R"({"verdict": "PROGRESS"})");
  const Outcome both = run("--format json --output report.json wrong.json");
  EXPECT_EQ(both.code, 1);
  EXPECT_TRUE(contains(both.out, "0 passed, 1 failed")) << "the text goes on to stdout";
  EXPECT_TRUE(contains(read(folder_ / "report.json"), "\"dmstall_check\": 1"));
  const Outcome text = run("--output report.txt wrong.json");
  EXPECT_EQ(text.out, "");
  EXPECT_TRUE(contains(read(folder_ / "report.txt"), "= FAILURES ="));
  EXPECT_EQ(run("--output no/such/folder.txt wrong.json").code, 64);
  write("kept.json", "what was there before");
  EXPECT_EQ(run("--format json --output kept.json wrong.json --filter nothing").code, 66);
  EXPECT_EQ(read(folder_ / "kept.json"), "what was there before");
  for (const auto& entry : fs::directory_iterator(folder_)) EXPECT_NE(entry.path().extension(), ".tmp");
}

TEST_F(Check, UsageIsSixtyFour) {
  for (const char* arguments : {"", "--format xml .", "-j 0 .", "--timeout -1 .", "--no-such-option ."}) {
    EXPECT_EQ(run(arguments).code, 64) << arguments;
  }
}

TEST_F(Check, HelpBeginsWithTwoExamplesAndFitsAScreen) {
  const Outcome outcome = run("--help");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out.rfind("Examples:\n  dmstall check ", 0), 0u) << outcome.out;
  EXPECT_LE(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 40);
}

TEST_F(Check, MachineFormatsAreOneDocumentAlsoOnFailure) {
  claim("good.json", R"({"verdict": "DEADLOCK"})");
  claim("wrong.json", R"({"verdict": "PROGRESS"})");
  write("refused.json", "{");
  for (const char* arguments : {".", "good.json", "refused.json", "good.json --filter nothing"}) {
    write("document", run(std::string("--format json ") + arguments).out);
    EXPECT_EQ(std::system(("python3 -m json.tool " + (folder_ / "document").string() + " >/dev/null").c_str()), 0)
        << arguments;
  }
  const Outcome json = run("--format json .");
  EXPECT_EQ(json.code, 65);
  for (const char* text : {"\"outcome\": \"passed\"", "\"outcome\": \"not_as_expected\"", "\"outcome\": \"refused\"",
                           "\"exit_code\": 65"}) {
    EXPECT_TRUE(contains(json.out, text)) << text;
  }
}

TEST_F(Check, JUnitIsValidAlsoOnFailure) {
  claim("good.json", R"({"verdict": "DEADLOCK"})");
  claim("wrong.json", R"({"verdict": "PROGRESS"})");
  write("refused.json", "{ \x01\xFF");
  const std::string schema = std::string(DMSTALL_SOURCE_DIR) + "/tests/fixtures/junit.xsd";
  const auto valid = [&](const std::string& file) {
    return std::system(
               ("xmllint --noout --schema " + schema + " " + (folder_ / file).string() + " 2>/dev/null").c_str()) == 0;
  };
  for (const char* arguments : {".", "good.json", "refused.json", "good.json --filter nothing"}) {
    write("document", run(std::string("--format junit ") + arguments).out);
    EXPECT_TRUE(valid("document")) << arguments;
  }
  const Outcome both = run("--format junit --output report.xml .");
  EXPECT_EQ(both.code, 65);
  EXPECT_TRUE(valid("report.xml"));
  EXPECT_TRUE(contains(both.out, "= FAILURES ="));
}

TEST_F(Check, ACtrlCReportsWhatIsFinishedAndIsOneHundredThirty) {
  // The reader of a pipe without a writer waits for ever; whoever opens it for writing knows that the check has begun.
  claim("a.json", R"({"verdict": "DEADLOCK"})");
  const std::string pipe = (folder_ / "z.json").string();
  ASSERT_EQ(std::system(("mkfifo " + pipe).c_str()), 0);
  const std::string out = folder_.string() + ".out";
  const std::string command = "cd " + folder_.string() + "; " + DMSTALL_PROGRAM + " check -j1 a.json z.json >" + out +
                              " 2>/dev/null & pid=$!; exec 3>" + pipe + "; kill -TERM $pid; wait $pid";
  const int status = std::system(command.c_str());
  EXPECT_EQ(WEXITSTATUS(status), 130);
  const std::string text = read(out);
  fs::remove(out);
  EXPECT_TRUE(contains(text, "a.json  PASSED")) << text;
  EXPECT_EQ(last_line(without_time(text)), "1 passed, 0 failed, interrupted with 1 not run in T");
}

}  // namespace dmstall::tests
