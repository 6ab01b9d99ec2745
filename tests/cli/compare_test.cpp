// `dmstall compare` as users run it: exit codes, formats, and the same bytes whatever -j.
#include <string>

#include "tests/cli/program_test.hpp"

namespace dmstall::tests {

namespace {

class Compare : public ProgramTest {
 protected:
  Outcome run(const std::string& arguments, const std::string& before = "") const {
    return dmstall("compare " + arguments, before);
  }

  bool python(const std::string& code, const std::string& input) const {
    const fs::path script =
                       write("check.py",
                             "import csv, io, json, sys\ntext = open(sys.argv[1], newline='').read()\n" + code + "\n"),
                   document = write("document", input);
    return std::system(("python3 " + script.string() + " " + document.string() + " >/dev/null").c_str()) == 0;
  }

  const std::string grid_ =
      "--engine simulate --seeds 2 --vary reserved_bio_based_ios=1,16 --vary sharing=device,module " +
      scenario("seed/per-device-pools.json");
};

}  // namespace

TEST_F(Compare, ATableWithADeadlockInItIsComplete) {
  const Outcome outcome = run(grid_);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "") << "nothing on a stderr that is no terminal";
  EXPECT_NE(outcome.out.find("DEADLOCK  2 of 2 runs  circle"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("RESULT seed-per-device-pools COMPARED rows=4 seeds=2 progress=2 deadlock=2 "),
            std::string::npos)
      << outcome.out;
}

TEST_F(Compare, FailOnSetsTheCodeOfTheVerdict) {
  EXPECT_EQ(run("--fail-on=deadlock " + grid_).code, 10);
  EXPECT_EQ(run("--fail-on stall,deadlock " + grid_).code, 10);
  EXPECT_EQ(run("--fail-on=stall,inconclusive " + grid_).code, 0);
  EXPECT_EQ(run("--fail-on=progress " + grid_).code, 64);
  EXPECT_EQ(run("--fail-on=dead " + grid_).code, 64);
}

TEST_F(Compare, TheSameBytesWhateverTheNumberOfProcesses) {
  for (const std::string format : {"text", "markdown", "csv", "json"}) {
    const Outcome one = run("-j1 --format " + format + " " + grid_), two = run("-j2 --format " + format + " " + grid_);
    EXPECT_EQ(one.code, 0);
    EXPECT_FALSE(one.out.empty());
    EXPECT_EQ(one.out, two.out);
  }
}

TEST_F(Compare, CsvAndJsonAreReadByOthers) {
  EXPECT_TRUE(
      python("rows = list(csv.DictReader(io.StringIO(text)))\nassert len(rows) == 4 and None not in rows[0]\n"
             "assert rows[0]['verdict'] == 'PROGRESS' and float(rows[0]['mib_per_s']) > 0 and "
             "int(rows[0]['reserved_bytes']) > 0\n"
             "assert rows[1]['verdict'] == 'DEADLOCK' and rows[1]['mib_per_s'] == '' and rows[1]['kind'] == 'circle'\n"
             "assert [row['reference'] for row in rows] == ['0', '0', '1', '0'] and rows[2]['relative'] == '1'",
             run("--format csv " + grid_).out));
  EXPECT_TRUE(
      python("document = json.loads(text)\nassert document['dmstall_compare'] == 1 and document['exit_code'] == 0 and "
             "len(document['rows']) == 4\n"
             "assert document['rows'][1]['mib_per_s'] is None and document['rows'][2]['reference'] and "
             "len(document['rows'][0]['runs']) == 2",
             run("--format json " + grid_).out));
}

TEST_F(Compare, WithJsonAlsoAFailureIsOneDocument) {
  for (const std::string& arguments :
       {std::string("--vary cpu=1 ") + scenario("seed/per-device-pools.json"),
        "--vary cpus=0 " + scenario("seed/per-device-pools.json"), (folder_ / "missing.json").string()}) {
    EXPECT_TRUE(python("assert json.loads(text)['exit_code'] in (64, 65) and json.loads(text)['error']",
                       run("--format json " + arguments).out))
        << arguments;
  }
}

TEST_F(Compare, AnUnknownKeyIsAMistakeOfUsageAndABadValueOneOfTheScenario) {
  const std::string file = scenario("seed/per-device-pools.json");
  Outcome outcome = run("--vary reserved_bio_based_io=1,2 " + file);
  EXPECT_EQ(outcome.code, 64);
  EXPECT_NE(outcome.err.find("did you mean \"reserved_bio_based_ios\"?"), std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  outcome = run("--vary reserved_bio_based_ios=1,70000 " + file);
  EXPECT_EQ(outcome.code, 65);
  EXPECT_NE(outcome.err.find("per-device-pools.json:7:70: error: \"reserved_bio_based_ios\" is 70000"),
            std::string::npos)
      << outcome.err;
  EXPECT_NE(outcome.err.find("(from --vary reserved_bio_based_ios=70000)"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("^~~~~"), std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(run("--vary cpus=1,1 " + file).code, 64);
  EXPECT_EQ(run("--vary cpus=1 --vary cpus=2 " + file).code, 64);
  EXPECT_EQ(run("--vary cpus " + file).code, 64);
  EXPECT_EQ(run("--vary cpus=1 --reference cpus=3 " + file).code, 64);
  EXPECT_EQ(run("--seeds 0 --vary cpus=1 " + file).code, 64);
  EXPECT_EQ(run(file).code, 64) << "no vary in the file, none given";
  EXPECT_EQ(run("--vary cpus=1 " + write("bad.json", "{").string()).code, 65);
}

TEST_F(Compare, TheVaryOfTheFileIsUsedAndReplacedByOptions) {
  const std::string file = scenario("sizing/seed-stack.json");
  Outcome outcome = run("--engine simulate --seeds 1 " + file);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find(" rows=20 seeds=1 "), std::string::npos) << outcome.out;
  // One element per device is enough, a shared page never is, a shared client of one is not and one of sixteen is.
  EXPECT_TRUE(
      python("verdict = {(r['reserved_bio_based_ios'], r['sharing']): r['verdict'] for r in "
             "csv.DictReader(io.StringIO(text))}\n"
             "assert all(verdict[r, 'device'] == 'PROGRESS' and verdict[r, 'SR'] == verdict[r, 'module'] == 'DEADLOCK' "
             "for r in ('0', '1', '2', '4', '16'))\n"
             "assert [verdict[r, 'SC'] for r in ('0', '1', '16')] == ['PROGRESS', 'DEADLOCK', 'PROGRESS']",
             run("--engine simulate --seeds 1 --format csv " + file).out));
  outcome = run("--seeds 1 --vary cpus=1,8 " + file);
  EXPECT_NE(outcome.out.find(" rows=2 seeds=1 "), std::string::npos) << outcome.out;
}

TEST_F(Compare, ABoundMakesTheTableIncomplete) {
  const Outcome outcome = run("--events 100 " + grid_);
  EXPECT_EQ(outcome.code, 20);
  EXPECT_NE(outcome.out.find("INCONCLUSIVE  2 of 2 runs"), std::string::npos);
  EXPECT_NE(outcome.out.find("--events raises the bound"), std::string::npos) << outcome.out;
}

TEST_F(Compare, AScenarioThatCannotGoOnIsARowAndNotALostTable) {
  const fs::path file = write("below.json", R"({"format": 1, "name": "below", "resources": {"c": {"counter": 0}},
    "tasks": [{"name": "up", "count": 1, "steps": [{"count": "c", "by": 1}]}, {"name": "t", "count": 1,
        "steps": [{"spend_us": 10}, {"count": "c", "by": -1}]}]})");
  const Outcome outcome = run("--engine simulate --seeds 1 --vary tasks.t.count=1,2 " + file.string());
  EXPECT_EQ(outcome.code, 65);
  EXPECT_NE(outcome.out.find("PROGRESS  1 of 1 runs"), std::string::npos) << outcome.out << outcome.err;
  EXPECT_NE(outcome.out.find("ERROR     -"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("error=1"), std::string::npos);
}

TEST_F(Compare, ARunThatIsKilledIsARowAndNotALostTable) {
  // The second row would take hours; the limit on processor time ends its process by a signal.
  const Outcome outcome = run(
      "--engine simulate --seeds 1 --vary workload.count=5,1000000000 " + scenario("tutorial/04-linear-over-disk.json"),
      "ulimit -t 1; ");
  EXPECT_EQ(outcome.code, 70) << outcome.err;
  EXPECT_NE(outcome.out.find("PROGRESS  1 of 1 runs"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("ERROR     -"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("the run was ended by signal "), std::string::npos) << outcome.out;
}

TEST_F(Compare, TheOutputFileIsWrittenWholeOrNotAtAll) {
  const fs::path table = folder_ / "table.csv";
  const Outcome outcome = run("--format csv --output " + table.string() + " " + grid_);
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(read(table), run("--format csv " + grid_).out);
  write("table.csv", "old");
  EXPECT_EQ(run("--vary cpus=0 --output " + table.string() + " " + scenario("seed/per-device-pools.json")).code, 65);
  EXPECT_EQ(read(table), "old");
  EXPECT_EQ(run("--output " + (folder_ / "no/such/table").string() + " " + grid_).code, 64);
  for (const auto& entry : fs::directory_iterator(folder_)) EXPECT_NE(entry.path().extension(), ".tmp");
}

TEST_F(Compare, HelpBeginsWithExamplesAndIsShort) {
  const Outcome outcome = run("--help");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out.rfind("Examples:\n  dmstall compare ", 0), 0U) << outcome.out;
  EXPECT_LE(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 60);
}

}  // namespace dmstall::tests
