// Every recording of sleepers of the tree: a kernel without memory sleeps where the search of its scenario gets stuck,
// or completes where everything does. A sleeper in another place is noticed.
#include <algorithm>

#include "analysis/use/audit/sleepers.hpp"
#include "models/scenario/settings.hpp"
#include "tests/audit/recorded_files.hpp"

namespace dmstall::tests {

namespace {

analysis::AuditedSleepers compared_with_models(const std::string& path, const analysis::RecordedTrace& recorded) {
  auto read = models::read_scenario_file_on((tree() / recorded.scenario).string(), recorded.release);
  if (!read.scenario) throw std::runtime_error(models::format_diagnostics(read.diagnostics));
  analysis::RunOptions options;
  options.timed = false;
  options.compare_without_faults = false;
  return analysis::audit_sleepers(path, recorded, *read.scenario, options);
}

/// The recording of a finding on a release.
analysis::RecordedTrace sleepers_of(const std::string& name) {
  for (const RecordedFile& of : recorded_files(".sleepers")) {
    if (of.path.string().ends_with(name)) return of.trace;
  }
  throw std::runtime_error(name);
}

std::string text_of(const analysis::AuditedSleepers& of) {
  std::string text = of.outcome + "; the models: " + std::string(to_string(of.verdict));
  for (const analysis::WitnessWait& wait : of.comparison.waits)
    text += "\n" + wait.who + " in " + wait.functions + (wait.sleepers.empty() ? ": NOBODY" : ": found");
  for (const analysis::AuditedEvent& other : of.comparison.others)
    text += "\nbeside: " + other.event.text() +
            (other.how == analysis::Explained::not_explained ? ": UNEXPLAINED" : ": explained");
  return text;
}

}  // namespace

TEST(EverySleeper, IsThereForBothReleases) {
  std::map<std::string, std::size_t> stuck, completed;
  for (const RecordedFile& of : recorded_files(".sleepers")) {
    EXPECT_TRUE(of.trace.of_sleepers) << of.path;
    EXPECT_EQ(of.path.parent_path().filename(), of.trace.release) << of.path;
    EXPECT_EQ(of.path.stem(), fs::path(of.trace.scenario).stem()) << of.path;
    ++(of.trace.outcome.starts_with("completed") ? completed : stuck)[of.trace.release];
    EXPECT_EQ(of.trace.outcome.starts_with("completed"), of.trace.events.empty()) << of.path;
  }
  for (const char* release : {"6.1", "6.12"}) {
    EXPECT_GE(stuck[release], 9U) << release;
    EXPECT_GE(completed[release], 1U) << release;
  }
}

TEST(EverySleeper, IsWhereTheModelsGetStuck) {
  for (const RecordedFile& of : recorded_files(".sleepers")) {
    const analysis::AuditedSleepers found = compared_with_models(of.path.string(), of.trace);
    EXPECT_TRUE(found.agree()) << of.path << " disagrees: " << text_of(found);
  }
}

/// dm-verity's codeword on 6.12: the least witness finds the hash blocks of the data verified, and waits in the next
/// read of the codeword; the kernel had to walk the tree for the first data block (fec_read_bufs, i = 0).
TEST(EverySleeper, MayBeThoseOfAnotherScheduleThanTheLeast) {
  const analysis::RecordedTrace recorded = sleepers_of("6.12/verity-metadata-fec-one-buffer.sleepers");
  const analysis::AuditedSleepers found = compared_with_models("", recorded);
  EXPECT_TRUE(found.agree()) << text_of(found);
  EXPECT_FALSE(found.of_least);
  ASSERT_EQ(found.comparison.waits.size(), 1U);
  EXPECT_NE(found.comparison.waits[0].functions.find("verity_hash_for_block < fec_read_bufs"), std::string::npos)
      << found.comparison.waits[0].functions;
}

TEST(SeededSleeper, InAnotherPlaceDisagreesByName) {
  for (const char* name : {"6.1/verity-metadata-fec-one-buffer.sleepers", "6.12/flush-r1-three-disks.sleepers",
                           "6.1/zero-out-two-disks.sleepers"}) {
    analysis::RecordedTrace recorded = sleepers_of(name);
    std::size_t moved = 0;
    for (analysis::RecordedEvent& event : recorded.events) {
      const auto at = std::find_if(event.frames.begin(), event.frames.end(), [](const std::string& frame) {
        return frame == "fec_decode_rsb" || frame == "alloc_tio" || frame == "__send_empty_flush" ||
               frame == "__blkdev_issue_write_zeroes";
      });
      if (at == event.frames.end()) continue;
      *at = "somewhere_else";
      ++moved;
    }
    ASSERT_GE(moved, 1U) << name;
    const analysis::AuditedSleepers found = compared_with_models(name, recorded);
    EXPECT_FALSE(found.agree()) << name;
    EXPECT_NE(text_of(found).find(": NOBODY"), std::string::npos) << text_of(found);
  }
}

TEST(SeededSleeper, WhomNothingExplainsDisagreesByName) {
  analysis::RecordedTrace recorded = sleepers_of("6.1/flush-r1-three-disks.sleepers");
  recorded.events.push_back(
      trace_of("1 sleep kworker | mempool_alloc < bio_alloc_bioset < unheard_of < dm_submit_bio\n").events.at(0));
  const analysis::AuditedSleepers found = compared_with_models("", recorded);
  EXPECT_FALSE(found.agree());
  EXPECT_NE(text_of(found).find("unheard_of < dm_submit_bio: UNEXPLAINED"), std::string::npos) << text_of(found);
}

TEST(SeededSleeper, OfAnotherOutcomeDisagrees) {
  analysis::RecordedTrace stuck = sleepers_of("6.1/flush-r1-three-segments.sleepers");
  stuck.outcome = "completed";
  EXPECT_FALSE(compared_with_models("", stuck).agree());
  stuck.outcome = "stuck for ever";
  stuck.release = "6.12";  // where everything completes
  EXPECT_FALSE(compared_with_models("", stuck).agree());
}

}  // namespace dmstall::tests
