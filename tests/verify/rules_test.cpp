// One small machine for each rule of what is held and what is waited for: accepted where it is kept, refused where it
// is broken.
#include "tests/oracle/builder.hpp"
#include "tests/verify/certificates.hpp"

namespace dmstall::tests {
namespace {

using namespace steps;
using models::AllocatorRule;

Certificate with_rule(const Ranks& ranks, const analysis::EventRule& rule) {
  Certificate certificate = ranked(ranks);
  certificate.events = {rule};
  certificate.any_number = rule.owed_by.empty();
  return certificate;
}

TEST(VerifyRules, ANeedAboveTheCapacity) {
  ProgramBuilder b("keeps one of one");
  const auto p = b.mempool("p", 1);
  b.task("t", {take(p, 1, 1), give(p)});
  EXPECT_TRUE(refuses(b.program(), ranked({{"p"}}), "2 of p are waited for, which has 1"));
  ProgramBuilder empty("empty reserve");
  const auto none = empty.mempool("p", 0);
  empty.task("t", {take(none), give(none)});
  EXPECT_TRUE(refuses(empty.program(), ranked({{"p"}}), "1 of p are waited for, which has 0"));
}

TEST(VerifyRules, AnAllocatorThatNeverRefusesIsNoWait) {
  ProgramBuilder b("plentiful");
  const auto p = b.mempool("p", 0, AllocatorRule::always), q = b.mempool("q", 1);
  b.task("t0", {take(p), take(q), give(q), give(p)});
  b.task("t1", {take(q), take(p), give(p), give(q)});
  EXPECT_TRUE(accepts(b.program(), ranked({{"q"}})));
  EXPECT_TRUE(refuses(b.program(), ranked({{"p"}, {"q"}}), "ranks p, for which nobody waits"));
}

TEST(VerifyRules, ATryNeverWaitsButHolds) {
  ProgramBuilder b("tries");
  const auto x = b.mempool("x", 1), y = b.mempool("y", 1);
  b.task("t0", {take(x), take(y), give(y), give(x)});
  b.task("t1", {take(y), try_take(x, {give(y), finish(Status::error)}), give(x), give(y)});
  EXPECT_TRUE(accepts(b.program(), ranked({{"x"}, {"y"}})));
  ProgramBuilder held("tries and then waits");
  const auto p = held.mempool("x", 1), q = held.mempool("y", 1);
  held.task("t0", {take(p), take(q), give(q), give(p)});
  held.task("t1", {try_take(q, {finish()}), take(p), give(p), give(q)});
  EXPECT_TRUE(refuses(held.program(), ranked({{"x"}, {"y"}}), "x is waited for while y is held"));
  EXPECT_TRUE(refuses(held.program(), ranked({{"y"}, {"x"}}), "y is waited for while x is held"));
}

TEST(VerifyRules, TheSourceOfAnElementDecidesTheWay) {
  const auto program = [](AllocatorRule rule) {
    ProgramBuilder b("split by source");
    const auto p = b.mempool("p", 1, rule), q = b.mempool("q", 1);
    b.task("t0", {take_split(p, {take(q), give(q)}, {}), give(p)});
    b.task("t1", {take(q), take(p), give(p), give(q)});
    return b.program();
  };
  EXPECT_TRUE(accepts(program(AllocatorRule::never), ranked({{"q"}, {"p"}})));
  EXPECT_TRUE(refuses(program(AllocatorRule::any), ranked({{"q"}, {"p"}}), "q is waited for while p is held"));
}

TEST(VerifyRules, LeaksAndForgedElements) {
  ProgramBuilder leak("leak");
  const auto x = leak.mempool("x", 2);
  leak.task("t", {take(x)});
  EXPECT_TRUE(refuses(leak.program(), ranked({{"x"}}), "t may end while it holds x"));
  ProgramBuilder forged("forged");
  const auto y = forged.semaphore("y", 1);
  forged.task("t0", {take(y), give(y)});
  forged.task("t1", {give(y)});
  EXPECT_TRUE(refuses(forged.program(), ranked({{"y"}}), "y may be given back where it is not held"));
  ProgramBuilder twice("given twice");
  const auto z = twice.mempool("z", 2);
  twice.task("t", {take(z), choose({branch("a", {give(z)}), branch("b", {})}), give(z)});
  EXPECT_TRUE(refuses(twice.program(), ranked({{"z"}}), "z may be given back where it is not held"));
  ProgramBuilder mutex("unlocks another's lock");
  const auto m = mutex.mutex("m");
  mutex.task("t", {try_take(m), give(m)});
  EXPECT_TRUE(refuses(mutex.program(), ranked({}), "m may be given back where it is not held"));
}

TEST(VerifyRules, RetainedBuffers) {
  ProgramBuilder b("dm-bufio");
  const auto buffers = b.unpolled("buffers", 1, AllocatorRule::any), page = b.mempool("page", 1);
  models::Program program = [&] {
    b.task("t", {take(buffers), take(page), give(page), give(buffers)});
    return b.program();
  }();
  program.resources[0].retained = 3;
  EXPECT_TRUE(accepts(program, ranked({{"buffers"}, {"page"}})));
  EXPECT_TRUE(refuses(program, ranked({{"page"}, {"buffers"}}), "page is waited for while buffers is held"));
  EXPECT_TRUE(refuses(program, ranked({{"page"}}), "buffers is waited for and has no rank"));
}

TEST(VerifyRules, ReadingIsAWaitWhereSomebodyWrites) {
  const auto program = [](bool writer) {
    ProgramBuilder b(writer ? "a writer" : "readers only");
    const auto lock = b.rwsem("lock");
    const auto x = b.mempool("x", 1);
    b.task("r0", {read_lock(lock), take(x), give(x), read_unlock(lock)});
    b.task("r1", {take(x), read_lock(lock), read_unlock(lock), give(x)});
    if (writer) b.task("w", {write_lock(lock), write_unlock(lock)});
    return b.program();
  };
  EXPECT_TRUE(accepts(program(false), ranked({{"x"}})));
  EXPECT_TRUE(refuses(program(true), ranked({{"x"}}), "lock is waited for and has no rank"));
  EXPECT_TRUE(refuses(program(true), ranked({{"x"}, {"lock"}}), "x is waited for while lock is held"));
  EXPECT_TRUE(refuses(program(true), ranked({{"lock"}, {"x"}}), "lock is waited for while x is held"));
}

TEST(VerifyRules, AWriterHoldsAndIsAnError) {
  ProgramBuilder b("a writer takes");
  const auto lock = b.rwsem("lock");
  const auto x = b.mempool("x", 1);
  b.task("r", {read_lock(lock), read_unlock(lock)});
  b.task("w", {write_lock(lock), take(x), give(x), write_unlock(lock)});
  EXPECT_TRUE(accepts(b.program(), ranked({{"lock"}, {"x"}})));
  EXPECT_TRUE(refuses(b.program(), ranked({{"x"}, {"lock"}}), "x is waited for while lock is held"));
  ProgramBuilder wrong("unlocks for reading what it holds for writing");
  const auto l = wrong.rwsem("lock");
  wrong.task("w", {write_lock(l), read_unlock(l)});
  EXPECT_TRUE(refuses(wrong.program(), ranked({{"lock"}}), "lock may be given back where it is not held"));
}

TEST(VerifyRules, Orders) {
  const auto program = [](Steps steps) {
    ProgramBuilder b("order");
    (void)b.order("seq");
    (void)b.mempool("p", 1);
    b.task("t", std::move(steps), 3);
    return b.program();
  };
  const models::ResourceId seq = 0, p = 1;
  EXPECT_TRUE(
      accepts(program({ticket(seq), take(p), give(p), await_turn(seq), pass_turn(seq)}), ranked({{"seq"}, {"p"}})));
  EXPECT_TRUE(
      accepts(program({ticket(seq), await_turn(seq), take(p), give(p), pass_turn(seq)}), ranked({{"seq"}, {"p"}})));
  EXPECT_TRUE(refuses(program({ticket(seq), await_turn(seq), take(p), give(p), pass_turn(seq)}),
                      ranked({{"p"}, {"seq"}}), "p is waited for while seq is held"));
  // Holding the element while the turn is awaited: the earlier ticket may want it.
  const auto overtaking = program({ticket(seq), take(p), await_turn(seq), give(p), pass_turn(seq)});
  EXPECT_TRUE(refuses(overtaking, ranked({{"seq"}, {"p"}}), "seq is waited for while p is held"));
  EXPECT_TRUE(refuses(overtaking, ranked({{"p"}, {"seq"}}), "p is waited for while seq is held"));
  EXPECT_TRUE(refuses(program({await_turn(seq)}), ranked({{"seq"}}), "awaited without a ticket"));
  EXPECT_TRUE(refuses(program({ticket(seq), ticket(seq), await_turn(seq), pass_turn(seq)}), ranked({{"seq"}}),
                      "a second ticket of seq"));
  EXPECT_TRUE(refuses(program({ticket(seq), choose({branch("a", {await_turn(seq)}), branch("b", {})}), pass_turn(seq)}),
                      ranked({{"seq"}}), "passed without having been awaited"));
  EXPECT_TRUE(refuses(program({ticket(seq), await_turn(seq)}), ranked({{"seq"}}), "may end while it holds seq"));
}

/// Counts itself in, works, counts itself out; the last one wakes the others.
models::Program batch(Steps last, Steps others, bool locked) {
  ProgramBuilder b("batch");
  const auto c = b.counter("c"), x = b.mempool("x", 1);
  (void)b.event("e");
  const auto m = b.mutex("m");
  Steps steps{count(c, 1), take(x), give(x)};
  if (locked) steps.push_back(take(m));
  steps.push_back(count(c, -1, std::move(last), std::move(others)));
  b.task("t", std::move(steps), 3);
  return b.program();
}

TEST(VerifyRules, TheEndOfABatchIsBroadcastUnderItsGuard) {
  const models::ResourceId e = 2, m = 3;
  const analysis::EventRule rule{"e", "c", "m", ""};
  const auto good = batch({broadcast(e), give(m)}, {give(m), await(e)}, true);
  EXPECT_TRUE(accepts(good, with_rule({{"e"}, {"c"}, {"x"}, {"m"}}, rule)));
  EXPECT_TRUE(refuses(good, with_rule({{"e"}, {"x"}, {"c"}, {"m"}}, rule), "x is waited for while c is held"));
  EXPECT_TRUE(refuses(good, with_rule({{"c"}, {"e"}, {"x"}, {"m"}}, rule), "e does not rank above its counter"));
  EXPECT_TRUE(refuses(good, with_rule({{"c", "e"}, {"x"}, {"m"}}, rule), "e does not rank above its counter"))
      << "one rank, no equations";
  EXPECT_TRUE(refuses(good, with_rule({{"e"}, {"x"}, {"m"}}, rule), "c counts a batch and has no rank"));
  EXPECT_TRUE(refuses(good, ranked({{"e"}, {"c"}, {"x"}, {"m"}}), "for which nobody waits"));
  EXPECT_TRUE(refuses(good, ranked({{"e"}, {"x"}, {"m"}}), "nothing says who wakes"));
  EXPECT_TRUE(refuses(batch({give(m), broadcast(e)}, {give(m), await(e)}, true),
                      with_rule({{"e"}, {"c"}, {"x"}, {"m"}}, rule), "e is broadcast without holding m"));
  EXPECT_TRUE(refuses(batch({broadcast(e), give(m)}, {give(m), spend(), await(e)}, true),
                      with_rule({{"e"}, {"c"}, {"x"}, {"m"}}, rule), "e is awaited elsewhere"));
  EXPECT_TRUE(refuses(batch({give(m)}, {give(m), await(e)}, true), with_rule({{"e"}, {"c"}, {"x"}, {"m"}}, rule),
                      "may end while it holds e"));
  EXPECT_TRUE(refuses(batch({signal(e), broadcast(e), give(m)}, {give(m), await(e)}, true),
                      with_rule({{"e"}, {"c"}, {"x"}, {"m"}}, rule), "e is signalled"));
  EXPECT_TRUE(refuses(batch({clear(e), broadcast(e), give(m)}, {give(m), await(e)}, true),
                      with_rule({{"e"}, {"c"}, {"x"}, {"m"}}, rule), "e is cleared"));
  EXPECT_TRUE(refuses(good, with_rule({{"e"}, {"c"}, {"x"}, {"m"}}, {"e", "c", "x", ""}), "awaited elsewhere"));
}

TEST(VerifyRules, WithNothingInBetweenABatchNeedsNoGuard) {
  const models::ResourceId e = 2;
  const analysis::EventRule rule{"e", "c", "", ""};
  EXPECT_TRUE(accepts(batch({broadcast(e)}, {await(e)}, false), with_rule({{"e"}, {"c"}, {"x"}}, rule)));
  EXPECT_TRUE(refuses(batch({broadcast(e)}, {spend(), await(e)}, false), with_rule({{"e"}, {"c"}, {"x"}}, rule),
                      "e is awaited elsewhere"));
}

TEST(VerifyRules, ACounterStartsAtZero) {
  ProgramBuilder b("starts at one");
  const auto c = b.counter("c", 1);
  b.task("t", {await_zero(c)});
  EXPECT_TRUE(refuses(b.program(), ranked({{"c"}}), "does not start at zero"));
  ProgramBuilder below("below zero");
  const auto d = below.counter("d");
  below.task("t", {count(d, -1)});
  EXPECT_TRUE(refuses(below.program(), ranked({}), "d may be given back where it is not held"));
  ProgramBuilder zero("waits for others");
  const auto n = zero.counter("n"), x = zero.mempool("x", 1);
  zero.task("t", {count(n, 1), take(x), give(x), count(n, -1)});
  zero.task("u", {await_zero(n)});
  EXPECT_TRUE(accepts(zero.program(), ranked({{"n"}, {"x"}})));
  EXPECT_TRUE(refuses(zero.program(), ranked({{"x"}, {"n"}}), "x is waited for while n is held"));
}

TEST(VerifyRules, AnEventIsOwedByATask) {
  const auto program = [](Steps owes, Steps waits_for) {
    ProgramBuilder b("owed");
    (void)b.event("e");
    (void)b.mempool("x", 1);
    b.task("helper", std::move(owes));
    b.task("waiter", std::move(waits_for), 2);
    return b.program();
  };
  const models::ResourceId e = 0, x = 1;
  const analysis::EventRule rule{"e", "", "", "helper"};
  const auto good = program({take(x), give(x), signal(e)}, {await(e), take(x), give(x)});
  EXPECT_TRUE(accepts(good, with_rule({{"e"}, {"x"}}, rule)));
  EXPECT_TRUE(refuses(good, with_rule({{"x"}, {"e"}}, rule), "e is held by helper where x is waited for") ||
              refuses(good, with_rule({{"x"}, {"e"}}, rule), "x is waited for while e is held"));
  Certificate boast = with_rule({{"e"}, {"x"}}, rule);
  boast.any_number = true;
  EXPECT_TRUE(refuses(good, boast, "any number"));
  EXPECT_TRUE(refuses(good, with_rule({{"e"}, {"x"}}, {"e", "", "", "nobody"}), "which is no task"));
  EXPECT_TRUE(refuses(good, with_rule({{"e"}, {"x"}}, {"e", "", "", "waiter"}), "waited for while e is held"));
  const auto circle = program({take(x), give(x), signal(e)}, {take(x), await(e), give(x)});
  EXPECT_TRUE(refuses(circle, with_rule({{"e"}, {"x"}}, rule), "e is waited for while x is held"));
  EXPECT_FALSE(verified(circle, with_rule({{"x"}, {"e"}}, rule)).accepted);
  EXPECT_TRUE(refuses(program({choose({branch("a", {signal(e)}), branch("b", {})})}, {await(e)}),
                      with_rule({{"e"}}, rule), "helper may end while it holds e"));
  EXPECT_TRUE(refuses(program({signal(e)}, {await(e), clear(e)}), with_rule({{"e"}}, rule), "e is cleared"));
}

TEST(VerifyRules, ChildrenHoldTheirCompletion) {
  ProgramBuilder b("children");
  const auto x = b.mempool("x", 1), y = b.mempool("y", 1);
  const auto child = b.flow("child", {take(x), give(x)});
  b.task("t", {take(y), spawn(child), spawn(child), await_children(), give(y)});
  const std::string completion = "completion of child";
  EXPECT_TRUE(accepts(b.program(), ranked({{"y"}, {completion}, {"x"}})));
  EXPECT_TRUE(refuses(b.program(), ranked({{"y"}, {"x"}, {completion}}),
                      "completion of child is held by child where x is waited for"));
  EXPECT_TRUE(
      refuses(b.program(), ranked({{completion}, {"x"}, {"y"}}), "completion of child is waited for while y is held"));
  EXPECT_TRUE(refuses(b.program(), ranked({{"x"}, {"y"}}), "completion of child is waited for and has no rank"));
}

TEST(VerifyRules, TheWorstChildDecides) {
  const auto program = [](Status ends) {
    ProgramBuilder b("worst");
    const auto x = b.mutex("x");
    const auto good = b.flow("good", {spend()}), bad = b.flow("bad", {finish(ends)});
    b.task("t", {take(x), spawn(good), spawn(bad),
                 await_children({branch("ok", {give(x), finish()}), branch("error", {take(x)})}), give(x)});
    return b.program();
  };
  const Ranks ranks{{"x"}, {"completion of bad"}, {"completion of good"}};
  EXPECT_TRUE(accepts(program(Status::ok), ranked(ranks)));
  EXPECT_TRUE(refuses(program(Status::error), ranked(ranks), "x is waited for while x is held"));
}

TEST(VerifyRules, AFlowAwaitsItsOwnChildren) {
  ProgramBuilder b("awaits its caller's children");
  const auto child = b.flow("child", {spend()});
  const auto inner = b.flow("inner", {await_children()});
  b.task("t", {spawn(child), call(inner)});
  EXPECT_TRUE(refuses(b.program(), ranked({{"completion of child"}}), "while a caller has children of its own"));
  // The other way round is as good as spawning and awaiting in one flow.
  ProgramBuilder c("awaits what a called flow spawned");
  const auto x = c.mempool("x", 1);
  const auto works = c.flow("child", {take(x), give(x)});
  const auto starts = c.flow("starts", {spawn(works)});
  c.task("t", {call(starts), take(x), give(x), await_children()});
  EXPECT_TRUE(accepts(c.program(), ranked({{"completion of child"}, {"x"}})));
  ProgramBuilder d("holding what it needs");
  const auto y = d.mempool("x", 1);
  const auto needs = d.flow("child", {take(y), give(y)});
  const auto maybe = d.flow("starts", {choose({branch("yes", {spawn(needs)}), branch("no", {})})});
  d.task("t", {call(maybe), take(y), await_children(), give(y)});
  EXPECT_TRUE(refuses(d.program(), ranked({{"completion of child"}, {"x"}}),
                      "completion of child is waited for while x is held"));
}

TEST(VerifyRules, ASubmittedChildHoldsItsSubmissionUntilItDetaches) {
  const auto program = [](Steps steps) {
    ProgramBuilder b("submission");
    (void)b.mempool("x", 1);
    (void)b.mempool("y", 1);
    const auto io = b.flow("io", std::move(steps));
    b.task("t", {take(0), submit_bio({park(io)}), give(0)});
    return b.program();
  };
  const models::ResourceId x = 0, y = 1;
  const std::string submission = "submission of io";
  const auto before = program({take(y), detach(), give(y)});
  EXPECT_TRUE(accepts(before, ranked({{"x"}, {submission}, {"y"}})));
  EXPECT_TRUE(refuses(before, ranked({{"x"}, {"y"}, {submission}}), "y is waited for while submission of io is held"));
  EXPECT_TRUE(refuses(before, ranked({{submission}, {"x"}, {"y"}}), "submission of io is waited for while x is held"));
  // After the detach it may even wait for what its parent holds.
  EXPECT_TRUE(accepts(program({detach(), take(x), give(x)}), ranked({{"x"}, {submission}})));
  EXPECT_FALSE(verified(program({take(x), detach(), give(x)}), ranked({{"x"}, {submission}})).accepted);
  // Not on every way: the other way holds it to its end.
  EXPECT_FALSE(verified(program({choose({branch("a", {detach()}), branch("b", {})}), take(x), give(x)}),
                        ranked({{"x"}, {submission}}))
                   .accepted);
}

TEST(VerifyRules, ElementsTravelWithAChild) {
  const auto program = [](bool with, bool own) {
    ProgramBuilder b("travels");
    const auto x = b.mempool("x", 1), y = b.mempool("y", 1);
    const auto child = b.flow("child", {take(y), give(y), give(x)});
    b.task("t",
           {own ? take(x) : spend(),
            spawn(child, false, with ? std::vector<GiveBack>{{x, 1}} : std::vector<GiveBack>{}), take(y), give(y)});
    b.task("u", {take(x), give(x)});
    return b.program();
  };
  EXPECT_TRUE(accepts(program(true, true), ranked({{"x"}, {"y"}})));
  EXPECT_TRUE(refuses(program(true, true), ranked({{"y"}, {"x"}}), "y is waited for while x is held"));
  EXPECT_TRUE(refuses(program(false, true), ranked({{"x"}, {"y"}}), "x may be given back where it is not held (child"));
  EXPECT_TRUE(refuses(program(true, false), ranked({{"x"}, {"y"}}), "x may be given back where it is not held (t"));
}

TEST(VerifyRules, WhatTheSubmitterGivesBackWhenItReturns) {
  const auto program = [](Steps io_steps, CallContext context, bool lower = false) {
    ProgramBuilder b("after detach");
    const auto thread = b.workers("thread", 1);
    (void)b.mempool("y", 1);
    auto io = b.flow("io", std::move(io_steps));
    if (lower) io = b.flow("above", {call(io)});
    b.task("t", {take(thread),
                 call(io, context,
                      context == CallContext::async ? std::vector<GiveBack>{{thread, 1}} : std::vector<GiveBack>{})});
    return b.program();
  };
  const models::ResourceId thread = 0, y = 1;
  EXPECT_TRUE(accepts(program({take(y), detach(), give(y)}, CallContext::async), ranked({{"thread"}, {"y"}})));
  EXPECT_TRUE(refuses(program({take(y), detach(), give(y)}, CallContext::async), ranked({{"y"}, {"thread"}}),
                      "y is waited for while thread is held"));
  // The thread is free after the detach, so its completion may take it again; also two calls further down.
  EXPECT_TRUE(accepts(program({detach(), take(thread), give(thread)}, CallContext::async), ranked({{"thread"}})));
  EXPECT_TRUE(accepts(program({detach(), take(thread), give(thread)}, CallContext::async, true), ranked({{"thread"}})));
  // Without a detach it is given back at the end.
  EXPECT_TRUE(accepts(program({spend()}, CallContext::async), ranked({{"thread"}})));
  EXPECT_TRUE(refuses(program({take(thread), give(thread)}, CallContext::async), ranked({{"thread"}}),
                      "thread is waited for while thread is held"));
  EXPECT_TRUE(refuses(
      program({choose({branch("a", {detach()}), branch("b", {})}), take(thread), give(thread)}, CallContext::async),
      ranked({{"thread"}}), "thread is waited for while thread is held"));
  // A second detach gives nothing back.
  EXPECT_TRUE(accepts(program({detach(), detach()}, CallContext::async), ranked({{"thread"}})));
  // A caller that sleeps keeps its thread.
  EXPECT_TRUE(refuses(program({detach(), take(thread), give(thread)}, CallContext::sync), ranked({{"thread"}}),
                      "thread is waited for while thread is held"));
}

TEST(VerifyRules, WhatACallerPutsAside) {
  ProgramBuilder b("held through calls");
  const auto x = b.mempool("x", 1), y = b.mempool("y", 1), z = b.mempool("z", 1);
  const auto inner = b.flow("inner", {take(z), give(z)});
  const auto outer = b.flow("outer", {take(y), call(inner), give(y)});
  b.task("t0", {take(x), call(outer), give(x)});
  b.task("t1", {call(inner)});
  EXPECT_TRUE(accepts(b.program(), ranked({{"x"}, {"y"}, {"z"}})));
  EXPECT_TRUE(refuses(b.program(), ranked({{"y"}, {"z"}, {"x"}}), "x is held by t0 where"));
  EXPECT_TRUE(refuses(b.program(), ranked({{"x"}, {"z"}, {"y"}}), "y is held by outer where z is waited for"));
}

TEST(VerifyRules, LoopsAndRecursion) {
  ProgramBuilder loop("loop");
  const auto e = loop.event("e");
  loop.task("t", {while_(e, {spend()})});
  EXPECT_TRUE(refuses(loop.program(), ranked({}), "has a loop"));
  ProgramBuilder recursion("recursion");
  recursion.task("t", {spawn(0)});
  EXPECT_TRUE(refuses(recursion.program(), ranked({}), "calls or spawns itself"));
}

TEST(VerifyRules, NamesMeanOneThing) {
  ProgramBuilder b("two of a name");
  const auto x = b.mempool("x", 1), other = b.mempool("x", 1);
  b.task("t", {take(x), take(other), give(other), give(x)});
  EXPECT_TRUE(refuses(b.program(), ranked({{"x"}}), "several things"));
}

}  // namespace
}  // namespace dmstall::tests
