// Callers of an event against the functions that a step names. The stacks are of Debian's kernels 6.1 and 6.12.
#include "analysis/use/audit/fit.hpp"

#include "tests/audit/audited.hpp"

namespace dmstall::tests {

namespace {

std::size_t fits(const std::string& chain, const std::string& event, const analysis::HiddenFunctions& hidden = {}) {
  return analysis::fit(analysis::functions_of(chain), trace_of("1 " + event + "\n").events.at(0), hidden);
}

const std::string struct_io =
    "take kworker:kverityd | mempool_alloc < sync_io < dm_io < verity_recheck < verity_verify_io < verity_work";
const std::string bio =
    "take kworker:kverityd | mempool_alloc < bio_alloc_bioset < dispatch_io < sync_io < dm_io < verity_recheck < "
    "verity_verify_io < verity_work";

}  // namespace

TEST(Fit, AChainStandsAmongTheCallersInItsOrder) {
  EXPECT_EQ(fits("sync_io < dm_io < verity_recheck < verity_verify_io < verity_work", struct_io), 5U);
  EXPECT_EQ(fits("sync_io < verity_recheck", struct_io), 2U);
  EXPECT_EQ(fits("verity_recheck < sync_io", struct_io), 0U);
  EXPECT_EQ(fits("sync_io < dm_io < verity_prefetch_io", struct_io), 0U);
}

TEST(Fit, WhatHappensFurtherInIsSomebodyElses) {
  EXPECT_EQ(fits("verity_recheck < verity_verify_io < verity_work", struct_io), 0U);
  EXPECT_EQ(fits("dm_io < verity_recheck < verity_verify_io < verity_work", struct_io), 0U);
  EXPECT_EQ(fits("sync_io < dm_io < verity_recheck < verity_verify_io < verity_work", bio), 0U);
}

TEST(Fit, AFunctionMayBeMissingWhereTheKernelCannotShowIt) {
  const std::string chain =
      "do_region < dispatch_io < sync_io < dm_io < verity_recheck < verity_verify_io < verity_work";
  EXPECT_EQ(fits(chain, bio), 0U);
  EXPECT_EQ(fits(chain, bio, {{"do_region"}, {}}), 6U);
  EXPECT_EQ(fits(chain, bio, {{"dispatch_io"}, {}}), 0U);
}

TEST(Fit, AFunctionThatLeavesByAJumpMayBeMissing) {
  const std::string given = "give irq | mempool_free < endio < blk_update_request < blk_mq_end_request";
  EXPECT_EQ(fits("bio_put < endio", given), 1U);
  EXPECT_EQ(fits("bio_end < endio", given), 0U);
  EXPECT_EQ(fits("bio_end < endio", given, {{}, {{"bio_end", {"bio_free"}}, {"bio_free", {"mempool_free"}}}}), 1U);
  EXPECT_EQ(fits("bio_end < endio", given, {{}, {{"bio_end", {"bio_free"}}}}), 0U);
  EXPECT_EQ(fits("complete_io < dec_count < endio", given), 0U);
  EXPECT_EQ(fits("complete_io < dec_count < endio", "give irq | mempool_free < dec_count < blk_update_request",
                 {{"complete_io"}, {}}),
            1U);
}

TEST(Fit, ACommonFunctionAloneIsNone) {
  const std::string event = "take task:dd | mempool_alloc < bio_alloc_bioset < submit_bio < somebody";
  EXPECT_EQ(fits("mempool_alloc", event), 0U);
  EXPECT_EQ(fits("bio_alloc_bioset", event), 0U);
  EXPECT_EQ(fits("submit_bio", event), 0U);
  EXPECT_EQ(fits("", event), 0U);
  EXPECT_EQ(fits("submit_bio < somebody", event), 2U);
}

TEST(Fit, TheMakerIsTheFirstCallerThatSaysForWhom) {
  EXPECT_EQ(analysis::maker_of(trace_of("1 " + bio + "\n").events.at(0)), "dispatch_io");
  EXPECT_EQ(analysis::maker_of(trace_of("1 take task | mempool_alloc\n").events.at(0)), "mempool_alloc");
}

}  // namespace dmstall::tests
