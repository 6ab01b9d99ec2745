// Grids as users run them: ranges, several files, journals that survive kill -9, shards, and the picture.
#include <algorithm>
#include <set>
#include <sstream>
#include <string>

#include "tests/cli/program_test.hpp"

namespace dmstall::tests {

namespace {

class CompareGrid : public ProgramTest {
 protected:
  Outcome run(const std::string& arguments, const std::string& before = "") const {
    return dmstall("compare " + arguments, before);
  }
  std::string journal() const { return (folder_ / "journal").string(); }

  /// 60 rows, each with a verdict: the gate is safe at 1 alone, whatever the sizes behind it.
  const std::string grid_ =
      "--seeds 1 --vary resources.G.mempool=1..15 --vary resources.A.mempool=1,2 --vary resources.B.mempool=1,2 " +
      scenario("sizing/gate-two-flows.json");
};

std::ptrdiff_t lines_in(const std::string& text) {
  return std::count(text.begin(), text.end(), '\n');
}

}  // namespace

TEST_F(CompareGrid, RangesAreTheirNumbers) {
  const Outcome outcome =
      run("--engine explore --vary resources.G.mempool=1..3,8 " + scenario("sizing/gate-two-flows.json"));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("RESULT sizing-gate-two-flows COMPARED rows=4 seeds=0 progress=1 deadlock=3 "),
            std::string::npos)
      << outcome.out;
  EXPECT_EQ(run("--vary resources.G.mempool=3..1 " + scenario("sizing/gate-two-flows.json")).code, 64);
  EXPECT_EQ(run("--vary resources.G.mempool=1..3,2 " + scenario("sizing/gate-two-flows.json")).code, 64) << "2 twice";
}

TEST_F(CompareGrid, WitnessesAndProofsStandInTheTable) {
  const Outcome outcome = run("--seeds 1 --vary resources.G.mempool=1,2,3 " + scenario("sizing/gate-safe-again.json"));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("DEADLOCK  witness replayed                       3 / 0 / 6  circle"), std::string::npos)
      << outcome.out;
  EXPECT_NE(outcome.out.find("PROGRESS  proved (equations), tasks of the file  -"), std::string::npos) << outcome.out;
}

TEST_F(CompareGrid, SurvivesKillAndGoesOnWithoutRepeatingWhatIsFinished) {
  const Outcome whole = run("--format csv " + grid_);
  ASSERT_EQ(whole.code, 0) << whole.err;
  ASSERT_EQ(lines_in(whole.out), 61);
  // Killed as soon as some rows are finished, three times.
  for (const int enough : {5, 30, 70}) {
    const std::string script = std::string(DMSTALL_PROGRAM) + " compare -j2 --resume " + journal() + " " + grid_ +
                               " >/dev/null 2>&1 & pid=$!; " + "until [ $(wc -l <" + journal() +
                               " 2>/dev/null || echo 0) -ge " + std::to_string(enough) +
                               " ]; do kill -0 $pid 2>/dev/null || break; done; " +
                               "kill -9 $pid 2>/dev/null; wait $pid 2>/dev/null; true";
    ASSERT_EQ(std::system(("bash -c '" + script + "'").c_str()), 0);
    EXPECT_GE(lines_in(read(journal())), enough);
    std::ofstream(journal(), std::ios::app) << "0123456789abcdef {\"row\":";  // as if it had been killed while it wrote
  }
  const std::ptrdiff_t known = lines_in(read(journal())) - 1;
  const std::string output = (folder_ / "table.csv").string();
  const Outcome resumed = run("--format csv --output " + output + " --resume " + journal() + " " + grid_);
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_NE(resumed.err.find(std::to_string(known) + " parts of rows were known, " + std::to_string(120 - known) +
                             " were run"),
            std::string::npos)
      << resumed.err;
  EXPECT_EQ(read(output), whole.out);
  std::set<std::string> keys;
  std::istringstream lines(read(journal()));
  std::ptrdiff_t answers = -1;
  for (std::string line; std::getline(lines, line); ++answers)
    keys.insert(line.substr(17, line.find("\"answer\"") - 17));
  EXPECT_EQ(answers, 120) << "a judgement and a seed for each of 60 rows";
  EXPECT_EQ(keys.size(), 121u) << "and none twice";
  const Outcome again = run("--format csv --resume " + journal() + " " + grid_);
  EXPECT_EQ(again.out, whole.out);
  EXPECT_NE(again.err.find("120 parts of rows were known, 0 were run"), std::string::npos) << again.err;
}

TEST_F(CompareGrid, ShardsAndMerge) {
  const Outcome whole = run(grid_);
  std::string journals;
  for (const std::string shard : {"1", "2", "3"}) {
    const std::string path = journal() + shard;
    const Outcome part = run("--shard " + shard + "/3 --resume " + path + " " + grid_);
    EXPECT_EQ(part.code, 0) << part.err;
    EXPECT_EQ(part.out,
              "RESULT sizing-gate-two-flows SHARD " + shard + "/3 rows=20 run=40 known=0 journal=" + path + "\n");
    if (shard == "3") {
      const Outcome missing = run(grid_ + " --merge" + journals);
      EXPECT_EQ(missing.code, 20);
      EXPECT_NE(missing.err.find("20 of 60 rows are not finished in these journals: 3, 6, 9, "), std::string::npos)
          << missing.err;
      EXPECT_EQ(missing.out, "");
    }
    journals += " " + path;
  }
  EXPECT_EQ(run(grid_ + " --merge" + journals).out, whole.out);
  EXPECT_EQ(run("--shard 1/3 " + grid_).code, 64) << "a shard without a journal is lost work";
  for (const std::string shard : {"0/3", "4/3", "1", "1/", "/3", "1/3x", "a/b"})
    EXPECT_EQ(run("--shard " + shard + " --resume " + journal() + "x " + grid_).code, 64) << shard;
}

TEST_F(CompareGrid, AJournalOfSomethingElseIsRefusedAndLeftAlone) {
  ASSERT_EQ(run("--resume " + journal() + " " + grid_).code, 0);
  const std::string before = read(journal());
  const Outcome other = run("--seeds 1 --resume " + journal() + " --vary resources.G.mempool=1,2 " +
                            scenario("sizing/gate-two-flows.json"));
  EXPECT_EQ(other.code, 64);
  EXPECT_NE(other.err.find("is of another comparison: its grid is "), std::string::npos) << other.err;
  EXPECT_EQ(read(journal()), before);
  const fs::path file = write("notes.txt", "not a journal");
  EXPECT_EQ(run("--resume " + file.string() + " " + grid_).code, 64);
  EXPECT_EQ(read(file), "not a journal");
}

TEST_F(CompareGrid, SeveralFilesAreVariedAlike) {
  const std::string files =
      scenario("sizing/linear-3-flush.json") + " " + scenario("sizing/linear-3-flush-on-reserve.json");
  const Outcome outcome = run("--engine explore --vary reserved_bio_based_ios=2,3 " + files);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("RESULT sizing-linear-3-flush+sizing-linear-3-flush-on-reserve COMPARED rows=4 seeds=0 "
                             "progress=2 deadlock=2 "),
            std::string::npos)
      << outcome.out;
  EXPECT_NE(outcome.out.find("sizing-linear-3-flush-on-reserve  3 "), std::string::npos) << outcome.out;
  const Outcome different =
      run("--engine explore " + scenario("sizing/seed-stack.json") + " " + scenario("sizing/linear-3-flush.json"));
  EXPECT_EQ(different.code, 64);
  EXPECT_NE(different.err.find("differ in \"vary\""), std::string::npos) << different.err;
}

TEST_F(CompareGrid, ThePictureIsDrawnWholeOrTheNeedIsSaid) {
  const std::string grid = "--seeds 1 --vary reserved_bio_based_ios=2,3 " + scenario("sizing/linear-3-flush.json");
  const std::string script = (folder_ / "plot.gp").string(), svg = (folder_ / "plot.svg").string(),
                    png = (folder_ / "plot.png").string();
  EXPECT_EQ(run("--plot " + script + " " + grid).code, 0);
  EXPECT_NE(read(script).find("$DEADLOCK << EOD"), std::string::npos) << read(script);
  EXPECT_NE(read(script).find("$PROGRESS << EOD"), std::string::npos);
  // Points are called by their settings, not by the numbers of rows; 1 is no size here.
  const std::string labels = read(script).substr(read(script).find("$labels << EOD"));
  EXPECT_NE(labels.find(" \"2\"\n"), std::string::npos) << labels;
  EXPECT_NE(labels.find(" \"3\"\n"), std::string::npos) << labels;
  EXPECT_EQ(labels.find("\"1\""), std::string::npos) << labels;
  const std::string two =
      "--seeds 1 --vary reserved_bio_based_ios=2,3 --vary cpus=1,8 " + scenario("sizing/linear-3-flush.json");
  EXPECT_EQ(run("--plot " + script + " " + two).code, 0);
  EXPECT_NE(read(script).find("\"2, 1 / 2, 8\""), std::string::npos) << read(script);
  EXPECT_EQ(run("--plot plot.pdf " + grid).code, 64);
  EXPECT_EQ(run("--engine prove --plot " + svg + " " + grid).code, 64) << "no throughput";
  const Outcome without = run("--plot " + svg + " " + grid, "PATH=/nowhere ");
  EXPECT_EQ(without.code, 64);
  EXPECT_NE(without.err.find("gnuplot-nox"), std::string::npos) << without.err;
  EXPECT_FALSE(fs::exists(svg));
  if (std::system("command -v gnuplot >/dev/null") != 0) GTEST_SKIP() << "gnuplot is not installed";
  EXPECT_EQ(run("--plot " + svg + " " + grid).code, 0);
  EXPECT_EQ(
      std::system(("python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' " + svg).c_str()), 0)
      << "well-formed";
  EXPECT_EQ(run("--plot " + png + " " + grid).code, 0);
  EXPECT_EQ(read(png).substr(1, 3), "PNG");
}

}  // namespace dmstall::tests
