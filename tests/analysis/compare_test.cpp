// Comparisons: the grid, the statistics over the seeds, what a row says, and which row is the reference.
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "analysis/report/comparison_report.hpp"
#include "analysis/report/reason_text.hpp"
#include "analysis/use/compare/comparison.hpp"
#include "models/scenario/reader.hpp"

namespace dmstall::tests {

namespace {

using namespace dmstall::analysis;
using models::ExitCode;
using models::VerdictKind;

using Texts = std::vector<std::string>;

std::string refusal(const auto& call) {
  try {
    (void)call();
  } catch (const GridError& error) {
    return error.what();
  }
  return {};
}

Measurement run_of(VerdictKind verdict, double mib_per_s = 0) {
  Measurement run;
  run.verdict = verdict;
  run.code = models::exit_code(verdict);
  run.mib_per_s = mib_per_s;
  run.p50_us = mib_per_s * 2;
  run.p99_us = mib_per_s * 3;
  run.polls = static_cast<std::int64_t>(mib_per_s);
  return run;
}

const std::string two_disks = R"j({ "format": 1, "name": "two",
  "kernel": { "reserved_bio_based_ios": 2 },
  "devices": [ { "name": "d", "target": "disk" }, { "name": "l{i}", "target": "linear", "to": "d", "repeat": 2 } ],
  "workload": [ { "read": "l0", "count": 5 } ], "memory": { "allocator": "plentiful" }, "faults": [] })j";

ComparisonPlan plan_of(const std::vector<models::Variation>& vary, const std::vector<models::Setting>& reference = {},
                       const std::string& text = two_disks) {
  const models::ReadResult read = models::read_scenario_text(text, "x.json");
  EXPECT_TRUE(read.scenario) << models::format_diagnostics(read.diagnostics);
  return plan_comparison(text, read.scenario.value_or(models::Scenario{}), vary, reference);
}

}  // namespace

TEST(Grid, ValuesAreSplitOutsideOfBracketsAndQuotes) {
  EXPECT_EQ(parse_variation("cpus=1,2,16").values, (Texts{"1", "2", "16"}));
  EXPECT_EQ(parse_variation(R"(sharing={"a": "b", "c": ["d", "e"]},module)").values,
            (Texts{R"({"a": "b", "c": ["d", "e"]})", "module"}));
  EXPECT_EQ(parse_variation(R"(k="a,b\",c",d)").values, (Texts{R"("a,b\",c")", "d"}));
  EXPECT_EQ(parse_variation("faults=[],any").values, (Texts{"[]", "any"}));
  EXPECT_EQ(parse_variation("k=a=b").values, (Texts{"a=b"}));
  EXPECT_EQ(parse_variation("k=]],a").values, (Texts{"]]", "a"})) << "a bracket too many closes nothing";
}

TEST(Grid, MistakesAreNamed) {
  EXPECT_EQ(refusal([] { return parse_variation("cpus"); }), "--vary takes KEY=V1,V2,..., not \"cpus\"");
  EXPECT_EQ(refusal([] { return parse_variation("=1"); }), "--vary takes KEY=V1,V2,..., not \"=1\"");
  EXPECT_NE(refusal([] { return parse_variation("cpus=1,,2"); }), "");
  EXPECT_NE(refusal([] { return parse_variation("cpus="); }), "");
  EXPECT_EQ(refusal([] { return setting_grid({{"a", {"1", "2", "1"}}}); }), "\"a\" is to be \"1\" twice");
  EXPECT_EQ(refusal([] { return setting_grid({{"a", {"1"}}, {"a", {"2"}}}); }), "\"a\" is varied twice");
  models::Variation wide{"a", {}}, wider{"b", {}};
  for (int i = 0; i < 317; ++i) wide.values.push_back(std::to_string(i)), wider.values.push_back(std::to_string(i));
  EXPECT_NE(refusal([&] { return setting_grid({wide, wider}); }), "");
}

TEST(Grid, TheLastKeyChangesFastest) {
  Texts rows;
  for (const auto& settings : setting_grid({{"a", {"1", "2"}}, {"b", {"x", "y"}}}))
    rows.push_back(settings[0].value + settings[1].value);
  EXPECT_EQ(rows, (Texts{"1x", "1y", "2x", "2y"}));
}

TEST(Spread, IsTheMiddleAndTheEnds) {
  EXPECT_EQ(spread_of({5}).median, 5);
  const Spread odd = spread_of({9, 1, 5});
  EXPECT_EQ(odd.median, 5);
  EXPECT_EQ(odd.min, 1);
  EXPECT_EQ(odd.max, 9);
  EXPECT_EQ(spread_of({8, 2, 4, 100}).median, 6);
}

TEST(Row, TheMostSevereVerdictCounts) {
  ComparisonRow row;
  row.runs = {run_of(VerdictKind::progress), run_of(VerdictKind::deadlock), run_of(VerdictKind::inconclusive),
              run_of(VerdictKind::deadlock)};
  row.runs[1].kind = models::DeadlockKind::circle;
  row.runs[3].kind = models::DeadlockKind::self;
  summarise(row);
  EXPECT_EQ(row.verdict, VerdictKind::deadlock);
  EXPECT_EQ(row.seeds_with_verdict, 2);
  EXPECT_EQ(row.kind, models::DeadlockKind::circle);
  EXPECT_FALSE(row.error);
  EXPECT_FALSE(row.mib_per_s) << "a row that does not complete has no throughput";
}

TEST(Row, FiguresAreMediansOverTheSeedsWhenAllComplete) {
  ComparisonRow row;
  row.runs = {run_of(VerdictKind::progress, 30), run_of(VerdictKind::stall, 10), run_of(VerdictKind::progress, 20)};
  summarise(row);
  EXPECT_EQ(row.verdict, VerdictKind::stall);
  EXPECT_EQ(row.seeds_with_verdict, 1);
  ASSERT_TRUE(row.mib_per_s && row.p50_us && row.p99_us);
  EXPECT_EQ(row.mib_per_s->median, 20);
  EXPECT_EQ(row.mib_per_s->max, 30);
  EXPECT_EQ(row.p99_us->min, 30);
  EXPECT_EQ(row.polls, 30);
}

TEST(Row, ErrorsAloneAreNoThroughput) {
  ComparisonRow row;
  row.runs = {run_of(VerdictKind::progress, 30), run_of(VerdictKind::progress, 0)};
  row.runs[0].finished_ok = 10;
  row.runs[1].failed = 10;
  row.runs[1].failed_by = {{"bad_block@d", 10}};
  summarise(row);
  EXPECT_EQ(row.failed, 10);
  EXPECT_EQ(errors_by_text(row.failed_by), "10 by bad_block@d");
  EXPECT_FALSE(row.mib_per_s || row.p50_us || row.p99_us);
}

/// A disk whose blocks are all bad answers as fast as a good one; nothing of that is throughput.
TEST(Comparison, ARowOfErrorsShowsNoSpeedUp) {
  const ComparisonPlan plan =
      plan_of({{"faults", {"[]", R"([{"device": "d", "fault": "io_error", "blocks": "all"}])"}}});
  ComparisonOptions options;
  options.engine = Engine::simulate;
  options.seeds = 1;
  const Comparison comparison = run_comparison(plan, options);
  ASSERT_EQ(comparison.rows.size(), 2u);
  EXPECT_EQ(comparison.rows[0].failed, 0);
  EXPECT_EQ(comparison.rows[1].failed, 5);
  EXPECT_NE(errors_by_text(comparison.rows[1].failed_by).find("io_error"), std::string::npos)
      << errors_by_text(comparison.rows[1].failed_by);
  EXPECT_TRUE(comparison.rows[0].mib_per_s);
  EXPECT_FALSE(comparison.rows[1].mib_per_s || comparison.rows[1].relative);
}

TEST(Row, ARunThatGaveNoVerdictIsAnError) {
  ComparisonRow row;
  row.runs = {run_of(VerdictKind::deadlock), run_of(VerdictKind::progress)};
  row.runs[1].error = true;
  row.runs[1].code = ExitCode::internal_error;
  summarise(row);
  EXPECT_TRUE(row.error);
  EXPECT_EQ(row.code, ExitCode::internal_error);
}

TEST(Measurement, SurvivesTheWayBetweenProcesses) {
  Measurement run = run_of(VerdictKind::deadlock, 0.1);
  run.seed = 18'000'000'000'000'000'000ULL;
  run.digest = 0xfedcba9876543210ULL;
  run.kind = models::DeadlockKind::empty_reserve;
  run.reasons = {because::ScenarioWrong{"line\n\"quoted\" \xff"}};
  run.assumptions = {"a", "b"};
  run.finished_ok = 3;
  run.failed = 7;
  run.failed_by = {{"io_error@d", 4}, {"bad_block@d", 3}};
  const auto back = measurement_from(to_text(run));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->seed, run.seed);
  EXPECT_EQ(back->digest, run.digest);
  EXPECT_EQ(back->verdict, run.verdict);
  EXPECT_EQ(back->code, run.code);
  EXPECT_EQ(back->kind, run.kind);
  EXPECT_EQ(back->mib_per_s, run.mib_per_s);
  EXPECT_EQ(back->assumptions, run.assumptions);
  EXPECT_EQ(back->finished_ok, 3);
  EXPECT_EQ(back->failed, 7);
  EXPECT_EQ(back->failed_by, run.failed_by);
  EXPECT_FALSE(measurement_from(""));
  EXPECT_FALSE(measurement_from("{\"seed\": 1}"));
}

TEST(Plan, TheReferenceIsTheRowWithTheFilesOwnValues) {
  const std::vector<models::Variation> vary = {{"reserved_bio_based_ios", {"1", "2"}}, {"cpus", {"4", "8"}}};
  ComparisonPlan plan = plan_of(vary);
  EXPECT_EQ(plan.reference, 3U);  // 2 as written, 8 by default
  EXPECT_TRUE(plan.reference_chosen);
  EXPECT_EQ(plan.rows[0].reserved_ios, 1);
  EXPECT_EQ(plan.rows[0].settings[1].value, "4");
  EXPECT_LT(plan.rows[0].memory->bytes, plan.rows[2].memory->bytes);
  EXPECT_EQ(plan_of(vary, {{"reserved_bio_based_ios", "1"}}).reference, 1U) << "what is left open is as in the file";
  EXPECT_EQ(plan_of(vary, {{"reserved_bio_based_ios", "1"}, {"cpus", "4"}}).reference, 0U);
  plan = plan_of({{"reserved_bio_based_ios", {"7", "9"}}});
  EXPECT_EQ(plan.reference, 0U);
  EXPECT_FALSE(plan.reference_chosen);
  EXPECT_NE(refusal([&] { return plan_of(vary, {{"cpus", "5"}}); }), "");
  EXPECT_NE(refusal([&] { return plan_of(vary, {{"sharing", "device"}}); }), "");
  EXPECT_NE(refusal([&] { return plan_of(vary, {{"cpus", "4"}, {"cpus", "8"}}); }), "");
}

TEST(Plan, RefusesWhatTheReaderRefuses) {
  EXPECT_THROW((void)plan_of({{"cpus", {"8", "0"}}}), RefusedSetting);
  EXPECT_THROW((void)plan_of({{"cpu", {"8"}}}), GridError);
}

TEST(Compare, IsTheSameForAnyNumberOfProcesses) {
  const ComparisonPlan plan = plan_of({{"reserved_bio_based_ios", {"1", "2"}}, {"workload.in_flight", {"1", "3"}}});
  ComparisonOptions options;
  options.engine = Engine::simulate;
  options.seeds = 3;
  std::size_t calls = 0;
  options.progress = [&](std::size_t done, std::size_t jobs) {
    EXPECT_EQ(done, ++calls);
    EXPECT_EQ(jobs, 12U);
  };
  const Comparison one = run_comparison(plan, options);
  EXPECT_EQ(calls, 12U);
  calls = 0;
  options.parallel = 4;
  const Comparison four = run_comparison(plan, options);
  EXPECT_EQ(one.digest, four.digest);
  EXPECT_EQ(one.code, ExitCode::progress);
  ASSERT_EQ(one.rows.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    ASSERT_TRUE(one.rows[i].mib_per_s && four.rows[i].mib_per_s);
    EXPECT_EQ(one.rows[i].mib_per_s->median, four.rows[i].mib_per_s->median);
    for (std::uint64_t seed = 1; seed <= 3; ++seed) EXPECT_EQ(one.rows[i].runs[seed - 1].seed, seed);
  }
  EXPECT_EQ(one.rows[one.reference].relative, 1.0);
  ASSERT_TRUE(one.rows[3].relative);
  EXPECT_GT(*one.rows[3].relative, 1.0) << "three reads at a time are faster than one";
}

TEST(Compare, ABoundLeavesARowInconclusiveAndTheTableIncomplete) {
  const ComparisonPlan plan = plan_of({{"workload.count", {"1", "5000"}}});
  ComparisonOptions options;
  options.engine = Engine::simulate;
  options.seeds = 1;
  options.events = 1000;
  const Comparison comparison = run_comparison(plan, options);
  EXPECT_EQ(comparison.rows[0].verdict, VerdictKind::progress);
  EXPECT_EQ(comparison.rows[1].verdict, VerdictKind::inconclusive);
  EXPECT_NE(to_text(comparison.rows[1].reasons).find("--events"), std::string::npos);
  EXPECT_EQ(comparison.code, ExitCode::inconclusive);
}

TEST(Compare, ATimeOutIsInconclusiveAndNamesItsFlag) {
  const ComparisonPlan plan = plan_of({{"workload.count", {"5", "1000000000"}}});
  ComparisonOptions options;
  options.engine = Engine::simulate;
  options.seeds = 1;
  options.timeout_s = 1.0;
  const Comparison comparison = run_comparison(plan, options);
  EXPECT_EQ(comparison.rows[0].verdict, VerdictKind::progress);
  EXPECT_EQ(comparison.rows[1].verdict, VerdictKind::inconclusive);
  EXPECT_NE(to_text(comparison.rows[1].reasons).find("--timeout"), std::string::npos);
  EXPECT_EQ(comparison.code, ExitCode::inconclusive);
}

TEST(RunComparison, AnInterruptLeavesTheRowsOfWhichEverySeedEnded) {
  const ComparisonPlan plan = plan_of({{"cpus", {"1", "2", "4"}}}, {{"cpus", "4"}});
  ComparisonOptions options;
  options.seeds = 2;
  options.parallel = 1;
  // Three of six runs ended: the first row, and half of the second.
  options.progress = [](std::size_t done, std::size_t) {
    if (done == 3) ::kill(::getpid(), SIGTERM);
  };
  const Comparison comparison = run_comparison(plan, options);
  EXPECT_TRUE(comparison.interrupted);
  EXPECT_EQ(comparison.code, ExitCode::interrupted);
  ASSERT_EQ(comparison.rows.size(), 1u);
  EXPECT_EQ(comparison.rows_left_out, 2u);
  EXPECT_EQ(comparison.rows[0].values, Texts{"1"});
  EXPECT_EQ(comparison.rows[0].verdict, VerdictKind::progress);
  EXPECT_EQ(comparison.reference, 0u) << "the chosen one is not among them";
  EXPECT_EQ(comparison.rows[0].relative, 1.0);
}

}  // namespace dmstall::tests
