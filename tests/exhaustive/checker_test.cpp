// What the checker of certificates accepts, against the oracle: of all small machines under all orders of ranks, of
// what the prover proves, and of machines that were changed after their proof was written.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "analysis/engines/prove/prove.hpp"
#include "analysis/report/refusal_text.hpp"
#include "tests/exhaustive/comparing.hpp"
#include "tests/exhaustive/machines.hpp"
#include "tests/oracle/oracle.hpp"
#include "tests/verify/every_order.hpp"

namespace dmstall::tests {
namespace {

constexpr std::size_t more_states = 5'000;  // with requests added

/// Requests that take elements of few pools in any order and amount: mostly dead, or alive only because enough are
/// there.
models::Program scarce(std::uint64_t seed) {
  using namespace steps;
  std::mt19937_64 random(seed);
  const auto from = [&](int least, int most) {
    return least + static_cast<int>(random() % static_cast<std::uint64_t>(most - least + 1));
  };
  ProgramBuilder b("scarce " + std::to_string(seed));
  std::vector<models::ResourceId> pools;
  for (int i = from(2, 3); i > 0; --i) {
    const std::string name = "p" + std::to_string(i);
    const int capacity = from(1, 4);
    switch (from(0, 3)) {
      case 0:
        pools.push_back(b.semaphore(name, capacity));
        break;
      case 1:
        pools.push_back(b.mempool(name, capacity, models::AllocatorRule::any));
        break;
      default:
        pools.push_back(b.mempool(name, capacity));
        break;
    }
  }
  for (int task = from(1, 2); task > 0; --task) {
    Steps steps;
    std::vector<std::pair<models::ResourceId, int>> held;
    for (int i = from(2, 4); i > 0; --i) {
      const models::ResourceId pool = pools[random() % pools.size()];
      const int n = from(1, 4) == 4 ? 2 : 1;
      steps.push_back(n == 2 ? take_all(pool, 2) : take(pool));
      held.emplace_back(pool, n);
      if (from(0, 3) == 0) {
        steps.push_back(give(held.front().first, held.front().second));
        held.erase(held.begin());
      }
    }
    for (const auto& [pool, n] : held) steps.push_back(give(pool, n));
    b.task("t" + std::to_string(task), steps, from(1, 3));
  }
  return b.program();
}

std::string in_words(const Certificate& certificate) {
  std::string text = "ranks, highest first:";
  for (const auto& group : certificate.groups) {
    text += "\n ";
    for (const auto& thing : group.things) text += " " + thing;
    if (group.cases) text += " (equations)";
  }
  for (const auto& rule : certificate.events)
    text += "\n  " + rule.event + ": batch of " + rule.counter + " under " + rule.guard + ", owed by " + rule.owed_by;
  return text;
}

/// An accepted certificate is a promise: no state is dead, nobody is stuck, no step is an error; where it claims any
/// number of requests, with more of them, too.
void expect_promise_kept(models::Program program, const Certificate& certificate, const char* what) {
  for (int more = 0; more <= (certificate.any_number ? 2 : 0); ++more) {
    const OracleAnswer answer = ask_oracle(program, more_states);
    if (!answer.known) return;
    EXPECT_FALSE(answer.dead || answer.stuck || answer.error)
        << what << "\n"
        << to_text(program) << answer.error_text << in_words(certificate);
    for (auto& of : program.classes) ++of.population;
  }
}

TEST(CheckerAgainstOracle, EveryOrderOfRanksOfEverySmallMachine) {
  std::size_t machines = 0, certificates = 0, proved = 0;
  for (const Theme& theme : themes()) {
    enumerate(theme, 5, 400, [&](const models::Program& program) {
      const auto machine = compiled(program);
      if (!machine || rankable(*machine).size() > 4) return;
      ++machines;
      const Tried tried = try_every_order(*machine);
      certificates += tried.certificates;
      if (tried.accepted == 0) return;
      ++proved;
      expect_promise_kept(program, tried.first, theme.name.c_str());
    });
  }
  std::printf("%zu machines, %zu certificates, %zu machines proved by one of them\n", machines, certificates, proved);
  EXPECT_GT(proved, 100u);
}

TEST(CheckerAgainstOracle, WhatIsProvedIsAcceptedAndTrue) {
  std::size_t machines = 0, proved = 0, by_equations = 0;
  const auto visit = [&](const models::Program& program) {
    const auto machine = compiled(program);
    if (!machine) return;
    ++machines;
    const analysis::Proof proof = analysis::prove(*machine);
    if (!proof.proved) return;
    ++proved;
    if (proof.rung == 2) ++by_equations;
    const analysis::Verification found = analysis::verify(*machine, proof.certificate);
    EXPECT_TRUE(found.accepted) << analysis::to_text(found.refusal) << "\n" << to_text(program);
    expect_promise_kept(program, proof.certificate, "proved");
  };
  for (const Theme& theme : themes()) enumerate(theme, 6, 400, visit);
  const auto [from, to] = seed_range(500);
  for (std::uint64_t seed = from; seed <= to; ++seed) {
    SCOPED_TRACE(seed);
    visit(random_machine(seed));
    visit(scarce(seed));
  }
  std::printf("%zu machines, %zu proved, %zu of them by equations\n", machines, proved, by_equations);
  EXPECT_GT(proved, 100u);
  EXPECT_GT(by_equations, 40u);
}

/// One small change: a capacity, an amount, the number of requests, two steps exchanged or one left out.
void change(models::Program& program, std::mt19937_64& random) {
  const auto any = [&](std::size_t below) { return static_cast<std::size_t>(random() % below); };
  if (program.flows.empty() || program.resources.empty()) return;
  models::Steps& steps = program.flows[any(program.flows.size())].steps;
  switch (any(6)) {
    case 0:
      program.resources[any(program.resources.size())].capacity -= 1;
      return;
    case 1:
      if (!steps.empty()) steps[any(steps.size())].n += 1;
      return;
    case 2:
      if (!program.classes.empty()) program.classes[any(program.classes.size())].population += 1;
      return;
    case 3:
      if (steps.size() > 1) std::swap(steps[0], steps[1 + any(steps.size() - 1)]);
      return;
    case 4:
      if (!steps.empty()) steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(any(steps.size())));
      return;
    default:
      if (!steps.empty()) {
        const models::Step twice = steps[any(steps.size())];
        steps.insert(steps.begin(), twice);
      }
  }
}

TEST(CheckerAgainstOracle, AProofOfAnotherMachineProvesNothingUntrue) {
  std::size_t changed = 0, accepted = 0;
  std::mt19937_64 random(11);
  const auto visit = [&](const models::Program& program) {
    const auto machine = compiled(program);
    if (!machine) return;
    const analysis::Proof proof = analysis::prove(*machine);
    if (!proof.proved) return;
    for (int i = 0; i < 4; ++i) {
      models::Program other = program;
      change(other, random);
      const bool sane = std::all_of(other.resources.begin(), other.resources.end(),
                                    [](const auto& resource) { return resource.capacity >= 0; });
      const auto lowered = sane ? compiled(other) : std::nullopt;
      if (!lowered) continue;
      ++changed;
      if (!analysis::verify(*lowered, proof.certificate).accepted) continue;
      ++accepted;
      expect_promise_kept(other, proof.certificate, "changed after the proof");
    }
  };
  for (const Theme& theme : themes()) enumerate(theme, 6, 100, visit);
  const auto [from, to] = seed_range(200);
  for (std::uint64_t seed = from; seed <= to; ++seed) {
    SCOPED_TRACE(seed);
    visit(random_machine(seed));
    visit(scarce(seed));
  }
  std::printf("%zu changed machines, %zu still accepted\n", changed, accepted);
  EXPECT_GT(changed, 500u);
  EXPECT_GT(accepted, 20u);
  EXPECT_LT(accepted, changed);
}

}  // namespace
}  // namespace dmstall::tests
