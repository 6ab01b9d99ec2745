// What is taken is given on every path, what runs in no thread does not wait, and what a finished request leaves
// behind.
#include "models/machine/balance.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/oracle/builder.hpp"

namespace dmstall::tests {

using namespace steps;
using models::PathProblemKind;

namespace {

/// "kept a, not_held b": in the order in which they were met.
std::string problems(const ProgramBuilder& b) {
  static constexpr const char* kinds[] = {"kept", "not_held", "grows", "sleeps", "too_many_ways"};
  std::string all;
  for (const models::PathProblem& problem : models::follow_paths(b.program()).problems) {
    if (!all.empty()) all += ", ";
    all += kinds[static_cast<std::size_t>(problem.kind)];
    if (problem.resource != models::no_resource)
      all += " " + b.program().resources[static_cast<std::size_t>(problem.resource)].name;
    if (problem.n != 1) all += " " + std::to_string(problem.n);
  }
  return all;
}

/// "nothing", "latch e", or the resource that is not as it was.
std::string leftover(const ProgramBuilder& b, std::size_t of_class = 0) {
  const models::Leftover left = models::follow_paths(b.program()).leftovers.at(of_class);
  if (left.nothing) return "nothing";
  std::string what = left.only_latches ? "latch" : "changed";
  if (left.only_latches) {
    for (const ResourceId latch : left.latches)
      what += " " + b.program().resources[static_cast<std::size_t>(latch)].name;
    return what;
  }
  return what + " " + b.program().resources[static_cast<std::size_t>(left.resource)].name;
}

class Task {
 public:
  ProgramBuilder b{"balance"};
  ResourceId a = b.mempool("a", 4), m = b.mutex("m"), l = b.rwsem("l"), w = b.workers("w", 1), e = b.event("e"),
             c = b.counter("c", 5), o = b.order("o");

  std::string task(models::Steps steps) {
    b.task("t", std::move(steps));
    return problems(b);
  }
};

}  // namespace

TEST(Balance, OneAfterTheOther) {
  EXPECT_EQ(Task().task({}), "");
  Task t;
  EXPECT_EQ(t.task({take(t.a, 3), give(t.a), give(t.a, 2)}), "");
  Task kept;
  EXPECT_EQ(kept.task({take(kept.a, 3), give(kept.a)}), "kept a 2");
  Task more;
  EXPECT_EQ(more.task({take(more.a), give(more.a, 2)}), "not_held a");
  Task early;
  EXPECT_EQ(early.task({give(early.a), take(early.a)}), "not_held a, kept a");
}

TEST(Balance, LocksAndTickets) {
  Task t;
  EXPECT_EQ(t.task({take(t.m), read_lock(t.l), read_unlock(t.l), write_lock(t.l), write_unlock(t.l), give(t.m),
                    ticket(t.o), await_turn(t.o), pass_turn(t.o)}),
            "");
  Task mixed;
  EXPECT_EQ(mixed.task({read_lock(mixed.l), write_unlock(mixed.l)}), "not_held l, kept l");
  Task turn;
  EXPECT_EQ(turn.task({ticket(turn.o), await_turn(turn.o)}), "kept o");
}

TEST(Balance, EveryBranch) {
  Task t;
  EXPECT_EQ(t.task({take(t.a), choose({branch("x", {give(t.a)}), branch("y", {})})}), "kept a");
  Task ends;
  EXPECT_EQ(ends.task({take(ends.a), choose({branch("x", {finish(Status::error)}), branch("y", {})}), give(ends.a)}),
            "kept a");
  Task tried;
  EXPECT_EQ(tried.task({try_take(tried.a, {finish()}), give(tried.a)}), "");
  Task refused;
  EXPECT_EQ(refused.task({try_take(refused.a), give(refused.a)}), "not_held a");
  Task zero;
  EXPECT_EQ(zero.task({take(zero.a), count(zero.c, -1, {give(zero.a)}, {})}), "kept a");
  Task both;
  EXPECT_EQ(both.task({take(both.a), count(both.c, -1, {give(both.a)}, {give(both.a)})}), "");
  Task gone;
  EXPECT_EQ(gone.task({take(gone.a), stop()}), "");
}

TEST(Balance, LoopsComeBackToWhatTheyHeld) {
  Task t;
  EXPECT_EQ(t.task({forever({take(t.a), give(t.a)})}), "");
  Task held;
  EXPECT_EQ(held.task({take(held.a), forever({spend()})}), "") << "it never ends";
  Task takes;
  EXPECT_EQ(takes.task({forever({take(takes.a)})}).substr(0, 7), "grows a");
  Task gives;
  EXPECT_EQ(gives.task({take(gives.a), while_(gives.e, {give(gives.a)}), give(gives.a)}), "not_held a, not_held a")
      << "from the second turn on, and after the first";
  Task some;
  EXPECT_EQ(some.task({while_(some.e, {take(some.a)})}).substr(0, 7), "grows a");
  Task turns;  // alternates: one element at most
  EXPECT_EQ(turns.task({forever({choose({branch("x", {take(turns.a), give(turns.a)}), branch("y", {finish()})})})}),
            "");
}

TEST(Balance, ChildrenGiveBackWhatCameWithThem) {
  Task t;
  const FlowId child = t.b.flow("child", {give(t.a)});
  EXPECT_EQ(t.task({take(t.a, 2), spawn(child, false, {{t.a, 1}}), give(t.a)}), "");
  Task parent;  // the elements of the parent that did not travel
  const FlowId gives = parent.b.flow("child", {give(parent.a)});
  EXPECT_EQ(parent.task({take(parent.a), spawn(gives)}), "");
  Task both;
  const FlowId gives_too = both.b.flow("child", {give(both.a)});
  EXPECT_EQ(both.task({take(both.a), spawn(gives_too), give(both.a)}), "not_held a");
  Task kept;
  const FlowId keeps = kept.b.flow("child", {choose({branch("x", {give(kept.a)}), branch("y", {})})});
  EXPECT_EQ(kept.task({take(kept.a), spawn(keeps, false, {{kept.a, 1}})}), "kept a");
  Task takes;
  const FlowId taking = takes.b.flow("child", {take(takes.a)});
  EXPECT_EQ(takes.task({spawn(taking), await_children(), give(takes.a)}), "kept a, not_held a")
      << "a parent gives nothing of its children's";
  Task none;
  const FlowId unused = none.b.flow("child", {give(none.a)});
  EXPECT_EQ(none.task({spawn(unused, false, {{none.a, 1}})}), "not_held a");
  Task status;
  const FlowId fails =
      status.b.flow("child", {choose({branch("x", {give(status.a), finish(Status::error)}), branch("y", {})})});
  EXPECT_EQ(status.task({take(status.a), spawn(fails), await_children({branch("ok", {give(status.a)})})}), "");
}

TEST(Balance, FlowsThatAreCalled) {
  Task t;
  const FlowId alloc = t.b.flow("alloc", {take(t.a), finish()}), release = t.b.flow("free", {give(t.a), finish()});
  EXPECT_EQ(t.task({call(alloc), call(release)}), "");
  Task twice;
  const FlowId free_twice = twice.b.flow("free", {give(twice.a), finish()});
  EXPECT_EQ(twice.task({take(twice.a), call(free_twice), call(free_twice)}), "not_held a");
  Task back;
  const FlowId submitted = back.b.flow("submitted", {detach(), finish()});
  EXPECT_EQ(back.task({take(back.a), call(submitted, CallContext::async, {{back.a, 1}})}), "");
}

TEST(Balance, ItselfCalled) {
  Task t;
  const FlowId self = t.b.flow("self", {});
  auto program = t.b.program();
  program.flows[static_cast<std::size_t>(self)].steps = {
      take(t.a), choose({branch("again", {spawn(self)}), branch("end", {})}), give(t.a)};
  models::RequestClass of;
  of.flow = self;
  program.classes.push_back(of);
  EXPECT_TRUE(models::follow_paths(program).problems.empty());
  program.flows[static_cast<std::size_t>(self)].steps.pop_back();
  const auto problems = models::follow_paths(program).problems;
  ASSERT_FALSE(problems.empty());
  EXPECT_EQ(problems.front().kind, PathProblemKind::kept);
}

TEST(Balance, WhatIsHandedOverIsNotJudged) {
  ProgramBuilder b("handed over");
  const ResourceId s = b.semaphore("s", 0);
  models::Program program = [&] {
    b.task("gives", {forever({give(s)})});
    b.task("takes", {take(s)});
    return b.program();
  }();
  EXPECT_EQ(models::follow_paths(program).problems.size(), 2U);
  program.resources[static_cast<std::size_t>(s)].handed_over = true;
  EXPECT_TRUE(models::follow_paths(program).problems.empty());
  EXPECT_EQ(models::follow_paths(program).leftovers[1].resource, s);
}

TEST(Balance, TooManyWaysAreRefused) {
  ProgramBuilder b("ways");
  models::Steps steps;
  for (int i = 0; i < 16; ++i) {
    const ResourceId each = b.mempool("p" + std::to_string(i), 1);
    steps.push_back(choose({branch("x", {take(each)}), branch("y", {})}));
  }
  b.task("t", steps);
  EXPECT_EQ(problems(b), "too_many_ways");
  EXPECT_FALSE(models::follow_paths(b.program()).leftovers[0].nothing);
}

TEST(NoThread, WhatWaitsAtCompletion) {
  const auto refused = [](auto&& step) {
    Task t;
    return t.task({detach(), step(t)});
  };
  EXPECT_EQ(refused([](Task& t) { return choose({branch("x", {take(t.a), give(t.a)})}); }), "sleeps a");
  EXPECT_EQ(refused([](Task& t) { return choose({branch("x", {take_all(t.a, 2), give(t.a, 2)})}); }), "sleeps a");
  EXPECT_EQ(refused([](Task& t) { return choose({branch("x", {take(t.m), give(t.m)})}); }), "sleeps m");
  EXPECT_EQ(refused([](Task& t) { return choose({branch("x", {read_lock(t.l), read_unlock(t.l)})}); }), "sleeps l");
  EXPECT_EQ(refused([](Task& t) { return choose({branch("x", {write_lock(t.l), write_unlock(t.l)})}); }), "sleeps l");
  EXPECT_EQ(refused([](Task& t) { return await(t.e); }), "sleeps e");
  EXPECT_EQ(refused([](Task& t) { return await_zero(t.c); }), "sleeps c");
  EXPECT_EQ(refused([](Task& t) {
              return choose({branch("x", {ticket(t.o), await_turn(t.o), pass_turn(t.o)})});
            }),
            "sleeps o");
}

TEST(NoThread, WhatDoesNotWait) {
  Task t;
  const FlowId child = t.b.flow("child", {});
  EXPECT_EQ(t.task({take(t.a), spawn(child), detach(), give(t.a), signal(t.e), broadcast(t.e), clear(t.e),
                    count(t.c, 1), spend(), try_take(t.a, {finish()}), give(t.a), await_children(),
                    try_lock(StepKind::read_lock, t.l, {finish()}), read_unlock(t.l)}),
            "");
}

TEST(NoThread, AWorkerIsAThread) {
  Task t;
  EXPECT_EQ(t.task({detach(), take(t.w), take(t.a), give(t.a), give(t.w)}), "");
  Task after;
  EXPECT_EQ(after.task({detach(), take(after.w), give(after.w), take(after.a), give(after.a)}), "sleeps a");
  Task own;  // a task that has not detached goes on in its own thread
  EXPECT_EQ(own.task({take(own.w), give(own.w), take(own.a), give(own.a)}), "");
  Task in_list;
  Step queued = await(in_list.e);
  queued.queued = true;
  EXPECT_EQ(in_list.task({detach(), queued, take(in_list.w), give(in_list.w)}), "");
}

TEST(NoThread, CallsAndChildren) {
  Task t;
  const FlowId below = t.b.flow("below", {detach(), finish()});
  EXPECT_EQ(t.task({call(below), take(t.a), give(t.a)}), "sleeps a") << "the submitter has returned";
  Task sync;
  const FlowId read = sync.b.flow("below", {detach(), finish()});
  EXPECT_EQ(sync.task({call(read, CallContext::sync), take(sync.a), give(sync.a)}), "") << "the submitter slept";
  Task async;
  const FlowId sent = async.b.flow("below", {detach(), finish()});
  EXPECT_EQ(async.task({call(sent, CallContext::async), take(async.a), give(async.a)}), "sleeps a");
  Task in_callee;
  const FlowId sleeps = in_callee.b.flow("sleeps", {take(in_callee.a), give(in_callee.a), finish()});
  EXPECT_EQ(in_callee.task({detach(), call(sleeps)}), "sleeps a");
  Task child;
  const FlowId works = child.b.flow("child", {take(child.a), give(child.a)});
  EXPECT_EQ(child.task({detach(), spawn(works)}), "") << "a task of its own has a thread of its own";
}

TEST(Leftovers, WhatAFinishedRequestChanges) {
  Task none;
  none.task({take(none.a), count(none.c, -1), count(none.c, 1), give(none.a), signal(none.e), clear(none.e)});
  EXPECT_EQ(leftover(none.b), "nothing");
  Task counted;
  counted.task({count(counted.c, -1)});
  EXPECT_EQ(leftover(counted.b), "changed c");
  Task one_way;
  one_way.task({choose({branch("x", {count(one_way.c, -1)}), branch("y", {})})});
  EXPECT_EQ(leftover(one_way.b), "changed c");
  Task child;
  const FlowId counts = child.b.flow("child", {count(child.c, 1)});
  child.task({spawn(counts)});
  EXPECT_EQ(leftover(child.b), "changed c");
  Task latch;
  latch.task({choose({branch("fails", {signal(latch.e)}), branch("works", {})})});
  EXPECT_EQ(leftover(latch.b), "latch e");
  Task cleared;  // by another class: it may be either way when the next request comes
  cleared.task({signal(cleared.e)});
  cleared.b.task("u", {clear(cleared.e)});
  EXPECT_EQ(leftover(cleared.b), "changed e");
  EXPECT_EQ(leftover(cleared.b, 1), "nothing");
  Task turns;
  turns.task({forever({count(turns.c, 1), choose({branch("x", {finish()}), branch("y", {})})})});
  EXPECT_EQ(leftover(turns.b), "changed c");
}

}  // namespace dmstall::tests
