// Certificates that are ranks alone: every wait must go strictly down.
#include "tests/oracle/builder.hpp"
#include "tests/verify/certificates.hpp"

namespace dmstall::tests {
namespace {

using namespace steps;
using models::AllocatorRule;

ProgramBuilder two_pools_in_order() {
  ProgramBuilder b("two pools in order");
  const auto x = b.mempool("x", 1), y = b.mempool("y", 1);
  b.task("t0", {take(x), take(y), give(y), give(x)});
  b.task("t1", {take(x), give(x), take(y), give(y)});
  return b;
}

TEST(VerifyRanks, TwoPoolsInOrder) {
  const auto program = two_pools_in_order().program();
  EXPECT_TRUE(accepts(program, ranked({{"x"}, {"y"}})));
  EXPECT_TRUE(refuses(program, ranked({{"y"}, {"x"}}), "y is waited for while x is held"));
  EXPECT_TRUE(refuses(program, ranked({{"x", "y"}}), "y is waited for while x is held"));
}

TEST(VerifyRanks, EveryThingOnce) {
  const auto program = two_pools_in_order().program();
  EXPECT_TRUE(refuses(program, ranked({{"x"}}), "y is waited for and has no rank"));
  EXPECT_TRUE(refuses(program, ranked({{"x"}, {"y"}, {"x"}}), "ranks x twice"));
  EXPECT_TRUE(refuses(program, ranked({{"x"}, {"y"}, {"z"}}), "ranks \"z\""));
  EXPECT_TRUE(refuses(program, ranked({{"x"}, {}, {"y"}}), "without a thing"));
  EXPECT_TRUE(refuses(program, ranked({{"y", "x"}}), "not sorted"));
}

}  // namespace
}  // namespace dmstall::tests
