// dm-verity (dm-verity-target.c): what a plain read touches, what a recheck holds, how many workers there are.

#include "tests/kernel/search.hpp"

namespace dmstall::tests {
namespace {

struct Stack2 {
  std::string faults = "[]";
  std::string memory = R"("allocator": "exhausted", "freed_by": "nothing")";
  std::string lower = "";  ///< further parameters, each with a leading comma
  std::string upper = R"(, "hash_cache": "warm")";
  std::string sharing = R"("device")";
  std::string kernel = R"("reserved_bio_based_ios": 1)";
  std::string workload = R"({ "read": "upper" })";
};

std::string text_of(const Stack2& stack) {
  return R"("memory": { )" + stack.memory + R"( }, "faults": )" + stack.faults + R"(, "kernel": { )" + stack.kernel +
         R"( }, "sharing": )" + stack.sharing + R"(, "devices": [
      { "name": "disk", "target": "disk" }, { "name": "hashes", "target": "disk" },
      { "name": "lower", "target": "verity", "data": "disk", "hash": "hashes", "hash_cache": "warm",
          "prefetch": false)" +
         stack.lower + R"( },
      { "name": "upper", "target": "verity", "data": "lower", "hash": "hashes", "prefetch": false)" +
         stack.upper + R"( } ],
    "workload": [ )" +
         stack.workload + " ]";
}
constexpr const char* bad_block = R"([ { "device": "disk", "fault": "bad_block" } ])";
constexpr const char* ignores = R"(, "on_corruption": "ignore")";

/// A read that meets `fault`; the story of what it did.
Story read_with(const Stack2& stack, const std::string& fault, Status* status = nullptr) {
  const Machine machine = machine_of(text_of(stack));
  Walk walk(machine);
  walk.choosing(fault);
  const TokenId id = walk.start();
  const std::int64_t serial = walk.world().token(id).serial;
  walk.run(id);
  EXPECT_TRUE(walk.finished(serial)) << "waits at " << walk.name_at(id);
  if (status != nullptr) *status = walk.last_status();
  return walk.story();
}

std::ptrdiff_t times(const Story& story, const std::string& step) {
  return std::count(story.begin(), story.end(), step);
}

TEST(Verity, APlainReadTouchesNeitherThePageNorTheClient) {
  const Story story = read_with({}, "none");
  EXPECT_EQ(times(story, "disk disk"), 1);
  for (const char* device : {"lower", "upper"}) {
    EXPECT_EQ(times(story, std::string("take ") + device + ".recheck_pool"), 0);
    EXPECT_EQ(times(story, std::string("take ") + device + ".io_client.pool"), 0);
    EXPECT_EQ(times(story, std::string("take kverityd/") + device), 1);
  }
}

TEST(Verity, RecheckTakesPageThenIoThenBio) {
  const Story story = read_with({.faults = R"([ { "device": "upper", "fault": "hash_mismatch", "on": "read" } ])"},
                                "hash_mismatch@upper of read-upper");
  EXPECT_EQ(
      only(story, {"take upper.recheck_pool", "take upper.io_client.pool", "take upper.io_client.bios",
                   "take lower.io_bs", "give lower.io_bs", "give upper.io_client.pool", "give upper.recheck_pool"}),
      (Story{"take lower.io_bs", "give lower.io_bs",  // the read itself
             "take upper.recheck_pool", "take upper.io_client.pool", "take upper.io_client.bios", "take lower.io_bs",
             "give lower.io_bs", "give upper.io_client.pool", "give upper.recheck_pool"}));
}

TEST(Verity, RecheckHoldsNoBuffer) {
  const Machine machine = machine_of(text_of({.faults = R"([ { "device": "upper", "fault": "hash_mismatch" } ])",
                                              .upper = R"(, "hash_cache": "cold", "hash_levels": 2)"}));
  Walk walk(machine);
  walk.choosing("hash_mismatch@upper of read-upper").choosing("not cached").choosing("not verified");
  const TokenId id = walk.start();
  ASSERT_TRUE(walk.run_to_take(id, "upper.recheck_pool"));
  EXPECT_EQ(times(walk.story(), "take upper.bufio_buffers"), 2) << "one buffer per level was read";
  EXPECT_FALSE(walk.holds(id, "upper.bufio_buffers"));
}

TEST(Verity, HashBlocksAreReadOneBufferAtATime) {
  const Machine machine = machine_of(text_of({.upper = R"(, "hash_cache": "cold", "hash_levels": 4)"}));
  Walk walk(machine);
  walk.choosing("not cached").choosing("not verified");
  const TokenId id = walk.start();
  walk.run(id);
  const Story story = only(walk.story(), {"take upper.bufio_buffers", "give upper.bufio_buffers"});
  ASSERT_EQ(story.size(), 8u);
  for (std::size_t i = 0; i < story.size(); ++i) EXPECT_EQ(story[i].substr(0, 4), i % 2 == 0 ? "take" : "give");
}

TEST(Verity, TheReadOfTheRecheckMayMismatchAgain) {
  // Late corruption: the first read is good, so nothing is rechecked; once the recheck reads, it is bad.
  const std::string late =
      R"([ { "device": "disk", "fault": "late_corruption" }, { "device": "upper", "fault": "hash_mismatch",
          "on": "read" } ])";
  Status status = Status::ok;
  const Story story = read_with({.faults = late}, "late_corruption@disk + hash_mismatch@upper of read-upper", &status);
  EXPECT_EQ(times(story, "take upper.recheck_pool"), 1);
  EXPECT_EQ(times(story, "take lower.recheck_pool"), 1) << "lower finds it in the re-read only";
  EXPECT_EQ(status, Status::error) << "EIO of lower ends the recheck, EIO of upper the bio";
  const Story alone =
      read_with({.faults = R"([ { "device": "disk", "fault": "late_corruption" } ])"}, "late_corruption@disk");
  EXPECT_EQ(times(alone, "take lower.recheck_pool"), 0);
}

TEST(Verity, AnErrorOfTheLowerDeviceReachesNoRecheck) {
  const Story story = read_with({.faults = bad_block}, "bad_block@disk");
  EXPECT_EQ(times(story, "take lower.recheck_pool"), 1);
  EXPECT_EQ(times(story, "take upper.recheck_pool"), 0) << "EIO: upper completes the bio without verifying it";
  EXPECT_EQ(times(story, "take kverityd/upper"), 0);
}

TEST(Verity, IgnoreCorruptionMakesTwoMismatchesOfOneFault) {
  const Story story = read_with({.faults = bad_block, .lower = ignores}, "bad_block@disk");
  EXPECT_EQ(times(story, "take upper.recheck_pool"), 1);
  EXPECT_EQ(times(story, "take lower.recheck_pool"), 2) << "for the read and for upper's re-read";
}

TEST(Verity, RestartAndPanicEndTheMachineAfterTheRecheck) {
  for (const char* mode : {"restart", "panic"}) {
    const Machine machine =
        machine_of(text_of({.faults = bad_block, .lower = std::string(R"(, "on_corruption": ")") + mode + '"'}));
    Walk walk(machine);
    walk.choosing("bad_block@disk");
    const TokenId id = walk.start();
    ASSERT_TRUE(walk.run_to(id, NodeKind::stop)) << mode;
    EXPECT_EQ(machine.strings[static_cast<std::size_t>(walk.node(id).note)], mode);
    EXPECT_EQ(machine.flows[static_cast<std::size_t>(walk.node(id).flow)].device, "lower");
    EXPECT_EQ(times(walk.story(), "take lower.recheck_pool"), 1);
    EXPECT_FALSE(walk.holds(id, "lower.recheck_pool"));
    EXPECT_EQ(times(walk.story(), "take upper.recheck_pool"), 0);
    walk.step(id);
    EXPECT_TRUE(walk.world().stopped());
    EXPECT_TRUE(walk.world().live().empty());
  }
}

TEST(Verity, ARewrittenBufferMismatchesOnceAndOnlyOnTop) {
  const Story story = read_with({.faults = R"([ { "workload": "read-upper", "fault": "buffer_rewritten" } ])"},
                                "buffer_rewritten@read-upper");
  EXPECT_EQ(times(story, "take upper.recheck_pool"), 1);
  EXPECT_EQ(times(story, "take lower.recheck_pool"), 0);
}

TEST(Verity, WritesAreKilled) {
  EXPECT_THROW(scenario_of(text_of({.workload = R"({ "write": "upper" })"})), std::runtime_error)
      << "verity is read-only";
}

TEST(Verity, OneCpuMakesKveritydOrdered) {
  const std::string two = R"({ "read": "upper", "in_flight": 2, "count": 2 })";
  for (const int cpus : {1, 2}) {
    const Machine machine = machine_of(text_of({.kernel = R"("cpus": )" + std::to_string(cpus), .workload = two}));
    EXPECT_EQ(resource_of(machine, "kverityd/upper.max_active").capacity, cpus);
    Walk walk(machine);
    const TokenId first = walk.start(), second = walk.start();
    ASSERT_TRUE(walk.run_to(first, NodeKind::take, "kverityd/upper.max_active"));
    ASSERT_TRUE(walk.run_to(second, NodeKind::take, "kverityd/upper.max_active"));
    walk.step(first);
    EXPECT_EQ(walk.waits(second), cpus == 1);
  }
}

TEST(Verity, WithoutANewThreadTheRescuerRunsOneItemAtATime) {
  const Machine machine =
      machine_of(text_of({.memory = R"("allocator": "exhausted", "freed_by": "nothing", "threads": "fail")",
                          .kernel = R"("cpus": 8)",
                          .workload = R"({ "read": "upper", "in_flight": 2, "count": 2 })"}));
  EXPECT_EQ(resource_of(machine, "kverityd/upper").capacity, 1);
  EXPECT_TRUE(resource_of(machine, "kverityd/upper").rescuer);
  EXPECT_EQ(resource_of(machine, "kverityd/upper").allocator, AllocatorRule::never);
  Walk walk(machine);
  const TokenId first = walk.start(), second = walk.start();
  ASSERT_TRUE(walk.run_to_take(first, "kverityd/upper"));
  walk.step(first);
  ASSERT_TRUE(walk.run_to_take(second, "kverityd/upper"));
  EXPECT_TRUE(walk.waits(second));
  EXPECT_TRUE(walk.holds(second, "kverityd/upper.max_active")) << "active, but nobody runs it";
  walk.run(first);
  EXPECT_FALSE(walk.waits(second));
}

TEST(Verity, TheRecheckPageIsOneWhateverTheReserve) {
  for (const char* reserved : {"1", "16"}) {
    const Program program =
        program_of(text_of({.faults = R"("any")", .kernel = std::string(R"("reserved_bio_based_ios": )") + reserved}));
    EXPECT_EQ(resource_of(program, "upper.recheck_pool").capacity, 1);
  }
}

TEST(Verity, PerDevicePoolsNeverDeadlock) {
  // One request, every fault on every path, reserves of one, any allocation may fail, one thread.
  const SearchAnswer answer =
      search(text_of({.faults = R"("any")", .memory = R"("allocator": "adversary")", .lower = ignores}));
  EXPECT_TRUE(answer.known);
  EXPECT_FALSE(answer.dead);
  EXPECT_TRUE(answer.can_complete);
}

}  // namespace
}  // namespace dmstall::tests
