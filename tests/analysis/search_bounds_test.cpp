// One value of each bound, from flag, file or default; less than that is left of the process goes before all.
#include "analysis/verdict/search_bounds.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace dmstall::tests {

namespace {

using namespace dmstall::analysis;

ExploreOptions presets() {
  ExploreOptions options;
  options.states = 100;
  options.seconds = 60;
  options.memory_mib = 50;
  return options;
}

RunBounds process_of(double seconds, std::int64_t memory_mib) {
  RunBounds bounds;
  bounds.ends = RunBounds::Clock::now() +
                std::chrono::duration_cast<RunBounds::Clock::duration>(std::chrono::duration<double>(seconds));
  bounds.memory_mib = memory_mib;
  return bounds;
}

}  // namespace

TEST(SearchBounds, AFlagGoesBeforeTheFileAndTheFileBeforeTheDefault) {
  models::Bounds file;
  SearchBounds bounds = search_bounds({}, file, presets(), {});
  EXPECT_EQ(bounds.states.value, 100);
  EXPECT_EQ(bounds.states.from, BoundFrom::preset);
  EXPECT_EQ(bounds.seconds.from, BoundFrom::preset);
  EXPECT_EQ(bounds.memory_mib.from, BoundFrom::preset);
  file.states = 200;
  file.memory_mib = 20;
  bounds = search_bounds({}, file, presets(), {});
  EXPECT_EQ(bounds.states.value, 200);
  EXPECT_EQ(bounds.states.from, BoundFrom::scenario);
  EXPECT_EQ(bounds.memory_mib.value, 20);
  bounds = search_bounds({.states = 300, .memory_mib = {}, .seconds = 7}, file, presets(), {});
  EXPECT_EQ(bounds.states.value, 300);
  EXPECT_EQ(bounds.states.from, BoundFrom::flag);
  EXPECT_EQ(bounds.seconds.value, 7);
  EXPECT_EQ(bounds.memory_mib.from, BoundFrom::scenario);
}

TEST(SearchBounds, WhatIsLeftOfTheProcessIsTheMost) {
  const SearchFlags flags{.states = {}, .memory_mib = 1000, .seconds = 30};
  const SearchBounds wide = search_bounds(flags, {}, presets(), process_of(1000, 4000));
  EXPECT_EQ(wide.seconds.from, BoundFrom::flag);
  EXPECT_EQ(wide.memory_mib.from, BoundFrom::flag);
  const SearchBounds tight = search_bounds(flags, {}, presets(), process_of(10.5, 400));
  EXPECT_EQ(tight.seconds.value, 10) << "whole seconds: the figure is printed";
  EXPECT_EQ(tight.seconds.from, BoundFrom::process);
  EXPECT_EQ(tight.memory_mib.value, 300) << "three quarters of the process";
  EXPECT_EQ(tight.memory_mib.from, BoundFrom::process);
  EXPECT_EQ(tight.states.from, BoundFrom::preset);
}

TEST(SearchBounds, ABoundIsCalledByTheFlagThatRaisesIt) {
  const SearchFlags flags{.states = {}, .memory_mib = 1000, .seconds = 30};
  const ExploreOptions wide = within(presets(), search_bounds(flags, {}, presets(), {}));
  EXPECT_STREQ(wide.seconds_flag, "--seconds");
  EXPECT_STREQ(wide.memory_flag, "--memory");
  const ExploreOptions tight = within(presets(), search_bounds(flags, {}, presets(), process_of(10.5, 400)));
  EXPECT_STREQ(tight.seconds_flag, "--timeout");
  EXPECT_STREQ(tight.memory_flag, "--process-memory");
  EXPECT_STREQ(tight.states_flag, "--states");
  EXPECT_EQ(tight.seconds, 10);
}

}  // namespace dmstall::tests
