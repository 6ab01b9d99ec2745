// Random stacks of devices: search, prover, checker and timed engine against the oracle.
//
// Random machines nest steps at will. Stacks have the shapes that models build: calls ten deep, parked bios, workers,
// completions in no thread. DMSTALL_SEEDS=FROM-TO asks about those stacks and no others.
#include "tests/stacks/stacks.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <optional>
#include <string>

#include "analysis/engines/explore/explore.hpp"
#include "analysis/engines/prove/prove.hpp"
#include "analysis/engines/replay/replay.hpp"
#include "analysis/engines/replay/replay_round.hpp"
#include "analysis/engines/verify/verify.hpp"
#include "analysis/report/refusal_text.hpp"
#include "models/machine/compile.hpp"
#include "models/scenario/reader.hpp"
#include "models/targets/build.hpp"
#include "sim/simulate.hpp"
#include "tests/exhaustive/comparing.hpp"
#include "tests/oracle/oracle.hpp"

namespace dmstall::tests {
namespace {

using models::VerdictKind;

constexpr std::size_t oracle_states = 20'000;

struct Tally {
  std::size_t stacks = 0, refused = 0, unknown = 0, stuck = 0, livelocks = 0, complete = 0;
  std::size_t searched = 0, open = 0, proved = 0, timed_stuck = 0, timed_completed = 0, states = 0, disagreements = 0;
};

std::optional<models::Program> built(const std::string& text) {
  const models::ReadResult read = models::read_scenario_text(text, "random.json");
  if (!read.scenario) return std::nullopt;
  try {
    models::Program program = models::build_program(*read.scenario);
    // The search asks about one request more than are in flight; a run has those of the file.
    for (models::RequestClass& of : program.classes) of.total = of.population;
    return program;
  } catch (const models::CompileError&) {
    return std::nullopt;
  }
}

std::string wrong_search(const models::Machine& machine, const OracleAnswer& truth, Tally& tally) {
  analysis::ExploreOptions options;
  options.states = 60'000;
  const analysis::Exploration found = analysis::explore(machine, options);
  if (found.error) return truth.error ? "" : "the search: error " + *found.error;
  if (found.verdict == VerdictKind::inconclusive) {
    ++tally.open;
    return "";
  }
  ++tally.searched;
  if (truth.stuck && truth.livelock && found.verdict == VerdictKind::livelock) return "";
  const VerdictKind wanted = truth.stuck      ? VerdictKind::deadlock
                             : truth.livelock ? VerdictKind::livelock
                                              : VerdictKind::progress;
  if (wanted == VerdictKind::progress && found.verdict == VerdictKind::starvation) {
    return analysis::to_text(analysis::replay_round(machine, found.witness, found.round_from).refusal);
  }
  if (found.verdict != wanted) {
    return "the search: " + std::string(to_string(found.verdict)) + " instead of " + std::string(to_string(wanted));
  }
  if (found.verdict != VerdictKind::deadlock) return "";
  const analysis::Replay replayed = analysis::replay(machine, found.witness);
  return replayed.confirmed ? "" : "the search's witness: " + analysis::to_text(replayed.refusal);
}

std::string wrong_proof(const models::Machine& machine, const OracleAnswer& truth, Tally& tally) {
  analysis::ProveOptions options;
  options.seconds = 5;
  const analysis::Proof proof = analysis::prove(machine, options);
  if (!proof.proved) return "";
  ++tally.proved;
  const analysis::Verification checked = analysis::verify(machine, proof.certificate);
  if (!checked.accepted) return "the checker: " + analysis::to_text(checked.refusal);
  if (truth.error) return "proved, but " + truth.error_text;
  if (truth.stuck) return "proved, but somebody gets stuck";
  return truth.livelock ? "proved, but steps go on for ever" : "";
}

std::string wrong_run(const models::Machine& machine, const OracleAnswer& truth, Tally& tally) {
  sim::Options options;
  options.events = 20'000;
  options.sim_seconds = 60;
  options.memory_returns_after_stuck = false;
  sim::MemoryPlan memory;
  memory.seeded_adversary = true;
  const sim::Result run = sim::simulate(machine, memory, options);
  if (run.ending == sim::Ending::stuck) {
    ++tally.timed_stuck;
    if (!truth.stuck) return "the timed run: stuck, and nobody can be";
    const analysis::Replay replayed = analysis::replay(machine, run.witness);
    return replayed.confirmed ? "" : "the timed run's witness: " + analysis::to_text(replayed.refusal);
  }
  if (run.ending == sim::Ending::completed) {
    ++tally.timed_completed;
    return truth.can_complete ? "" : "the timed run: complete, and that cannot be";
  }
  return run.ending == sim::Ending::scenario_error && !truth.error ? "the timed run: " + run.error : "";
}

std::string wrong(const std::string& text, Tally& tally) {
  ++tally.stacks;
  const std::optional<models::Program> program = built(text);
  const std::optional<models::Machine> machine = program ? compiled(*program) : std::nullopt;
  if (!machine) {
    ++tally.refused;
    return "";
  }
  const OracleAnswer truth = ask_oracle(*program, oracle_states);
  if (!truth.known) {
    ++tally.unknown;
    return "";
  }
  tally.states += truth.states;
  tally.stuck += truth.stuck;
  tally.livelocks += truth.livelock;
  tally.complete += !truth.stuck && !truth.livelock;
  for (const auto& engine : {wrong_search, wrong_proof, wrong_run}) {
    if (std::string what = engine(*machine, truth, tally); !what.empty()) return what;
  }
  return "";
}

TEST(RandomStacks, EveryEngineSaysWhatTheOracleSays) {
  Tally tally;
  const auto [from, to] = seed_range(400);
  for (std::uint64_t seed = from; seed <= to && tally.disagreements < 5; ++seed) {
    const std::string text = random_scenario(seed);
    std::string what;
    try {
      what = wrong(text, tally);
    } catch (const std::exception& error) {
      what = std::string("threw ") + error.what();
    }
    if (what.empty()) continue;
    ++tally.disagreements;
    ADD_FAILURE() << "seed " << seed << ": " << what << "\n" << text;
  }
  std::printf(
      "%zu stacks: %zu refused, %zu beyond the oracle's cap; %zu compared, %zu states: %zu get stuck, %zu livelocks, "
      "%zu complete\n  search: %zu answers, %zu open; %zu proofs; timed runs: %zu stuck, %zu completed; "
      "%zu disagreements\n",
      tally.stacks, tally.refused, tally.unknown, tally.stacks - tally.refused - tally.unknown, tally.states,
      tally.stuck, tally.livelocks, tally.complete, tally.searched, tally.open, tally.proved, tally.timed_stuck,
      tally.timed_completed, tally.disagreements);
  if (std::getenv("DMSTALL_SEEDS") == nullptr) {
    EXPECT_GT(tally.stuck, 0u);
    EXPECT_GT(tally.complete, 0u);
  }
  EXPECT_EQ(tally.disagreements, 0u);
}

}  // namespace
}  // namespace dmstall::tests
