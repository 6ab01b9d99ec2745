// Where threads slept while memory was refused, beside where the threads of a witness wait.
#include "analysis/use/audit/sleepers.hpp"

#include "tests/audit/audited.hpp"

namespace dmstall::tests {

namespace {

using models::VerdictKind;

models::StuckReport stuck_in(const std::string& functions) {
  models::BlockedThread flusher;
  flusher.who = "flush/l (flush-l)";
  flusher.resource = 0;
  flusher.functions = functions;
  models::BlockedThread bio;
  bio.who = "bio 0 of l";
  models::StuckReport report;
  report.threads = {flusher, bio};
  return report;
}

const analysis::TraceModel& linear() {
  static const analysis::TraceModel model = traced_model(R"(
    "devices": [ {"name": "a", "target": "disk"}, {"name": "b", "target": "disk"},
                 {"name": "l", "target": "linear",
                  "segments": [ {"to": "a", "size_mib": 8}, {"to": "b", "size_mib": 8} ]} ],
    "workload": [ {"flush": "l"} ])");
  return model;
}

const std::string clones =
    "mempool_alloc < bio_alloc_bioset < alloc_tio < __send_duplicate_bios < __send_empty_flush < dm_submit_bio";
const std::string asleep =
    "1 sleep task:worker | mempool_alloc < bio_alloc_bioset < bio_alloc_clone < alloc_tio < __send_duplicate_bios < "
    "__send_empty_flush < dm_submit_bio < __submit_bio\n";

analysis::AuditedSleepers compared(const std::string& functions, const std::string& lines, const std::string& outcome,
                                   VerdictKind verdict) {
  const analysis::RecordedTrace recorded = trace_of(lines);
  const models::StuckReport stuck = verdict == VerdictKind::deadlock ? stuck_in(functions) : models::StuckReport{};
  analysis::AuditedSleepers audited;
  audited.outcome = outcome;
  audited.verdict = verdict;
  audited.comparison = compare_sleepers(stuck, recorded, linear());
  return audited;
}

}  // namespace

TEST(Sleepers, AgreeWhereAThreadSleptInEachWaitOfTheWitness) {
  const auto found = compared(clones, asleep, "stuck until memory came back", VerdictKind::deadlock);
  EXPECT_TRUE(found.agree());
  ASSERT_EQ(found.comparison.waits.size(), 1U) << "a bio in no thread sleeps nowhere";
  EXPECT_EQ(found.comparison.waits[0].sleepers, std::vector<std::size_t>{0});
  EXPECT_TRUE(found.comparison.others.empty());
}

TEST(Sleepers, DisagreeWhereNobodySleptThere) {
  const auto elsewhere = compared("mempool_alloc < sync_io < dm_io < verity_recheck", asleep,
                                  "stuck until memory came back", VerdictKind::deadlock);
  EXPECT_FALSE(elsewhere.agree());
  ASSERT_EQ(elsewhere.comparison.others.size(), 1U);
  EXPECT_EQ(elsewhere.comparison.others[0].how, analysis::Explained::by_step) << "the flush's own step";
  EXPECT_FALSE(compared(clones, "", "stuck for ever", VerdictKind::deadlock).agree());
}

/// A step further in that fits better is the place, though the wait's functions are among the callers, too.
TEST(Sleepers, DisagreeWhereAnotherStepFitsBetter) {
  EXPECT_TRUE(compared("mempool_alloc < alloc_tio < __send_duplicate_bios < __send_empty_flush < dm_submit_bio", asleep,
                       "stuck for ever", VerdictKind::deadlock)
                  .agree());
  EXPECT_FALSE(compared("mempool_alloc < bio_alloc_bioset < alloc_tio < dm_submit_bio", asleep, "stuck for ever",
                        VerdictKind::deadlock)
                   .agree());
}

TEST(Sleepers, DisagreeWhereNothingExplainsAnother) {
  const auto found = compared(clones, asleep + "1 sleep kworker | mempool_alloc < unheard_of < somewhere\n",
                              "stuck for ever", VerdictKind::deadlock);
  EXPECT_TRUE(found.comparison.all_found());
  EXPECT_FALSE(found.agree());
}

TEST(Sleepers, AQueuedWorkItemSleepsNowhere) {
  models::StuckReport stuck = stuck_in(clones);
  stuck.threads[1].resource = 1;
  stuck.threads[1].functions = "inactive work item < queue_work < loop_process_work < loop_workfn";
  EXPECT_EQ(compare_sleepers(stuck, trace_of(asleep), linear()).waits.size(), 1U);
}

TEST(Sleepers, AVerdictAndAnOutcomeMustBeTheSame) {
  EXPECT_FALSE(compared(clones, asleep, "completed", VerdictKind::deadlock).agree());
  EXPECT_FALSE(compared(clones, asleep, "stuck for ever", VerdictKind::progress).agree());
  EXPECT_TRUE(compared(clones, "", "completed", VerdictKind::progress).agree());
}

TEST(Sleepers, HaveAFirstLineAndAKeyOfTheirOwn) {
  const auto read = analysis::read_trace("# dmstall-sleepers 1\n# outcome: stuck for ever\n" + asleep);
  ASSERT_TRUE(read.trace) << read.refusal;
  EXPECT_TRUE(read.trace->of_sleepers);
  EXPECT_EQ(read.trace->outcome, "stuck for ever");
}

}  // namespace dmstall::tests
