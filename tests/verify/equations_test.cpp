// Certificates with equations: things that share a rank, and multipliers that show why nobody can be stuck among them.
#include "analysis/report/refusal_text.hpp"
#include "tests/machine/fixed_machines.hpp"
#include "tests/oracle/builder.hpp"
#include "tests/verify/certificates.hpp"

namespace dmstall::tests {
namespace {

using namespace steps;

// Upper workers take an element of the pool and wait for the lower slot; who has the slot waits for an element. Stuck
// iff the upper workers can hold the whole pool.
models::Program workers_above_a_slot(int workers, int elements) {
  ProgramBuilder b("workers above a slot");
  const auto w = b.workers("workers", workers), p = b.mempool("pool", elements), l = b.semaphore("slot", 1);
  b.task("upper", {take(w), take(p), take(l), give(l), give(p), give(w)}, workers);
  b.task("lower", {take(l), take(p), give(p), give(l)});
  return b.program();
}

Certificate workers_certificate(const Cases& cases) {
  Certificate certificate = ranked({{"workers"}, {"pool", "slot"}});
  certificate.groups[1].cases = cases;
  return certificate;
}

const Target pool{"pool"}, slot{"slot"};

Cases workers_cases() {
  return split(pool, leaf({supply(pool), bound("workers")}), split(slot, leaf({supply(slot)}), leaf({somebody()})));
}

TEST(VerifyEquations, EnoughForAllWhoMayHoldOne) {
  EXPECT_TRUE(accepts(workers_above_a_slot(8, 9), workers_certificate(workers_cases())));
  EXPECT_TRUE(
      refuses(workers_above_a_slot(8, 8), workers_certificate(workers_cases()), "sum of the bounds is not above zero"));
  EXPECT_TRUE(
      refuses(workers_above_a_slot(9, 9), workers_certificate(workers_cases()), "sum of the bounds is not above zero"));
  EXPECT_EQ(verified(workers_above_a_slot(8, 9), workers_certificate(workers_cases())).columns, 4u);
}

TEST(VerifyEquations, AnyScaleOfTheMultipliersWillDo) {
  EXPECT_TRUE(accepts(workers_above_a_slot(8, 9),
                      workers_certificate(split(pool, leaf({supply(pool, "7/2"), bound("workers", "14/4")}),
                                                split(slot, leaf({supply(slot, "1000000000000000000000000000000")}),
                                                      leaf({somebody("1/3")}))))));
  // 9 × 8/9 = 8: nothing is left over.
  EXPECT_TRUE(
      refuses(workers_above_a_slot(8, 9),
              workers_certificate(split(pool, leaf({supply(pool, "8"), bound("workers", "9")}), leaf({somebody()}))),
              "not above zero"));
  EXPECT_TRUE(
      refuses(workers_above_a_slot(8, 9),
              workers_certificate(split(pool, leaf({supply(pool, "9"), bound("workers", "8")}), leaf({somebody()}))),
              "may have a solution"));
}

TEST(VerifyEquations, MultipliersAreExactAndPositive) {
  for (const char* times :
       {"0", "-1", "+1", "1.5", "01", "1/0", "0/1", "", "/", "1/", "/2", "1/2/3", " 1", "1e3", "x"}) {
    EXPECT_TRUE(refuses(workers_above_a_slot(8, 9), workers_certificate(leaf({somebody(times)})),
                        "not an exact positive number"))
        << times;
  }
}

TEST(VerifyEquations, RowsStandWhereTheyAreTrue) {
  const auto program = workers_above_a_slot(8, 9);
  const auto with = [](const Cases& cases) { return workers_certificate(cases); };
  EXPECT_TRUE(refuses(program, with(leaf({supply(pool), bound("workers")})), "not known that pool is waited for"));
  EXPECT_TRUE(refuses(program, with(split(pool, leaf({supply(pool), bound("workers")}), leaf({waits(pool)}))),
                      "not known that pool is waited for"));
  EXPECT_TRUE(refuses(program, with(split(pool, leaf({supply(slot)}), leaf({somebody()}))),
                      "not known that slot is waited for"));
  // Who waits for a thing of another group is no column, so "somebody waits for it" would contradict everything.
  EXPECT_TRUE(refuses(program, with(split({"workers"}, leaf({waits({"workers"})}), leaf({somebody()}))),
                      "is not in the group whose cases speak of it"));
  EXPECT_TRUE(
      refuses(program, with(split({"pool", 2}, leaf({somebody()}), leaf({somebody()}))), "may have a solution"));
  EXPECT_TRUE(refuses(program,
                      with(split(pool, split(pool, leaf({somebody()}), leaf({somebody()})), leaf({somebody()}))),
                      "splits twice"));
  EXPECT_TRUE(refuses(program, with(leaf({bound("upper")})), "has no bound"));
  Certificate counted = with(leaf({requests("nobody")}));
  counted.any_number = false;
  EXPECT_TRUE(refuses(program, counted, "is no task"));
  EXPECT_TRUE(refuses(program, with(leaf({somebody()})), "may have a solution"));
  EXPECT_TRUE(refuses(program, with(leaf({})), "not above zero"));
  Cases one_branch = split(pool, leaf({supply(pool), bound("workers")}), leaf({somebody()}));
  one_branch.branches.pop_back();
  EXPECT_TRUE(refuses(program, with(one_branch), "two branches"));
}

/// A prover that sees more waits than there are splits on one of them: the case in which somebody waits there is empty.
TEST(VerifyEquations, NobodyNeedWaitForWhatIsSplitOn) {
  const Target two_of_pool{"pool", 2};
  const Cases cases = split(two_of_pool, leaf({waits(two_of_pool)}), workers_cases());
  EXPECT_TRUE(accepts(workers_above_a_slot(8, 9), workers_certificate(cases)));
  EXPECT_TRUE(refuses(workers_above_a_slot(8, 9),
                      workers_certificate(split(two_of_pool, workers_cases(), leaf({somebody()}))),
                      "may have a solution"));
}

TEST(VerifyEquations, SoftPoolsHaveNoBound) {
  ProgramBuilder b("an allocator behind the gate");
  const auto w = b.mempool("workers", 8, models::AllocatorRule::any), p = b.mempool("pool", 9),
             l = b.semaphore("slot", 1);
  b.task("upper", {take(w), take(p), take(l), give(l), give(p), give(w)}, 8);
  b.task("lower", {take(l), take(p), give(p), give(l)});
  EXPECT_TRUE(refuses(b.program(), workers_certificate(workers_cases()), "\"workers\" has no bound"));
}

// What a bound counts must be what is held: an element given back by who does not hold it lets another one in.
TEST(VerifyEquations, ABoundResourceIsGivenByItsHoldersOnly) {
  ProgramBuilder b("one more worker than there are");
  const auto w = b.workers("workers", 8), p = b.mempool("pool", 9), l = b.semaphore("slot", 1);
  b.task("upper", {take(w), take(p), take(l), give(l), give(p), give(w)}, 9);
  b.task("lower", {take(l), take(p), give(p), give(l)});
  b.task("forger", {give(w)});
  EXPECT_TRUE(
      refuses(b.program(), workers_certificate(workers_cases()), "workers may be given back where it is not held"));
}

// n requests take m elements of a pool of c one by one: dead iff n·(m−1) ≥ c or c < m.
TEST(VerifyEquations, AsManyRequestsAsThereAre) {
  int alive = 0, dead = 0;
  for (int n = 1; n <= 5; ++n) {
    for (int m = 2; m <= 4; ++m) {
      for (int c = 1; c <= 12; ++c) {
        Certificate certificate = ranked({{"pool"}});
        certificate.any_number = false;
        certificate.groups[0].cases =
            split(pool, leaf({supply(pool), requests("request", std::to_string(m - 1))}), leaf({somebody()}));
        const analysis::Verification found = verified(multi_take_family(n, m, c), certificate);
        EXPECT_EQ(found.accepted, !multi_take_is_dead(n, m, c))
            << n << " × " << m << " of " << c << " " << analysis::to_text(found.refusal);
        (found.accepted ? alive : dead) += 1;
      }
    }
  }
  EXPECT_GT(alive, 30);
  EXPECT_GT(dead, 30);
  Certificate boast = ranked({{"pool"}});
  boast.groups[0].cases = split(pool, leaf({supply(pool), requests("request")}), leaf({somebody()}));
  EXPECT_TRUE(refuses(multi_take_family(1, 2, 5), boast, "any number"));
}

// A called flow holds for its caller, a child does not.
TEST(VerifyEquations, RequestsAreTokensOfTheClassItself) {
  const auto program = [](bool as_child) {
    ProgramBuilder b(as_child ? "by children" : "by the request");
    const auto p = b.mempool("pool", 2);
    const auto two = b.flow("two", {take(p), take(p), give(p, 2)});
    b.task("request", as_child ? Steps{spawn(two), spawn(two)} : Steps{call(two)}, 1);
    return b.program();
  };
  Certificate certificate = ranked({{"pool"}});
  certificate.any_number = false;
  certificate.groups[0].cases = split(pool, leaf({supply(pool), requests("request")}), leaf({somebody()}));
  EXPECT_TRUE(accepts(program(false), certificate));
  EXPECT_TRUE(refuses(program(true), certificate, "may have a solution"));
}

// One of four held is enough to make who wants all four wait: `held >= capacity` is no condition.
TEST(VerifyEquations, ANeedOfSeveralMissesOneAlready) {
  ProgramBuilder b("one of four held");
  const auto p = b.mempool("pool", 4), l = b.mutex("slot");
  b.task("t0", {take(p), take(l), give(l), give(p)});
  b.task("t1", {take(l), take_all(p, 4), give(p, 4), give(l)});
  const Target four{"pool", 4};
  Certificate certificate = ranked({{"pool", "slot"}});
  certificate.any_number = false;
  certificate.groups[0].cases = split(four, leaf({supply(four), requests("t0")}), leaf({somebody()}));
  EXPECT_TRUE(refuses(b.program(), certificate, "not above zero"));
}

// Readers that hold and ask again: a writer in the queue stops them. With equations a queued writer counts as supply of
// reading.
TEST(VerifyEquations, AQueuedWriterStopsReaders) {
  ProgramBuilder b("recursive readers");
  const auto l = b.rwsem("lock");
  b.task("r", {read_lock(l), read_lock(l), read_unlock(l), read_unlock(l)}, 2);
  b.task("w", {write_lock(l), write_unlock(l)});
  const Target read{"lock"}, write{"lock", 1, true};
  const auto with = [&](const Cases& cases) {
    Certificate certificate = ranked({{"lock"}});
    certificate.groups[0].cases = cases;
    return certificate;
  };
  EXPECT_TRUE(
      refuses(b.program(), with(split(read, leaf({supply(read)}), leaf({supply(read)}))), "may have a solution"));
  EXPECT_TRUE(refuses(b.program(),
                      with(split(read, split(write, leaf({supply(read), supply(write)}), leaf({supply(read)})),
                                 split(write, leaf({supply(write)}), leaf({somebody()})))),
                      "may have a solution"));
  // Without the second read_lock the same cases are a proof.
  ProgramBuilder once("readers");
  const auto lock = once.rwsem("lock");
  once.task("r", {read_lock(lock), read_unlock(lock)}, 2);
  once.task("w", {write_lock(lock), write_unlock(lock)});
  EXPECT_TRUE(accepts(once.program(), with(split(write, leaf({supply(write)}),
                                                 split(read, leaf({supply(read)}), leaf({somebody()}))))));
}

}  // namespace
}  // namespace dmstall::tests
