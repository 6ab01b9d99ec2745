// A short file can ask for much: what asks for too much is refused, with the limit and the place.
#include "models/scenario/limits.hpp"

#include <fmt/format.h>

#include <string>

#include "tests/scenario/reading.hpp"

namespace dmstall::models {
namespace {

std::string refusal_of(const std::string& text) {
  const ReadResult result = read_scenario_text(text, "x.json");
  EXPECT_FALSE(result.scenario.has_value());
  if (result.diagnostics.empty()) return {};
  EXPECT_GT(result.diagnostics.front().line, 0) << "a place";
  EXPECT_FALSE(result.diagnostics.front().caret_line.empty());
  return result.diagnostics.front().message;
}

bool is_read(const std::string& text) {
  const ReadResult result = read_scenario_text(text, "x.json");
  EXPECT_TRUE(result.scenario.has_value()) << format_diagnostics(result.diagnostics).substr(0, 2000);
  return result.scenario.has_value();
}

/// Linear devices one on the other, on a disk.
std::string chain(std::size_t devices) {
  std::string text = R"({"format": 1, "devices": [{"name": "d0", "target": "disk"})";
  for (std::size_t i = 1; i < devices; ++i)
    text += fmt::format(R"(, {{"name": "d{}", "target": "linear", "to": "d{}"}})", i, i - 1);
  return text + fmt::format(R"(], "workload": [{{"read": "d{}"}}]}})", devices - 1);
}

/// `width` disks by "repeat", and a further one.
std::string disks(std::size_t width) {
  return fmt::format(
      R"({{"format": 1, "devices": [{{"name": "d{{i}}", "target": "disk", "repeat": {}}}, {{"name": "e",
          "target": "disk"}}], "workload": [{{"read": "e"}}]}})",
      width);
}

std::string tasks(const std::string& list, const std::string& resources = R"({"a": {"mempool": 1}})") {
  return fmt::format(R"({{"format": 1, "resources": {}, "tasks": [{}]}})", resources, list);
}

/// t0 spawns t1 `each` times, t1 spawns t2 so often, …
std::string spawning(int generations, int each) {
  std::string list;
  for (int i = 0; i <= generations; ++i) {
    std::string steps;
    for (int n = 0; i < generations && n < each; ++n)
      steps += fmt::format(R"({}{{"spawn": "t{}"}})", n > 0 ? ", " : "", i + 1);
    if (i == generations) steps = R"({"take": "a"}, {"give": "a"})";
    list += fmt::format(R"({}{{"name": "t{}", "start": {}, "steps": [{}]}})", i > 0 ? ", " : "", i, i == 0, steps);
  }
  return tasks(list);
}

TEST(Limits, AStackHasADepth) {
  EXPECT_TRUE(is_read(chain(100)));
  EXPECT_TRUE(is_read(chain(deepest_stack)));
  EXPECT_NE(refusal_of(chain(deepest_stack + 1)).find("at most 256 may stand on each other"), std::string::npos);
  EXPECT_NE(refusal_of(chain(4000)).find("at most 256 may stand on each other"), std::string::npos);
}

TEST(Limits, TheDevicesOfAStackMayBeWrittenFromTheTop) {
  std::string text = R"({"format": 1, "workload": [{"read": "d0"}], "devices": [)";
  for (int i = 0; i < 300; ++i)
    text += fmt::format(R"({{"name": "d{}", "target": "linear", "to": "d{}"}}, )", i, i + 1);
  EXPECT_NE(refusal_of(text + R"({"name": "d300", "target": "disk"}]})").find("may stand on each other"),
            std::string::npos);
}

TEST(Limits, DevicesAreCountedWithTheirCopies) {
  EXPECT_TRUE(is_read(disks(10'000)));
  EXPECT_TRUE(is_read(disks(most_devices - 1)));
  EXPECT_EQ(refusal_of(disks(most_devices)), "more than 20000 devices, copies counted");
  EXPECT_EQ(refusal_of(disks(most_devices + 1)), "\"repeat\" is 20001, must be 1 to 20000");
}

TEST(Limits, WhatATaskSpawnsIsCounted) {
  EXPECT_TRUE(is_read(spawning(2, 20)));
  EXPECT_TRUE(is_read(spawning(12, 2)));
  EXPECT_NE(refusal_of(spawning(13, 2)).find("more than 10000 tasks"), std::string::npos);
  EXPECT_NE(refusal_of(spawning(40, 2)).find("more than 10000 tasks"), std::string::npos)
      << "2^40 does not fit 32 bits";
  EXPECT_NE(refusal_of(spawning(200, 2)).find("more than 10000 tasks"), std::string::npos)
      << "2^200 does not fit 64 bits";
}

TEST(Limits, OfTwoWaysTheOneThatSpawnsMoreCounts) {
  std::string list = R"({"name": "t0", "steps": [{"spawn": "t1"}]})";
  for (int i = 1; i < 40; ++i) {
    list += fmt::format(
        R"(, {{"name": "t{0}", "start": false, "steps": [{{"choose": {{"x": [{{"spawn": "t{1}"}}],
            "y": [{{"spawn": "t{1}"}}]}}}}]}})",
        i, i + 1);
  }
  EXPECT_TRUE(is_read(tasks(list + R"(, {"name": "t40", "start": false, "steps": [{"take": "a"}, {"give": "a"}]})")));
}

TEST(Limits, NoTaskSpawnsItself) {
  EXPECT_NE(refusal_of(tasks(R"({"name": "t", "steps": [{"spawn": "t"}]})")).find("comes of itself"),
            std::string::npos);
  const std::string ring =
      R"({"name": "t", "steps": [{"spawn": "c"}]}, {"name": "c", "start": false, "steps": [{"spawn": "d"}]},
                              {"name": "d", "start": false, "steps": [{"choose": {"x": [{"spawn": "c"}], "y": []}}]})";
  EXPECT_NE(refusal_of(tasks(ring)).find("task \"c\" comes of itself"), std::string::npos);
}

TEST(Limits, ElementsTakenOneByOne) {
  const auto taking = [](int n, const char* mode) {
    return tasks(
        fmt::format(R"({{"name": "t", "steps": [{{"take": "a", "n": {}, "mode": "{}"}}, {{"give": "a", "n": {}}}]}})",
                    n, mode, n),
        R"({"a": {"mempool": 1000000}})");
  };
  EXPECT_TRUE(is_read(taking(10'000, "each")));
  EXPECT_TRUE(is_read(taking(1'000'000, "all")));
  EXPECT_NE(refusal_of(taking(10'001, "each")).find("at most 10000 elements are taken one by one"), std::string::npos);
}

TEST(Limits, StepsAndTasks) {
  std::string steps = R"({"spend_us": 1})";
  for (std::size_t i = 1; i <= most_steps; ++i) steps += R"(,{"spend_us": 1})";
  EXPECT_EQ(refusal_of(tasks(fmt::format(R"({{"name": "t", "steps": [{}]}})", steps))), "more than 200000 steps");
  std::string block = R"({"spend_us": 1})";
  for (std::size_t i = 1; i <= most_steps_in_a_submission; ++i) block += R"(,{"spend_us": 1})";
  EXPECT_EQ(refusal_of(tasks(fmt::format(R"({{"name": "t", "steps": [{{"submit_bio": [{}]}}]}})", block))),
            "more than 2000 steps in a \"submit_bio\" block");
  std::string many = R"({"name": "t0", "steps": []})";
  for (std::size_t i = 1; i <= most_tasks; ++i) many += fmt::format(R"(,{{"name": "t{}", "steps": []}})", i);
  EXPECT_EQ(refusal_of(tasks(many)), "more than 10000 tasks");
}

TEST(Limits, NamesHaveALength) {
  const auto named = [](std::size_t bytes) {
    const std::string name(bytes, 'd');
    return fmt::format(
        R"({{"format": 1, "devices": [{{"name": "{}", "target": "disk"}}], "workload": [{{"read": "{}"}}]}})", name,
        name);
  };
  EXPECT_TRUE(is_read(named(127)));
  EXPECT_NE(refusal_of(named(128)).find("is longer than 127 bytes"), std::string::npos);
}

}  // namespace
}  // namespace dmstall::models
