// `dmstall size` as users run it: exit codes, formats, and the same bytes whatever -j.
#include <string>

#include "tests/cli/program_test.hpp"

namespace dmstall::tests {

namespace {

class Size : public ProgramTest {
 protected:
  Outcome run(const std::string& arguments) const { return dmstall("size " + arguments); }

  bool python(const std::string& code, const std::string& input) const {
    const fs::path script =
                       write("check.py",
                             "import csv, io, json, sys\ntext = open(sys.argv[1], newline='').read()\n" + code + "\n"),
                   document = write("document", input);
    return std::system(("python3 " + script.string() + " " + document.string() + " >/dev/null").c_str()) == 0;
  }

  const std::string gate_ = "--pool G --range 1..6 " + scenario("sizing/gate-safe-again.json");
};

}  // namespace

TEST_F(Size, ASetWithAnUnsafeSizeInItIsComplete) {
  const Outcome outcome = run(gate_);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("\n  safe: 1, 3 to 6\n  not safe: 2\n  3 and above: PROVED"), std::string::npos)
      << outcome.out;
  EXPECT_NE(outcome.out.find("3 requests, 0 faults"), std::string::npos) << outcome.out;
}

TEST_F(Size, FailOnSetsTheCodeAndAnOpenSizeIsTwenty) {
  EXPECT_EQ(run("--fail-on=deadlock " + gate_).code, 10);
  EXPECT_EQ(run("--fail-on=stall " + gate_).code, 0);
  EXPECT_EQ(run("--fail-on=deadlock --pool G --from 3 --to 6 " + scenario("sizing/gate-safe-again.json")).code, 0);
  EXPECT_EQ(run("--engine explore --states 3 --pool G --range 1 " + scenario("sizing/gate-safe-again.json")).code, 20);
}

TEST_F(Size, MistakesOfUsageAndOfTheScenario) {
  for (const std::string options :
       {"--pool H", "--pool G --range 1..", "--pool G --range 6..1", "--pool G --range 1,x", "--pool G --from 3 --to 2",
        "--pool G --range 1..3:0", "--pool G --range 1..2000000", ""}) {
    const Outcome outcome = run(options + " " + scenario("sizing/gate-safe-again.json"));
    EXPECT_EQ(outcome.code, 64) << options << "\n" << outcome.out;
    EXPECT_NE(outcome.err, "");
    EXPECT_EQ(outcome.out, "");
  }
  EXPECT_EQ(run("--range 0..3 " + scenario("sizing/linear-3-flush.json")).code, 64) << "the kernel turns 0 into 16";
  EXPECT_EQ(run("missing.json").code, 65);
  EXPECT_TRUE(python("assert json.loads(text)['exit_code'] == 64 and json.loads(text)['error']",
                     run("--format json --pool H " + scenario("sizing/gate-safe-again.json")).out));
}

TEST_F(Size, FormatsAreReadByOthersAndDoNotDependOnTheNumberOfProcesses) {
  for (const std::string format : {"text", "markdown", "csv", "json"}) {
    EXPECT_EQ(run("-j1 --format " + format + " " + gate_).out, run("-j3 --format " + format + " " + gate_).out);
  }
  EXPECT_TRUE(
      python("rows = list(csv.DictReader(io.StringIO(text)))\nassert [row['verdict'] for row in rows] == ['PROGRESS', "
             "'DEADLOCK'] + ['PROGRESS'] * 4\n"
             "assert rows[1]['requests'] == '3' and rows[1]['faults'] == '0' and rows[0]['requests'] == '' and "
             "[row['covers_above'] for row in rows] == list('001111')",
             run("--format csv " + gate_).out));
  EXPECT_TRUE(
      python("series = json.loads(text)['series']\nassert len(series) == 1 and series[0]['safe'] == [1, 3, 4, 5, 6] "
             "and series[0]['proved_from'] == 3\n"
             "assert series[0]['rows'][1]['witness']['requests'] == 3",
             run("--format json " + gate_).out));
}

}  // namespace dmstall::tests
