// Hash blocks that do not match while dm-verity reads a codeword (fec_read_bufs, verity_hash_for_block,
// verity_handle_err): whom the walks come to, and what is held when udev is told.

#include "tests/kernel/search.hpp"

namespace dmstall::tests {
namespace {

constexpr std::int64_t data_blocks = 65536, hashes_per_block = 128, hash_blocks = data_blocks / hashes_per_block;
constexpr std::int64_t codeword_blocks = 253;  // 255 less two roots
constexpr std::int64_t rounds = (data_blocks + hash_blocks + codeword_blocks - 1) / codeword_blocks;

constexpr const char* with_memory = R"("allocator": "exhausted", "freed_by": "nothing")";
constexpr const char* may_have_memory = R"("allocator": "accounted", "total_mib": 64, "unpooled": "fails", "hog": {})";

struct Tree {
  std::int64_t blocks = data_blocks;
  std::string faults = R"([ { "device": "hashes", "fault": "hash_block", "blocks": [0] } ])";
  std::string more = "";  ///< further parameters of v, with a leading comma
  std::string memory = R"("allocator": "exhausted", "freed_by": "nothing", "unpooled": "fails")";
};

/// v with a tree of one level, and as many buffers as its walks want.
std::string text_of(const Tree& of) {
  return R"("memory": { )" + of.memory + R"( }, "faults": )" + of.faults +
         R"(, "devices": [ { "name": "data", "target": "disk" }, { "name": "hashes", "target": "disk" },
      { "name": "parity", "target": "disk" },
      { "name": "v", "target": "verity", "data": "data", "hash": "hashes", "hash_levels": 1, "data_blocks": )" +
         std::to_string(of.blocks) +
         R"(, "fec": { "device": "parity", "roots": 2 }, "hash_cache": "cold", "prefetch": false,
        "reserve": { "bufio_buffers": 2 })" +
         of.more + R"( } ], "workload": [ { "read": "v", "count": 1 } ])";
}

constexpr const char* bad_hash = "hash_block@hashes of v";

struct Stuck {
  std::string at;
  std::multiset<std::string> holds;
};

/// Where the read comes to a stop that makes these choices, every cache empty.
Stuck stuck_with(const Tree& tree, const std::vector<std::string>& choices) {
  const Machine machine = machine_of(text_of(tree));
  Walk walk(machine);
  walk.choosing("not cached").choosing("not verified");
  for (const std::string& choice : choices) walk.choosing(choice);
  const TokenId id = walk.start();
  const std::int64_t serial = walk.world().token(id).serial;
  walk.run(id);
  if (walk.finished(serial)) return {"finished", {}};
  return {walk.name_at(id), walk.holds(id)};
}

/// The machine is ended by a mismatch that a walk for a codeword of this kind of block comes to.
bool ends_in_a_codeword(const Machine& machine, const std::string& decoded_by) {
  return std::any_of(machine.nodes.begin(), machine.nodes.end(), [&](const models::Node& node) {
    return node.kind == NodeKind::stop && machine.strings[static_cast<std::size_t>(node.function)].find(
                                              "verity_fec_decode" + decoded_by) != std::string::npos;
  });
}

TEST(VerityCodeword, TheBlockThatIsDecodedIsReportedWithItsBufferAndTheDataBlocksInHand) {
  const Stuck stuck = stuck_with({.blocks = 100}, {bad_hash, "its hash block does not match"});
  EXPECT_EQ(stuck.at, "v.uevent (no pool)");
  EXPECT_EQ(stuck.holds.count("v.bufio_buffers"), 1U) << "found in the cache by the walk, not read again";
  for (const char* held : {"v.fec_data_bufio_buffers", "v.fec_rs", "v.fec_prealloc", "v.fec_output", "v.io_bs"})
    EXPECT_EQ(stuck.holds.count(held), 1U) << held;
}

TEST(VerityCodeword, AnotherBadHashBlockIsReportedWithABufferOfItsOwn) {
  const Tree several{.faults = R"([ { "device": "hashes", "fault": "hash_block" } ])"};
  const Stuck stuck = stuck_with(several, {bad_hash, "its hash block does not match", "another hash block"});
  EXPECT_EQ(stuck.at, "v.uevent (no pool)");
  EXPECT_EQ(stuck.holds.count("v.bufio_buffers"), 2U);
  EXPECT_EQ(stuck.holds.count("v.fec_data_bufio_buffers"), 1U);
}

TEST(VerityCodeword, DecodingDataMayComeToABadHashBlockThatTheRequestDoesNotNeed) {
  const Tree both{.faults = R"([ { "device": "data", "fault": "bad_block", "blocks": [7] },
      { "device": "hashes", "fault": "hash_block", "blocks": [3] } ])"};
  const Stuck stuck = stuck_with(both, {std::string("bad_block@data + ") + bad_hash,
                                        "one is bad that only a codeword has", "its hash block does not match"});
  EXPECT_EQ(stuck.at, "v.uevent (no pool)");
  EXPECT_EQ(stuck.holds.count("v.bufio_buffers"), 1U);
  EXPECT_EQ(stuck.holds.count("v.fec_data_bufio_buffers"), 1U);
  EXPECT_EQ(stuck.holds.count("v.fec_rs"), 1U);
}

TEST(VerityCodeword, WithMemoryTheReadGoesOnAndEverythingComesBack) {
  for (const char* more : {"", R"(, "on_corruption": "ignore")"}) {
    const Machine machine = machine_of(text_of({.blocks = 100, .more = more, .memory = may_have_memory}));
    Walk walk(machine);
    walk.choosing("not cached").choosing("not verified").choosing(bad_hash).choosing("its hash block does not match");
    walk.allocating("v.uevent (no pool)");
    const TokenId id = walk.start();
    const std::int64_t serial = walk.world().token(id).serial;
    walk.run(id);
    ASSERT_TRUE(walk.finished(serial)) << walk.name_at(id);
    EXPECT_EQ(walk.last_status(), Status::ok) << "the outer decoding repairs the block";
    const Story story = walk.story();
    const auto times = [&](const std::string& step) { return std::count(story.begin(), story.end(), step); };
    EXPECT_EQ(times("take v.uevent (no pool)"), 4) << "two before the mutex, two under it";
    EXPECT_EQ(times("give v.uevent (no pool)"), 2) << "two at a time";
    for (const char* of : {"v.bufio_buffers", "v.fec_data_bufio_buffers", "v.fec_rs", "uevent_sock_mutex"})
      EXPECT_EQ(times(std::string("take ") + of), times(std::string("give ") + of)) << of;
  }
}

TEST(VerityCodeword, RestartEndsTheMachineThoughTheBlockWouldBeRepaired) {
  const Machine machine =
      machine_of(text_of({.blocks = 100, .more = R"(, "on_corruption": "restart")", .memory = with_memory}));
  Walk walk(machine);
  walk.choosing("not cached").choosing("not verified").choosing(bad_hash).choosing("its hash block does not match");
  const TokenId id = walk.start();
  ASSERT_TRUE(walk.run_to(id, NodeKind::stop));
  EXPECT_TRUE(walk.holds(id, "v.fec_output"));
}

// The layout of a codeword written down once more: block k of it lies k * rounds behind the first (fec_interleave), the
// data first and then the tree.
TEST(VerityCodeword, AHashBlockIsMetAgainOnlyWhereItsCodewordHasDataUnderIt) {
  int again = 0, never = 0;
  for (std::int64_t position = 0; position < hash_blocks; position += 7) {
    bool expected = false;
    for (std::int64_t k = 0; k < codeword_blocks; ++k) {
      const std::int64_t block = k * rounds + (data_blocks + position) % rounds;
      expected = expected || (block < data_blocks && block / hashes_per_block == position);
    }
    const Machine machine = machine_of(text_of(
        {.faults = R"([ { "device": "hashes", "fault": "hash_block", "blocks": [)" + std::to_string(position) + "] } ]",
         .more = R"(, "on_corruption": "restart")",
         .memory = with_memory}));
    EXPECT_EQ(ends_in_a_codeword(machine, " < verity_verify_level"), expected) << position;
    ++(expected ? again : never);
  }
  EXPECT_GT(again, 10) << "about 128 of 262";
  EXPECT_GT(never, 10);
}

// With verity_fec_after_read_error a hash block that cannot be read is decoded into a fresh buffer, which is in the
// cache meanwhile and matches nothing.
TEST(VerityCodeword, AFreshBufferIsReportedLikeABadBlock) {
  Tree unreadable{.blocks = 100,
                  .faults = R"([ { "device": "hashes", "fault": "io_error", "area": "hash", "blocks": [0] } ])"};
  const std::vector<std::string> choices{"io_error@hashes of v", "its hash block does not match"};
  EXPECT_EQ(stuck_with(unreadable, choices).at, "finished") << "an error of the device is not decoded";
  unreadable.memory += R"( }, "kernel": { "release": "6.12", "with": [ "verity_fec_after_read_error" ])";
  const Stuck stuck = stuck_with(unreadable, choices);
  EXPECT_EQ(stuck.at, "v.uevent (no pool)");
  EXPECT_EQ(stuck.holds.count("v.bufio_buffers"), 1U);
}

TEST(VerityCodeword, GoodHashBlocksAreNotReported) {
  const Tree bad_data{.blocks = 100,
                      .faults = R"([ { "device": "data", "fault": "bad_block", "blocks": [7] } ])",
                      .more = R"(, "on_corruption": "restart")"};
  EXPECT_FALSE(ends_in_a_codeword(machine_of(text_of(bad_data)), ""));
  EXPECT_EQ(stuck_with(bad_data, {"bad_block@data"}).at, "finished");
}

}  // namespace
}  // namespace dmstall::tests
