// Every stack of up to three targets as the kernels have it, through prover and search: what gets stuck must be one of
// the findings.
//
// The stacks come from the registry: every target, every role that another device can take, and with up to two targets
// every value of their choices and flags. A new target or parameter is swept with them. A default run asks every
// so-many-th question. DMSTALL_SWEEP=2 asks all about stacks of up to two targets, DMSTALL_SWEEP=3 all about stacks of
// three (of one release with DMSTALL_RELEASE, else of the releases in turn), and DMSTALL_SWEEP=3:1/5 the second fifth
// of those (an even number of parts would part the kinds of questions).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "analysis/report/reason_text.hpp"
#include "analysis/verdict/run_scenario.hpp"
#include "models/scenario/reader.hpp"
#include "models/scenario/target_description.hpp"
#include "tests/stacks/stacks.hpp"

namespace dmstall::tests {

namespace {

using models::TargetDescription;
using models::VerdictKind;

/// Which questions of a run are asked: those whose number is `rest` modulo `stride`.
struct Part {
  std::size_t targets = 1;  ///< of a stack
  int settings = 1;         ///< other than the default, in one stack
  std::size_t stride = 1, rest = 0;
};

std::vector<Part> parts_of_this_run() {
  const char* const asked = std::getenv("DMSTALL_SWEEP");
  // No divisors of the six questions to a stack, so that all kinds are asked.
  if (asked == nullptr) return {{1, 1, 47, 7}, {2, 1, 47, 7}, {3, 0, 997, 7}};
  std::size_t targets = 2, rest = 0, stride = 1;
  if (const int read = std::sscanf(asked, "%zu:%zu/%zu", &targets, &rest, &stride);
      (read != 1 && read != 3) || stride == 0)
    ADD_FAILURE() << "DMSTALL_SWEEP is LEVELS or LEVELS:PART/PARTS";
  if (targets <= 2) return {{1, 1, stride, rest}, {2, 1, stride, rest}};
  return {{targets, 0, stride, rest}};
}

/// A finding as it is recognised: what is waited for in the circle ("linear1.bs" is a "bs"), and what the stack must
/// have.
struct Known {
  std::string pool, key, file;
};

/// Empty: no file of the folder findings/ is like it.
std::string finding_of(const models::StuckReport& stuck, const std::string& scenario) {
  static const std::vector<Known> known = {
      {"bs", R"("segments")", "flush-r1-three-segments"},
      {"bs", R"("striped")", "striped-flushes-three-disks-r3"},
      {"fs_bio_set", R"("loop")", "fs-bio-set-through-loop"},
      {"blkdev_dio_pool", R"("loop")", "blkdev-dio-pool-through-loop"},
      {"bio_set", R"("md-raid0")", "md-raid0-flushes-two-members"},
      {"io_acct_set", R"("md-raid0")", "md-raid0-reads-across-chunks"},
      {"bufio_buffers", R"("fec")", "verity-metadata-fec-one-buffer"},
      {"fec_bufio_buffers", R"("fec")", "verity-metadata-fec-one-buffer"},
      {"fec_data_bufio_buffers", R"("fec")", "verity-data-and-metadata-fec"},
  };
  const std::vector<std::string>& circle = stuck.circle.empty() ? stuck.waited_for : stuck.circle;
  for (const Known& each : known) {
    const bool waited = std::any_of(circle.begin(), circle.end(), [&](const std::string& name) {
      return name.substr(name.find('.') + 1) == each.pool;
    });
    if (waited && scenario.find(each.key) != std::string::npos) return each.file;
  }
  return {};
}

struct Tally {
  std::size_t asked = 0, refused = 0, proved = 0, exhausted = 0, open = 0;
  std::map<std::string, std::size_t> findings;  ///< deadlocks, by the file that is like it
  std::set<std::string> targets;
};

analysis::RunReport ask(const models::Scenario& scenario, analysis::Engine engine, std::int64_t states) {
  analysis::RunOptions options;
  options.engine = engine;
  options.timed = false;
  options.compare_without_faults = false;
  options.asked.states = states;
  options.asked.seconds = 1;
  options.prover.words = 0;
  options.prover.seconds = 1;
  return analysis::run_scenario(scenario, options);
}

void ask(const std::string& text, Tally& tally) {
  const models::ReadResult read = models::read_scenario_text(text, "sweep.json");
  if (!read.scenario) {
    ++tally.refused;  // not every verb, role and value go together
    return;
  }
  SCOPED_TRACE(text);
  ++tally.asked;
  for (const models::Device& device : read.scenario->devices) tally.targets.insert(device.target);
  const analysis::RunReport report = ask(*read.scenario, analysis::Engine::all, 20'000);
  if (report.code == models::ExitCode::bad_scenario) {
    --tally.asked, ++tally.refused;  // more combinations of faults than are searched
    return;
  }
  EXPECT_FALSE(report.error) << analysis::error_text(report);
  if (report.proof && report.proof->proved) {
    ++tally.proved;
    const analysis::RunReport searched = ask(*read.scenario, analysis::Engine::explore, 3'000);
    EXPECT_NE(searched.verdict, VerdictKind::deadlock) << "proved, and the search has a witness";
    return;
  }
  switch (report.verdict) {
    case VerdictKind::progress:
      ++tally.exhausted;
      return;
    case VerdictKind::deadlock: {
      std::string circle;
      for (const std::string& name : report.stuck.circle.empty() ? report.stuck.waited_for : report.stuck.circle)
        circle += name + " ";
      const std::string finding = finding_of(report.stuck, text);
      EXPECT_FALSE(finding.empty()) << "a deadlock that is no finding yet; waited for: " << circle;
      ++tally.findings[finding];
      return;
    }
    default:
      ++tally.open;
      return;
  }
}

}  // namespace

TEST(Sweep, WhatGetsStuckIsAFinding) {
  Tally tally;
  const std::vector<Variant> variants = all_variants();
  const std::vector<std::string> releases = releases_of_this_run();
  for (const Part& part : parts_of_this_run()) {
    std::size_t question = 0;
    each_stack(variants, part.targets, part.settings, [&](const StackOfTargets& stack) {
      for (const char* verb : {"read", "write", "flush"}) {
        for (const char* faults : {"[]", "\"any\""}) {
          const std::size_t asked = question / part.stride;
          if (question++ % part.stride != part.rest) continue;
          const WrittenStack made = written(stack);
          ask(fmt::format(R"({{ "format": 1, "name": "sweep",
  "kernel": {{ "release": "{}", "cpus": 2, "reserved_bio_based_ios": 1 }},
  "devices": [
    {} ],
  "memory": {{ "allocator": "exhausted", "freed_by": "nothing", "threads": "succeed" }},
  "faults": {}, "workload": [ {{ "{}": "{}", "count": 2, "in_flight": 2 }} ] }})",
                          releases[asked % releases.size()], joined(made.devices), faults, verb, made.top),
              tally);
        }
      }
    });
    std::printf("%zu questions about stacks of %zu\n", question, part.targets);
  }
  std::printf("%zu questions asked, %zu refused by the reader: %zu proved, %zu exhausted, %zu open\n", tally.asked,
              tally.refused, tally.proved, tally.exhausted, tally.open);
  for (const auto& [finding, count] : tally.findings) {
    std::printf("  %4zu deadlocks like %s\n", count, finding.c_str());
    EXPECT_TRUE(models::read_scenario_file(std::string(DMSTALL_SOURCE_DIR) + "/scenarios/findings/" + finding + ".json")
                    .scenario)
        << finding;
  }
  EXPECT_EQ(tally.targets.size(), models::target_registry().size()) << "a target that no stack of the sweep has";
  EXPECT_FALSE(tally.findings.empty());
}

}  // namespace dmstall::tests
