// The search from the command line: what its switches may change, and what they may not.
#include <string>
#include <vector>

#include "tests/cli/program_test.hpp"

namespace dmstall::tests {
namespace {

class SearchOptions : public ProgramTest {
 protected:
  [[nodiscard]] Outcome run(const std::string& arguments) const { return dmstall("run --engine explore " + arguments); }
};

/// From `begin` to the first `end` after it; empty where there is none.
std::string part(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t from = text.find(begin);
  if (from == std::string::npos) return {};
  return text.substr(from, text.find(end, from) - from);
}

/// Two elements each, one by one, from a pool of four: n(2 - 1) >= 4.
constexpr const char* four_needed = R"({"format": 1, "name": "four-needed",
  "resources": {"pool": {"mempool": 4}, "lock": {"mutex": true}},
  "tasks": [{"name": "t", "count": 5, "steps": [{"lock": "lock"}, {"unlock": "lock"}, {"take": "pool", "n": 2},
      {"spend_us": 1}, {"give": "pool", "n": 2}]}]})";

/// Opposite orders, each of them only after a fault.
constexpr const char* faults_needed = R"({"format": 1, "name": "faults-needed",
  "resources": {"a": {"mempool": 1}, "b": {"mempool": 1}},
  "tasks": [{"name": "up", "steps": [{"choose": {"bad": [{"take": "a"}, {"take": "b"}, {"give": "b"}, {"give": "a"}],
      "good": []}, "fault": ["bad"]}]},
            {"name": "down", "steps": [{"choose": {"bad": [{"take": "b"}, {"take": "a"}, {"give": "a"}, {"give": "b"}],
                "good": []}, "fault": ["bad"]}]}]})";

}  // namespace

TEST_F(SearchOptions, ReductionsChangeNeitherTheVerdictNorTheLeastWitness) {
  const std::vector<std::pair<std::string, std::string>> files = {
      {"--states 3000 " + scenario("seed/shared-pools.json"), "\"requests\": 1,"},  // the bound is for the repairs
      {write("four.json", four_needed).string(), "\"requests\": 4,"},
      {write("faults.json", faults_needed).string(), "\"faults\": 2,"},
  };
  for (const auto& [file, known] : files) {
    SCOPED_TRACE(file);
    const Outcome with_all = run("--format json " + file);
    EXPECT_EQ(with_all.code, 10);
    const std::string needs = part(with_all.out, "\"needs\": {", "}");
    EXPECT_NE(needs.find(known), std::string::npos) << needs;
    EXPECT_NE(with_all.out.find("\"reductions_off\": []"), std::string::npos);
    for (const char* off :
         {"count", "siblings", "ample", "empty", "release", "choices", "ample,count", "release,empty,choices", "all"}) {
      SCOPED_TRACE(off);
      const Outcome without = run(std::string("--format json --no-reduce ") + off + " " + file);
      EXPECT_EQ(without.code, 10);
      EXPECT_EQ(part(without.out, "\"needs\": {", "}"), needs);
    }
  }
}

TEST_F(SearchOptions, FewerReductionsMeanMoreStates) {
  const std::string file = write("four.json", four_needed).string();
  const auto states = [&](const std::string& options) {
    return std::stol(part(run(options + file).out, "states=", " ").substr(7));
  };
  EXPECT_GT(states("--no-reduce=all "), 3 * states(""));
}

TEST_F(SearchOptions, TheReportSaysWhichReductionsWereOff) {
  const std::string file = scenario("tutorial/01-opposite-orders.json");
  EXPECT_EQ(run(file).out.find("switched off"), std::string::npos);
  EXPECT_NE(run("--no-reduce=release,count " + file).out.find("reductions switched off: count, release\n"),
            std::string::npos);
  const std::string json = run("--format json --no-reduce=all " + file).out;
  const std::string off = part(json, "\"reductions_off\"", "]");
  for (const char* name : {"count", "siblings", "ample", "empty", "release", "choices"})
    EXPECT_NE(off.find(name), std::string::npos) << off;
}

TEST_F(SearchOptions, ThreadsAndReductionsLeaveTheDigestAsItIs) {
  const std::string file = write("faults.json", faults_needed).string();
  const std::string digest = part(run(file).out, "digest=", "\n");
  EXPECT_EQ(digest.size(), 23u);
  EXPECT_EQ(part(run("--threads 4 " + file).out, "digest=", "\n"), digest);
  EXPECT_EQ(part(run("--no-reduce all " + file).out, "digest=", "\n"), digest);
  EXPECT_NE(part(run(write("four.json", four_needed).string()).out, "digest=", "\n"), digest);
  EXPECT_EQ(run("--threads 0 " + file).code, 64);
}

TEST_F(SearchOptions, AnUnknownReductionIsRefused) {
  const Outcome outcome = run("--no-reduce=count,magic " + scenario("tutorial/01-opposite-orders.json"));
  EXPECT_EQ(outcome.code, 64);
  EXPECT_NE(outcome.err.find("magic"), std::string::npos) << outcome.err;
}

}  // namespace dmstall::tests
