// A kill -9 at every change of a file leaves each file as it was or as it should become.
#include "tests/cli/killed.hpp"

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "tests/cli/program_test.hpp"

namespace dmstall::tests {

namespace {

class KilledInTheMiddle : public ProgramTest {
 protected:
  /// Kills the command at every change of a file in turn, always from the same start. `state`: what is in the files.
  void expect_old_or_new(const std::vector<std::string>& arguments, const std::function<void()>& start,
                         const std::function<std::string()>& state, int code) const {
    constexpr int most_changes = 2000;
    std::vector<std::string> command{DMSTALL_PROGRAM};
    command.insert(command.end(), arguments.begin(), arguments.end());
    start();
    const std::string before = state();
    const Killed whole = kill_at_change(folder_.string(), command, most_changes);
    if (!whole.traced) GTEST_SKIP() << "system calls cannot be traced here";
    ASSERT_EQ(whole.code, code);
    const std::string after = state();
    ASSERT_NE(before, after);
    std::set<std::string> seen;
    int points = 0;
    for (; points < most_changes; ++points) {
      start();
      if (!kill_at_change(folder_.string(), command, points).killed) break;
      const std::string now = state();
      ASSERT_TRUE(now == before || now == after) << "killed at change " << points << ":\n" << now;
      seen.insert(now);
    }
    EXPECT_GE(points, 10);
    EXPECT_EQ(seen.size(), 2U) << "killed before the change, and after it";
    EXPECT_EQ(state(), after);
  }
};

}  // namespace

TEST_F(KilledInTheMiddle, CompareLeavesItsTableOldOrNew) {
  fs::copy_file(scenario("seed/reserved-1.json"), folder_ / "a.json");
  expect_old_or_new(
      {"compare", "--seeds", "1", "--vary", "cpus=1", "--format", "csv", "--output", "table.csv", "a.json"},
      [&] { write("table.csv", "old"); }, [&] { return read(folder_ / "table.csv"); }, 0);
}

TEST_F(KilledInTheMiddle, AReportOfACheckIsOldOrNew) {
  fs::copy_file(scenario("tutorial/03-stall.json"), folder_ / "a.json");
  // The time of the run is in the report, so what counts is that it is a whole one.
  expect_old_or_new(
      {"check", "--format", "junit", "--output", "report.xml", "a.json"}, [&] { write("report.xml", "old"); },
      [&] {
        const std::string text = read(folder_ / "report.xml");
        return text.ends_with("</testsuites>\n") ? "a whole report" : text;
      },
      0);
}

TEST_F(KilledInTheMiddle, ABaselineIsOldOrNew) {
  std::string wrong = read(scenario("tutorial/03-stall.json"));
  wrong.replace(wrong.find("\"STALL\""), 7, "\"PROGRESS\"");
  write("a.json", wrong);
  expect_old_or_new(
      {"check", "--baseline", "known.json", "--update-baseline", "--until", "2099-12-31", "a.json"},
      [&] { write("known.json", "{ \"dmstall_baseline\": 1, \"known\": [] }\n"); },
      [&] { return read(folder_ / "known.json"); }, 0);
}

TEST_F(KilledInTheMiddle, PromotedFilesAreEachOldOrNew) {
  std::string wrong = read(scenario("tutorial/03-stall.json"));
  wrong.replace(wrong.find("\"STALL\""), 7, "\"PROGRESS\"");
  // Two files: one may be new while the other is old, so each is held against its own two texts.
  expect_old_or_new(
      {"check", "-j1", "--promote", "a.json"}, [&] { write("a.json", wrong); },
      [&] { return read(folder_ / "a.json"); }, 0);
  const std::string promoted = read(folder_ / "a.json");
  ASSERT_NE(promoted, wrong);
  int both_seen = 0;
  for (int point = 0; point < 2000; ++point) {
    write("a.json", wrong);
    write("b.json", wrong);
    if (!kill_at_change(folder_.string(), {DMSTALL_PROGRAM, "check", "-j1", "--promote", "a.json", "b.json"}, point)
             .killed)
      break;
    const std::string a = read(folder_ / "a.json"), b = read(folder_ / "b.json");
    ASSERT_TRUE((a == wrong || a == promoted) && (b == wrong || b == promoted)) << "killed at change " << point;
    both_seen += a == promoted && b == wrong ? 1 : 0;
  }
  EXPECT_GT(both_seen, 0) << "killed between the two files";
}

}  // namespace dmstall::tests
