// Does memory that is back let the stuck go on? Requests still to come, sleepers that only a give wakes, items of a
// rescuer.
#include "models/machine/relief.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "models/machine/compile.hpp"
#include "tests/oracle/builder.hpp"

namespace dmstall::tests {
namespace {

using models::AllocatorRule;
using models::ResourceId;
using models::ResourceKind;
using models::TokenId;
using models::World;

/// Tokens of the classes in this order; then whoever can goes on, oldest first, until nobody moves without the
/// allocator.
class Walker {
 public:
  explicit Walker(const models::Program& program) : machine_(models::compile(program)), world_(machine_) {}

  TokenId start(std::int32_t request_class) { return world_.start(request_class); }
  /// Steps that need no allocator, at most so many.
  void go(TokenId id, int steps = 1000) {
    std::vector<models::Alternative> enabled;
    models::StepEffects effects;
    for (int i = 0; i < steps && world_.find(world_.token(id).serial) == id; ++i) {
      enabled.clear();
      world_.alternatives(id, enabled);
      const auto way =
          std::find_if(enabled.begin(), enabled.end(), [](const auto& each) { return !each.needs_allocator; });
      if (way == enabled.end()) return;
      world_.apply(id, models::Alternative(*way), effects);
    }
  }
  [[nodiscard]] bool relieved(const models::LaterRequests& later = {}) const {
    const std::vector<TokenId> stuck = models::stuck_set(world_);
    EXPECT_FALSE(stuck.empty());
    return models::relieved_by_memory(world_, stuck, later);
  }

 private:
  models::Machine machine_;
  World world_;
};

/// A reader that decodes a hash block needs a second buffer of the client; others read a block and release it.
models::Program two_readers(int slots, int in_flight) {
  using namespace steps;
  ProgramBuilder b("buffers");
  const auto slot = b.semaphore("slot", slots);
  const auto buffers = b.unpolled("buffers", 1);
  b.task("decodes", {take(slot), take(buffers), take(buffers), give(buffers, 2), give(slot)});
  auto& reads = b.task("reads", {take(slot), take(buffers), give(buffers), give(slot)}, 4);
  reads.in_flight = in_flight;
  return b.program();
}

TEST(Relief, ALaterReleaseWakesTheSleeper) {
  Walker run(two_readers(2, 1));
  run.go(run.start(0));
  EXPECT_FALSE(run.relieved()) << "nobody reads again";
  EXPECT_TRUE(run.relieved({0, 1}));
}

TEST(Relief, ALaterRequestNeedsASlot) {
  Walker run(two_readers(1, 1));
  run.go(run.start(0));
  EXPECT_FALSE(run.relieved({0, 4})) << "the sleeper holds the only slot";
}

TEST(Relief, ALaterRequestNeedsAPlaceInFlight) {
  Walker run(two_readers(1, 1));
  run.go(run.start(0));
  run.go(run.start(1));  // waits for the slot, and for good
  EXPECT_FALSE(run.relieved({0, 3}));
}

TEST(Relief, LaterRequestsAreThoseOfTheFileThatHaveNotStarted) {
  const models::Machine machine = models::compile(two_readers(2, 1));
  EXPECT_EQ(models::later_requests(machine, {}), (models::LaterRequests{1, 4}));
  EXPECT_EQ(
      models::later_requests(machine, {{.token = 0, .start_class = 1}, {.token = 0}, {.token = 1, .start_class = 1}}),
      (models::LaterRequests{1, 2}));
}

/// kernel/workqueue.c, rescuer_thread: what was queued when the rescuer came is on its own list, behind the item in
/// which it sleeps.
TEST(Relief, ARescuerKeepsTheItemsThatItTook) {
  using namespace steps;
  ProgramBuilder b("rescuer");
  const auto thread = b.soft(ResourceKind::thread, "wq", 1, AllocatorRule::never, true);
  const auto buffers = b.unpolled("buffers", 1);
  b.task("decodes", {take(thread), take(buffers), take(buffers), give(buffers, 2), give(thread)});
  b.task("reads", {take(thread), take(buffers), give(buffers), give(thread)});
  models::Program program = b.program();
  program.resources[static_cast<std::size_t>(thread)].rescuer = true;
  {
    Walker run(program);
    const TokenId decodes = run.start(0);
    run.go(decodes, 1);
    run.start(1);  // queued when the rescuer was at work: a thread that is made later runs it
    run.go(decodes);
    EXPECT_TRUE(run.relieved());
  }
  {
    Walker run(program);
    const TokenId decodes = run.start(0);
    run.start(1);  // both are queued when the rescuer comes
    run.go(decodes);
    EXPECT_FALSE(run.relieved());
    EXPECT_TRUE(run.relieved({0, 1})) << "a later item is not on the rescuer's list";
  }
}

TEST(Relief, WhatARescuerTookRunsWhenItIsDone) {
  using namespace steps;
  ProgramBuilder b("rescuer-goes-on");
  const auto thread = b.soft(ResourceKind::thread, "wq", 1, AllocatorRule::never, true);
  const auto pool = b.mempool("pool", 1);
  b.task("t", {take(thread), take(pool), take(pool), give(pool, 2), give(thread)}, 2);
  models::Program program = b.program();
  program.resources[static_cast<std::size_t>(thread)].rescuer = true;
  Walker run(program);
  const TokenId first = run.start(0);
  run.start(0);
  run.go(first);
  EXPECT_TRUE(run.relieved()) << "a mempool is polled: the first item ends, then the rescuer runs the second";
}

}  // namespace
}  // namespace dmstall::tests
