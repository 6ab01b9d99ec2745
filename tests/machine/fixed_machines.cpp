#include "tests/machine/fixed_machines.hpp"

#include <utility>

#include "tests/oracle/builder.hpp"

namespace dmstall::tests {

using namespace steps;
using models::AllocatorRule;
using models::Program;

namespace {

/// Some run ends in a dead state; all requests may complete unless `never`.
FixedMachine deadlock(const ProgramBuilder& b, std::string story, bool can_complete = true) {
  FixedMachine machine;
  machine.program = b.program();
  machine.story = std::move(story);
  machine.dead = machine.stuck = true;
  machine.can_complete = can_complete;
  return machine;
}

FixedMachine progress(const ProgramBuilder& b, std::string story) {
  FixedMachine machine;
  machine.program = b.program();
  machine.story = std::move(story);
  return machine;
}

}  // namespace

Program multi_take_family(int n, int m, int c) {
  ProgramBuilder b("multi-take-" + std::to_string(n) + "-" + std::to_string(m) + "-" + std::to_string(c));
  const auto pool = b.mempool("pool", c);
  b.task("request", {take(pool, m), give(pool, m)}, n);
  return b.program();
}

std::vector<FixedMachine> rule_machines() {
  std::vector<FixedMachine> all;
  {
    ProgramBuilder b("abba-beside-forever");
    const auto x = b.mutex("x"), y = b.mutex("y");
    b.task("t0", {take(x), take(y), give(y), give(x)});
    b.task("t1", {take(y), take(x), give(x), give(y)});
    b.task("service", {forever({spend()})}).counts_progress = false;
    auto m =
        deadlock(b, "Two requests are stuck for ever, yet no state is dead: the service task can always move.", false);
    m.dead = false;
    m.relieved = false;
    all.push_back(std::move(m));
  }
  {
    ProgramBuilder b("restart-with-the-lock");
    const auto x = b.mutex("x");
    b.task("t0", {take(x), stop()});
    b.task("t1", {take(x), give(x)});
    all.push_back(progress(b, "The holder never gives x, but the machine is gone before anybody could wait for ever."));
  }
  {
    ProgramBuilder b("circle-before-the-restart");
    const auto x = b.mutex("x"), y = b.mutex("y");
    b.task("t0", {take(x), take(y), stop()});
    b.task("t1", {take(y), take(x), give(x), give(y)});
    auto m = deadlock(b, "The circle closes before the restart is reached.");
    m.relieved = false;
    all.push_back(std::move(m));
  }
  {
    ProgramBuilder b("circle-behind-the-restart");
    const auto x = b.mutex("x"), y = b.mutex("y");
    b.task("t0", {take(x), stop(), take(y), give(y), give(x)});
    b.task("t1", {take(y), take(x), give(x), give(y)});
    all.push_back(progress(b, "t0 would close the circle only after the machine is gone."));
  }
  {
    ProgramBuilder b("circle-beside-a-loop-that-may-restart");
    const auto x = b.mutex("x"), y = b.mutex("y");
    b.task("t0", {take(x), take(y), give(y), give(x)});
    b.task("t1", {take(y), take(x), give(x), give(y)});
    b.task("service", {forever({choose({branch("restart", {stop()}), branch("go on", {})}), spend()})})
        .counts_progress = false;
    all.push_back(progress(b, "As long as somebody may restart the machine nobody is stuck for ever."));
  }
  {
    ProgramBuilder b("restart-in-a-child");
    const auto x = b.mutex("x");
    const auto child = b.flow("child", {choose({branch("restart", {stop()}, 1), branch("good", {})})});
    b.task("t0", {take(x), spawn(child), await_children(), give(x)});
    b.task("t1", {take(x), give(x)});
    all.push_back(progress(b, "The parent waits for a child that ends by ending everything."));
  }
  {
    ProgramBuilder b("failed-try-needs-the-late-give");
    const auto p = b.mempool("p", 1);
    const auto never = b.event("never");
    b.task("t0", {take(p), give(p)});
    b.task("t1", {try_take(p, {await(never)}), give(p)});
    all.push_back(deadlock(b,
                           "Only while t0 holds the element does the try of t1 fail: an engine that hurries the give "
                           "never sees it."));
  }
  {
    ProgramBuilder b("opposite-orders-under-a-read-lock");
    const auto lock = b.rwsem("lock");
    const auto x = b.semaphore("x", 1), y = b.semaphore("y", 1);
    b.task("r0", {read_lock(lock), take(x), take(y), read_unlock(lock)});
    b.task("r1", {read_lock(lock), take(y), take(x), read_unlock(lock)});
    b.task("w", {write_lock(lock), write_unlock(lock), give(x), give(y)});
    all.push_back(deadlock(b, "The writer gives what both readers need, but only after its turn."));
  }
  {
    ProgramBuilder b("a-waiting-writer-stops-the-second-reader");
    const auto lock = b.rwsem("lock");
    const auto done = b.event("done");
    b.task("r0", {read_lock(lock), await(done), read_unlock(lock)});
    b.task("r1", {read_lock(lock), signal(done), read_unlock(lock)});
    b.task("w", {write_lock(lock), write_unlock(lock)});
    all.push_back(deadlock(b,
                           "Dead only because arriving is a step of its own: a writer that takes the lock in one step "
                           "never queues before r1."));
  }
  {
    ProgramBuilder b("a-try-reader-passes-no-waiting-writer");
    const auto lock = b.rwsem("lock");
    const auto done = b.event("done");
    b.task("r0", {read_lock(lock), await(done), read_unlock(lock)});
    b.task("r1", {try_lock(StepKind::read_lock, lock, {finish(Status::error)}), signal(done), read_unlock(lock)});
    b.task("w", {write_lock(lock), write_unlock(lock)});
    all.push_back(deadlock(b, "The try fails behind a queued writer and gives up; nobody signals then."));
  }
  {
    ProgramBuilder b("one-of-four-held");
    const auto p = b.mempool("p", 4);
    const auto lock = b.mutex("lock");
    b.task("t0", {take(p), take(lock), give(lock), give(p)});
    b.task("t1", {take(lock), take_all(p, 4), give(p, 4), give(lock)});
    auto m = deadlock(b, "Dead with one of four elements held: 'held >= reserve' is no condition for waiting.");
    m.relieved = true;
    all.push_back(std::move(m));
  }
  {
    ProgramBuilder b("held-by-both-after-a-try");
    const auto x = b.mempool("x", 1), y = b.mempool("y", 2);
    b.task("t", {try_take(x), take(y, 2), give(y, 2)}, 2);
    auto m = deadlock(b, "The try never waits, so only the pair taken one by one counts.");
    m.relieved = true;
    all.push_back(std::move(m));
  }
  {
    ProgramBuilder b("empty-reserve");
    const auto p = b.mempool("p", 0);
    b.task("giver", {give(p)});
    b.task("taker", {take(p), give(p)});
    auto m = deadlock(b, "A mempool of 0 is never woken by a give: the element goes to the allocator.", false);
    m.relieved = true;
    all.push_back(std::move(m));
  }
  {
    ProgramBuilder b("waiter-without-poll");
    const auto p = b.unpolled("p", 1, AllocatorRule::any);
    b.task("t", {take(p), take(p), give(p), give(p)});
    auto m = deadlock(b, "A dm-bufio waiter is not relieved by memory alone: it sleeps until a buffer is given back.");
    m.relieved = false;
    all.push_back(std::move(m));
  }
  {
    ProgramBuilder b("waiter-with-poll");
    const auto p = b.mempool("p", 1, AllocatorRule::any);
    b.task("t", {take(p), take(p), give(p), give(p)});
    auto m = deadlock(b, "The same with a mempool: the 5 s poll goes on as soon as memory comes back.");
    m.relieved = true;
    all.push_back(std::move(m));
  }
  {
    ProgramBuilder b("the-gate-opens-when-memory-succeeds");
    const auto page = b.mempool("page", 1, AllocatorRule::any), io = b.mempool("io", 2, AllocatorRule::any);
    b.task("r", {take(page), take(io), take(io), give(io, 2), give(page)}, 2);
    auto m = deadlock(b,
                      "With the page pool's reserve alone one request at a time reaches io, and two elements are "
                      "enough; an allocated page lets the second one in.");
    m.relieved = true;
    all.push_back(std::move(m));
  }
  {
    ProgramBuilder b("the-gate-holds-when-memory-fails");
    const auto page = b.mempool("page", 1), io = b.mempool("io", 2);
    b.task("r", {take(page), take(io), take(io), give(io, 2), give(page)}, 2);
    all.push_back(progress(b, "The same with allocations that always fail: the page pool is a throttle."));
  }
  {
    ProgramBuilder b("writeback-feeds-the-waiter");
    const auto p = b.mempool("p", 1, AllocatorRule::pages);
    b.task("w", {spend(), end_writeback()});
    b.task("r", {take(p), take(p), give(p), give(p)});
    all.push_back(progress(b, "The second element is the page that the completed writeback frees."));
  }
  {
    ProgramBuilder b("writeback-waits-for-its-own-page");
    const auto p = b.mempool("p", 1, AllocatorRule::pages);
    b.task("w", {take(p), take(p), give(p), give(p), end_writeback()});
    auto m = deadlock(b, "The only page that could come is freed by the request that waits for it.", false);
    m.relieved = true;
    all.push_back(std::move(m));
  }
  {
    ProgramBuilder b("a-daemon-helps");
    const auto e = b.event("e");
    b.task("t", {await(e)});
    b.daemon("d", {signal(e)});
    all.push_back(progress(b, "While a daemon can still move, a state in which all requests wait is not dead."));
  }
  {
    ProgramBuilder b("an-idle-daemon");
    const auto work = b.event("work"), done = b.event("done");
    b.task("t", {signal(work), await(done)});
    b.daemon("d", {forever({await(work), clear(work), signal(done)})});
    all.push_back(progress(b, "After the request has finished the daemon waits for ever: idle, not stuck."));
  }
  {
    ProgramBuilder b("lost-wakeup");
    const auto e = b.event("e");
    b.task("waker", {broadcast(e)});
    b.task("waiter", {spend(), await(e)});
    all.push_back(deadlock(b, "A broadcast wakes those who wait now; later ones wait for ever. No circle anywhere."));
  }
  {
    ProgramBuilder b("last-one-out-signals");
    const auto pending = b.counter("pending", 2);
    const auto done = b.event("done");
    b.task("t", {count(pending, -1, {signal(done)}, {await(done)})}, 2);
    all.push_back(progress(b, "Dec-and-test is atomic: exactly one request does the work, the other waits for it."));
  }
  {
    ProgramBuilder b("parked-bio-holds-the-element");
    const auto x = b.mempool("x", 1);
    const auto child = b.flow("child", {give(x)});
    b.task("t", {submit_bio({take(x), park(child, {{x, 1}}), take(x), park(child, {{x, 1}})})});
    auto m =
        deadlock(b, "The first bio starts only when the block ends, which waits for the first bio's element.", false);
    m.relieved = true;
    all.push_back(std::move(m));
  }
  {
    ProgramBuilder b("parked-before-an-error-exit");
    const auto x = b.mempool("x", 1);
    const auto child = b.flow("child", {give(x)});
    b.task("t", {submit_bio({take(x), park(child, {{x, 1}}), finish(Status::error)})});
    b.task("other", {take(x), give(x)});
    all.push_back(progress(b, "Leaving a block early ends it: what is parked starts."));
  }
  {
    ProgramBuilder b("parked-before-the-detach");
    const auto x = b.mempool("x", 1);
    const auto child = b.flow("child", {give(x)});
    const auto upper = b.flow("upper", {submit_bio({take(x), park(child, {{x, 1}}), detach(), take(x), give(x)})});
    b.task("t", {call(upper, CallContext::async)});
    all.push_back(
        progress(b, "What is parked starts before the submitter has returned, so the completion finds the element."));
  }
  {
    ProgramBuilder b("returned-early-or-at-the-end");
    const auto x = b.mempool("x", 1);
    const auto busy = b.event("busy", true);
    const auto io =
        b.flow("io", {choose({branch("detaches", {detach()}), branch("does not", {})}), while_(busy, {spend()})});
    b.task("t", {call(io, CallContext::async, {{x, 1}})});
    b.task("u", {take(x), clear(busy), take(x)});
    all.push_back(deadlock(b,
                           "What the submitter gives back at the detach finds the reserve full; without the detach it "
                           "comes at the end, in time. Whether it has returned is part of the state."));
    all.back().relieved = true;
  }
  {
    ProgramBuilder b("pages-from-a-surplus");
    const auto p = b.mempool("p", 0, AllocatorRule::pages);
    b.task("giver", {give(p)});
    b.task("taker", {take(p), give(p)});
    all.push_back(progress(b, "A give that finds the reserve full returns a page, which the waiter takes."));
  }
  {
    ProgramBuilder b("one-page-is-not-two");
    const auto p = b.mempool("p", 0, AllocatorRule::pages);
    b.task("giver", {give(p)});
    b.task("taker", {take_all(p, 2), give(p, 2)});
    auto m = deadlock(b, "One page comes, all or nothing wants two.", false);
    m.relieved = true;
    all.push_back(std::move(m));
  }
  {
    ProgramBuilder b("locked-and-left");
    const auto lock = b.rwsem("lock");
    b.task("w", {write_lock(lock)});
    b.task("r", {read_lock(lock), read_unlock(lock)});
    auto m = deadlock(
        b, "The holder has finished: no blocked token holds what the reader waits for, and nobody will unlock it.");
    m.relieved = false;
    all.push_back(std::move(m));
  }
  {
    ProgramBuilder b("unlocked-by-another");
    const auto lock = b.rwsem("lock");
    const auto done = b.event("done");
    b.task("w", {write_lock(lock), signal(done), await_zero(b.counter("c", 1))});
    b.task("u", {await(done), write_unlock(lock)});
    b.task("r", {await(done), read_lock(lock), read_unlock(lock)});
    auto m =
        deadlock(b, "The writer is stuck holding the lock, yet the reader is not: another task unlocks it.", false);
    m.relieved = false;
    all.push_back(std::move(m));
  }
  {
    ProgramBuilder b("submitted-children-share-the-thread");
    const auto x = b.mempool("x", 1);
    const auto go = b.event("go");
    const auto first = b.flow("first", {await(go), detach(), spend()});
    const auto second = b.flow("second", {signal(go), detach(), spend()});
    b.task("t", {submit_bio({park(first), park(second)}), take(x), give(x)});
    all.push_back(deadlock(b, "The second bio is popped only when the first one's ->submit_bio has returned.", false));
  }
  {
    ProgramBuilder b("completion-in-no-thread");
    const auto thread = b.workers("flusher", 1);
    const auto done = b.event("done");
    const auto io = b.flow("io", {spend(), detach(), signal(done)});
    b.task("t0", {take(thread), call(io, CallContext::async, {{thread, 1}})});
    b.task("t1", {take(thread), await(done), give(thread)});
    all.push_back(progress(b,
                           "The flusher is free again as soon as its bio is on its way: detach gives it back, so t0 "
                           "never needs it for the completion."));
    all.back().dead = all.back().stuck = true;  // t1 may come first and hold the only thread
  }
  {
    ProgramBuilder b("worst-child-decides");
    const auto x = b.mutex("x");
    const auto good = b.flow("good", {spend()});
    const auto bad = b.flow("bad", {choose({branch("ok", {}), branch("error", {finish(Status::error)}, 1)})});
    b.task("t", {take(x), spawn(good), spawn(bad), await_children({branch("error", {take(x)})}), give(x)});
    auto m = deadlock(b, "The error branch forgets that the lock is held: reachable with one fault.");
    m.faults = 1;
    m.relieved = false;
    all.push_back(std::move(m));
  }
  {
    ProgramBuilder b("relief-takes-no-fault");
    const auto p = b.mempool("p", 1, AllocatorRule::any);
    const auto never = b.event("never");
    b.task("t", {take(p), take(p), choose({branch("mismatch", {await(never)}, 1), branch("match", {})}), give(p, 2)});
    auto m = deadlock(
        b,
        "Waiting for the second element is relieved by memory: the fault after it is not part of that. It is a "
        "stuck set of its own, which memory does not relieve.");
    m.faults = 0;
    all.push_back(std::move(m));
  }
  {
    ProgramBuilder b("two-alike-of-which-one-overtakes");
    const auto seq = b.order("seq");
    const auto p = b.mempool("p", 1);
    b.task("t", {ticket(seq), take(p), await_turn(seq), give(p), pass_turn(seq)}, 2);
    all.push_back(
        deadlock(b, "The later ticket takes the only element and waits for the earlier one, which waits for it."));
  }
  {
    ProgramBuilder b("an-order-kept-holding-nothing");
    const auto seq = b.order("seq");
    const auto p = b.mempool("p", 1);
    b.task("t", {ticket(seq), take(p), give(p), await_turn(seq), pass_turn(seq)}, 3);
    all.push_back(progress(b, "The element goes back before the turn is awaited."));
  }
  {
    ProgramBuilder b("a-turn-passed-out-of-turn");
    const auto seq = b.order("seq");
    const auto never = b.event("never");
    b.task("blocked", {ticket(seq), await(never)});
    b.task("waiting", {ticket(seq), await_turn(seq), spend()});
    b.task("rude", {ticket(seq), pass_turn(seq)});
    all.push_back(
        deadlock(b,
                 "Whoever passes the turn without having awaited it skips the ticket of a blocked one: who waits "
                 "behind that is not stuck yet.",
                 false));
  }
  {
    ProgramBuilder b("keep-leaves-one");
    const auto p = b.mempool("p", 2);
    b.task("plain", {take(p, 1, 1), take(p, 1, 1), give(p, 2)});
    b.task("privileged", {take(p), give(p)});
    all.push_back(
        deadlock(b, "The plain request may never take the last element, so its second take waits for itself.", false));
  }
  {
    ProgramBuilder b("what-only-a-success-leads-to");
    const auto p = b.mempool("p", 1);
    const auto never = b.event("never");
    auto tried = try_take(p);
    tried.body = {await(never), give(p)};
    b.task("t", {tried});
    auto m = deadlock(b, "The element is free, so the task goes where a successful try leads, and waits there.", false);
    m.relieved = false;
    all.push_back(std::move(m));
  }
  {
    ProgramBuilder b("a-page-and-an-element");
    const auto p = b.unpolled("p", 1, AllocatorRule::pages);
    const auto full = b.mempool("full", 1, AllocatorRule::pages);
    b.task("taker", {take_all(p, 2), give(p, 2)});
    b.task("freer", {spend(), give(full)});
    auto m = deadlock(
        b,
        "The taker sleeps beside one element of the reserve. The page that comes free later could be the other one, "
        "but only a give wakes it: the edge counts, not what is there.");
    m.relieved = false;
    all.push_back(std::move(m));
  }
  {
    ProgramBuilder b("woken-beside-a-page");
    const auto p = b.unpolled("p", 1, AllocatorRule::pages);
    const auto full = b.mempool("full", 1, AllocatorRule::pages);
    b.task("taker", {take_all(p, 2), give(p, 2)});
    b.task("freer", {take(p), give(full), give(p)});
    all.push_back(progress(
        b, "The give that follows the page wakes the taker, which asks the allocator again: one element, one page."));
  }
  {
    ProgramBuilder b("a-surplus-wakes-nobody");
    const auto p = b.unpolled("p", 1, AllocatorRule::pages);
    b.task("taker", {take_all(p, 2), give(p, 2)});
    b.task("freer", {spend(), give(p)});
    auto m =
        deadlock(b, "A give to a full reserve adds no element and wakes nobody: its page is free beside a sleeper.");
    m.relieved = false;
    all.push_back(std::move(m));
  }
  {
    ProgramBuilder b("woken-again-and-again");
    const auto p = b.unpolled("p", 2, AllocatorRule::any);
    const auto got = b.event("got");
    b.task("holder", {take(p), await(got), give(p)});
    b.task("taker", {take_all(p, 2), signal(got), give(p, 2)});
    b.daemon("passer", {forever({take(p), give(p)})});
    auto m = deadlock(
        b,
        "The passer's gives wake the taker, which finds one element of two each time and sleeps again: that is no "
        "progress. Once memory is back the next give lets it have both from the allocator.");
    m.dead = false;
    m.relieved = true;
    all.push_back(std::move(m));
  }
  {
    ProgramBuilder b("busy-wait");
    const auto flag = b.event("flag", true);
    const auto slot = b.semaphore("slot", 1);
    b.task("spinner", {take(slot), while_(flag, {spend()}), give(slot)});
    b.task("clearer", {take(slot), clear(flag), give(slot)});
    FixedMachine m = deadlock(b, "The spinner moves for ever, the one who could end it waits for its slot.");
    m.dead = false;
    m.livelock = true;
    m.relieved = false;
    all.push_back(std::move(m));
  }
  return all;
}

std::vector<FixedMachine> refused_machines() {
  std::vector<FixedMachine> all;
  {
    ProgramBuilder b("parked-through-a-call");
    const auto x = b.mempool("x", 1);
    const auto child = b.flow("child", {give(x)});
    const auto lower = b.flow("lower", {submit_bio({take(x), park(child, {{x, 1}})})});
    b.task("t", {submit_bio({call(lower), take(x), give(x)})});
    all.push_back(
        deadlock(b, "The same when a flow called inside the block parked it: one thread, one bio_list.", false));
  }
  return all;
}

std::vector<FixedMachine> fixed_machines() {
  auto all = rule_machines();
  for (auto& machine : history_machines()) all.push_back(std::move(machine));
  return all;
}

}  // namespace dmstall::tests
