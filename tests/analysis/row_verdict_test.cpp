// The verdict of a row of a comparison, from prover, search and timed runs, case by case.
#include <gtest/gtest.h>

#include <string>

#include "analysis/use/compare/comparison.hpp"

namespace dmstall::tests {

namespace {

using namespace dmstall::analysis;
using models::ExitCode;
using models::VerdictKind;

Measurement run_of(VerdictKind verdict) {
  Measurement run;
  run.verdict = verdict;
  run.code = models::exit_code(verdict);
  run.reasons = {because::RunStalled{}};
  return run;
}

Judgement judged(VerdictKind verdict) {
  Judgement judgement;
  judgement.verdict = verdict;
  judgement.code = models::exit_code(verdict);
  judgement.reasons = {because::Exhausted{}};
  return judgement;
}

ComparisonRow row_of(VerdictKind untimed, const std::vector<VerdictKind>& timed) {
  ComparisonRow row;
  row.judgement = judged(untimed);
  for (const VerdictKind each : timed) row.runs.push_back(run_of(each));
  summarise(row);
  return row;
}

}  // namespace

TEST(RowVerdict, AWitnessCountsWhateverTheRunsDid) {
  const ComparisonRow row = row_of(VerdictKind::deadlock, {VerdictKind::progress, VerdictKind::progress});
  EXPECT_EQ(row.verdict, VerdictKind::deadlock);
  EXPECT_FALSE(row.from_runs);
  EXPECT_TRUE(row.mib_per_s) << "these runs completed, and say how fast";
}

TEST(RowVerdict, RunsThatCompleteLiftNothing) {
  const ComparisonRow row = row_of(VerdictKind::inconclusive, {VerdictKind::progress});
  EXPECT_EQ(row.verdict, VerdictKind::inconclusive);
  EXPECT_EQ(row.code, ExitCode::inconclusive);
}

// compare once called this a bug of dmstall, where run says DEADLOCK: a stall that the search ended with does not
// exclude the stuck set that a timed run met.
TEST(RowVerdict, AStuckRunBesideAStallOrALivelockIsADeadlockAndNoContradiction) {
  for (const VerdictKind untimed : {VerdictKind::stall, VerdictKind::livelock, VerdictKind::starvation}) {
    const ComparisonRow row = row_of(untimed, {VerdictKind::deadlock});
    EXPECT_EQ(row.verdict, VerdictKind::deadlock);
    EXPECT_EQ(row.code, ExitCode::deadlock);
    EXPECT_FALSE(row.error);
    EXPECT_TRUE(row.from_runs);
  }
}

TEST(RowVerdict, AStuckRunCountsWhereNothingWasProved) {
  const ComparisonRow row = row_of(VerdictKind::inconclusive, {VerdictKind::progress, VerdictKind::deadlock});
  EXPECT_EQ(row.verdict, VerdictKind::deadlock);
  EXPECT_TRUE(row.from_runs);
  EXPECT_EQ(row.seeds_with_verdict, 1);
  EXPECT_EQ(row_of(VerdictKind::inconclusive, {VerdictKind::stall}).verdict, VerdictKind::stall);
}

TEST(RowVerdict, AStuckRunBesideAProofIsADisagreement) {
  const ComparisonRow row = row_of(VerdictKind::progress, {VerdictKind::progress, VerdictKind::deadlock});
  EXPECT_TRUE(row.error);
  EXPECT_EQ(row.code, ExitCode::engines_disagree);
}

TEST(RowVerdict, AProofStandsBesideARunThatWasGivenUp) {
  const ComparisonRow row = row_of(VerdictKind::progress, {VerdictKind::inconclusive});
  EXPECT_EQ(row.verdict, VerdictKind::progress);
  EXPECT_EQ(row.code, ExitCode::progress);
  EXPECT_FALSE(row.mib_per_s);
}

TEST(RowVerdict, AJudgementAloneAndRunsAlone) {
  EXPECT_EQ(row_of(VerdictKind::progress, {}).verdict, VerdictKind::progress);
  ComparisonRow row;
  row.runs = {run_of(VerdictKind::progress)};
  summarise(row);
  EXPECT_EQ(row.verdict, VerdictKind::progress);
  EXPECT_TRUE(row.from_runs);
}

TEST(RowVerdict, ACrashOfEitherIsNoVerdict) {
  ComparisonRow row = row_of(VerdictKind::progress, {VerdictKind::progress});
  row.runs[0].error = true;
  row.runs[0].code = ExitCode::internal_error;
  summarise(row);
  EXPECT_TRUE(row.error);
  row = row_of(VerdictKind::progress, {VerdictKind::progress});
  row.judgement = no_judgement(because::NoAnswer{9, 0, {}}, true);
  summarise(row);
  EXPECT_TRUE(row.error);
  EXPECT_EQ(row.code, ExitCode::internal_error);
}

}  // namespace dmstall::tests
