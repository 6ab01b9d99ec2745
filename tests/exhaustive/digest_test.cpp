// The digest of a search: one answer, one digest, however it was searched; another question or answer, another digest.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "analysis/engines/explore/explore.hpp"
#include "analysis/report/reason_text.hpp"
#include "analysis/use/check/find_scenarios.hpp"
#include "models/machine/compile.hpp"
#include "models/scenario/reader.hpp"
#include "models/targets/build.hpp"
#include "tests/exhaustive/machines.hpp"

namespace dmstall::tests {
namespace {

using analysis::Exploration;
using models::VerdictKind;

std::string answer(const Exploration& found) {
  return std::string(to_string(found.verdict)) + " requests " + std::to_string(found.requests) + " faults " +
         std::to_string(found.faults) + " failures " + std::to_string(found.failures) + " steps " +
         std::to_string(found.steps) + (found.error ? " error" : "") + " " + analysis::to_text(found.bound);
}

std::vector<models::Scenario> scenarios_in(const std::string& folder) {
  std::vector<models::Scenario> scenarios;
  for (const std::string& path :
       analysis::find_scenarios({std::string(DMSTALL_SOURCE_DIR) + "/scenarios/" + folder}).files) {
    models::ReadResult read = models::read_scenario_file(path);
    if (read.scenario) scenarios.push_back(std::move(*read.scenario));
  }
  return scenarios;
}

models::Machine machine_of(const models::Scenario& scenario) {
  return analysis::any_number_of_threads(models::compile(models::build_program(scenario)));
}

/// Bounds that do not depend on the machine that runs the test.
analysis::ExploreOptions bounded(std::int64_t states) {
  analysis::ExploreOptions options;
  options.states = states;
  options.seconds = 3600;
  return options;
}

}  // namespace

TEST(Digest, IsTheSameWhateverIsSwitchedOff) {
  int verdicts[6] = {};
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    models::Machine machine;
    try {
      machine = models::compile(random_machine(seed));
    } catch (const models::CompileError&) {
      continue;
    }
    analysis::ExploreOptions options = bounded(20'000);
    options.reductions = analysis::no_reductions();
    const Exploration slow = analysis::explore(machine, options);
    if (slow.error || slow.verdict == VerdictKind::inconclusive) continue;
    ++verdicts[static_cast<int>(slow.verdict)];
    std::vector<analysis::Reductions> variants(1);
    for (const auto& [name, on] : analysis::reduction_names) {
      variants.emplace_back();
      variants.back().*on = false;
    }
    for (const analysis::Reductions& reductions : variants) {
      options.reductions = reductions;
      const Exploration found = analysis::explore(machine, options);
      EXPECT_EQ(answer(found), answer(slow));
      EXPECT_EQ(found.digest, slow.digest);
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(verdicts[static_cast<int>(VerdictKind::deadlock)], 100);
  EXPECT_GT(verdicts[static_cast<int>(VerdictKind::progress)], 30);
}

/// The compositions of one number of requests are shared out among the threads.
TEST(Digest, IsTheSameForAnyNumberOfThreads) {
  int asked = 0, of_several_compositions = 0;
  std::set<VerdictKind> verdicts;
  for (const char* folder : {"history", "reality"}) {
    int of_folder = 0;
    for (const models::Scenario& scenario : scenarios_in(folder)) {
      SCOPED_TRACE(scenario.name);
      const models::Machine machine = machine_of(scenario);
      // Every file of history is small; of reality those that need little are asked.
      analysis::ExploreOptions options = bounded(folder == std::string("history") ? 200'000 : 4'000);
      const Exploration one = analysis::explore(machine, options);
      EXPECT_FALSE(one.error);
      for (const std::size_t threads : {2U, 4U}) {
        options.threads = threads;
        const Exploration many = analysis::explore(machine, options);
        EXPECT_EQ(answer(many), answer(one)) << threads << " threads";
        EXPECT_EQ(many.digest, one.digest) << threads << " threads";
        EXPECT_EQ(many.fewest_requests, one.fewest_requests);
        EXPECT_EQ(many.least, one.least);
        EXPECT_EQ(many.exhausted_requests, one.exhausted_requests);
        EXPECT_EQ(many.stuck.circle, one.stuck.circle);
        EXPECT_EQ(many.witness.steps.size(), one.witness.steps.size());
        if (one.verdict == VerdictKind::progress) {
          EXPECT_EQ(many.states, one.states);
        }
      }
      verdicts.insert(one.verdict);
      ++asked;
      of_several_compositions += machine.classes.size() > 1;
      if (folder == std::string("reality") && ++of_folder == 20) break;
    }
  }
  EXPECT_GE(asked, 80);
  EXPECT_GE(of_several_compositions, 20);
  EXPECT_GE(verdicts.size(), 3u);
}

/// Two requests are enough in two ways; the pair that comes first in the file needs two faults, the other none.
TEST(LeastWitness, IsTheLeastOfAllCompositions) {
  using namespace steps;
  ProgramBuilder b("two pairs");
  const auto pair = [&](const std::string& name, int faults) {
    const auto x = b.mempool(name + ".x", 1), y = b.mempool(name + ".y", 1);
    const auto in_order = [&](models::ResourceId first, models::ResourceId second) {
      return Steps{
          choose({branch("bad", {take(first), take(second), give(second), give(first)}, faults), branch("good", {})})};
    };
    b.task(name + "1", in_order(x, y));
    b.task(name + "2", in_order(y, x));
  };
  pair("dear", 1);
  pair("cheap", 0);
  analysis::ExploreOptions options = bounded(10'000);
  for (options.threads = 1; options.threads <= 4; ++options.threads) {
    const Exploration found = analysis::explore(models::compile(b.program()), options);
    ASSERT_EQ(found.verdict, VerdictKind::deadlock);
    EXPECT_EQ(found.requests, 2);
    EXPECT_EQ(found.faults, 0);
    EXPECT_TRUE(found.least && found.fewest_requests);
    EXPECT_NE(found.stuck.waited_for.front().find("cheap"), std::string::npos) << found.stuck.waited_for.front();
  }
}

TEST(Digest, TellsQuestionsApart) {
  std::set<std::uint64_t> digests;
  std::size_t asked = 0;
  const auto ask = [&](const models::Machine& machine) {
    digests.insert(analysis::explore(machine, bounded(4'000)).digest);
    ++asked;
  };
  for (const models::Scenario& scenario : scenarios_in("tutorial")) {
    const models::Machine machine = machine_of(scenario);
    ask(machine);
    models::Machine larger = machine;
    for (models::Resource& resource : larger.resources) {
      if (resource.kind == models::ResourceKind::mempool) ++resource.capacity;
    }
    if (std::any_of(machine.resources.begin(), machine.resources.end(),
                    [](const auto& each) { return each.kind == models::ResourceKind::mempool; }))
      ask(larger);
    models::Machine more = machine;
    ++more.classes.front().population;
    ask(more);
  }
  EXPECT_GE(asked, 12u);
  EXPECT_EQ(digests.size(), asked);
}

}  // namespace dmstall::tests
