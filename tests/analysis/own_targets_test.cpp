// Targets of the scenario's own have the pools of every device: what `reserve`, `fails`, `sharing` and `size` say of
// them, and what repairs are offered, is as true as for a target of the kernel.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "analysis/report/repair_text.hpp"
#include "analysis/use/size/sizing.hpp"
#include "analysis/verdict/run_scenario.hpp"
#include "models/scenario/reader.hpp"
#include "models/targets/build.hpp"

namespace dmstall::tests {

namespace {

/// Two devices of an own target, one on the other, that pass reads on. `keys`: of both; `rest`: of the file.
std::string stacked(int in_flight, const std::string& keys, const std::string& rest) {
  return fmt::format(R"j({{ "format": 1, "name": "own",
    "targets": {{ "mine": {{ "roles": ["low"], "resources": {{ "a.b": {{ "mempool": 1 }} }},
      "flows": {{ "read": [ {{ "take": "a.b" }}, {{ "submit": "low", "op": "read" }}, {{ "give": "a.b" }} ] }} }} }},
    "devices": [ {{ "name": "d", "target": "disk" }}, {{ "name": "inner", "target": "mine", "low": "d"{} }},
      {{ "name": "outer", "target": "mine", "low": "inner"{} }} ],
    "faults": [], "workload": [ {{ "read": "outer", "count": {}, "in_flight": {} }} ]{} }})j",
                     keys, keys, in_flight, in_flight, rest);
}

constexpr const char* exhausted = R"(, "memory": { "allocator": "exhausted", "freed_by": "nothing" })";

models::Scenario read(const std::string& text) {
  models::ReadResult result = models::read_scenario_text(text, "x.json");
  EXPECT_TRUE(result.scenario) << models::format_diagnostics(result.diagnostics);
  return result.scenario.value_or(models::Scenario{});
}

analysis::RunReport run(const std::string& text) {
  analysis::RunOptions options;
  options.repairs = true;
  options.compare_without_faults = false;
  return analysis::run_scenario(read(text), options);
}

std::vector<int> safe_sizes(const std::string& text, const std::string& pool) {
  const models::Scenario scenario = read(text);
  analysis::SizingOptions options;
  options.sizes = {1, 2, 3, 4};
  std::vector<int> safe;
  const analysis::Sizing sizing = analysis::run_sizing(scenario, analysis::find_sized(scenario, pool), options);
  for (const analysis::SizeRow& row : sizing.series.front().rows) {
    if (row.safe()) safe.push_back(row.size);
  }
  return safe;
}

std::string offer_for(const analysis::RunReport& report, const std::string& change) {
  for (const analysis::Repair& repair : report.repairs) {
    if (to_text(repair.change).find(change) != std::string::npos) return repair.offered;
  }
  return "none";
}

}  // namespace

/// n requests that each take two elements, one after the other, from a pool of C: stuck iff n · (2 − 1) ≥ C.
TEST(OwnTargets, ElementsOfASharedPoolOfDmCoreAreCounted) {
  const std::string shared = std::string(exhausted) + R"(, "sharing": { "mine.io_bs": "module" })";
  for (int n = 1; n <= 2; ++n) {
    for (int c = 1; c <= 3; ++c) {
      const auto report = run(stacked(n, fmt::format(R"(, "reserve": {{ "io_bs": {}, "a.b": 16 }})", c), shared));
      EXPECT_EQ(report.verdict, n >= c ? models::VerdictKind::deadlock : models::VerdictKind::progress)
          << n << " requests, " << c << " elements";
    }
  }
}

TEST(OwnTargets, TheirPoolsAreSized) {
  const std::string keys = R"(, "reserve": { "a.b": 16 })";
  EXPECT_EQ(
      safe_sizes(stacked(2, keys, std::string(exhausted) + R"(, "sharing": { "mine.io_bs": "module" })"), "mine.io_bs"),
      (std::vector<int>{3, 4}));
  EXPECT_EQ(safe_sizes(stacked(2, "", std::string(exhausted) + R"(, "sharing": { "mine.a.b": "module" })"), "mine.a.b"),
            (std::vector<int>{3, 4}));
  EXPECT_EQ(safe_sizes(stacked(2, "", exhausted), "outer.a.b"), (std::vector<int>{1, 2, 3, 4}));
}

TEST(OwnTargets, OnlyTheNamedPoolFails) {
  const models::Program program = models::build_program(
      read(stacked(1, "", R"(, "memory": { "allocator": "plentiful", "fails": [ "outer.io_bs" ] })")));
  for (const models::Resource& resource : program.resources) {
    if (!resource.soft || resource.memory == models::MemoryClass::thread) continue;
    EXPECT_EQ(resource.allocator == models::AllocatorRule::never, resource.name == "outer.io_bs") << resource.name;
  }
}

/// Whoever reads a repair is told where it is made: in the scenario, where the target is, and not in a kernel.
TEST(OwnTargets, RepairsAreOfTheScenario) {
  const auto own = run(stacked(1, "", std::string(exhausted) + R"(, "sharing": { "mine.a.b": "module" })"));
  ASSERT_EQ(own.verdict, models::VerdictKind::deadlock);
  EXPECT_EQ(offer_for(own, "mine.a.b per device"), R"("sharing" of the scenario's target mine)");
  EXPECT_EQ(offer_for(own, "mine.a.b 1 → 2"), "targets.mine.resources.a.b of the scenario");
  const auto core = run(stacked(1, R"(, "reserve": { "io_bs": 1, "a.b": 16 })",
                                std::string(exhausted) + R"(, "sharing": { "mine.io_bs": "module" })"));
  ASSERT_EQ(core.verdict, models::VerdictKind::deadlock);
  EXPECT_EQ(offer_for(core, "mine.io_bs per device"), "Linux 6.1 does that");
  EXPECT_EQ(offer_for(core, "mine.io_bs 1 → 2"), "6.1: module parameter reserved_bio_based_ios");
}

}  // namespace dmstall::tests
