// Events against the model of their stack: what explains each, and what nothing explains. The stacks of callers are of
// Debian's kernels 6.1.0-57 and 6.12.117, the explanations from the kernel's source.
#include "analysis/use/audit/audit.hpp"

#include "models/kernel/traces/left_out.hpp"
#include "models/targets/target.hpp"
#include "tests/audit/audited.hpp"

namespace dmstall::tests {

namespace {

using analysis::AuditedEvent;
using analysis::Explained;
using analysis::TraceModel;

const TraceModel& verity() {
  static const TraceModel model = traced_model(R"(
    "devices": [ {"name": "data", "target": "disk"}, {"name": "hash", "target": "disk"},
                 {"name": "v", "target": "verity", "data": "data", "hash": "hash", "on_corruption": "ignore"} ],
    "faults": [ {"device": "data", "fault": "bad_block", "blocks": [5]} ],
    "workload": [ {"read": "v", "count": 4} ])");
  return model;
}

const std::string page = "1 take kworker:kverityd | mempool_alloc < verity_recheck < verity_verify_io < verity_work\n";

}  // namespace

TEST(Audit, AStepExplainsItsEvent) {
  const AuditedEvent event = audited_event(verity(), page);
  EXPECT_EQ(event.how, Explained::by_step);
  ASSERT_EQ(event.steps.size(), 1U);
  EXPECT_EQ(verity().steps[event.steps[0]].what, "take recheck_pool");
}

TEST(Audit, AnEventOfAnotherKindIsNotExplained) {
  EXPECT_EQ(
      audited_event(verity(), "1 alloc k | kmalloc_trace < verity_recheck < verity_verify_io < verity_work\n").how,
      Explained::not_explained);
}

TEST(Audit, ABioIsNoStructIo) {
  const std::string callers = "sync_io < dm_io < verity_recheck < verity_verify_io < verity_work\n";
  const AuditedEvent io = audited_event(verity(), "1 take k | mempool_alloc < " + callers);
  ASSERT_EQ(io.how, Explained::by_step);
  EXPECT_EQ(verity().steps[io.steps[0]].what, "take io_client.pool");
  // The mempool of a bio_set, taken where the model takes a struct io: somebody took a bio that it does not know.
  EXPECT_EQ(audited_event(verity(), "1 take k | mempool_alloc < bio_alloc_bioset < " + callers).how,
            Explained::not_explained);
}

TEST(Audit, AWorkItemIsToldByItsFunction) {
  EXPECT_EQ(audited_event(verity(), "1 run kworker:kverityd | verity_work\n").how, Explained::by_step);
  EXPECT_EQ(audited_event(verity(), "1 queue what=verity_work irq | queue_work_on < clone_endio\n").how,
            Explained::by_step);
  EXPECT_EQ(audited_event(verity(), "1 queue what=other_work irq | queue_work_on < clone_endio\n").how,
            Explained::not_explained);
}

TEST(Audit, AnEntryOfTheLedgerExplainsItsEvent) {
  const AuditedEvent event = audited_event(
      verity(),
      "1 sleep kworker:events | __wait_for_common < wait_for_completion_killable < __kthread_create_on_node < "
      "kthread_create_on_node < create_worker < worker_thread\n");
  EXPECT_EQ(event.how, Explained::by_omission);
  EXPECT_EQ(event.omission, "workqueue.manager");
}

TEST(Audit, WhatIsOutsideHasAReasonUnlessTheModelsNameWhatIsFurtherIn) {
  const AuditedEvent fault =
      audited_event(verity(), "1 alloc task:dd | __alloc_pages < vma_alloc_folio < exc_page_fault\n");
  EXPECT_EQ(fault.how, Explained::outside);
  EXPECT_FALSE(fault.why.empty());
  EXPECT_EQ(audited_event(verity(), "1 alloc task:dd | __alloc_pages < verity_recheck < exc_page_fault\n").how,
            Explained::not_explained);
}

TEST(Audit, CountsAndStepsThatWereSeen) {
  const analysis::Audit audit = audited(verity(), page + page + "1 take t | mempool_alloc < unheard_of < somewhere\n");
  const analysis::AuditCounts counts = counts_of(audit);
  EXPECT_EQ(counts.events, 3U);
  EXPECT_EQ(counts.by_steps, 2U);
  EXPECT_EQ(counts.unexplained, 1U);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < audit.models[0].seen.size(); ++i) {
    seen += audit.models[0].seen[i];
    if (audit.models[0].seen[i] == 0) continue;
    EXPECT_EQ(audit.models[0].model.steps[i].what, "take recheck_pool");
  }
  EXPECT_EQ(seen, 2U);
}

TEST(Audit, AStepSaysWhatReachesIt) {
  const auto& steps = verity().steps;
  const auto page_taken =
      std::find_if(steps.begin(), steps.end(), [](const auto& step) { return step.what == "take recheck_pool"; });
  ASSERT_NE(page_taken, steps.end());
  EXPECT_EQ(page_taken->targets, (std::set<std::string>{"verity"}));
  ASSERT_FALSE(page_taken->reached.empty());
  EXPECT_NE(page_taken->reached.back().find("bad"), std::string::npos) << page_taken->reached.back();
}

TEST(Audit, EventsOfTheLedgerNameEntries) {
  std::set<std::string> ids;
  for (const models::ModelPart* part : models::all_parts()) {
    for (const models::Omission& omission : part->omissions) ids.insert(omission.id);
  }
  for (const models::LeftOut& each : models::left_out_events()) {
    EXPECT_EQ(ids.count(std::string(each.id)), 1U) << each.id;
    EXPECT_FALSE(each.seen.kinds.none()) << each.id;
    EXPECT_FALSE(analysis::functions_of(each.seen.chain).empty()) << each.id;
  }
}

}  // namespace dmstall::tests
