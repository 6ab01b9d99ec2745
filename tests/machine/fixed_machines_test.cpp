// The fixed machines, as the oracle sees them: their answers are the ones written down.

#include "tests/machine/fixed_machines.hpp"

#include <gtest/gtest.h>

#include <set>
#include <utility>

#include "tests/oracle/oracle.hpp"

namespace dmstall::tests {
namespace {

TEST(FixedMachines, OracleGivesTheKnownAnswers) {
  std::set<std::string> names;
  auto all = fixed_machines();
  for (auto& machine : refused_machines()) all.push_back(std::move(machine));
  for (const auto& machine : all) {
    SCOPED_TRACE(machine.program.name + ": " + machine.story);
    EXPECT_TRUE(names.insert(machine.program.name).second) << "the name is taken";
    const OracleAnswer answer = ask_oracle(machine.program);
    ASSERT_TRUE(answer.known);
    EXPECT_FALSE(answer.error) << answer.error_text;
    EXPECT_EQ(answer.dead, machine.dead);
    EXPECT_EQ(answer.stuck, machine.stuck);
    EXPECT_EQ(answer.livelock, machine.livelock);
    EXPECT_EQ(answer.can_complete, machine.can_complete);
    if (machine.faults) {
      EXPECT_EQ(answer.faults_to_stuck, *machine.faults);
    }
  }
}

TEST(FixedMachines, MultiTakeFormula) {
  for (int n = 1; n <= 4; ++n) {
    for (int m = 1; m <= 4; ++m) {
      for (int c = 1; c <= 8; ++c) {
        const OracleAnswer answer = ask_oracle(multi_take_family(n, m, c));
        ASSERT_TRUE(answer.known);
        EXPECT_EQ(answer.dead, multi_take_is_dead(n, m, c)) << n << " requests of " << m << " from " << c;
        EXPECT_EQ(answer.can_complete, c >= m);
      }
    }
  }
}

}  // namespace
}  // namespace dmstall::tests
