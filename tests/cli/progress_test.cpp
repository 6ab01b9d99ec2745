// What a terminal shows while a command works, through a pseudo terminal: one line that fits, rows as they finish, and
// in the end nothing but the result.
#include "analysis/cli/progress.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <regex>
#include <string>

#include "tests/cli/program_test.hpp"
#include "tests/cli/terminal.hpp"

namespace dmstall::tests {

namespace {

class ProgressTest : public ProgramTest {
 protected:
  /// A scenario that is never read to its end: a pipe without a writer.
  [[nodiscard]] std::string hang(const std::string& name = "hang.json") const {
    fs::create_directories(folder_);
    EXPECT_EQ(::mkfifo((folder_ / name).c_str(), 0600), 0);
    return (folder_ / name).string();
  }
  [[nodiscard]] static OnTerminal shown(const std::string& arguments, std::size_t columns = 80,
                                        bool stdout_too = false) {
    return on_terminal(std::string(DMSTALL_PROGRAM) + " " + arguments, columns, 24, stdout_too);
  }
};

std::size_t times(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

/// A search of some seconds: two threads over pools that are taken and given in every order.
constexpr const char* large_search = R"({
  "format": 1, "name": "large",
  "resources": { "a": { "mempool": 3 }, "b": { "mempool": 3 }, "c": { "mempool": 3 }, "d": { "mempool": 3 } },
  "tasks": [
    { "name": "t", "count": 40, "steps": [
      { "choose": { "x": [ { "take": "a" }, { "take": "b" }, { "spend_us": 1 }, { "give": "b" }, { "give": "a" } ],
                    "y": [ { "take": "b" }, { "take": "c" }, { "spend_us": 1 }, { "give": "c" }, { "give": "b" } ],
                    "z": [ { "take": "c" }, { "take": "d" }, { "spend_us": 1 }, { "give": "d" },
                            { "give": "c" } ] } } ] } ],
  "memory": { "allocator": "exhausted", "freed_by": "nothing" } })";

}  // namespace

TEST_F(ProgressTest, ACheckSaysHowManyAreDoneAndGoesAwayAtTheEnd) {
  const std::string file = hang();
  const OnTerminal check = shown("check --timeout 4 " + scenario("tutorial/01-opposite-orders.json") + " " + file);
  EXPECT_EQ(check.code, 1);
  Screen screen(80);
  screen.take(check.terminal);
  EXPECT_TRUE(screen.saw("check: 1 of 2 scenarios")) << check.terminal;
  EXPECT_TRUE(screen.saw(", 3 s")) << "the line goes on while nothing ends: " << check.terminal;
  EXPECT_FALSE(screen.saw(", 1 s")) << "it appears after two seconds";
  EXPECT_LE(screen.widest(), 79U);
  EXPECT_TRUE(screen.lines().empty()) << check.terminal;
  EXPECT_EQ(screen.unknown(), "");
  EXPECT_NE(check.out.find("1 passed, 1 failed"), std::string::npos) << check.out;
}

TEST_F(ProgressTest, ARunSaysWhatItIsAboutAndWhatEndsIt) {
  const OnTerminal run = shown("run --timeout 4 " + hang());
  EXPECT_EQ(run.code, 20);
  Screen screen(80);
  screen.take(run.terminal);
  EXPECT_TRUE(screen.saw("hang.json")) << run.terminal;
  EXPECT_TRUE(screen.saw(" s of at most 4 s")) << run.terminal;
  EXPECT_LE(screen.widest(), 79U);
  for (const std::string& line : screen.lines())
    EXPECT_EQ(line.find(" s of at most "), std::string::npos) << "the line of a process that was ended stays: " << line;
}

TEST_F(ProgressTest, ASearchSaysItsStatesAndTheirBound) {
  const fs::path file = write("large.json", large_search);
  const OnTerminal run = shown("run --engine explore --no-reduce all --timeout 6 " + file.string());
  Screen screen(80);
  screen.take(run.terminal);
  const bool states = std::any_of(screen.seen().begin(), screen.seen().end(), [](const std::string& line) {
    return std::regex_search(line, std::regex("[0-9] requests?: [0-9.]+( [kMG])? of 5\\.0 M states, "));
  });
  EXPECT_TRUE(states) << run.terminal;
  EXPECT_LE(screen.widest(), 79U);
}

TEST_F(ProgressTest, SeveralFilesAreCounted) {
  const OnTerminal run = shown("run --timeout 3 " + scenario("tutorial/01-opposite-orders.json") + " " + hang());
  Screen screen(80);
  screen.take(run.terminal);
  EXPECT_TRUE(screen.saw("hang.json")) << run.terminal;
  EXPECT_TRUE(std::any_of(screen.seen().begin(), screen.seen().end(), [](const std::string& line) {
    return line.rfind("2 of 2, ", 0) == 0 || line.rfind("...", 0) == 0;
  })) << run.terminal;
}

TEST_F(ProgressTest, WhatComputesInTheProcessItselfSaysIt) {
  for (const char* verb : {"show", "export --promela", "verify", "replay"}) {
    const OnTerminal outcome =
        shown(std::string(verb) + " --timeout 3.2 " + hang(std::string(1, *verb) + verb[1] + ".json"));
    EXPECT_EQ(outcome.code, 20) << verb;
    Screen screen(80);
    screen.take(outcome.terminal);
    EXPECT_TRUE(screen.saw(" s of at most 3 s")) << verb << ": " << outcome.terminal;
    for (const std::string& line : screen.seen())
      EXPECT_TRUE(line.size() < 80 || line.find(" s of at most ") == std::string::npos) << line;
  }
}

TEST_F(ProgressTest, ANarrowTerminalIsNotOverrun) {
  const std::string file = hang("a-scenario-with-a-name-that-is-longer-than-the-terminal-is-wide.json");
  for (const std::size_t columns : {20U, 40U}) {
    const OnTerminal check = shown("check --timeout 3.2 " + file, columns);
    Screen screen(columns);
    screen.take(check.terminal);
    EXPECT_FALSE(screen.seen().empty()) << columns;
    EXPECT_LT(screen.widest(), columns) << check.terminal;
    const OnTerminal run = shown("run --timeout 3.2 " + file, columns);
    for (const std::string& line : [&] {
           Screen all(columns);
           all.take(run.terminal);
           return all.seen();
         }()) {
      const bool is_progress = line.find(" s of at most ") != std::string::npos;
      EXPECT_TRUE(!is_progress || line.size() < columns) << line;
    }
  }
}

TEST_F(ProgressTest, SizesStandThereAsTheyFinishAndTheTableComesOnce) {
  const fs::path file = write("large.json", large_search);
  const std::string arguments = "size --pool a --range 1..3 -j1 --engine explore --timeout 1.5 " + file.string();
  const OnTerminal size = shown(arguments, 80, true);
  Screen screen(80);
  screen.take(size.terminal);
  EXPECT_TRUE(screen.saw("size 1  ")) << size.terminal;
  EXPECT_TRUE(screen.saw("size 2  ")) << size.terminal;
  EXPECT_TRUE(screen.saw(" of 3 sizes")) << size.terminal;
  // What is left is the table, once.
  std::string left;
  for (const std::string& line : screen.lines()) left += line + "\n";
  EXPECT_EQ(times(left, "size 1  "), 0U) << left;
  EXPECT_EQ(times(left, "SIZED  "), 1U) << left;
  EXPECT_EQ(times(left, "RESULT large SIZED"), 1U) << left;
  EXPECT_EQ(left.rfind("SIZED  ", 0), 0U) << left;
}

TEST_F(ProgressTest, RowsOfAComparisonToo) {
  const fs::path file = write("large.json", large_search);
  const OnTerminal compare =
      shown("compare --vary resources.a.mempool=1..3 --engine explore -j1 --timeout 1.5 " + file.string());
  Screen screen(80);
  screen.take(compare.terminal);
  EXPECT_TRUE(screen.saw("#1  resources.a.mempool=1  ")) << compare.terminal;
  EXPECT_TRUE(screen.saw("of 3 runs, ")) << compare.terminal;
  EXPECT_LE(screen.widest(), 79U);
  EXPECT_TRUE(screen.lines().empty()) << compare.terminal;
  EXPECT_EQ(times(compare.out, "COMPARED  "), 1U);
  EXPECT_EQ(times(compare.out, "#1  "), 0U) << "rows are of the terminal";
}

TEST_F(ProgressTest, NothingWithoutATerminal) {
  const std::string file = hang();
  EXPECT_EQ(dmstall("check --timeout 3 " + file).err, "");
  const fs::path large = write("large.json", large_search);
  EXPECT_EQ(dmstall("size --pool a --range 1..2 -j1 --engine explore --timeout 1.5 " + large.string()).err, "");
}

TEST_F(ProgressTest, WhatIsShortIsQuiet) {
  const OnTerminal run = shown("run --engine explore " + scenario("tutorial/01-opposite-orders.json"));
  EXPECT_EQ(run.code, 10);
  EXPECT_EQ(run.terminal, "");
}

TEST_F(ProgressTest, ALineLosesTheBeginningOfItsLabelFirst) {
  using analysis::fitted_line;
  EXPECT_EQ(fitted_line("a.json", "3 of 5 runs", 80), "a.json: 3 of 5 runs");
  EXPECT_EQ(fitted_line("scenarios/seed/shared-pools.json", "3 of 5 runs", 30), "...red-pools.json: 3 of 5 runs");
  EXPECT_EQ(fitted_line("scenarios/seed/shared-pools.json", "3 of 5 runs", 8), "3 of 5 r");
  EXPECT_EQ(fitted_line("", "3 of 5 runs", 80), "3 of 5 runs");
  EXPECT_EQ(fitted_line("äöü", "é", 6), "äöü: é");
  for (std::size_t columns = 0; columns < 60; ++columns) {
    const std::string line =
        fitted_line("scenarios/ä/shared-pools.json", "12 of 85 scenarios, about 40 s left", columns);
    EXPECT_LE(std::count_if(line.begin(), line.end(),
                            [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }),
              static_cast<std::ptrdiff_t>(columns))
        << line;
  }
}

TEST_F(ProgressTest, LargeNumbersAreRough) {
  EXPECT_EQ(analysis::rough(999), "999");
  EXPECT_EQ(analysis::rough(9'999), "9999");
  EXPECT_EQ(analysis::rough(350'000), "350 k");
  EXPECT_EQ(analysis::rough(1'234'567), "1.2 M");
  EXPECT_EQ(analysis::rough(2e9), "2.0 G");
}

}  // namespace dmstall::tests
