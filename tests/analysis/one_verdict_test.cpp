// Which engine's answer counts, case by case.
#include "analysis/verdict/one_verdict.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "analysis/report/reason_text.hpp"

namespace dmstall::tests {

namespace {

using analysis::Engine;
using analysis::Finding;
using analysis::Verdict;
using models::ExitCode;
using models::VerdictKind;

enum class Rest : std::uint8_t { searched, proved };

Finding untimed(VerdictKind verdict, Rest rests_on = Rest::searched) {
  Finding finding;
  finding.engine = rests_on == Rest::proved ? Engine::prove : Engine::explore;
  finding.answer = analysis::answer_of(verdict, analysis::because::Exhausted{});
  if (rests_on == Rest::proved) {
    finding.proof.emplace();
    finding.proof->proved = verdict == VerdictKind::progress;
  }
  return finding;
}

Finding timed(VerdictKind verdict) {
  Finding finding;
  finding.engine = Engine::simulate;
  finding.answer = analysis::answer_of(verdict, analysis::because::RunStalled{7});
  finding.answer.witness_steps = 3;
  return finding;
}

Verdict verdict_of(const std::vector<Finding>& findings) {
  return analysis::combine(findings, 7, "stack.json");
}

ExitCode together(VerdictKind in_time, VerdictKind otherwise, Rest rests_on = Rest::searched) {
  return verdict_of({timed(in_time), untimed(otherwise, rests_on)}).answer.code;
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
    const Verdict verdict = verdict_of({timed(VerdictKind::deadlock), untimed(VerdictKind::progress, rests_on)});
    EXPECT_EQ(verdict.answer.code, ExitCode::engines_disagree);
    ASSERT_TRUE(verdict.answer.error);
    const std::string error = analysis::to_text(*verdict.answer.error);
    EXPECT_NE(error.find("dmstall run --engine simulate --seed 7 stack.json"), std::string::npos) << error;
    EXPECT_NE(error.find(rests_on == Rest::proved ? "proved" : "exhausted"), std::string::npos) << error;
    EXPECT_EQ(verdict.answer.witness_steps, 3) << "the witness is kept";
  }
}

TEST(OneVerdict, AMistakeInTheScenarioIsNeitherHidden) {
  Finding wrong = timed(VerdictKind::inconclusive);
  wrong.answer.code = ExitCode::bad_scenario;
  wrong.answer.error = analysis::because::ScenarioWrong{"a counter falls below 0"};
  EXPECT_EQ(verdict_of({wrong, untimed(VerdictKind::progress)}).answer.code, ExitCode::bad_scenario);
  Finding refused = untimed(VerdictKind::inconclusive);
  refused.answer.code = ExitCode::engines_disagree;
  refused.answer.error = analysis::because::StuckSetRefused{{analysis::MoveRefusal::Kind::nobody_stuck}};
  EXPECT_EQ(verdict_of({timed(VerdictKind::progress), refused}).answer.code, ExitCode::engines_disagree);
}

TEST(OneVerdict, WhoCountsSpeaksFirst) {
  const Verdict search = verdict_of({timed(VerdictKind::progress), untimed(VerdictKind::progress)});
  EXPECT_EQ(search.by, Engine::explore);
  ASSERT_EQ(search.answer.reasons.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<analysis::because::Exhausted>(search.answer.reasons.front()));
  const Verdict run = verdict_of({timed(VerdictKind::stall), untimed(VerdictKind::inconclusive)});
  EXPECT_EQ(run.by, Engine::simulate);
  ASSERT_EQ(run.answer.reasons.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<analysis::because::RunStalled>(run.answer.reasons.front()));
  EXPECT_EQ(verdict_of({timed(VerdictKind::progress), untimed(VerdictKind::deadlock)}).answer.reasons.size(), 1U)
      << "a witness needs no second opinion";
}

TEST(OneVerdict, TheSearchHasTheLastWordOnWhatAProofLeftOpen) {
  const Finding open = untimed(VerdictKind::inconclusive, Rest::proved);
  EXPECT_EQ(verdict_of({open, untimed(VerdictKind::deadlock)}).answer.code, ExitCode::deadlock);
  EXPECT_EQ(verdict_of({untimed(VerdictKind::progress), open}).answer.code, ExitCode::progress);
}

// A starving round that the search found was once told as the steps of a stuck set that the timed run had met.
TEST(OneVerdict, AWitnessAndItsStoryComeFromOneEngine) {
  Finding starves = untimed(VerdictKind::starvation);
  starves.answer.narrative.resize(2);
  const Verdict verdict = verdict_of({timed(VerdictKind::deadlock), starves});
  EXPECT_EQ(verdict.answer.verdict, VerdictKind::deadlock);
  EXPECT_EQ(verdict.by, Engine::simulate);
  EXPECT_TRUE(verdict.answer.narrative.empty());
}

TEST(OneVerdict, OneEngineAloneIsTakenAtItsWord) {
  for (const VerdictKind kind : {VerdictKind::progress, VerdictKind::deadlock, VerdictKind::stall}) {
    EXPECT_EQ(verdict_of({timed(kind)}).answer.verdict, kind);
    EXPECT_EQ(verdict_of({untimed(kind)}).answer.verdict, kind);
  }
}

}  // namespace dmstall::tests
