// dm-verity's forward error correction (dm-verity-fec.c): what decoding takes, in which order, how long, and what it
// repairs.

#include "tests/kernel/search.hpp"

namespace dmstall::tests {
namespace {

constexpr const char* refused = R"("allocator": "exhausted", "freed_by": "nothing")";

struct OneDevice {
  std::string faults;
  std::string memory = refused;
  std::string more = R"("hash_levels": 1)";  ///< further parameters of v
  int in_flight = 1;
  std::string buffers = "";  ///< further reserves, with a leading comma
  std::string fec = "";      ///< further keys of "fec", with a leading comma
};

/// v with data, hash tree and parity on disks of their own.
std::string text_of(const OneDevice& of) {
  const std::string n = std::to_string(of.in_flight);
  return R"("memory": { )" + of.memory + R"( }, "faults": )" + of.faults +
         R"(, "kernel": { "reserved_bio_based_ios": 1, "cpus": 2 }, "devices": [
      { "name": "data", "target": "disk" }, { "name": "hashes", "target": "disk" }, { "name": "parity",
          "target": "disk" },
      { "name": "v", "target": "verity", "data": "data", "hash": "hashes", "fec": { "device": "parity", "roots": 2)" +
         of.fec + R"( },
        "hash_cache": "cold", "prefetch": false, "reserve": { "io_bs": 8)" +
         of.buffers + R"( }, )" + of.more + R"( } ],
    "workload": [ { "read": "v", "name": "r", "in_flight": )" +
         n + R"(, "count": )" + n + " } ]";
}

constexpr const char* bad_data = R"([ { "device": "data", "fault": "bad_block", "blocks": [7] } ])";
constexpr const char* bad_hash = R"([ { "device": "hashes", "fault": "hash_block", "blocks": [0] } ])";

struct Outcome {
  Story story;
  Status status = Status::ok;
  bool finished = false;
  std::string waits_at;
  std::multiset<std::string> holds;
};

/// One read that meets `fault`, every cache empty.
Outcome read_with(const std::string& text, const std::string& fault) {
  const Machine machine = machine_of(text);
  Walk walk(machine);
  walk.choosing(fault).choosing("not cached").choosing("not verified");
  const TokenId id = walk.start();
  const std::int64_t serial = walk.world().token(id).serial;
  walk.run(id);
  Outcome outcome{walk.story(), walk.last_status(), walk.finished(serial), {}, {}};
  if (outcome.finished) return outcome;
  outcome.waits_at = walk.name_at(id);
  outcome.holds = walk.holds(id);
  return outcome;
}

std::ptrdiff_t times(const Outcome& of, const std::string& step) {
  return std::count(of.story.begin(), of.story.end(), step);
}

TEST(VerityFec, RecheckComesFirstThenTheElementsInOrderKeptToTheEndOfTheBio) {
  const Outcome read = read_with(text_of({.faults = bad_data}), "bad_block@data");
  ASSERT_TRUE(read.finished) << read.waits_at;
  EXPECT_EQ(read.status, Status::ok) << "one bad block of a codeword is repaired";
  EXPECT_EQ(
      only(read.story,
           {"take v.recheck_pool", "give v.recheck_pool", "take v.fec_rs", "take v.fec_prealloc", "take v.fec_output",
            "disk parity", "give v.fec_rs", "give v.fec_prealloc", "give v.fec_output", "give v.io_bs"}),
      (Story{"take v.recheck_pool", "give v.recheck_pool", "take v.fec_rs", "take v.fec_prealloc", "take v.fec_output",
             "disk parity", "give v.fec_rs", "give v.fec_prealloc", "give v.fec_output", "give v.io_bs"}));
}

TEST(VerityFec, ACleanReadTakesNothingOfIt) {
  const Outcome read = read_with(text_of({.faults = bad_data}), "none");
  EXPECT_EQ(times(read, "take v.fec_rs"), 0);
  EXPECT_EQ(times(read, "take v.fec_data_bufio_buffers"), 0);
  EXPECT_EQ(times(read, "disk parity"), 0);
}

TEST(VerityFec, DecodingDataHoldsItsBufferWhileHashesAreRead) {
  const Machine machine = machine_of(text_of({.faults = bad_data}));
  Walk walk(machine);
  walk.choosing("bad_block@data").choosing("not cached").choosing("not verified");
  const TokenId id = walk.start();
  ASSERT_TRUE(walk.run_to_take(id, "v.fec_output"));
  EXPECT_TRUE(walk.holds(id, "v.fec_rs"));
  EXPECT_TRUE(walk.holds(id, "v.fec_prealloc"));
  EXPECT_FALSE(walk.holds(id, "v.recheck_pool"));
  ASSERT_TRUE(walk.run_to_take(id, "v.bufio_buffers"));
  EXPECT_TRUE(walk.holds(id, "v.fec_data_bufio_buffers"))
      << "fec_read_bufs: verity_hash_for_block before dm_bufio_release";
  EXPECT_TRUE(walk.holds(id, "v.fec_output"));
}

TEST(VerityFec, PoolsHaveAnElementPerCpuAndClientsABuffer) {
  const Machine machine = machine_of(text_of({.faults = bad_data}));
  for (const char* pool : {"v.fec_rs", "v.fec_prealloc", "v.fec_output"})
    EXPECT_EQ(resource_of(machine, pool).capacity, 2) << pool;
  for (const char* buffers : {"v.fec_bufio_buffers", "v.fec_data_bufio_buffers"}) {
    EXPECT_EQ(resource_of(machine, buffers).capacity, 1) << buffers;
    EXPECT_FALSE(resource_of(machine, buffers).poll) << buffers;
  }
  EXPECT_TRUE(find_resource(machine, "v.fec_bufio_client.pool"));
  EXPECT_TRUE(find_resource(machine, "v.fec_data_bufio_client.bios"));
}

TEST(VerityFec, DecodingAHashBlockWaitsForASecondBufferOfItsOwnClient) {
  const Outcome read = read_with(text_of({.faults = bad_hash}), "hash_block@hashes of v");
  EXPECT_FALSE(read.finished);
  EXPECT_EQ(read.waits_at, "v.bufio_buffers");
  EXPECT_EQ(read.holds.count("v.bufio_buffers"), 1u) << "its own";
  EXPECT_EQ(read.holds.count("v.fec_data_bufio_buffers"), 1u) << "at the first data block of the codeword";
}

TEST(VerityFec, ASecondBufferIsEnoughForOne) {
  const Outcome read =
      read_with(text_of({.faults = bad_hash, .buffers = R"(, "bufio_buffers": 2)"}), "hash_block@hashes of v");
  EXPECT_TRUE(read.finished) << read.waits_at;
  EXPECT_EQ(read.status, Status::ok);
}

TEST(VerityFec, WithOneHashBlockInAllNoSecondBufferIsNeeded) {
  const Outcome read =
      read_with(text_of({.faults = bad_hash, .more = R"("data_blocks": 128)"}), "hash_block@hashes of v");
  EXPECT_TRUE(read.finished) << read.waits_at;
  EXPECT_EQ(read.status, Status::ok);
}

/// fec_blocks: 128 blocks of data, the tree's one, and those behind it that error correction covers, too. Up to 253 of
/// them make one round, in which every codeword has them all. A running 6.1 hung with all of the hash device covered.
TEST(VerityFec, BlocksBehindTheTreeNeedASecondBuffer) {
  const auto read = [](const char* blocks) {
    return read_with(
        text_of({.faults = bad_hash, .more = R"("data_blocks": 128)", .fec = std::string(R"(, "blocks": )") + blocks}),
        "hash_block@hashes of v");
  };
  EXPECT_TRUE(read("0").finished);
  EXPECT_TRUE(read("129").finished);
  for (const char* blocks : {"130", "253", "254", "1000"}) {
    const Outcome stuck = read(blocks);
    EXPECT_FALSE(stuck.finished) << blocks;
    EXPECT_EQ(stuck.waits_at, "v.bufio_buffers") << blocks;
    EXPECT_EQ(stuck.holds.count("v.bufio_buffers"), 1u) << blocks;
    EXPECT_EQ(stuck.holds.count("v.fec_data_bufio_buffers"), 0u) << "data blocks come before hash blocks";
  }
}

TEST(VerityFec, ElementsOfAnEarlierDecodeAreUsedAgain) {
  const std::string both =
      R"([ { "device": "data", "fault": "bad_block", "blocks": [7] }, { "device": "hashes", "fault": "hash_block",
          "blocks": [0] } ])";
  // roots 4: an unlocated error costs two, an erasure one.
  std::string text = text_of({.faults = both, .memory = R"("allocator": "plentiful")"});
  text.replace(text.find(R"("roots": 2)"), 10, R"("roots": 4)");
  const Outcome read = read_with(text, "bad_block@data + hash_block@hashes of v");
  ASSERT_TRUE(read.finished) << read.waits_at;
  EXPECT_EQ(read.status, Status::ok);
  EXPECT_EQ(times(read, "take v.fec_rs"), 1);
  EXPECT_EQ(times(read, "give v.fec_rs"), 1);
  EXPECT_EQ(times(read, "take v.recheck_pool"), 1);
}

TEST(VerityFec, WhatItCannotRepairEndsInEio) {
  const std::string plenty = R"("allocator": "plentiful")";
  const auto status = [&](const std::string& faults, const std::string& fault) {
    return read_with(text_of({.faults = faults, .memory = plenty}), fault).status;
  };
  EXPECT_EQ(status(R"([ { "device": "data", "fault": "bad_block" } ])", "bad_block@data"), Status::error)
      << "every block of the codeword is bad";
  EXPECT_EQ(
      status(
          R"([ { "device": "data", "fault": "bad_block", "blocks": [7] }, { "device": "parity", "fault": "bad_block",
              "area": "fec" } ])",
          "bad_block@data + bad_block@parity, parity of v"),
      Status::error)
      << "parity is bad, too";
  // One level only, as these devices have it: 65536 data and 512 hash blocks are 262 rounds of 253 blocks.
  const auto at = [&](const std::string& blocks) {
    return status(R"([ { "device": "data", "fault": "bad_block", "blocks": )" + blocks + " } ]", "bad_block@data");
  };
  EXPECT_EQ(at("[7, 269]"), Status::ok) << "two erasures for two roots";
  EXPECT_EQ(at("[7, 269, 531]"), Status::error);
  EXPECT_EQ(at("[7, 8, 9, 10]"), Status::ok) << "neighbours are in different codewords";
}

TEST(VerityFec, AnErrorOfTheDataDeviceIsDecodedToo) {
  const Outcome read = read_with(text_of({.faults = R"([ { "device": "data", "fault": "io_error", "blocks": [7] } ])",
                                          .memory = R"("allocator": "plentiful")"}),
                                 "io_error@data");
  EXPECT_EQ(read.status, Status::ok);
  EXPECT_EQ(times(read, "take v.recheck_pool"), 1) << "verity_end_io queues the work, what arrived cannot match";
}

std::string upper_has_fec(const std::string& sharing) {
  return R"("memory": { "allocator": "exhausted", "freed_by": "nothing" }, "faults": [ { "device": "disk",
      "fault": "bad_block", "blocks": [7] } ],
    "kernel": { "reserved_bio_based_ios": 1, "cpus": 2 }, "sharing": ")" +
         sharing + R"(", "devices": [
      { "name": "disk", "target": "disk" }, { "name": "hashes", "target": "disk" },
      { "name": "lower", "target": "verity", "data": "disk", "hash": "hashes", "hash_cache": "warm",
          "prefetch": false },
      { "name": "upper", "target": "verity", "data": "lower", "hash": "hashes", "hash_cache": "warm", "prefetch": false,
          "fec": { "device": "hashes" } } ],
    "workload": [ { "read": "upper" } ])";
}

TEST(VerityFec, OneBadBaseBlockMakesTwoMismatchesWhereTheUpperDeviceHasIt) {
  const Outcome read = read_with(upper_has_fec("device"), "bad_block@disk");
  ASSERT_TRUE(read.finished) << read.waits_at;
  EXPECT_EQ(read.status, Status::ok) << "upper repairs what lower cannot read";
  EXPECT_EQ(times(read, "take upper.recheck_pool"), 1);
  EXPECT_EQ(times(read, "take lower.recheck_pool"), 3)
      << "for the read, for upper's re-read, for the block itself in upper's codeword";
  const SearchAnswer shared = search(upper_has_fec("SR"));
  EXPECT_TRUE(shared.dead);
  EXPECT_EQ(shared.waited_for, std::set<std::string>{"verity.recheck_pool"});
}

TEST(VerityFec, DecodingDataAloneNeverDeadlocks) {
  // Two requests, reserves of one, one fault each, any allocation may fail.
  const SearchAnswer answer = search(
      text_of({.faults = bad_data, .memory = R"("allocator": "exhausted", "freed_by": "nothing")", .in_flight = 2}));
  EXPECT_TRUE(answer.known);
  EXPECT_FALSE(answer.dead);
  EXPECT_TRUE(answer.can_complete);
}

}  // namespace
}  // namespace dmstall::tests
