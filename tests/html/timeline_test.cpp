// A long run for a picture: the first and the last of it, and between them nothing is forgotten that still holds.
#include "analysis/use/page/timeline.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "models/machine/compile.hpp"
#include "models/scenario/reader.hpp"
#include "models/targets/build.hpp"
#include "sim/lanes.hpp"
#include "sim/simulate.hpp"

namespace dmstall::tests {

namespace {

using analysis::Timeline;
using analysis::TimelineEvent;

/// What is open and left after some events.
struct State {
  std::vector<std::vector<std::string>> open;
  std::map<std::size_t, std::int32_t> left;
  void take(const TimelineEvent& event) {
    if (open.size() <= event.where) open.resize(event.where + 1);
    switch (event.kind) {
      case TimelineEvent::Kind::opens:
        open[event.where].push_back(event.text);
        break;
      case TimelineEvent::Kind::closes:
        ASSERT_FALSE(open[event.where].empty());
        open[event.where].pop_back();
        break;
      case TimelineEvent::Kind::level:
        left[event.where] = event.left;
        break;
      case TimelineEvent::Kind::note:
        break;
    }
  }
};

models::Machine machine_of(const std::string& name) {
  const models::ReadResult read = models::read_scenario_file(std::string(DMSTALL_SOURCE_DIR) + "/scenarios/" + name);
  return models::compile(models::build_program(*read.scenario));
}

void run(const models::Machine& machine, std::vector<sim::LaneReader*> readers) {
  std::vector<std::unique_ptr<sim::Lanes>> lanes;
  sim::Options options;
  options.events = 5000;
  for (sim::LaneReader* each : readers) {
    lanes.push_back(std::make_unique<sim::Lanes>(machine, *each));
    options.watchers.push_back(lanes.back().get());
  }
  (void)sim::simulate(machine, {}, options);
}

}  // namespace

TEST(Timeline, NothingThatHoldsIsForgottenInTheGap) {
  const models::Machine machine = machine_of("android/apex-1-direct-shared.json");
  Timeline whole(1'000'000, 1'000'000), cut(20, 30);
  run(machine, {&whole, &cut});
  ASSERT_GT(whole.first().size(), 300U);
  ASSERT_EQ(whole.left_out(), 0U);
  ASSERT_EQ(cut.first().size(), 20U);
  ASSERT_EQ(cut.last().size(), 30U);
  EXPECT_EQ(cut.left_out(), whole.first().size() - 50);

  State before, at_gap;
  for (std::size_t i = 0; i + 30 < whole.first().size(); ++i) before.take(whole.first()[i]);
  for (const TimelineEvent& each : cut.at_the_gap()) at_gap.take(each);
  before.open.resize(64);
  at_gap.open.resize(64);
  EXPECT_EQ(before.open, at_gap.open);
  EXPECT_EQ(before.left, at_gap.left);
}

/// Slices end when the run does, and time never goes back.
TEST(Timeline, EndsWithEverySliceClosed) {
  for (const char* name : {"seed/shared-pools.json", "tutorial/02-two-from-one-pool.json",
                           "tutorial/05-verity-over-verity.json", "findings/flush-r1-three-segments.json"}) {
    const models::Machine machine = machine_of(name);
    Timeline whole(1'000'000, 1);
    run(machine, {&whole});
    ASSERT_TRUE(whole.ran()) << name;
    State state;
    sim::Nanoseconds at = 0;
    for (const TimelineEvent& each : whole.first()) {
      state.take(each);
      if (each.kind == TimelineEvent::Kind::level) continue;  // what a pool began with is told late, of 0
      EXPECT_GE(each.at, at) << name;
      at = each.at;
    }
    for (const auto& open : state.open) EXPECT_TRUE(open.empty()) << name << " " << (open.empty() ? "" : open.back());
    EXPECT_LE(at, whole.end());
  }
}

}  // namespace dmstall::tests
