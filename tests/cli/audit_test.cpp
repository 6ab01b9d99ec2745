// `dmstall audit` as users run it: exit codes, the last line, JSON, files of strangers.
#include "tests/cli/program_test.hpp"

namespace dmstall::tests {
namespace {

const std::string stack = R"({ "format": 1, "name": "stack",
  "devices": [ {"name": "data", "target": "disk"}, {"name": "hash", "target": "disk"},
               {"name": "v", "target": "verity", "data": "data", "hash": "hash", "on_corruption": "ignore"} ],
  "faults": [ {"device": "data", "fault": "bad_block", "blocks": [5]} ],
  "workload": [ {"read": "v", "count": 4} ] })";
const std::string header =
    "# dmstall-trace 1\n# kernel: 6.1.0\n# release: 6.1\n# scenario: sub/stack.json\n# operation: read\n";
const std::string known = "2 take k | mempool_alloc < verity_recheck < verity_verify_io < verity_work\n";
const std::string unknown = "1 take k | mempool_alloc < unheard_of < verity_work\n";

class AuditCommand : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    write("sub/stack.json", stack);
  }
  [[nodiscard]] Outcome audit(const std::string& trace, const std::string& options = "") const {
    return dmstall("audit " + options + " " + write("traces/a.trace", trace).string());
  }
};

std::string last_line(const std::string& text) {
  const std::size_t before = text.rfind('\n', text.size() - 2);
  return text.substr(before == std::string::npos ? 0 : before + 1);
}

TEST_F(AuditCommand, NothingUnexplainedIsZero) {
  const Outcome outcome = audit(header + known);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(last_line(outcome.out),
            "audited 1 events: 1 by steps, 0 by omissions, 0 unexplained, 0 outside the I/O path\n");
}

TEST_F(AuditCommand, SomethingUnexplainedIsOneAndIsNamed) {
  const Outcome outcome = audit(header + known + unknown);
  EXPECT_EQ(outcome.code, 1) << outcome.err;
  EXPECT_NE(outcome.out.find("line 7: UNEXPLAINED in unheard_of"), std::string::npos) << outcome.out;
  EXPECT_EQ(last_line(outcome.out),
            "audited 2 events: 1 by steps, 0 by omissions, 1 unexplained, 0 outside the I/O path\n");
}

TEST_F(AuditCommand, JsonIsOneDocumentWithEveryEvent) {
  const Outcome outcome = audit(header + known + unknown, "--format json");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.out.find("{\n  \"dmstall_audit\": 1,"), 0U) << outcome.out;
  for (const char* part : {"\"unexplained\": 1", "\"function\": \"unheard_of\"", "\"explained_by\": \"step\"",
                           "\"step\": \"take recheck_pool\"", "\"can_be_shown\": true"})
    EXPECT_NE(outcome.out.find(part), std::string::npos) << part;
}

TEST_F(AuditCommand, AnotherScenarioAndReleaseCanBeSaid) {
  const std::string bare = "# dmstall-trace 1\n" + known;
  EXPECT_EQ(audit(bare).code, 65);
  const std::string where = "--scenario " + (folder_ / "sub/stack.json").string();
  const Outcome outcome = audit(bare, where + " --release 6.12");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("on Linux 6.12"), std::string::npos) << outcome.out;
}

TEST_F(AuditCommand, WithoutEventsIs66) {
  EXPECT_EQ(audit(header).code, 66);
}

TEST_F(AuditCommand, WhatIsNoTraceIs65WithItsLine) {
  const Outcome wrong = audit(header + "1 grab k | f\n");
  EXPECT_EQ(wrong.code, 65);
  EXPECT_NE(wrong.err.find("a.trace:6: error: no kind of events is called \"grab\""), std::string::npos) << wrong.err;
  EXPECT_EQ(audit("").code, 65);
  EXPECT_EQ(audit(std::string("\x7f"
                              "ELF\0\1",
                              6))
                .code,
            65);
  EXPECT_EQ(audit("# dmstall-trace 1\n# scenario: none.json\n" + known).code, 65);
  EXPECT_EQ(audit("# dmstall-trace 1\n# scenario: sub/stack.json\n# release: 5.4\n" + known).code, 65);
  EXPECT_EQ(dmstall("audit " + folder_.string()).code, 65);
  const Outcome json = audit("# dmstall-trace 2\n", "--format json");
  EXPECT_EQ(json.code, 65);
  EXPECT_NE(json.out.find("\"dmstall_error\": 1"), std::string::npos);
}

TEST_F(AuditCommand, AnUnknownReleaseAndAScenarioThatIsNotThereAreNamedWithTheirLine) {
  const Outcome release = audit("# dmstall-trace 1\n# release: 6.6\n# scenario: sub/stack.json\n" + known);
  EXPECT_EQ(release.code, 65);
  EXPECT_NE(release.err.find("a.trace:2: error: Linux 6.6 is not modelled, only 6.1, 6.12; --release says which"),
            std::string::npos)
      << release.err;
  EXPECT_EQ(audit("# dmstall-trace 1\n# release: 6.6\n# scenario: sub/stack.json\n" + known, "--release 6.12").code, 0);
  const Outcome scenario = audit("# dmstall-trace 1\n# kernel: 6.1.0\n# scenario: nowhere.json\n" + known);
  EXPECT_EQ(scenario.code, 65);
  EXPECT_NE(scenario.err.find("a.trace:3: error: its scenario nowhere.json is neither in this folder nor in one above"),
            std::string::npos)
      << scenario.err;
  EXPECT_NE(audit("# dmstall-trace 1\n" + known).err.find("it names no scenario; --scenario says"), std::string::npos);
}

TEST_F(AuditCommand, AKernelBesideItsReleaseAndAnotherScenarioAreSaid) {
  const std::string of_6_6 = "# dmstall-trace 1\n# kernel: 6.6.30\n# release: 6.12\n# scenario: sub/stack.json\n";
  EXPECT_NE(audit(of_6_6 + known).out.find("recorded on 6.6.30, held against the models of Linux 6.12\n"),
            std::string::npos);
  EXPECT_EQ(audit(header + known).out.find("recorded on"), std::string::npos);
  const Outcome other = audit(header + unknown);
  EXPECT_NE(other.out.find("more than half of it is unexplained: is "), std::string::npos) << other.out;
  EXPECT_EQ(audit(header + known + unknown).out.find("more than half"), std::string::npos);
}

TEST_F(AuditCommand, SleepersAreInJson) {
  const std::string recorded =
      "# dmstall-sleepers 1\n# release: 6.1\n# scenario: sub/stack.json\n# outcome: stuck for ever\n"
      "1 sleep kworker:kverityd | mempool_alloc < unheard_of < verity_work\n";
  const Outcome outcome = audit(recorded, "--format json");
  EXPECT_EQ(outcome.code, 1) << outcome.err;
  for (const char* part : {"\"sleepers\": [", "\"outcome\": \"stuck for ever\"", "\"agree\": false"})
    EXPECT_NE(outcome.out.find(part), std::string::npos) << part << outcome.out;
}

TEST_F(AuditCommand, FunctionsAreThoseThatTheModelNames) {
  const Outcome outcome = dmstall("audit --functions " + (folder_ / "sub/stack.json").string());
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("\nverity_recheck\n"), std::string::npos);
  EXPECT_EQ(outcome.out.find(' '), std::string::npos) << outcome.out;
}

}  // namespace
}  // namespace dmstall::tests
