// The documented deadlocks: the search of every schedule and the oracle, which share no code, give the answer of each
// file. One timed run is luck for most of them; it may only not contradict.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "analysis/engines/explore/explore.hpp"
#include "analysis/engines/replay/replay.hpp"
#include "analysis/report/reason_text.hpp"
#include "analysis/report/refusal_text.hpp"
#include "analysis/verdict/explore_scenario.hpp"
#include "analysis/verdict/run_scenario.hpp"
#include "models/machine/compile.hpp"
#include "models/targets/build.hpp"
#include "tests/oracle/oracle.hpp"
#include "tests/scenarios/folder.hpp"

namespace dmstall::tests {

namespace {

using models::VerdictKind;

const std::string folder = std::string(DMSTALL_SOURCE_DIR) + "/scenarios/history";
constexpr std::size_t fewest_files = 60;

struct File {
  std::string stem;
  models::Scenario scenario;
  models::Program program;
};

std::vector<File> history() {
  std::vector<File> files;
  for (const auto& [stem, scenario] : scenarios_of(folder, fewest_files))
    files.push_back({stem, scenario, models::build_program(scenario)});
  return files;
}

bool expects(const models::Expectation& expect, VerdictKind verdict) {
  return std::find(expect.verdict.begin(), expect.verdict.end(), verdict) != expect.verdict.end();
}

/// A stuck set that memory relieves is a stall where the scenario says that memory comes back.
VerdictKind verdict_of(const analysis::Exploration& found, const models::Scenario& scenario) {
  const bool relieved = found.relieved_by_memory && scenario.memory.recovers_after_s;
  return found.verdict == VerdictKind::deadlock && relieved ? VerdictKind::stall : found.verdict;
}

std::string text_of(const std::string& path) {
  std::ifstream stream(path);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

}  // namespace

TEST(History, EverySchedule) {
  for (const File& file : history()) {
    SCOPED_TRACE(file.stem);
    const models::Expectation& expect = *file.scenario.expect;
    const models::Machine machine = analysis::searched_machine(file.scenario, models::compile(file.program));
    const analysis::Exploration found = analysis::explore(machine, {});
    EXPECT_FALSE(found.error) << *found.error;
    EXPECT_TRUE(expects(expect, verdict_of(found, file.scenario)))
        << to_string(found.verdict) << " " << analysis::to_text(found.bound);
    if (found.verdict != VerdictKind::deadlock) continue;
    const analysis::Replay replayed = analysis::replay(machine, found.witness);
    EXPECT_TRUE(replayed.confirmed) << analysis::to_text(replayed.refusal);
    EXPECT_TRUE(found.fewest_requests);
    if (expect.kind) {
      EXPECT_EQ(to_string(found.stuck.kind), to_string(*expect.kind));
    }
    if (expect.min_requests) {
      EXPECT_EQ(found.requests, *expect.min_requests);
    }
    if (expect.min_faults) {
      EXPECT_EQ(found.faults, *expect.min_faults);
    }
    if (expect.relieved_by_memory) {
      EXPECT_EQ(found.relieved_by_memory, *expect.relieved_by_memory);
    }
    for (const std::string& resource : expect.circle) {
      const std::vector<std::string>& waited = found.stuck.waited_for;
      EXPECT_NE(std::find(waited.begin(), waited.end(), resource), waited.end()) << resource;
    }
  }
}

TEST(History, TheOracleSaysTheSame) {
  for (const File& file : history()) {
    SCOPED_TRACE(file.stem);
    const models::Expectation& expect = *file.scenario.expect;
    const OracleAnswer truth = ask_oracle(file.program);
    ASSERT_TRUE(truth.known);
    EXPECT_FALSE(truth.error) << truth.error_text;
    const bool livelock = expects(expect, VerdictKind::livelock);
    EXPECT_EQ(truth.livelock, livelock);
    if (livelock) continue;
    EXPECT_EQ(truth.stuck, expects(expect, VerdictKind::deadlock) || expects(expect, VerdictKind::stall));
    if (!truth.stuck) {
      EXPECT_TRUE(truth.can_complete);
    }
    if (expect.min_faults) {
      EXPECT_EQ(truth.faults_to_stuck, *expect.min_faults);
    }
  }
}

/// Where all requests are alike, one fewer than claimed is asked as well.
TEST(History, OneRequestFewerIsNotEnough) {
  int asked = 0;
  for (const File& file : history()) {
    const models::Expectation& expect = *file.scenario.expect;
    if (file.program.classes.size() != 1 || expect.min_requests.value_or(0) < 2) continue;
    SCOPED_TRACE(file.stem);
    models::Program fewer = file.program;
    fewer.classes[0].population = fewer.classes[0].total = *expect.min_requests - 1;
    EXPECT_FALSE(ask_oracle(fewer).stuck);
    ++asked;
  }
  EXPECT_GE(asked, 8);
}

TEST(History, ATimedRunDoesNotContradict) {
  for (const File& file : history()) {
    SCOPED_TRACE(file.stem);
    models::Scenario scenario = file.scenario;
    scenario.bounds.events = 20'000;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      analysis::RunOptions options;
      options.engine = analysis::Engine::simulate;
      options.seed = seed;
      options.compare_without_faults = false;
      const analysis::RunReport report = analysis::run_scenario(scenario, options);
      EXPECT_FALSE(report.error) << analysis::error_text(report);
      const bool may_be = report.verdict == VerdictKind::progress || report.verdict == VerdictKind::inconclusive ||
                          expects(*file.scenario.expect, report.verdict);
      EXPECT_TRUE(may_be) << to_string(report.verdict) << ", seed " << seed;
    }
  }
}

TEST(History, BeforeTheFixAndAfter) {
  const std::vector<std::string> roles = {"-before", "-after", "-one-fewer", "-control"};
  std::map<std::string, std::map<std::string, int>> cases;
  for (const File& file : history()) {
    SCOPED_TRACE(file.stem);
    EXPECT_FALSE(file.scenario.origin.empty());
    const auto role = std::find_if(roles.begin(), roles.end(),
                                   [&](const std::string& each) { return file.stem.find(each) != std::string::npos; });
    ASSERT_NE(role, roles.end());
    ++cases[file.stem.substr(0, file.stem.find(*role))][*role];
    const bool progress = file.scenario.expect->verdict == std::vector{VerdictKind::progress};
    if (*role == "-before") {
      EXPECT_FALSE(progress);
    }
    if (*role == "-one-fewer") {
      EXPECT_TRUE(progress);
    }
  }
  for (const auto& [name, files] : cases) {
    SCOPED_TRACE(name);
    EXPECT_EQ(files.count("-before"), files.count("-after"));
    EXPECT_TRUE(files.count("-after") == 1 || files.count("-control") == 1);
  }
}

/// The table: a row per case, "| `case` | files | N* | …", with the least requests of its first file.
TEST(History, TheTableOfTheFolderIsUpToDate) {
  const std::string readme = text_of(folder + "/README.md");
  std::map<std::string, std::vector<std::string>> rows;
  std::istringstream lines(readme);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("| `", 0) != 0) continue;
    std::vector<std::string> cells;
    std::istringstream parts(line.substr(1));
    for (std::string cell; std::getline(parts, cell, '|');) {
      const std::size_t begin = cell.find_first_not_of(" `"), end = cell.find_last_not_of(" `");
      cells.push_back(begin == std::string::npos ? "" : cell.substr(begin, end - begin + 1));
    }
    ASSERT_GE(cells.size(), 5U) << line;
    rows[cells[0]] = cells;
  }
  std::map<std::string, std::set<std::string>> written;
  for (const auto& [name, cells] : rows) {
    std::istringstream parts(cells[1]);
    for (std::string part; parts >> part;) written[name].insert(part.substr(0, part.find(',')));
  }
  for (const File& file : history()) {
    SCOPED_TRACE(file.stem);
    std::string longest;
    for (const auto& [name, cells] : rows) {
      if (file.stem.rfind(name + "-", 0) == 0 && name.size() > longest.size()) longest = name;
    }
    ASSERT_FALSE(longest.empty()) << "no row in README.md";
    const std::string suffix = file.stem.substr(longest.size() + 1);
    EXPECT_EQ(written[longest].erase(suffix), 1U) << "not in the row: " << suffix;
    const auto least = file.scenario.expect->min_requests;
    if (least && (suffix == "before" || suffix == "before-1")) {
      EXPECT_EQ(rows[longest][2], std::to_string(*least));
    }
  }
  for (const auto& [name, left] : written) {
    for (const std::string& suffix : left) ADD_FAILURE() << "no file " << name << "-" << suffix;
  }
}

}  // namespace dmstall::tests
