// The prover against the oracle: what is proved never gets stuck, on every small machine and random larger ones; and
// how much of what completes is proved.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "analysis/engines/prove/prove.hpp"
#include "analysis/engines/verify/verify.hpp"
#include "analysis/report/objection_text.hpp"
#include "analysis/report/refusal_text.hpp"
#include "models/machine/compile.hpp"
#include "tests/exhaustive/comparing.hpp"
#include "tests/exhaustive/machines.hpp"
#include "tests/machine/fixed_machines.hpp"
#include "tests/oracle/oracle.hpp"

namespace dmstall::tests {
namespace {

struct Tally {
  std::size_t machines = 0, unknown = 0, complete = 0, by_ranks = 0, by_equations = 0, any_number = 0, wrong = 0;
};

/// Empty: nothing is proved that the oracle refutes.
std::string wrong_proof(const models::Program& program, Tally* tally) {
  const auto machine = compiled(program);
  if (!machine) return "";
  const OracleAnswer truth = ask_oracle(program, state_cap);
  if (!truth.known) {
    if (tally != nullptr) ++tally->unknown;
    return "";
  }
  const bool completes = !truth.error && !truth.stuck && !truth.livelock;
  const analysis::Proof proof = analysis::prove(*machine);
  if (tally != nullptr) {
    tally->complete += completes;
    tally->by_ranks += proof.proved && proof.rung == 1;
    tally->by_equations += proof.proved && proof.rung == 2;
    tally->any_number += proof.proved && proof.certificate.any_number;
  }
  if (proof.proved) {
    const analysis::Verification checked = analysis::verify(*machine, proof.certificate);
    if (!checked.accepted) return "the checker refuses: " + analysis::to_text(checked.refusal);
  }
  if (!proof.proved || completes) return "";
  return truth.error   ? "proved, but " + truth.error_text
         : truth.stuck ? "proved, but somebody gets stuck"
                       : "proved, but steps go on for ever";
}

void print(const std::string& name, const Tally& tally) {
  const double share = tally.complete == 0 ? 0
                                           : 100.0 * static_cast<double>(tally.by_ranks + tally.by_equations) /
                                                 static_cast<double>(tally.complete);
  std::printf(
      "%-28s %8zu machines, %zu beyond the cap, %zu complete; proved: %zu by ranks, %zu by equations (%.0f %%), %zu of "
      "them for any number; %zu wrong\n",
      name.c_str(), tally.machines, tally.unknown, tally.complete, tally.by_ranks, tally.by_equations, share,
      tally.any_number, tally.wrong);
}

class ProveEveryTheme : public testing::TestWithParam<Theme> {};

TEST_P(ProveEveryTheme, NothingThatGetsStuck) {
  Tally tally;
  enumerate(GetParam(), 5 + scale(), GetParam().machines / 4 * static_cast<std::size_t>(scale()),
            [&](const models::Program& program) { compare(program, tally, tally.wrong, wrong_proof); });
  print(GetParam().name, tally);
  EXPECT_EQ(tally.wrong, 0u);
}

INSTANTIATE_TEST_SUITE_P(Themes, ProveEveryTheme, testing::ValuesIn(themes()), theme_name);

/// n requests that take m elements one by one from a pool of C get stuck iff n (m - 1) >= C: the proof reaches exactly
/// to there.
TEST(ProveFamily, OneByOneUpToWhereItGetsStuck) {
  for (int n = 1; n <= 6; ++n) {
    for (int m = 1; m <= 4; ++m) {
      for (int capacity = m; capacity <= 12; ++capacity) {
        SCOPED_TRACE(std::to_string(n) + " requests, " + std::to_string(m) + " of " + std::to_string(capacity));
        ProgramBuilder b("one by one");
        const auto pool = b.mempool("pool", capacity);
        b.task("t", {steps::take(pool, m), steps::give(pool, m)}, n);
        const models::Machine machine = models::compile(b.program());
        const analysis::Proof proof = analysis::prove(machine);
        EXPECT_EQ(proof.proved, n * (m - 1) < capacity) << to_text(proof.objection);
        if (!proof.proved) continue;
        EXPECT_EQ(proof.certificate.any_number, m == 1);
        EXPECT_TRUE(analysis::verify(machine, proof.certificate).accepted);
      }
    }
  }
}

TEST(ProveRandomMachines, NothingThatGetsStuck) {
  Tally tally;
  const auto [from, to] = seed_range(5000);
  for (std::uint64_t seed = from; seed <= to; ++seed) compare(random_machine(seed), tally, tally.wrong, wrong_proof);
  print("random", tally);
  EXPECT_EQ(tally.wrong, 0u);
}

TEST(ProveFixedMachines, OnlyThoseThatComplete) {
  for (const auto& fixed : fixed_machines()) {
    SCOPED_TRACE(fixed.program.name + ": " + fixed.story);
    EXPECT_EQ(wrong_proof(fixed.program, nullptr), "");
    if (fixed.dead) {
      EXPECT_FALSE(analysis::prove(models::compile(fixed.program)).proved);
    }
  }
}

}  // namespace
}  // namespace dmstall::tests
