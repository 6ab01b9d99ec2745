// A batch of checks with a stand-in for the simulator: what crashes, hangs or disagrees is one answer among others.
#include "analysis/use/check/run_checks.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "analysis/report/outcome_of_report.hpp"
#include "analysis/use/check/check_scenario.hpp"

namespace dmstall::tests {

namespace {

using analysis::CheckKind;
using analysis::CheckOptions;
using analysis::CheckOutcome;
using analysis::CheckRun;
using models::ExitCode;

/// A check that does what the name of the file says.
CheckOutcome act_as_named(const std::string& file, std::uint64_t seed) {
  CheckOutcome outcome;
  outcome.scenario = "seed " + std::to_string(seed);
  outcome.kind = CheckKind::passed;
  outcome.found = "PROGRESS";
  if (file == "crash") {
    std::fputs("some news\nassertion `tokens > 0' failed\n\n", stderr);
    std::signal(SIGSEGV, SIG_DFL);
    std::raise(SIGSEGV);
  }
  if (file == "throw") throw std::runtime_error("no such flow");
  if (file == "exit") ::_exit(0);
  while (file == "hang") ::pause();
  if (file == "wrong") outcome.kind = CheckKind::unmet;
  if (file == "refused") outcome.kind = CheckKind::refused;
  if (file == "disagree") outcome.kind = CheckKind::disagreed;
  return outcome;
}

CheckRun check(const std::vector<std::string>& files, CheckOptions options = {},
               const analysis::CheckWatch& watch = {}) {
  return analysis::run_checks(files, options, act_as_named, watch, analysis::lost_text);
}

ExitCode code_of(const std::vector<std::string>& files) {
  return exit_code(check(files));
}

}  // namespace

TEST(RunChecks, ACrashIsOneFailureAmongTheOthers) {
  const CheckRun run = check({"a", "crash", "z"});
  ASSERT_EQ(run.outcomes.size(), 3u);
  EXPECT_EQ(run.outcomes[0].kind, CheckKind::passed);
  EXPECT_EQ(run.outcomes[1].kind, CheckKind::crashed);
  EXPECT_EQ(run.outcomes[1].file, "crash");
  EXPECT_EQ(run.outcomes[1].found, "dmstall crashed: Segmentation fault: assertion `tokens > 0' failed");
  EXPECT_EQ(run.outcomes[1].stderr_text, "some news\nassertion `tokens > 0' failed\n\n");
  EXPECT_EQ(run.outcomes[2].kind, CheckKind::passed);
  EXPECT_EQ(failures(run), 1);
  EXPECT_EQ(exit_code(run), ExitCode::internal_error);
}

TEST(RunChecks, AnExceptionAndAnExitAreCrashesWithTheirReason) {
  const CheckRun run = check({"throw", "exit"});
  EXPECT_EQ(run.outcomes[0].found, "dmstall gave up with status 1: no such flow");
  EXPECT_EQ(run.outcomes[1].kind, CheckKind::crashed);
  EXPECT_EQ(run.outcomes[1].found, "dmstall gave up with status 0");
}

TEST(RunChecks, AHangIsOutOfTimeAndCountsAsNotAsExpected) {
  CheckOptions options;
  options.timeout_s = 1.5;
  options.parallel = 2;
  const CheckRun run = check({"hang", "z"}, options);
  EXPECT_EQ(run.outcomes[0].kind, CheckKind::timed_out);
  EXPECT_EQ(run.outcomes[0].found, "INCONCLUSIVE: not finished after 1.5 s; --timeout raises the bound");
  EXPECT_EQ(run.outcomes[1].kind, CheckKind::passed);
  EXPECT_EQ(exit_code(run), ExitCode::expectation_unmet);
}

TEST(RunChecks, TheMostSevereCodeWins) {
  EXPECT_EQ(code_of({}), ExitCode::nothing_matched);
  EXPECT_EQ(code_of({"a", "b"}), ExitCode::progress);
  EXPECT_EQ(code_of({"a", "wrong"}), ExitCode::expectation_unmet);
  EXPECT_EQ(code_of({"wrong", "refused"}), ExitCode::bad_scenario);
  EXPECT_EQ(code_of({"wrong", "disagree", "refused"}), ExitCode::engines_disagree);
  EXPECT_EQ(code_of({"crash", "disagree", "refused", "wrong"}), ExitCode::internal_error);
}

TEST(RunChecks, AnswersComeInTheOrderOfPathsWhoeverIsReadyFirst) {
  CheckOptions options;
  options.timeout_s = 0.3;
  options.parallel = 3;
  std::vector<std::string> told;
  std::vector<std::size_t> done;
  analysis::CheckWatch watch;
  watch.outcome = [&](const CheckOutcome& outcome) { told.push_back(outcome.file); };
  watch.progress = [&](std::size_t now, std::size_t all) {
    EXPECT_EQ(all, 4u);
    done.push_back(now);
  };
  (void)check({"a", "hang", "x", "y"}, options, watch);
  EXPECT_EQ(told, (std::vector<std::string>{"a", "hang", "x", "y"}));
  EXPECT_EQ(done, (std::vector<std::size_t>{1, 2, 3, 4}));
}

TEST(RunChecks, AnInterruptLeavesTheRestNotRun) {
  CheckOptions options;
  options.parallel = 2;
  std::vector<std::string> told;
  analysis::CheckWatch watch;
  watch.outcome = [&](const CheckOutcome& outcome) { told.push_back(outcome.file); };
  watch.progress = [&](std::size_t, std::size_t) { ::kill(::getpid(), SIGINT); };
  const CheckRun run = check({"hang", "x", "y"}, options, watch);
  EXPECT_EQ(run.ending, analysis::CheckEnding::interrupted);
  EXPECT_EQ(told, std::vector<std::string>{"x"}) << "finished behind a gap";
  EXPECT_EQ(run.outcomes[0].kind, CheckKind::not_run);
  EXPECT_EQ(run.outcomes[2].kind, CheckKind::not_run);
  EXPECT_EQ(run.outcomes[2].file, "y");
  EXPECT_EQ(failures(run), 0);
  EXPECT_EQ(exit_code(run), ExitCode::interrupted);
}

TEST(RunChecks, TheSeedReachesEveryScenario) {
  CheckOptions options;
  options.seed = 18'000'000'000'000'000'000U;
  EXPECT_EQ(check({"a"}, options).outcomes[0].scenario, "seed 18000000000000000000");
}

TEST(RunChecks, AnOutcomeSurvivesThePipe) {
  CheckOutcome outcome;
  outcome.kind = CheckKind::unmet;
  outcome.scenario = "line\nbreak \"quoted\" \x01";
  outcome.expected = "expected";
  outcome.found = "found";
  outcome.unmet = {"one", "two"};
  outcome.unchecked = {"proof"};
  outcome.diagnostics = "diagnostics";
  outcome.result = "result";
  outcome.report = std::string(100'000, 'r');
  outcome.stderr_text = "stderr";
  const auto back = analysis::decode(encode(outcome));
  ASSERT_TRUE(back);
  EXPECT_EQ(encode(*back), encode(outcome));
  EXPECT_EQ(back->unmet, outcome.unmet);
  EXPECT_EQ(back->scenario, outcome.scenario);
  EXPECT_EQ(back->report, outcome.report);
  for (const char* text : {"", "{", "[]", "{\"kind\": 0}", "{\"kind\": 99}", "7"})
    EXPECT_FALSE(analysis::decode(text)) << text;
  outcome.report = "\xFF";
  EXPECT_TRUE(analysis::decode(encode(outcome))) << "bytes that are no text are no reason to lose the rest";
}

TEST(JudgeReport, AnErrorOfTheEnginesIsNoVerdict) {
  const auto kind_of = [](ExitCode code) {
    const auto report = std::make_unique<analysis::RunReport>();
    report->error = analysis::because::StuckSetRefused{{analysis::MoveRefusal::Kind::nobody_stuck}};
    report->code = code;
    return analysis::judge_report(*report).kind;
  };
  EXPECT_EQ(kind_of(ExitCode::engines_disagree), CheckKind::disagreed);
  EXPECT_EQ(kind_of(ExitCode::bad_scenario), CheckKind::refused);
  EXPECT_EQ(kind_of(ExitCode::internal_error), CheckKind::crashed);
}

TEST(JudgeReport, ABoundIsNotProgress) {
  const auto report = std::make_unique<analysis::RunReport>();
  report->verdict = models::VerdictKind::inconclusive;
  report->reasons = {analysis::because::RunOutOfSteps{50}};
  EXPECT_EQ(analysis::judge_report(*report).kind, CheckKind::unmet);
  report->expect.emplace();
  report->expect->verdict = {models::VerdictKind::progress, models::VerdictKind::inconclusive};
  const CheckOutcome outcome = analysis::judge_report(*report);
  EXPECT_EQ(outcome.kind, CheckKind::passed);
  EXPECT_EQ(outcome.expected, "PROGRESS or INCONCLUSIVE");
  EXPECT_EQ(outcome.found, "INCONCLUSIVE: not finished after 50 steps; --events raises the bound");
}

}  // namespace dmstall::tests
