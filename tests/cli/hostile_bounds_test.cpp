// Files that would take for ever or all of the memory: every verb ends with a verdict or names the bound that ended it.
//
// The kinds come from trials with a time limit around the program: stacked verity on one disk made the prover try four
// times as many ways with every level, linear devices with two segments each double the ways down, and so on.
#include <fmt/format.h>

#include <chrono>
#include <string>

#include "tests/cli/program_test.hpp"

namespace dmstall::tests {

namespace {

std::string stacked_verity(int levels, int in_flight = 2) {
  std::string text =
      R"({"format": 1, "memory": {"allocator": "adversary"}, "faults": "any", "devices": [{"name": "x0",
          "target": "disk"})";
  for (int i = 1; i <= levels; ++i)
    text += fmt::format(
        R"(, {{"name": "x{0}", "target": "verity", "data": "x{1}", "hash": "x{1}", "on_corruption": "ignore",
            "data_blocks": 1024}})",
        i, i - 1);
  return text + fmt::format(R"(], "workload": [{{"read": "x{}", "count": 8, "in_flight": {}}}]}})", levels, in_flight);
}

std::string fanned_linear(int levels) {
  std::string text = R"({"format": 1, "faults": [], "devices": [{"name": "x0", "target": "disk"})";
  for (int i = 1; i <= levels; ++i) {
    text += fmt::format(
        R"(, {{"name": "x{0}", "target": "linear", "segments": [{{"to": "x{1}", "size_mib": 64}}, {{"to": "x{1}",
            "size_mib": 64, "start_mib": 64}}]}})",
        i, i - 1);
  }
  return text + fmt::format(R"(], "workload": [{{"read": "x{}", "count": 8, "in_flight": 4}}]}})", levels);
}

/// Every choice doubles what follows of a block that parks.
std::string doubling_block(int choices) {
  std::string block;
  for (int i = 0; i < choices; ++i) block += R"({"choose": {"x": [{"spawn": "c", "park": true}], "y": []}}, )";
  return fmt::format(
      R"({{"format": 1, "resources": {{"a": {{"mempool": 1}}}}, "tasks": [{{"name": "t",
          "steps": [{{"submit_bio": [{}{{"spawn": "c", "park": true}}]}}]}},
                         {{"name": "c", "start": false, "steps": [{{"take": "a"}}, {{"give": "a"}}]}}]}})",
      block);
}

const char* const endless_children =
    R"({"format": 1, "resources": {"a": {"mempool": 1}}, "tasks": [{"name": "t",
        "steps": [{"forever": [{"spawn": "c"}]}]},
    {"name": "c", "start": false, "steps": [{"take": "a"}, {"give": "a"}]}]})";

const char* const much_in_flight =
    R"({"format": 1, "devices": [{"name": "d", "target": "disk"}], "workload": [{"read": "d", "count": 1000000000000,
        "in_flight": 1000000}]})";

class Bounds : public ProgramTest {
 protected:
  struct Timed {
    Outcome outcome;
    double seconds;
  };
  Timed timed(const std::string& arguments) const {
    const auto begun = std::chrono::steady_clock::now();
    Outcome outcome = dmstall(arguments);
    return {std::move(outcome), std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count()};
  }
  static bool is_an_answer(int code) {
    return code == 0 || code == 10 || code == 11 || code == 12 || code == 20 || code == 65;
  }
};

}  // namespace

TEST_F(Bounds, ARunEndsInItsTime) {
  constexpr double slack_s = 3;  // starting, ending, a machine with other things to do
  const std::pair<const char*, std::string> files[] = {{"verity", stacked_verity(12)},
                                                       {"linear", fanned_linear(32)},
                                                       {"block", doubling_block(40)},
                                                       {"children", endless_children},
                                                       {"much", much_in_flight}};
  for (const auto& [name, text] : files) {
    SCOPED_TRACE(name);
    const std::string file = write(std::string(name) + ".json", text).string();
    for (const char* verb : {"run --timeout 3 --format json ", "size --wall 3 --pool a -j1 ", "show --timeout 3 ",
                             "export --promela --timeout 3 ", "check --timeout 3 "}) {
      SCOPED_TRACE(verb);
      const Timed ran = timed(verb + file);
      EXPECT_LT(ran.seconds, 3 + slack_s) << ran.outcome.err;
      if (std::string(verb).starts_with("check")) {
        EXPECT_TRUE(is_an_answer(ran.outcome.code) || ran.outcome.code == 1) << ran.outcome.code << ran.outcome.out;
      } else {
        EXPECT_TRUE(is_an_answer(ran.outcome.code) || ran.outcome.code == 64)
            << ran.outcome.code << ran.outcome.err;  // no pool "a" to size
      }
      const bool named = (ran.outcome.out + ran.outcome.err).find(" raises the bound") != std::string::npos;
      EXPECT_TRUE(named || ran.outcome.code != 20) << ran.outcome.out << ran.outcome.err;
    }
  }
}

TEST_F(Bounds, TheTimeIsNamedWithItsFlag) {
  const std::string file = write("v.json", stacked_verity(100)).string();
  const Timed ran = timed("run --timeout 1 " + file);
  EXPECT_EQ(ran.outcome.code, 20);
  EXPECT_NE(ran.outcome.out.find("--timeout raises the bound"), std::string::npos) << ran.outcome.out;
  EXPECT_NE(ran.outcome.out.find("INCONCLUSIVE"), std::string::npos);
}

TEST_F(Bounds, WhatWasFoundInTimeIsReported) {
  // The search comes to no end; what was given up says so, and nobody was killed: there is a report with its
  // assumptions.
  const std::string file = write("v.json", stacked_verity(2, 8)).string();
  const Timed ran = timed("run --timeout 8 --engine explore " + file);
  EXPECT_EQ(ran.outcome.code, 20) << ran.outcome.out;
  EXPECT_LT(ran.seconds, 8 + 3.0);
  EXPECT_NE(ran.outcome.out.find("; --timeout raises the bound"), std::string::npos) << ran.outcome.out;
  EXPECT_NE(ran.outcome.out.find("SEARCHED "), std::string::npos) << ran.outcome.out;
  EXPECT_NE(ran.outcome.out.find("memory: adversary"), std::string::npos) << ran.outcome.out;
}

TEST_F(Bounds, MemoryIsNamedWithItsFlag) {
  std::string text =
      R"({"format": 1, "faults": "any", "devices": [{"name": "d", "target": "disk"}, {"name": "v{i}",
          "target": "verity", "data": "d", "hash": "d", "repeat": 10000}],
                         "workload": [{"read": "v0"}]})";
  const std::string file = write("wide.json", text).string();
  for (const char* verb : {"run --process-memory 64 ", "show --process-memory 64 ", "size -j1 --process-memory 64 "}) {
    const Outcome outcome = dmstall(verb + file);
    EXPECT_EQ(outcome.code, 20) << verb << outcome.out.substr(0, 1000) << outcome.err;
    EXPECT_NE((outcome.out + outcome.err).find("more than 64 MiB of memory in use; --process-memory raises the bound"),
              std::string::npos)
        << verb << outcome.out.substr(0, 1000) << outcome.err;
  }
}

TEST_F(Bounds, ASystemThatGivesNoMoreMemoryIsNoCrash) {
  const std::string file =
      write("wide.json",
            R"({"format": 1, "devices": [{"name": "d", "target": "disk"}, {"name": "v{i}", "target": "verity",
              "data": "d", "hash": "d", "repeat": 10000}],
                                                  "workload": [{"read": "v0"}]})")
          .string();
  const Outcome outcome = dmstall("run --engine prove " + file, "ulimit -v 150000; ");
  EXPECT_EQ(outcome.code, 20) << outcome.out << outcome.err;
  EXPECT_NE((outcome.out + outcome.err).find("ulimit -v"), std::string::npos) << outcome.out << outcome.err;
}

TEST_F(Bounds, OneFileThatIsTooMuchLeavesTheOthers) {
  const std::string file = write("v.json", stacked_verity(100)).string();
  const Outcome outcome =
      dmstall("run --timeout 1 --format json " + file + " " + scenario("tutorial/04-linear-over-disk.json"));
  EXPECT_EQ(outcome.code, 20);
  EXPECT_NE(outcome.out.find("\"verdict\": \"INCONCLUSIVE\""), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("\"verdict\": \"PROGRESS\""), std::string::npos) << outcome.out;
}

TEST_F(Bounds, LoopsThatDoNothingAreALivelock) {
  const char* const loops[] = {R"({"while": "e", "do": []})",
                               R"({"while": "e", "do": [{"submit_bio": []}]})",
                               R"({"while": "e", "do": [{"while": "e", "do": []}]})",
                               R"({"forever": [{"choose": {"x": [], "y": []}}]})",
                               R"({"forever": [{"forever": [{"submit_bio": []}]}]})",
                               R"({"forever": [{"while": "e", "do": []}]})",
                               R"({"forever": [{"signal": "e"}]})",
                               R"({"take": "a"}, {"while": "e", "do": []}, {"give": "a"})"};
  for (const char* loop : loops) {
    SCOPED_TRACE(loop);
    const std::string file =
        write("loop.json",
              fmt::format(
                  R"({{"format": 1, "resources": {{"e": {{"event": true, "set": true}}, "a": {{"mempool": 1}}}},
                    "tasks": [{{"name": "t", "steps": [{}]}}]}})",
                  loop))
            .string();
    EXPECT_EQ(dmstall("run --sim-time 1 " + file).code, 12);
    EXPECT_EQ(dmstall("run --engine explore " + file).code, 12);
    EXPECT_EQ(dmstall("run --engine prove " + file).code, 20) << "no proof of what never ends";
  }
}

}  // namespace dmstall::tests
