// dm-io (dm-io.c) under verity's recheck, and the worker that sleeps in it.

#include "tests/kernel/stacks.hpp"

namespace dmstall::tests {
namespace {

const std::string verity_alone =
    R"("memory": { "allocator": "exhausted", "freed_by": "nothing" }, "kernel": { "reserved_bio_based_ios": 1 },
  "devices": [ { "name": "disk", "target": "disk" },
    { "name": "v", "target": "verity", "data": "disk", "hash": "disk", "hash_cache": "warm" } ],
  "faults": [ { "device": "v", "fault": "hash_mismatch", "on": "read" } ], "workload": [ { "read": "v" } ])";

TEST(DmIo, StructIoThenBioAndBothAreBackBeforeTheCaller) {
  const Machine machine = machine_of(verity_alone);
  Walk walk(machine);
  walk.choosing("hash_mismatch@v of read-v");
  walk.run(walk.start());
  const std::set<std::string> of{"take v.recheck_pool",
                                 "take v.io_client.pool",
                                 "take v.io_client.bios",
                                 "disk disk",
                                 "give v.io_client.bios",
                                 "give v.io_client.pool",
                                 "hash",
                                 "give v.recheck_pool"};
  const Story story = only(walk.story(), of);
  EXPECT_EQ(story,
            (Story{"disk disk", "hash", "take v.recheck_pool", "take v.io_client.pool", "take v.io_client.bios",
                   "disk disk", "give v.io_client.bios", "give v.io_client.pool", "hash", "give v.recheck_pool"}));
}

TEST(DmIo, ASyncCallerKeepsEverythingElse) {
  const Machine machine = machine_of(verity_alone);
  Walk walk(machine);
  walk.choosing("hash_mismatch@v of read-v");
  const TokenId id = walk.start();
  ASSERT_TRUE(walk.run_to_take(id, "v.io_client.bios"));
  ASSERT_TRUE(walk.run_to_disk(id));
  for (const char* name :
       {"v.io_bs", "kverityd/v", "kverityd/v.max_active", "v.recheck_pool", "v.io_client.pool", "v.io_client.bios"}) {
    EXPECT_TRUE(walk.holds(id, name)) << name << " while the worker sleeps in wait_for_completion_io";
  }
}

TEST(DmIo, TheBioIsWaitedForWithStructIoHeld) {
  const Machine machine = machine_of(verity_alone);
  Walk walk(machine);
  walk.choosing("hash_mismatch@v of read-v");
  const TokenId id = walk.start();
  ASSERT_TRUE(walk.run_to_take(id, "v.io_client.bios"));
  EXPECT_TRUE(walk.holds(id, "v.io_client.pool"));
  EXPECT_TRUE(walk.holds(id, "v.recheck_pool"));
}

TEST(DmIo, AClientHasTheReservedNumberOfEach) {
  for (const int reserved : {1, 2, 16}) {
    const Program program = program_of(R"("kernel": { "reserved_bio_based_ios": )" + std::to_string(reserved) + R"( },
      "devices": [ { "name": "disk", "target": "disk" }, { "name": "v", "target": "verity", "data": "disk",
          "hash": "disk" } ],
      "workload": [ { "read": "v" } ], "faults": "any")");
    for (const char* name :
         {"v.io_client.pool", "v.io_client.bios", "v.bufio_client.pool", "v.bufio_client.bios", "v.io_bs"}) {
      EXPECT_EQ(resource_of(program, name).capacity, reserved) << name;
    }
  }
}

}  // namespace
}  // namespace dmstall::tests
