// The first screen of `dmstall run`: what it says of the seed, and that it is one screen for every shipped scenario.
#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <vector>

#include "analysis/report/fold_text.hpp"
#include "analysis/report/labels.hpp"
#include "tests/cli/program_test.hpp"

namespace dmstall::tests {
namespace {

using nlohmann::json;

constexpr std::size_t most_lines = 24, most_columns = 100;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// The label at the beginning of a line; empty: none.
std::string label_of(const std::string& line) {
  static const std::regex label("^  ([A-Z]+)( |$)");
  std::smatch match;
  return std::regex_search(line, match, label) ? match[1].str() : std::string();
}

class FirstScreen : public ProgramTest {
 protected:
  [[nodiscard]] Outcome run(const std::string& arguments) const {
    return dmstall(arguments, std::string("cd ") + DMSTALL_SOURCE_DIR + " && ");
  }
  /// The one report of a JSON document.
  [[nodiscard]] json report(const std::string& arguments) const {
    return json::parse(run("run --format json " + arguments).out).at("runs").at(0);
  }
};

std::string section(const std::string& screen, const std::string& label) {
  std::string text;
  bool inside = false;
  for (const std::string& line : lines_of(screen)) {
    const std::string here = label_of(line);
    if (!here.empty() || line.rfind("RESULT ", 0) == 0) inside = here == label;
    if (inside) text += line + "\n";
  }
  return text;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Which pool, since when, what can be done: without scrolling.
TEST_F(FirstScreen, TheSeedAnswersThreeQuestions) {
  const std::string screen = run("run scenarios/seed/shared-pools.json").out;
  const std::string circle = section(screen, "CIRCLE");
  EXPECT_TRUE(has(circle, "verity.recheck_pool (1 element), shared by upper, lower; upper stands on lower")) << screen;
  const json steps = report("scenarios/seed/shared-pools.json").at("witness");
  std::smatch held;
  ASSERT_TRUE(std::regex_search(circle, held, std::regex("kverityd/upper holds it since step (\\d+)"))) << screen;
  const json& took = steps.at(std::stoul(held[1]) - 1);
  EXPECT_EQ(took.at("step"), std::stoul(held[1]));
  EXPECT_EQ(took.at("who"), "kverityd/upper");
  EXPECT_TRUE(has(took.at("does"), "takes 1 verity.recheck_pool from the reserve")) << took;
  for (const char* function :
       {"wait_for_completion_io < sync_io < dm_io < verity_recheck", "mempool_alloc < verity_recheck"})
    EXPECT_TRUE(has(circle, function)) << function << "\n" << circle;
  EXPECT_TRUE(has(section(screen, "NEEDS"), "1 request in flight, 1 fault, 16 failed allocations (the least)"))
      << screen;
  EXPECT_TRUE(has(section(screen, "DECIDED"), "first write to the chunk")) << screen;
  EXPECT_TRUE(has(section(screen, "ENDS"), "when allocations succeed again")) << screen;
  EXPECT_TRUE(has(section(screen, "REPAIR"), "verity.recheck_pool per device")) << screen;
  EXPECT_TRUE(has(section(screen, "ASSUMED"), "completed_exception of snap (GFP_NOIO)")) << screen;
  EXPECT_TRUE(has(section(screen, "ASSUMED"), "dm-bufio.cached-release")) << screen;
}

/// All shipped scenarios, a few at a time, as their reports.
std::map<std::string, std::string> all_screens(const std::function<Outcome(const std::string&)>& run) {
  std::vector<std::string> files;
  const fs::path root = DMSTALL_SOURCE_DIR;
  for (const auto& entry : fs::recursive_directory_iterator(root / "scenarios")) {
    const std::string path = fs::relative(entry.path(), root).string();
    if (entry.path().extension() != ".json" || has(path, "schema")) continue;
    files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  std::map<std::string, std::string> screens;
  std::string arguments;
  for (const std::string& file : files) arguments += " " + file;
  std::string screen;
  // One invocation: a report ends in its RESULT line; the file stands at the end of its first line, or on the second.
  for (const std::string& line : lines_of(run("run" + arguments).out)) {
    if (line.empty() && screen.empty()) continue;
    screen += line + "\n";
    if (line.rfind("RESULT ", 0) != 0) continue;
    const std::vector<std::string> lines = lines_of(screen);
    for (const std::string& file : files) {
      const bool here = lines.at(0).ends_with("  " + file) || lines.at(1) == "  " + file;
      if (here) screens[file] = screen;
    }
    screen.clear();
  }
  EXPECT_EQ(screens.size(), files.size());
  return screens;
}

TEST_F(FirstScreen, EveryShippedScenarioHasOneScreen) {
  std::set<std::string> known;
  for (const analysis::LabelName& each : analysis::label_names) known.emplace(each.name);
  const auto screens = all_screens([&](const std::string& arguments) { return run(arguments); });
  std::set<std::string> seen, verdicts;
  for (const auto& [file, screen] : screens) {
    SCOPED_TRACE(file + "\n" + screen);
    const std::vector<std::string> lines = lines_of(screen);
    EXPECT_LE(lines.size(), most_lines);
    EXPECT_TRUE(has(lines.at(0), file) || has(lines.at(1), file));
    EXPECT_EQ(lines.back().rfind("RESULT ", 0), 0U);
    verdicts.insert(screen.substr(0, screen.find_first_of(" \n")));
    std::set<std::string> here;
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
      EXPECT_LE(analysis::width_of(lines[i]), most_columns) << lines[i];
      const std::string label = label_of(lines[i]);
      if (label.empty()) continue;
      EXPECT_EQ(known.count(label), 1U) << lines[i];
      EXPECT_TRUE(here.insert(label).second) << label << " stands there twice";
      EXPECT_GT(lines[i].find_last_not_of(' '), 11U) << label << " says nothing";
    }
    seen.insert(here.begin(), here.end());
    for (const char* always : {"ASSUMED", "SEARCHED", "NEXT"}) {
      const bool one_run_alone = has(screen, "COMPLETED") || has(screen, "OPEN");
      if (std::string(always) == "SEARCHED" && one_run_alone) continue;
      EXPECT_EQ(here.count(always), 1U) << always;
    }
    const bool stuck = screen.rfind("DEADLOCK", 0) == 0;
    if (stuck) {
      EXPECT_EQ(here.count("CIRCLE") + here.count("WAITS"), 1U);
      for (const char* needed : {"NEEDS", "ENDS", "REPAIR"}) EXPECT_EQ(here.count(needed), 1U) << needed;
    }
  }
  for (const char* verdict : {"PROGRESS", "DEADLOCK", "STALL", "LIVELOCK", "STARVATION"})
    EXPECT_EQ(verdicts.count(verdict), 1U) << verdict;
  for (const char* label : {"CIRCLE", "WAITS", "ROUND", "STALLED", "PROOF", "EXHAUSTED"})
    EXPECT_EQ(seen.count(label), 1U) << label;
}

// What a reader does not know he can look up.
TEST_F(FirstScreen, TheManualExplainsEveryLabel) {
  const std::string manual = read(fs::path(DMSTALL_SOURCE_DIR) / "analysis" / "REPORT.md");
  for (const analysis::LabelName& each : analysis::label_names)
    EXPECT_TRUE(has(manual, "- **" + std::string(each.name) + "**: ")) << each.name;
  for (const char* column : {"finished", "errors", "MiB/s", "p50", "p99", "lowest", "takes", "reserve", "waits",
                             "polls", "longest", "needs", "kind", "relative", "reserved", "by"})
    EXPECT_TRUE(has(manual, column)) << column;
}

// A step has one number: in the text, in the JSON, in the witness file.
TEST_F(FirstScreen, StepsAreCountedOneWay) {
  for (const char* file : {"scenarios/seed/shared-pools.json", "scenarios/tutorial/02-two-from-one-pool.json",
                           "scenarios/findings/ext4-two-bios-beside-a-commit.json"}) {
    SCOPED_TRACE(file);
    const json one = report(std::string(file) + " --witness " + (folder_ / "w.json").string());
    const json witness = json::parse(read(folder_ / "w.json"));
    const json& steps = one.at("witness");
    ASSERT_GT(steps.size(), 0U);
    for (std::size_t i = 0; i < steps.size(); ++i) EXPECT_EQ(steps[i].at("step"), i + 1);
    EXPECT_EQ(witness.at("moves").size(), steps.size());
    EXPECT_EQ(witness.at("steps"), steps);
    EXPECT_EQ(one.at("search").at("needs").at("steps"), steps.size());
    EXPECT_EQ(witness.at("needs").at("steps"), steps.size());
    const std::string text = run(std::string("run --steps ") + file).out;
    const std::size_t decided = one.at("search").at("point_of_no_return").at("step");
    EXPECT_TRUE(
        has(section(text, "DECIDED"), "step " + std::to_string(decided) + " of " + std::to_string(steps.size())))
        << text;
    EXPECT_TRUE(std::regex_search(text, std::regex("\n +" + std::to_string(decided) + "\\* "))) << text;
    for (const json& thread : one.at("stuck").at("threads")) {
      const std::size_t since = thread.at("since_step");
      ASSERT_GE(since, 1U);
      ASSERT_LE(since, steps.size());
      for (const std::string held : thread.at("held_by")) {
        std::smatch match;
        if (!std::regex_search(held, match, std::regex("since step (\\d+)"))) continue;
        const std::string does = steps.at(std::stoul(match[1]) - 1).at("does");
        EXPECT_TRUE(has(does, "takes") || has(does, "allocates") || has(does, "lock")) << held << ": " << does;
      }
    }
  }
}

// Every number has its line, and the waits in which all ends stand behind the last one.
TEST_F(FirstScreen, StepsHaveALineEachAndEndInTheWaits) {
  const std::string text = run("run --steps scenarios/seed/shared-pools.json").out;
  const std::vector<std::string> lines = lines_of(text.substr(text.find("steps of the witness")));
  std::size_t next = 1, ends = 0;
  for (const std::string& line : lines) {
    if (line.rfind("RESULT ", 0) != 0) {
      EXPECT_LE(analysis::width_of(line), most_columns) << line;
    }
    std::smatch number;
    if (std::regex_search(line, number, std::regex("^ +(\\d+)[ *>] "))) {
      EXPECT_EQ(std::stoul(number[1]), next) << line;
      ++next;
    }
    ends += line.rfind("    end ", 0) == 0 ? 1U : 0U;
  }
  EXPECT_GT(next, 10U);
  EXPECT_EQ(ends, report("scenarios/seed/shared-pools.json").at("stuck").at("threads").size());
}

// What the first screen has no room for.
TEST_F(FirstScreen, DetailsHaveEverybodyAndEverything) {
  const std::string file = "scenarios/seed/shared-pools.json";
  const std::string details = run("run --details " + file).out;
  const json one = report(file);
  const auto names = [&](const json& list, const char* key) {
    for (const json& each : list) EXPECT_TRUE(has(details, each.at(key).get<std::string>())) << each;
  };
  names(one.at("stuck").at("threads"), "who");
  names(one.at("stuck").at("threads"), "waits_for");
  names(one.at("stuck").at("threads"), "functions");
  for (const json& thread : one.at("stuck").at("threads")) {
    for (const std::string held : thread.at("holds")) EXPECT_TRUE(has(details, held)) << held;
    if (!thread.contains("for")) continue;
    for (const std::string held : thread.at("for").at("holds")) EXPECT_TRUE(has(details, held)) << held;
  }
  for (const std::string assumption : one.at("assumptions")) EXPECT_TRUE(has(details, assumption)) << assumption;
  names(one.at("repairs"), "change");
  names(one.at("repairs"), "possible");
  names(one.at("unpooled_allocations"), "function");
  names(one.at("run").at("requests"), "name");
  for (const json& disk : one.at("run").at("disks")) {
    if (disk.at("reads").get<int>() + disk.at("writes").get<int>() > 0) {
      EXPECT_TRUE(has(details, "\n  " + disk.at("name").get<std::string>() + " ")) << disk;
    }
  }
  for (const json& omission : one.at("leaves_out")) {
    if (omission.at("could_matter")) {
      EXPECT_TRUE(has(details, omission.at("id").get<std::string>())) << omission;
    }
  }
  for (const char* table : {"requests  ", "devices  ", "disks  ", "pools  ", "simulated ", "relieved by memory: yes",
                            "kind: circle", "point of no return", "witness of", "without faults: PROVED"})
    EXPECT_TRUE(has(details, table)) << table;
  // The screen stands above the details, and is the same.
  const std::vector<std::string> screen = lines_of(run("run " + file).out), all = lines_of(details);
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(all.at(i), screen.at(i));
  EXPECT_EQ(all.back(), screen.back());
}

// Nobody of a livelock is left out, and the steps that repeat are there.
TEST_F(FirstScreen, ALivelockNamesEverybodyAndItsRound) {
  const std::string file = "scenarios/history/raid5-journal-plug-spin-before.json";
  const std::string screen = run("run " + file).out;
  const std::string round = section(screen, "ROUND");
  const json one = report(file);
  const json& threads = one.at("goes_round").at("threads");
  EXPECT_GT(threads.size(), 1U) << "who waits for the one that goes round is stuck, too";
  for (const json& thread : threads) EXPECT_TRUE(has(round, thread.at("who").get<std::string>())) << screen;
  const std::size_t from = one.at("goes_round").at("round_from_step"), to = one.at("witness").size();
  EXPECT_LE(from, to);
  EXPECT_TRUE(has(round, "steps " + std::to_string(from) + " to " + std::to_string(to) + " repeat")) << screen;
  EXPECT_TRUE(has(section(screen, "ENDS"), "never")) << screen;
}

TEST_F(FirstScreen, AStarvationNamesTheRoundThatOvertakes) {
  const std::string screen = run("run scenarios/history/bulk-waiter-starvation-before.json").out;
  const std::string round = section(screen, "ROUND");
  EXPECT_TRUE(has(round, "bulk")) << screen;
  EXPECT_TRUE(std::regex_search(round, std::regex("steps \\d+ to \\d+ repeat"))) << screen;
}

// The commands below NEXT work when they are pasted.
TEST_F(FirstScreen, NextCommandsWork) {
  for (const char* file : {"scenarios/seed/shared-pools.json", "scenarios/seed/per-device-pools.json",
                           "scenarios/reality/both-bad-all-mempools-shared-both-r16-16readers.json"}) {
    SCOPED_TRACE(file);
    const Outcome first = run(std::string("run --engine explore --seconds 2 ") + file);
    std::string commands = section(first.out, "NEXT");
    commands = std::regex_replace(commands, std::regex("^  NEXT"), "      ");
    commands = std::regex_replace(commands, std::regex("\\\\\n"), " ");
    std::size_t ran = 0;
    for (const std::string& line : lines_of(commands)) {
      const std::size_t at = line.find("dmstall ");
      ASSERT_NE(at, std::string::npos) << line;
      const Outcome again = run(line.substr(at + 8));
      EXPECT_EQ(again.code, first.code) << line << "\n" << again.err;
      EXPECT_GT(again.out.size(), first.out.size()) << line;
      ++ran;
    }
    EXPECT_GT(ran, 0U) << first.out;
  }
}

// One deadlock hides the next: with this one mended the seed has no other, and without the sharing none at all.
TEST_F(FirstScreen, CirclesSaysWhatElseThereIsAndWhetherThatIsAll) {
  const json circles = report("--circles scenarios/seed/shared-pools.json").at("circles");
  ASSERT_GE(circles.at("found").size(), 1U);
  EXPECT_EQ(circles.at("found").at(0).at("circle"), json::array({"verity.recheck_pool"}));
  EXPECT_EQ(circles.at("found").at(0).at("without_sharing_and_changes"), "gone");
  EXPECT_EQ(circles.at("end"), "all");
  EXPECT_FALSE(report("scenarios/seed/shared-pools.json").contains("circles"));
}

/// Two tasks in a circle of a and b, and two others in one of c and d: neither search nor report stops at the first.
TEST_F(FirstScreen, CirclesFindsAnIndependentSecondOne) {
  const std::string file = write("two.json", R"({
    "format": 1, "name": "two-circles",
    "resources": {"a": {"mempool": 1}, "b": {"mempool": 1}, "c": {"mempool": 1}, "d": {"mempool": 1}},
    "tasks": [
      {"name": "ab", "steps": [{"take": "a"}, {"take": "b"}, {"give": "b"}, {"give": "a"}]},
      {"name": "ba", "steps": [{"take": "b"}, {"take": "a"}, {"give": "a"}, {"give": "b"}]},
      {"name": "cd", "steps": [{"take": "c"}, {"take": "d"}, {"give": "d"}, {"give": "c"}]},
      {"name": "dc", "steps": [{"take": "d"}, {"take": "c"}, {"give": "c"}, {"give": "d"}]}],
    "memory": {"allocator": "exhausted", "freed_by": "nothing"}})")
                               .string();
  const json one = report("--circles " + file);
  ASSERT_TRUE(one.contains("circles")) << one;
  std::set<std::set<std::string>> found;
  for (const json& each : one.at("circles").at("found")) {
    EXPECT_TRUE(each.at("behind").empty()) << each << " stands as the scenario is";
    found.insert(each.at("circle").get<std::set<std::string>>());
  }
  EXPECT_EQ(found, (std::set<std::set<std::string>>{{"a", "b"}, {"c", "d"}})) << one.at("circles");
  EXPECT_EQ(one.at("circles").at("end"), "all");
}

/// One task that wants two of one a, and then two of one b: nobody comes to b while there is one a.
TEST_F(FirstScreen, CirclesFindsOneThatIsHiddenBehindAnother) {
  const std::string file = write("hidden.json", R"({
    "format": 1, "name": "hidden", "resources": {"a": {"mempool": 1}, "b": {"mempool": 1}},
    "tasks": [{"name": "t", "steps": [{"take": "a"}, {"take": "a"}, {"take": "b"}, {"take": "b"},
                                      {"give": "b"}, {"give": "b"}, {"give": "a"}, {"give": "a"}]}],
    "memory": {"allocator": "exhausted", "freed_by": "nothing"}})")
                               .string();
  const json circles = report("--circles " + file).at("circles");
  ASSERT_EQ(circles.at("found").size(), 2U) << circles;
  EXPECT_EQ(circles.at("found").at(0).at("circle"), json::array({"a"}));
  EXPECT_TRUE(circles.at("found").at(0).at("behind").empty());
  EXPECT_EQ(circles.at("found").at(1).at("circle"), json::array({"b"}));
  EXPECT_EQ(circles.at("found").at(1).at("behind"), json::array({"a"}));
  EXPECT_EQ(circles.at("end"), "all");
}

}  // namespace
}  // namespace dmstall::tests
