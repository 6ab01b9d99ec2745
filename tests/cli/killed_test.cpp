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

}  // namespace dmstall::tests
