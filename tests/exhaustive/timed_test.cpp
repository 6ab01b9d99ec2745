// The timed engine on random machines: one schedule may miss a deadlock, but never show one that there is not.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "analysis/engines/replay/replay.hpp"
#include "analysis/report/refusal_text.hpp"
#include "models/machine/compile.hpp"
#include "sim/simulate.hpp"
#include "tests/exhaustive/comparing.hpp"
#include "tests/exhaustive/machines.hpp"
#include "tests/machine/fixed_machines.hpp"
#include "tests/oracle/oracle.hpp"

namespace dmstall::tests {
namespace {

struct Tally {
  std::size_t runs = 0, stuck = 0, completed = 0, bounded = 0, errors = 0, missed = 0;
};

/// What a run with this seed says that cannot be; empty: nothing.
std::string contradiction(const models::Machine& machine, const OracleAnswer& truth, std::uint64_t seed, Tally* tally) {
  sim::Options options;
  options.seed = seed;
  options.events = 5'000;
  options.sim_seconds = 60;
  options.memory_returns_after_stuck = false;  // what is then reached is reached by no schedule of this memory
  sim::MemoryPlan memory;
  memory.seeded_adversary = true;
  const sim::Result run = sim::simulate(machine, memory, options);
  if (tally != nullptr) ++tally->runs;
  const auto count = [&](std::size_t Tally::*what) {
    if (tally != nullptr) ++(tally->*what);
  };
  switch (run.ending) {
    case sim::Ending::stuck: {
      count(&Tally::stuck);
      if (!truth.stuck) return "stuck, and nobody can be";
      const analysis::Replay replayed = analysis::replay(machine, run.witness);
      return replayed.confirmed ? "" : "replay: " + analysis::to_text(replayed.refusal);
    }
    case sim::Ending::completed:
      count(&Tally::completed);
      if (truth.stuck) count(&Tally::missed);
      return truth.can_complete ? "" : "complete, and that cannot be";
    case sim::Ending::scenario_error:
      count(&Tally::errors);
      return truth.error ? "" : "error: " + run.error;
    default:
      count(&Tally::bounded);
      return "";
  }
}

std::string disagreement(models::Program program, std::uint64_t seeds, Tally* tally) {
  for (models::RequestClass& of : program.classes) of.total = of.population;
  const auto machine = compiled(program);
  if (!machine) return "";
  const OracleAnswer truth = ask_oracle(program, state_cap);
  if (!truth.known || truth.error) return "";
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const std::string what = contradiction(*machine, truth, seed, tally);
    if (!what.empty()) return "seed " + std::to_string(seed) + ": " + what;
  }
  return "";
}

}  // namespace

TEST(TimedFixedMachines, SayNothingThatTheOracleExcludes) {
  constexpr std::uint64_t seeds = 20;
  Tally tally;
  for (const FixedMachine& machine : fixed_machines())
    EXPECT_EQ(disagreement(machine.program, seeds, &tally), "") << machine.program.name << ": " << machine.story;
  EXPECT_GT(tally.stuck, 500u);
  EXPECT_GT(tally.completed, 300u);
}

TEST(TimedRandomMachines, SayNothingThatTheOracleExcludes) {
  constexpr std::uint64_t seeds = 3;
  Tally tally;
  int disagreements = 0;
  const auto [from, to] = seed_range(400);
  for (std::uint64_t machine = from; machine <= to && disagreements < 3; ++machine) {
    const models::Program program = random_machine(machine);
    const std::string what = disagreement(program, seeds, &tally);
    if (what.empty()) continue;
    ++disagreements;
    const models::Program smallest =
        minimise(program, [&](const models::Program& each) { return !disagreement(each, seeds, nullptr).empty(); });
    ADD_FAILURE() << what << "; smallest: " << disagreement(smallest, seeds, nullptr) << "\n" << to_text(smallest);
  }
  std::printf(
      "%zu runs: %zu stuck, %zu completed (%zu of them where another schedule gets stuck), %zu ended by a bound, %zu "
      "errors\n",
      tally.runs, tally.stuck, tally.completed, tally.missed, tally.bounded, tally.errors);
  EXPECT_GT(tally.stuck, 100u);
  EXPECT_GT(tally.completed, 100u);
}

}  // namespace dmstall::tests
