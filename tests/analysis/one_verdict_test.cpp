// Which engine's answer counts, case by case.
#include "analysis/verdict/one_verdict.hpp"

#include <gtest/gtest.h>

#include <string>

namespace dmstall::tests {

namespace {

using analysis::Finding;
using analysis::RunReport;
using models::ExitCode;
using models::VerdictKind;

enum class Rest : std::uint8_t { searched, proved };

RunReport report_of(VerdictKind verdict, Rest rests_on = Rest::searched) {
  RunReport report;
  report.file = "stack.json";
  report.seed = 7;
  report.verdict = verdict;
  report.code = models::exit_code(verdict);
  report.reason = "untimed";
  if (rests_on == Rest::proved) {
    report.proof.emplace();
    report.proof->proved = verdict == VerdictKind::progress;
  }
  return report;
}

Finding timed(VerdictKind verdict) {
  Finding finding;
  finding.verdict = verdict;
  finding.code = models::exit_code(verdict);
  finding.reason = "timed";
  finding.witness_steps = 3;
  return finding;
}

ExitCode together(VerdictKind in_time, VerdictKind otherwise, Rest rests_on = Rest::searched) {
  RunReport report = report_of(otherwise, rests_on);
  combine(timed(in_time), report);
  return report.code;
}

}  // namespace

TEST(OneVerdict, AReplayedWitnessCountsMost) {
  EXPECT_EQ(together(VerdictKind::progress, VerdictKind::deadlock), ExitCode::deadlock)
      << "one run that completes beside a deadlock is normal";
  EXPECT_EQ(together(VerdictKind::stall, VerdictKind::deadlock), ExitCode::deadlock);
  EXPECT_EQ(together(VerdictKind::deadlock, VerdictKind::deadlock), ExitCode::deadlock);
  EXPECT_EQ(together(VerdictKind::deadlock, VerdictKind::inconclusive), ExitCode::deadlock);
  EXPECT_EQ(together(VerdictKind::deadlock, VerdictKind::livelock), ExitCode::deadlock);
}

TEST(OneVerdict, ThenALivelockThenAStallThenAProofThenNothing) {
  EXPECT_EQ(together(VerdictKind::progress, VerdictKind::livelock), ExitCode::livelock_or_starvation);
  EXPECT_EQ(together(VerdictKind::stall, VerdictKind::inconclusive), ExitCode::stall);
  EXPECT_EQ(together(VerdictKind::progress, VerdictKind::progress), ExitCode::progress);
  EXPECT_EQ(together(VerdictKind::progress, VerdictKind::progress, Rest::proved), ExitCode::progress);
  EXPECT_EQ(together(VerdictKind::inconclusive, VerdictKind::progress, Rest::proved), ExitCode::progress)
      << "a bound of the timed run takes nothing from a proof";
  EXPECT_EQ(together(VerdictKind::progress, VerdictKind::inconclusive), ExitCode::inconclusive)
      << "a timed run lifts nothing";
}

TEST(OneVerdict, ContradictionsAreTwentyOneAndSayHowToSeeThemAgain) {
  for (const Rest rests_on : {Rest::searched, Rest::proved}) {
    RunReport report = report_of(VerdictKind::progress, rests_on);
    combine(timed(VerdictKind::deadlock), report);
    EXPECT_EQ(report.code, ExitCode::engines_disagree);
    ASSERT_TRUE(report.error);
    EXPECT_NE(report.error->find("dmstall run --engine simulate --seed 7 stack.json"), std::string::npos)
        << *report.error;
    EXPECT_NE(report.error->find(rests_on == Rest::proved ? "proved" : "exhausted"), std::string::npos)
        << *report.error;
    EXPECT_EQ(report.witness_steps, 3) << "the witness is kept";
  }
}

TEST(OneVerdict, AMistakeInTheScenarioIsNeitherHidden) {
  Finding wrong = timed(VerdictKind::inconclusive);
  wrong.code = ExitCode::bad_scenario;
  wrong.error = "a counter falls below 0";
  RunReport report = report_of(VerdictKind::progress);
  combine(wrong, report);
  EXPECT_EQ(report.code, ExitCode::bad_scenario);
  RunReport refused = report_of(VerdictKind::inconclusive);
  refused.code = ExitCode::engines_disagree;
  refused.error = "the replayer refuses its steps";
  combine(timed(VerdictKind::progress), refused);
  EXPECT_EQ(refused.code, ExitCode::engines_disagree);
}

TEST(OneVerdict, AFindingLeavesTheReportAsItWas) {
  RunReport report = report_of(VerdictKind::deadlock);
  report.witness_steps = 5;
  const Finding finding = take_finding(report);
  EXPECT_EQ(finding.witness_steps, 5);
  EXPECT_EQ(finding.reason, "untimed");
  EXPECT_EQ(report.witness_steps, 0);
  EXPECT_TRUE(report.reason.empty());
  EXPECT_EQ(report.code, ExitCode::inconclusive);
}

}  // namespace dmstall::tests
