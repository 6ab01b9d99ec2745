// Whatever the bytes are: no crash, no exception, no hang (the time limit of every test), and always either a scenario
// or a reason.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "tests/scenario/reading.hpp"

namespace dmstall::models {
namespace {

std::vector<std::string> samples() {
  std::vector<std::string> texts = {
      R"j({"format": 1, "resources": {"a": {"mempool": 1, "handed_over": true}, "m": {"mutex": true}, )j"
      R"j("rw": {"rwsem": true}, "w": {"workqueue": {"threads": 1}},
  "c": {"counter": 1}, "e": {"event": true}, "o": {"order": true}}, "tasks": [{"name": "t", "count": 2, )j"
      R"j("steps": [{"take": "a", "n": 2, "mode": "try", "else": []},
  {"enter": "w"}, {"leave": "w"}, {"choose": {"x": [{"finish": "ok"}], "y": []}, "weights": [1, 2.5], )j"
      R"j("fault": ["x"]}, {"count": "c", "by": -1, "if_zero": []},
  {"submit_bio": [{"spawn": "u", "park": true, "with": ["a"]}]}, {"await_children": true, "on": {"bad": []}}, )j"
      R"j({"while": "e", "do": [{"clear": "e"}]}]},
  {"name": "u", "start": false, "steps": [{"give": "a"}, {"forever": [{"await": "e"}]}]}], "vary": {"cpus": [1, )j"
      R"j(2]}, "bounds": {"states": 100}})j",
      R"j({"format": 1, "name": "é…", "devices": [{"name": "d{i}", "target": "disk", "repeat": 3}, {"name": "v", )j"
      R"j("target": "verity", "data": "d0", "hash": "d1", "reserve": {"io_client": 1}},
  {"name": "l", "target": "linear", "segments": [{"to": "v", "size_mib": 4}]}, {"name": "s", "target": "snapshot", )j"
      R"j("origin": "l", "cow": "d2"}, {"name": "x", "target": "mine", "low": "s"}],
  "targets": {"mine": {"roles": ["low"], "resources": {"p": {"mempool": 1}}, "flows": {"read": [{"take": "p"}, )j"
      R"j({"submit": "low", "op": "read"}, {"give": "p"}]}}},
  "sharing": {"verity.recheck_pool": {"group": "g", "devices": ["v"]}}, "memory": {"allocator": "plentiful", )j"
      R"j("fails": ["*.io_client.*"], "first_n": 3},
  "faults": [{"device": "d0", "fault": "bad_block", "blocks": {"every": 3}}, {"workload": "r", )j"
      R"j("fault": "buffer_rewritten"}], "expect": {"verdict": ["DEADLOCK", "STALL"]},
  "workload": [{"read": "x", "name": "r", "count": 3, "in_flight": 2}, {"writeback": "s", "pages": 12}]})j"};
  return texts;
}

void must_answer(const std::string& text) {
  const ReadResult result = read_scenario_text(text, "x.json");
  bool error = false;
  for (const Diagnostic& diagnostic : result.diagnostics) error = error || diagnostic.severity == Severity::error;
  ASSERT_NE(result.scenario.has_value(), error) << text.substr(0, 2000);
  (void)format_diagnostics(result.diagnostics);
}

TEST(Robustness, SamplesAreValid) {
  for (const std::string& text : samples()) {
    const ReadResult result = read_scenario_text(text, "x.json");
    EXPECT_TRUE(result.scenario.has_value()) << format_diagnostics(result.diagnostics);
  }
}

TEST(Robustness, EveryPrefix) {
  for (const std::string& text : samples()) {
    for (std::size_t size = 0; size < text.size(); ++size) {
      const ReadResult result = read_scenario_text(text.substr(0, size), "x.json");
      ASSERT_FALSE(result.scenario.has_value());
      ASSERT_EQ(result.diagnostics.size(), 1U) << text.substr(0, size) << format_diagnostics(result.diagnostics);
    }
  }
}

TEST(Robustness, TwentyThousandMutations) {
  std::mt19937 random(1);
  const std::vector<std::string> texts = samples();
  const std::vector<std::string> bits = {"{",
                                         "}",
                                         "[",
                                         "]",
                                         ",",
                                         ":",
                                         "\"",
                                         "\\",
                                         "null",
                                         "true",
                                         "-1",
                                         "1e999",
                                         "1.5",
                                         "[]",
                                         "{}",
                                         "9223372036854775808",
                                         "\"\"",
                                         "\"d0\"",
                                         "\"v\"",
                                         "\xff",
                                         "é",
                                         "\n",
                                         std::string(1, '\0')};
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  for (int i = 0; i < 20000; ++i) {
    std::string text = texts[below(texts.size())];
    for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
      const std::size_t at = below(text.size());
      switch (below(5)) {
        case 0:
          text[at] = static_cast<char>(below(256));
          break;
        case 1:
          text.erase(at, 1 + below(8));
          break;
        case 2:
          text.insert(at, bits[below(bits.size())]);
          break;
        case 3:
          text.insert(at, text.substr(below(text.size()), below(60)));
          break;
        default: {  // one number or word for another keeps the syntax right more often
          const std::size_t digit = text.find_first_of("0123456789", at);
          if (digit != std::string::npos) text.replace(digit, 1, bits[8 + below(6)]);
        }
      }
    }
    must_answer(text);
  }
}

TEST(Robustness, RandomBytes) {
  std::mt19937 random(2);
  for (int i = 0; i < 2000; ++i) {
    std::string text(std::uniform_int_distribution<std::size_t>(0, 200)(random), ' ');
    for (char& c : text) c = static_cast<char>(std::uniform_int_distribution<int>(0, 255)(random));
    must_answer(text);
  }
}

TEST(Robustness, LargeInputsOnOneLineFinish) {
  std::string keys = "{\"format\": 1";
  for (int i = 0; i < 50000; ++i) keys += ", \"key" + std::to_string(i) + "\": 1";
  must_answer(keys + "}");
  std::string chain = "{\"format\": 1, \"workload\": [{\"read\": \"l0\"}], \"devices\": [";
  for (int i = 0; i < 20000; ++i) {
    chain += "{\"name\": \"l" + std::to_string(i) + "\", \"target\": \"linear\", \"to\": \"l" + std::to_string(i + 1) +
             "\"}, ";
  }
  must_answer(chain + "{\"name\": \"l20000\", \"target\": \"disk\"}]}");
  must_answer(chain + "{\"name\": \"l20000\", \"target\": \"linear\", \"to\": \"l0\"}]}");
  std::string tasks = "{\"format\": 1, \"resources\": {\"a\": {\"mempool\": 1}}, \"tasks\": [";
  for (int i = 0; i < 5000; ++i) {
    tasks +=
        std::string(i > 0 ? "," : "") + "{\"name\": \"t" + std::to_string(i) + "\", \"steps\": [{\"take\": \"a\"}]}";
  }
  must_answer(tasks + "]}");
}

}  // namespace
}  // namespace dmstall::models
