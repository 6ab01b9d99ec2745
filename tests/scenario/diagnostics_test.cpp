// How mistakes are printed, and that all of them are.
#include <algorithm>

#include "models/machine/verdict.hpp"
#include "models/scenario/schema.hpp"
#include "models/scenario/suggestion.hpp"
#include "tests/scenario/reading.hpp"

namespace dmstall::models {
namespace {

std::string printed(const std::string& text) {
  return format_diagnostics(read_scenario_text(text, "x.json").diagnostics);
}

TEST(Diagnostics, AllMistakesAtOnceInFileOrder) {
  EXPECT_EQ(printed("{ \"format\": 1,\n"
                    "  \"kernel\": {\"cpu\": 8},\n"
                    "  \"devices\": [{\"name\": \"v\", \"target\": \"verity\", \"data\": \"ufs\", \"hash\": \"v\"}],\n"
                    "\t\"faults\": [{\"devcie\": \"v\", \"fault\": \"bad_block\"}],\n"
                    "  \"workload\": [{\"write\": \"v\"}] }\n"),
            "x.json:2:14: error: unknown key \"cpu\" in \"kernel\"; did you mean \"cpus\"?\n"
            "    2 |   \"kernel\": {\"cpu\": 8},\n"
            "      |              ^~~~~\n"
            "x.json:3:57: error: no device is called \"ufs\"\n"
            "    3 |   \"devices\": [{\"name\": \"v\", \"target\": \"verity\", \"data\": \"ufs\", \"hash\": \"v\"}],\n"
            "      |                                                         ^~~~~\n"
            "x.json:3:72: error: device \"v\" stands on itself\n"
            "    3 |   \"devices\": [{\"name\": \"v\", \"target\": \"verity\", \"data\": \"ufs\", \"hash\": \"v\"}],\n"
            "      |                                                                        ^~~\n"
            "x.json:4:13: error: missing key \"device\" in a bad_block\n"
            "    4 | \t\"faults\": [{\"devcie\": \"v\", \"fault\": \"bad_block\"}],\n"
            "      | \t           ^\n"
            "x.json:4:14: error: unknown key \"devcie\" in a fault; did you mean \"device\"?\n"
            "    4 | \t\"faults\": [{\"devcie\": \"v\", \"fault\": \"bad_block\"}],\n"
            "      | \t            ^~~~~~~~\n"
            "x.json:5:26: error: device \"v\" cannot be written: verity is read-only\n"
            "    5 |   \"workload\": [{\"write\": \"v\"}] }\n"
            "      |                          ^~~\n");
}

TEST(Diagnostics, ColumnsCountCodePoints) {
  EXPECT_EQ(
      printed(
          "{\"format\": 1, \"about\": \"größer – ok\", \"nam\": \"x\", \"tasks\": [{\"name\": \"t\", \"steps\": []}]}"),
      "x.json:1:39: error: unknown key \"nam\" in a scenario; did you mean \"name\"?\n"
      "    1 | {\"format\": 1, \"about\": \"größer – ok\", \"nam\": \"x\", \"tasks\": [{\"name\": \"t\", \"steps\": "
      "[]}]}\n"
      "      |                                       ^~~~~\n");
}

TEST(Diagnostics, WindowsLineEnds) {
  EXPECT_EQ(printed("{\"format\": 1,\r\n \"nam\": \"x\",\r\n \"tasks\": [{\"name\": \"t\", \"steps\": []}]}\r\n"),
            "x.json:2:2: error: unknown key \"nam\" in a scenario; did you mean \"name\"?\n"
            "    2 |  \"nam\": \"x\",\n"
            "      |  ^~~~~\n");
}

TEST(Diagnostics, VeryLongLinesAreClipped) {
  const std::string filler(100000, 'x');
  const std::string text =
      "{\"format\": 1, \"about\": \"" + filler + "\", \"nam\": \"x\", \"origin\": \"" + filler + "\"}";
  const ReadResult result = read_scenario_text(text, "x.json");
  ASSERT_EQ(result.diagnostics.size(), 2U);
  const Diagnostic& unknown = result.diagnostics[1];
  EXPECT_EQ(unknown.column, 100028);
  EXPECT_LT(unknown.source_line.size(), 150U);
  EXPECT_EQ(unknown.source_line.rfind("…", 0), 0U);
  // The caret stands below the key: the ellipsis is one column and three bytes.
  EXPECT_EQ(unknown.caret_line.find('^') + 2, unknown.source_line.find("\"nam\""));
}

TEST(Diagnostics, ControlCharactersDoNotReachTheTerminal) {
  const std::string message = printed("{\"format\": 1, \"a\\u001b[31m\": 1, \x1b[0m");
  EXPECT_EQ(message.find('\x1b'), std::string::npos) << message;
}

TEST(Diagnostics, NotUtf8) {
  EXPECT_EQ(messages_of(read_scenario_text("{\"name\":\n \"\xff\"}", "x.json")),
            std::vector<std::string>{"2:3: error: the file is not UTF-8"});
  EXPECT_EQ(messages_of(read_scenario_text("{\"name\": \"\xc0\xaf\"}", "x.json")),
            std::vector<std::string>{"1:11: error: the file is not UTF-8"});
  EXPECT_EQ(messages_of(read_scenario_text("{\"name\": \"\xed\xa0\x80\"}", "x.json")),
            std::vector<std::string>{"1:11: error: the file is not UTF-8"});
  EXPECT_EQ(messages_of(read_scenario_text(std::string("{}\0", 3), "x.json")),
            std::vector<std::string>{"1:3: error: the file holds a NUL byte"});
}

TEST(Diagnostics, DeepNesting) {
  const std::string deep(100000, '[');
  EXPECT_EQ(messages_of(read_scenario_text(deep, "x.json")),
            std::vector<std::string>{"1:201: error: nested deeper than 200 levels"});
  std::string steps;
  for (int i = 0; i < 50000; ++i) steps += "{\"forever\": [";
  EXPECT_EQ(messages_of(read_scenario_text("{\"tasks\": [" + steps, "x.json")).size(), 1U);
}

TEST(Diagnostics, ManyMistakesAreCounted) {
  std::string text = "{\"format\": 1, \"devices\": [{\"name\": \"d\", \"target\": \"disk\"}], \"workload\": [";
  for (int i = 0; i < 3000; ++i) text += std::string(i > 0 ? ",\n" : "") + "{\"read\": \"e\"}";
  const ReadResult result = read_scenario_text(text + "]}", "x.json");
  ASSERT_EQ(result.diagnostics.size(), 1001U);
  EXPECT_EQ(result.diagnostics.back().message, "2000 more mistakes are not listed");
}

TEST(Diagnostics, Nearest) {
  const std::vector<std::string> words = {"read_lock", "write_lock", "take", "give", "latency_us", "a"};
  EXPECT_EQ(nearest("raed_lock", words), "read_lock");
  EXPECT_EQ(nearest("tak", words), "take");
  EXPECT_EQ(nearest("Take", words), "take");
  EXPECT_EQ(nearest("latency", words), "latency_us");
  EXPECT_EQ(nearest("b", words), "") << "one letter for another is no guess";
  EXPECT_EQ(nearest("something_else", words), "");
  EXPECT_EQ(edit_distance("abc", "acb", 5), 1);
  EXPECT_EQ(edit_distance("abc", "", 5), 3);
  EXPECT_EQ(edit_distance("abcdef", "x", 2), 3) << "more than the limit";
}

TEST(Schema, DescribesEveryTargetAndVerb) {
  const std::string schema = scenario_schema();
  EXPECT_EQ(schema, scenario_schema());
  for (const char* text :
       {"https://json-schema.org/draft/2020-12/schema", "\"await_children\"", "\"snapshot_cow_threshold\"",
        "\"allocated_chunks\"", "\"swap_out\"", "\"recovers_after_s\"", "\"additionalProperties\": false"}) {
    EXPECT_NE(schema.find(text), std::string::npos) << text;
  }
  EXPECT_EQ(schema.find("\"striped\",\n            \"description\""), std::string::npos);
}

TEST(Verdict, NamesAndCodes) {
  for (const VerdictKind kind : {VerdictKind::progress, VerdictKind::deadlock, VerdictKind::stall,
                                 VerdictKind::livelock, VerdictKind::starvation, VerdictKind::inconclusive}) {
    EXPECT_EQ(verdict_from(to_string(kind)), kind);
  }
  for (const DeadlockKind kind : {DeadlockKind::circle, DeadlockKind::self, DeadlockKind::too_small,
                                  DeadlockKind::empty_reserve, DeadlockKind::lost_wakeup, DeadlockKind::order}) {
    EXPECT_EQ(deadlock_kind_from(to_string(kind)), kind);
  }
  EXPECT_EQ(verdict_from("deadlock"), std::nullopt);
  EXPECT_EQ(exit_code(VerdictKind::progress), ExitCode::progress);
  EXPECT_EQ(exit_code(VerdictKind::deadlock), ExitCode::deadlock);
  EXPECT_EQ(exit_code(VerdictKind::stall), ExitCode::stall);
  EXPECT_EQ(exit_code(VerdictKind::livelock), ExitCode::livelock_or_starvation);
  EXPECT_EQ(exit_code(VerdictKind::starvation), ExitCode::livelock_or_starvation);
  EXPECT_EQ(exit_code(VerdictKind::inconclusive), ExitCode::inconclusive);
  const std::vector<int> by_severity = {70, 21, 65, 64, 10, 12, 11, 20, 66, 130, 1, 0};
  for (std::size_t i = 0; i + 1 < by_severity.size(); ++i) {
    const auto worse = static_cast<ExitCode>(by_severity[i]);
    const auto better = static_cast<ExitCode>(by_severity[i + 1]);
    EXPECT_EQ(more_severe(worse, better), worse);
    EXPECT_EQ(more_severe(better, worse), worse);
  }
}

}  // namespace
}  // namespace dmstall::models
