// The machines with known answers, under every certificate of ranks there is: what may be stuck is never accepted.
#include "tests/machine/fixed_machines.hpp"

#include <cstdio>

#include "tests/verify/every_order.hpp"

namespace dmstall::tests {
namespace {

TEST(VerifyFixedMachines, NoOrderOfRanksProvesWhatIsNotSo) {
  std::size_t certificates = 0, stuck = 0, proved = 0;
  for (const FixedMachine& fixed : fixed_machines()) {
    SCOPED_TRACE(fixed.program.name + ": " + fixed.story);
    const models::Machine machine = models::compile(fixed.program);
    const std::size_t things = rankable(machine).size();
    if (things > 5) continue;  // more than 541 orders each
    const Tried tried = try_every_order(machine);
    certificates += tried.certificates;
    if (fixed.dead || fixed.stuck || fixed.livelock) {
      EXPECT_EQ(tried.accepted, 0u);
      ++stuck;
    } else if (tried.accepted > 0) {
      ++proved;
    }
  }
  std::printf("%zu certificates, %zu machines that may be stuck, %zu proved\n", certificates, stuck, proved);
  EXPECT_GT(stuck, 30u);
  EXPECT_GT(proved, 5u);
}

}  // namespace
}  // namespace dmstall::tests
