// What arithmetic says about small pools, against the search of every schedule: for all small sizes, does it deadlock,
// and with how few requests.
#include <gtest/gtest.h>

#include <string>

#include "analysis/engines/explore/explore.hpp"
#include "models/machine/compile.hpp"
#include "tests/oracle/builder.hpp"

namespace dmstall::tests {
namespace {

using models::VerdictKind;
using namespace steps;

int ceil_div(int a, int b) {
  return (a + b - 1) / b;
}

analysis::Exploration explore(const models::Program& program, bool reduced = true) {
  analysis::ExploreOptions options;
  if (!reduced) {
    options.reductions = analysis::no_reductions();
    options.reductions.count = true;
  }
  return analysis::explore(models::compile(program), options);
}

/// `least` requests of a class of which `n` run are enough for a deadlock; 0: no number is.
void expect_least(const models::Program& program, int n, int least) {
  for (const bool reduced : {true, false}) {
    SCOPED_TRACE(reduced ? "reduced" : "not reduced");
    const analysis::Exploration found = explore(program, reduced);
    if (least == 0 || least > n) {
      EXPECT_EQ(found.verdict, VerdictKind::progress) << to_string(found.verdict);
      continue;
    }
    EXPECT_EQ(found.verdict, VerdictKind::deadlock) << to_string(found.verdict);
    EXPECT_EQ(found.requests, least);
    EXPECT_TRUE(found.fewest_requests);
    EXPECT_TRUE(found.relieved_by_memory);
  }
}

}  // namespace

/// The parameter is the number of requests; each takes m elements from a pool of C, for all small m and C.
class SmallPools : public testing::TestWithParam<int> {
 protected:
  template <typename Check>
  static void for_all(const Check& check) {
    for (int m = 1; m <= 4; ++m) {
      for (int C = 1; C <= 12; ++C) {
        SCOPED_TRACE("m = " + std::to_string(m) + ", C = " + std::to_string(C));
        check(m, C);
      }
    }
  }
};

/// n(m-1) >= C: each of them holds all but its last element, and the pool is empty.
TEST_P(SmallPools, OneByOneDeadlocksIffAllButTheLastElementsEmptyThePool) {
  const int n = GetParam();
  for_all([n](int m, int C) {
    ProgramBuilder b("one by one");
    const auto pool = b.mempool("pool", C);
    b.task("request", {take(pool, m), give(pool, m)}, n);
    const int least = m == 1 ? 0 : ceil_div(C, m - 1);
    EXPECT_EQ(n * (m - 1) >= C, least != 0 && least <= n);
    expect_least(b.program(), n, least);
  });
}

/// All or nothing: only a request that is larger than the pool waits for ever.
TEST_P(SmallPools, AllAtOnceNeedsAPoolAsLargeAsOneRequest) {
  const int n = GetParam();
  for_all([n](int m, int C) {
    ProgramBuilder b("all at once");
    const auto pool = b.mempool("pool", C);
    b.task("request", {take_all(pool, m), give(pool, m)}, n);
    expect_least(b.program(), n, m > C ? 1 : 0);
  });
}

TEST_P(SmallPools, ALockAroundTheCollectingDoesAsMuch) {
  const int n = GetParam();
  for_all([n](int m, int C) {
    ProgramBuilder b("one collector");
    const auto pool = b.mempool("pool", C);
    const auto lock = b.mutex("lock");
    b.task("request", {take(lock), take(pool, m), give(lock), give(pool, m)}, n);
    expect_least(b.program(), n, m > C ? 1 : 0);
  });
}

INSTANTIATE_TEST_SUITE_P(Requests, SmallPools, testing::Range(1, 7));

/// The parameter is the number of sub-jobs.
class SubJobs : public testing::TestWithParam<int> {};

/// A copy takes 1 element in the caller and S in the one thread that also gives them back: floor(C/(S+1)) + 1.
TEST_P(SubJobs, OneCopyMoreThanFitIsEnough) {
  const int S = GetParam();
  for (int C = 1; C < 10; ++C) {
    SCOPED_TRACE("C = " + std::to_string(C));
    constexpr int n = 4;
    ProgramBuilder b("sub-jobs");
    const auto pool = b.mempool("job_pool", C);
    const auto thread = b.workers("kcopyd", 1);
    b.task(
        "copy",
        {take(pool), take(thread), take(pool, S), give(thread), spend(), take(thread), give(pool, S + 1), give(thread)},
        n);
    expect_least(b.program(), n, C / (S + 1) + 1);
  }
}

INSTANTIATE_TEST_SUITE_P(Small, SubJobs, testing::Range(1, 4));

/// The parameter is the number of devices on top of each other; W workers for all of them.
class StackedWorkers : public testing::TestWithParam<int> {};

/// A worker per level is held until the level below is done: n(D-1) >= W.
TEST_P(StackedWorkers, DeadlockWhenTheUpperLevelsHoldThemAll) {
  const int D = GetParam();
  for (int W = 1; W < 9; ++W) {
    SCOPED_TRACE("W = " + std::to_string(W));
    constexpr int n = 4;
    ProgramBuilder b("stacked workers");
    const auto queue = b.workers("loop", W);
    const auto work = [&](models::FlowId below) {
      if (below == models::no_flow) return Steps{take(queue), spend(), give(queue)};
      return Steps{take(queue), spawn(below), await_children(), give(queue)};
    };
    models::FlowId below = models::no_flow;
    for (int level = 1; level < D; ++level) below = b.flow("level " + std::to_string(level), work(below));
    b.task("io", work(below), n);
    const int least = D == 1 ? 0 : ceil_div(W, D - 1);
    const analysis::Exploration found = explore(b.program());
    EXPECT_EQ(found.verdict, least != 0 && least <= n ? VerdictKind::deadlock : VerdictKind::progress);
    if (found.verdict == VerdictKind::deadlock) {
      EXPECT_EQ(found.requests, least);
      EXPECT_FALSE(found.relieved_by_memory);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Small, StackedWorkers, testing::Range(1, 4));

/// The parameter is the number of stacked pairs, whose devices share a pool of K; every device has a gate of one.
class StackedPairs : public testing::TestWithParam<int> {};

/// Each upper device holds one element: a pool of K is too small as soon as there are K pairs.
TEST_P(StackedPairs, NeedOneElementMoreThanThereArePairs) {
  const int S = GetParam();
  for (int K = 1; K < 5; ++K) {
    SCOPED_TRACE("K = " + std::to_string(K));
    ProgramBuilder b("stacked pairs");
    const auto io = b.mempool("verity.io_client.pool", K);
    for (int i = 0; i < S; ++i) {
      const auto number = std::to_string(i);
      const auto upper = b.mempool("upper" + number, 1), lower = b.mempool("lower" + number, 1);
      b.task("read" + number,
             {take(upper), take(io), take(lower), take(io), give(io), give(lower), give(io), give(upper)}, 2);
    }
    const analysis::Exploration found = explore(b.program());
    EXPECT_EQ(found.verdict, K <= S ? VerdictKind::deadlock : VerdictKind::progress);
    if (found.verdict == VerdictKind::deadlock) {
      EXPECT_EQ(found.requests, K);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Small, StackedPairs, testing::Range(1, 4));

/// One recheck: page, then io, then the read below, each of which may be spared by a match.
Steps recheck(models::ResourceId page, models::ResourceId io, const Steps& read) {
  Steps steps{take(page), take(io)};
  steps.insert(steps.end(), read.begin(), read.end());
  steps.insert(steps.end(), {give(io), give(page)});
  return {choose({branch("mismatch", steps, 1), branch("match", {})})};
}

/// n upper devices over one lower device share a client of n. Its workers matter for the faults alone: where each
/// lower read has a worker, a clean one returns its element, so all of them must mismatch; where there is one worker,
/// the first mismatch keeps the others waiting behind it.
TEST(SharedClient, FaultsOfUpperDevicesBesideEachOther) {
  for (const int workers : {1, 8}) {
    for (int n = 1; n <= 3; ++n) {
      SCOPED_TRACE(std::to_string(workers) + " workers, n = " + std::to_string(n));
      ProgramBuilder b("beside each other");
      const auto io = b.mempool("verity.io_client.pool", n);
      const auto lower = b.mempool("lower", 1);
      const auto kverityd = b.workers("kverityd/lower", workers);
      Steps read{take(kverityd)};
      for (const Step& step : recheck(lower, io, {spend()})) read.push_back(step);
      read.push_back(give(kverityd));
      const auto below = b.flow("read lower", read);
      for (int i = 0; i < n; ++i) {
        const auto number = std::to_string(i);
        b.task("read" + number, recheck(b.mempool("upper" + number, 1), io, {spawn(below), await_children()}));
      }
      const analysis::Exploration found = explore(b.program());
      EXPECT_EQ(found.verdict, VerdictKind::deadlock);
      EXPECT_EQ(found.requests, n);
      EXPECT_EQ(found.faults, workers == 1 ? n + 1 : 2 * n);
    }
  }
}

/// A chain of depth d holds one element per level above the lowest: a client of n <= d-1 is drained by one request
/// that mismatches n+1 times.
TEST(SharedClient, FaultsOfDevicesOnTopOfEachOther) {
  for (int depth = 1; depth <= 4; ++depth) {
    for (int n = 1; n <= 4; ++n) {
      SCOPED_TRACE("depth " + std::to_string(depth) + ", n = " + std::to_string(n));
      ProgramBuilder b("on top of each other");
      const auto io = b.mempool("verity.io_client.pool", n);
      Steps read{spend()};
      for (int level = 1; level <= depth; ++level) {
        read = recheck(b.mempool("page" + std::to_string(level), 1), io, read);
        if (level < depth) read = {spawn(b.flow("level " + std::to_string(level), read)), await_children()};
      }
      b.task("read", read);
      const analysis::Exploration found = explore(b.program());
      EXPECT_EQ(found.verdict, n <= depth - 1 ? VerdictKind::deadlock : VerdictKind::progress);
      if (found.verdict == VerdictKind::deadlock) {
        EXPECT_EQ(found.requests, 1);
        EXPECT_EQ(found.faults, n + 1);
      }
    }
  }
}

}  // namespace dmstall::tests
