// Deadlocks of unmodified code: every file is in the folder's table, and the search of every schedule finds what the
// table and the file say is the least that leads there.
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
#include "models/machine/compile.hpp"
#include "models/targets/build.hpp"
#include "tests/scenarios/folder.hpp"

namespace dmstall::tests {

namespace {

using models::VerdictKind;

const std::string folder = std::string(DMSTALL_SOURCE_DIR) + "/scenarios/findings";
constexpr std::size_t fewest_files = 38;

/// "| `finding` | what | targets | code | requests | faults | failures | r, concurrency | relieved | seen | beside it
/// |"
struct Row {
  std::string requests, faults, failures, relieved, seen;
  std::set<std::string> beside;
};

std::map<std::string, models::Scenario> findings(const std::string& release) {
  return scenarios_of(folder, fewest_files, release);
}

std::map<std::string, Row> table() {
  std::map<std::string, Row> rows;
  std::ifstream readme(folder + "/README.md");
  for (std::string line; std::getline(readme, line);) {
    if (line.rfind("| `", 0) != 0) continue;
    std::vector<std::string> cells;
    std::istringstream parts(line.substr(1));
    for (std::string cell; std::getline(parts, cell, '|');) {
      const std::size_t begin = cell.find_first_not_of(" `"), end = cell.find_last_not_of(" `");
      cells.push_back(begin == std::string::npos ? "" : cell.substr(begin, end - begin + 1));
    }
    if (cells.size() == 4) continue;  // the table of releases
    if (cells.size() != 11) {
      ADD_FAILURE() << cells.size() << " cells: " << line;
      continue;
    }
    Row row{cells[4], cells[5], cells[6], cells[8], cells[9], {}};
    std::istringstream beside(cells[10]);
    for (std::string name; beside >> name;) {
      std::erase_if(name, [](char c) { return c == '`' || c == ','; });
      if (!name.empty() && name != "–") row.beside.insert(name);
    }
    EXPECT_TRUE(rows.emplace(cells[0], row).second) << "two rows for " << cells[0];
  }
  return rows;
}

/// "| `finding` | yes | no | why |", a column for each release.
std::map<std::string, std::vector<bool>> release_table() {
  std::map<std::string, std::vector<bool>> rows;
  std::ifstream readme(folder + "/README.md");
  for (std::string line; std::getline(readme, line);) {
    if (line.rfind("| `", 0) != 0 || std::count(line.begin(), line.end(), '|') != 5) continue;
    std::istringstream words(line);
    std::string name, word;
    words >> word >> name;
    std::erase(name, '`');
    std::vector<bool> stands;
    for (std::size_t i = 0; i < models::releases().size(); ++i) {
      words >> word >> word;
      EXPECT_TRUE(word == "yes" || word == "no") << line;
      stands.push_back(word == "yes");
    }
    EXPECT_TRUE(rows.emplace(name, stands).second) << "two rows for " << name;
  }
  return rows;
}

bool is_finding(const models::Scenario& scenario) {
  return scenario.expect && std::find(scenario.expect->verdict.begin(), scenario.expect->verdict.end(),
                                      VerdictKind::progress) == scenario.expect->verdict.end();
}

}  // namespace

TEST(Findings, EveryFileIsInTheTableAndEveryRowHasItsFile) {
  const std::map<std::string, models::Scenario> files = findings("");
  std::set<std::string> named;
  for (const auto& [stem, row] : table()) {
    SCOPED_TRACE(stem);
    ASSERT_TRUE(files.count(stem));
    named.insert(stem);
    for (const std::string& beside : row.beside) {
      EXPECT_TRUE(files.count(beside)) << "no file " << beside;
      named.insert(beside);
    }
    EXPECT_FALSE(row.seen.empty());
  }
  for (const auto& [stem, scenario] : files) {
    EXPECT_TRUE(named.count(stem)) << stem << " is not in README.md";
    EXPECT_NE(scenario.origin.find("not reported upstream"), std::string::npos) << stem;
  }
}

TEST(Findings, EveryRowSaysOnWhichReleaseItStands) {
  const auto rows = release_table();
  std::set<std::string> standing;
  for (std::size_t i = 0; i < models::releases().size(); ++i) {
    const std::string release(models::releases()[i].name);
    const auto files = findings(release);
    for (const auto& [stem, row] : table()) {
      SCOPED_TRACE(stem + " on " + release);
      const auto said = rows.find(stem);
      ASSERT_NE(said, rows.end());
      EXPECT_EQ(said->second[i], is_finding(files.at(stem)));
      if (said->second[i]) standing.insert(stem);
    }
  }
  EXPECT_EQ(rows.size(), table().size());
  EXPECT_EQ(standing.size(), table().size());  // each is one on some release
}

TEST(Findings, EverySchedule) {
  int searched = 0;
  const std::map<std::string, Row> rows = table();
  std::set<std::string> seen;
  for (const models::ModelledRelease& release : models::releases()) {
    for (const auto& [stem, scenario] : findings(std::string(release.name))) {
      SCOPED_TRACE(stem + " on " + std::string(release.name));
      const models::Expectation& expect = *scenario.expect;
      if (!is_finding(scenario) || expect.engine == "simulate") continue;
      const auto row = rows.find(stem);
      // A row of another finding shows this file, or its figures are those of an older release.
      if (row == rows.end() || !seen.insert(stem).second) continue;
      const models::Machine machine =
          analysis::searched_machine(scenario, models::compile(models::build_program(scenario)));
      const analysis::Exploration found = analysis::explore(machine, {});
      ASSERT_EQ(found.verdict, VerdictKind::deadlock) << analysis::to_text(found.bound);
      const analysis::Replay replayed = analysis::replay(machine, found.witness);
      EXPECT_TRUE(replayed.confirmed) << analysis::to_text(replayed.refusal);
      EXPECT_TRUE(found.fewest_requests && found.least);
      ASSERT_TRUE(expect.kind && expect.min_requests && expect.min_faults && expect.relieved_by_memory &&
                  !expect.circle.empty());
      EXPECT_EQ(found.stuck.kind, *expect.kind);
      EXPECT_EQ(found.requests, *expect.min_requests);
      EXPECT_EQ(found.faults, *expect.min_faults);
      EXPECT_EQ(found.relieved_by_memory, *expect.relieved_by_memory);
      EXPECT_EQ(row->second.requests, std::to_string(found.requests));
      EXPECT_EQ(row->second.faults, std::to_string(found.faults));
      EXPECT_EQ(row->second.failures, std::to_string(found.failures));
      EXPECT_EQ(row->second.relieved, found.relieved_by_memory ? "yes" : "no");
      ++searched;
    }
  }
  EXPECT_GE(searched, 14);
}

}  // namespace dmstall::tests
