// Which requests of a timed run meet a listed fault. Every number is arithmetic over the layouts of
// dm-linear.c:linear_map, dm-stripe.c:stripe_map_sector, dm-snap.c (whole chunks) and dm-verity-target.c:verity_ctr
// (hash_level_block: the highest level first), with 4 KiB to a listed block.
#include "models/machine/byte_ranges.hpp"
#include "models/targets/verity_tree.hpp"
#include "tests/kernel/search.hpp"

namespace dmstall::tests {
namespace {

constexpr std::int64_t kib = 1024, mib = 1024 * kib;

std::int64_t failed(const std::string& devices, const std::string& faults, const std::string& workload) {
  const auto report = run_of(R"("memory": { "allocator": "plentiful" }, "devices": [ )" + devices +
                             R"( ], "faults": [ )" + faults + R"( ], "workload": [ )" + workload + " ]");
  EXPECT_EQ(report.verdict, models::VerdictKind::progress);
  return report.simulation.classes.front().failed;
}

std::string reads(const std::string& of, int count, int kib_each = 4) {
  return R"({ "read": ")" + of + R"(", "count": )" + std::to_string(count) + R"(, "write_kib": )" +
         std::to_string(kib_each) + " }";
}

std::string fault(const std::string& kind, const std::string& device, const std::string& blocks) {
  return R"({ "fault": ")" + kind + R"(", "device": ")" + device + R"(", "blocks": )" + blocks + " }";
}

const std::string two_disks = R"({ "name": "a", "target": "disk" }, { "name": "b", "target": "disk" }, )";

// Segments of 1 MiB: the second begins at block 16 MiB / 4 KiB = 4096 of b.
TEST(FaultPlaces, Segments) {
  const std::string lv = two_disks + R"({ "name": "lv", "target": "linear", "segments": [
      { "to": "a", "size_mib": 1 }, { "to": "b", "size_mib": 1, "start_mib": 16 } ] })";
  EXPECT_EQ(failed(lv, fault("io_error", "a", "[0, 255, 256]"), reads("lv", 512)), 2);
  EXPECT_EQ(failed(lv, fault("io_error", "b", "[0, 4095, 4096, 4351, 4352]"), reads("lv", 512)), 2);
  EXPECT_EQ(failed(lv, fault("io_error", "b", R"("all")"), reads("lv", 512)), 256);
  // Of 32 requests of 64 KiB the 16 of the second segment hold 16 blocks each.
  EXPECT_EQ(failed(lv, fault("io_error", "b", R"({ "every": 32 })"), reads("lv", 32, 64)), 8);
}

// Chunks of 64 KiB are 16 blocks: block 19 of b is the fourth of its second chunk, the fourth chunk of all.
TEST(FaultPlaces, Stripes) {
  const std::string striped =
      two_disks + R"({ "name": "s", "target": "striped", "to": [ "a", "b" ], "chunk_kib": 64 })";
  EXPECT_EQ(failed(striped, fault("io_error", "b", "[19]"), reads("s", 64)), 1);
  EXPECT_EQ(failed(striped, fault("io_error", "b", "[19]"), reads("s", 51)), 0);
  EXPECT_EQ(failed(striped, fault("io_error", "b", "[19]"), reads("s", 52)), 1);
  EXPECT_EQ(failed(striped, fault("io_error", "a", R"("all")"), reads("s", 64)), 32);
  // 4 requests of 128 KiB hold a chunk of each; block 5 of a is in the first.
  EXPECT_EQ(failed(striped, fault("io_error", "a", "[5]"), reads("s", 4, 128)), 1);
  const std::string above =
      striped +
      R"(, { "name": "lv", "target": "linear", "segments": [ { "to": "s", "size_mib": 1, "start_mib": 1 } ] })";
  // 1 MiB of s is 512 KiB of each disk: block 128 is the first that lv has of a.
  EXPECT_EQ(failed(above, fault("io_error", "a", "[127, 128]"), reads("lv", 256)), 1);
}

std::string verity(const std::string& more, const std::string& hash = "h", const std::string& others = "") {
  return R"({ "name": "d", "target": "disk" }, { "name": "h", "target": "disk" }, )" + others +
         R"({ "name": "v", "target": "verity", "data": "d", "hash": ")" + hash + R"(", )" + more + " }";
}

// 1024 blocks of 4 KiB, 128 digests to a block: the root, then 8 blocks of level 0.
TEST(FaultPlaces, ATreeOfTwoLevels) {
  for (const char* hash : {"h", "d"}) {
    for (const char* prefetch : {"true", "false"}) {
      const std::string devices = verity(std::string(R"("data_blocks": 1024, "prefetch": )") + prefetch, hash);
      const auto errors = [&](const std::string& blocks) {
        return failed(devices, fault("hash_block", hash, blocks), reads("v", 512));
      };
      EXPECT_EQ(errors(R"("all")"), 512) << hash;
      EXPECT_EQ(errors("[0]"), 512) << hash;
      EXPECT_EQ(errors("[1]"), 128) << hash;
      EXPECT_EQ(errors("[4]"), 128) << hash;
      EXPECT_EQ(errors("[5]"), 0) << hash;  // data blocks 512 to 639 are not read
      EXPECT_EQ(errors("[9]"), 0) << hash;  // behind the tree
      EXPECT_EQ(errors(R"({ "every": 3 })"), 512) << hash;
    }
  }
}

// 4096 blocks of 1 KiB, 32 digests to a block: 1 + 4 + 128 blocks of the tree, four to a listed block. The listed block
// 1 is the last block of level 1 (data blocks 3072 to 4095) and three of level 0 (data blocks 0 to 95, 24 requests of 4
// KiB).
TEST(FaultPlaces, ATreeOfSmallBlocks) {
  for (const char* hash : {"h", "d"}) {
    const std::string devices = verity(R"("data_blocks": 4096, "block_bytes": 1024)", hash);
    EXPECT_EQ(failed(devices, fault("hash_block", hash, "[0]"), reads("v", 512)), 512);
    EXPECT_EQ(failed(devices, fault("hash_block", hash, "[1]"), reads("v", 512)), 24);
    EXPECT_EQ(failed(devices, fault("hash_block", hash, "[1]"), reads("v", 1024)), 24 + 256);
    EXPECT_EQ(failed(devices, fault("hash_block", hash, "[2]"), reads("v", 512)), 32);
    // Of 16 KiB a request: data blocks 96 to 223 are requests 6 to 13.
    EXPECT_EQ(failed(devices, fault("hash_block", hash, "[2]"), reads("v", 128, 16)), 8);
  }
  // 4096 blocks of 512 bytes, 16 digests to a block: 1 + 16 + 256 blocks. The listed block 2 is block 15 of level 1 (32
  // requests) and 0 to 6 of level 0 (112 data blocks, 14 requests).
  EXPECT_EQ(
      failed(verity(R"("data_blocks": 4096, "block_bytes": 512)"), fault("hash_block", "h", "[2]"), reads("v", 512)),
      46);
}

// verity_prefetch_io begins below the root and reads a cluster of blocks: one that is bad may be another than the
// request's.
TEST(FaultPlaces, APrefetchMeetsWhatLiesBelowTheRoot) {
  const auto machine = [](const std::string& blocks) {
    return machine_of(R"("devices": [ )" + verity(R"("data_blocks": 65536)") + R"( ], "faults": [ )" +
                      fault("hash_block", "h", blocks) + R"( ], "workload": [ { "read": "v" } ])");
  };
  const auto has_choice = [](const Machine& of) {
    return std::any_of(of.choices.begin(), of.choices.end(),
                       [](const auto& choice) { return choice.label == "one is bad that was only read ahead"; });
  };
  const std::string met = "prefetch for v of read h (hash block of v, hash_block@h of v)";
  EXPECT_TRUE(has_flow(machine("[5]"), met));
  EXPECT_TRUE(has_choice(machine("[5]")));
  EXPECT_FALSE(has_flow(machine("[0]"), met));
  EXPECT_FALSE(has_choice(machine("[0]")));
}

// A hash_block counts from where the tree begins, wherever that lies; what is not on the disk is not bad.
TEST(FaultPlaces, ATreeOnSegments) {
  const std::string others = R"({ "name": "x", "target": "disk" }, { "name": "lh", "target": "linear", "segments": [
      { "to": "h", "size_mib": 1, "start_mib": 3 }, { "to": "x", "size_mib": 1 } ] }, )";
  const std::string devices = verity(R"("data_blocks": 65536)", "lh", others);
  // 1 + 4 + 512 blocks: 1 MiB holds 256 of them, so level 0 continues on x with its block 251.
  EXPECT_EQ(failed(devices, fault("hash_block", "h", "[5]"), reads("v", 256)), 128);
  EXPECT_EQ(failed(devices, fault("hash_block", "x", "[5]"), reads("v", 256)), 0);
  EXPECT_EQ(failed(devices, fault("hash_block", "x", "[0]"), reads("v", 256)), 0);
}

// The digest of a single block is in the table: nothing is read of a tree.
TEST(FaultPlaces, ADeviceOfOneBlockHasNoTree) {
  EXPECT_EQ(failed(verity(R"("data_blocks": 1)"), fault("hash_block", "h", R"("all")"), reads("v", 4)), 0);
}

// A cache that holds all of the tree reads none of it.
TEST(FaultPlaces, AWarmTreeIsNotRead) {
  EXPECT_EQ(failed(verity(R"("hash_cache": "warm")"), fault("hash_block", "h", R"("all")"), reads("v", 4)), 0);
}

// The hash device cannot be read: an error, as a block that does not verify.
TEST(FaultPlaces, HashBlocksThatCannotBeRead) {
  const std::string unread = R"({ "fault": "io_error", "device": "h", "area": "hash", "blocks": [1] })";
  EXPECT_EQ(failed(verity(R"("data_blocks": 1024)"), unread, reads("v", 512)), 128);
  // A disk that holds no data but a tree needs no "area"; one that holds both does.
  EXPECT_EQ(failed(verity(R"("data_blocks": 1024)"), fault("io_error", "h", "[1]"), reads("v", 512)), 128);
  EXPECT_EQ(failed(verity(R"("data_blocks": 1024)"), fault("bad_block", "h", R"("all")"), reads("v", 512)), 512);
  EXPECT_EQ(failed(verity(R"("data_blocks": 1024)", "d"), fault("io_error", "d", "[1025]"), reads("v", 512)), 0)
      << "the tree lies there";
}

// Two trees on one disk: a read of the upper device meets both.
TEST(FaultPlaces, TheTreesOfTwoDevices) {
  const std::string devices = R"({ "name": "d", "target": "disk" }, { "name": "h", "target": "disk" },
      { "name": "lower", "target": "verity", "data": "d", "hash": "h", "data_blocks": 1024 },
      { "name": "upper", "target": "verity", "data": "lower", "hash": "h", "data_blocks": 1024 })";
  EXPECT_EQ(failed(devices, fault("hash_block", "h", "[1]"), reads("upper", 512)), 128);
  EXPECT_EQ(failed(devices, fault("hash_block", "h", "[1]"), reads("lower", 512)), 128);
  // The tree of the upper one, behind its data on the lower one, whose tree covers it.
  const std::string stacked = R"({ "name": "d", "target": "disk" }, { "name": "h", "target": "disk" },
      { "name": "lower", "target": "verity", "data": "d", "hash": "h", "data_blocks": 2048 },
      { "name": "upper", "target": "verity", "data": "lower", "hash": "lower", "data_blocks": 1024 })";
  // Lower's tree: 1 + 16 blocks. Block 9 covers data blocks 1024 to 1151 of lower: all of upper's tree.
  EXPECT_EQ(failed(stacked, fault("hash_block", "h", "[9]"), reads("upper", 512)), 512);
  EXPECT_EQ(failed(stacked, fault("hash_block", "h", "[2]"), reads("upper", 512)), 128);
  EXPECT_EQ(failed(stacked, fault("hash_block", "d", "[2]"), reads("upper", 512)), 128)
      << "the tree of upper lies on d";
}

// Six devices, each with its tree of three levels on the one below: 4^6 paths lead to the disk, and few blocks. Block 1
// of the topmost tree is the first of level 1, over data blocks 0 to 16383.
TEST(FaultPlaces, ManyPathsToTheSameBlocks) {
  std::string devices = R"({ "name": "v0", "target": "disk" })";
  for (int i = 1; i <= 6; ++i) {
    const std::string below = "v" + std::to_string(i - 1), blocks = std::to_string(65536 - 4096 * i);
    devices += R"(, { "name": "v)" + std::to_string(i) + R"(", "target": "verity", "data": ")" + below +
               R"(", "hash": ")" + below + R"(", "prefetch": false, "data_blocks": )" + blocks + " }";
  }
  const Program program =
      program_of(R"("devices": [ )" + devices + R"( ], "faults": [ )" + fault("hash_block", "v0", "[1]") +
                 R"( ], "workload": [ { "read": "v6", "count": 64 } ])");
  const auto& plan = program.fault_plans.front();
  EXPECT_LE(plan.places.size(), 7U * 7U + 1);
  std::size_t of_top = 0;
  while (program.faults[of_top].label != "hash_block@v0 of v6") ++of_top;
  int met = 0;
  for (int request = 0; request < 64; ++request)
    met += models::faults_met(program.faults, plan, {request * 4 * kib, (request + 1) * 4 * kib})[of_top] ? 1 : 0;
  EXPECT_EQ(met, 64);
}

// kcopyd reads the whole chunk: a write of 4 KiB fails with any bad block of its 16 KiB. The first failure invalidates.
TEST(FaultPlaces, AWriteOfPartOfAChunk) {
  const std::string devices =
      two_disks + R"({ "name": "s", "target": "snapshot", "origin": "a", "cow": "b", "chunk_kib": 16 })";
  const auto write = [&](const std::string& faults, int count) {
    return failed(devices, faults, R"({ "write": "s", "count": )" + std::to_string(count) + " }");
  };
  EXPECT_EQ(write(fault("io_error", "a", "[7]"), 4), 0);
  EXPECT_EQ(write(fault("io_error", "a", "[7]"), 5), 1);
  EXPECT_EQ(write(fault("io_error", "b", R"("all")"), 5), 5) << "a copy that cannot be written";
}

// vfs_fsync writes a block before it flushes.
TEST(FaultPlaces, AnFsyncMeetsWhatItsWriteMeets) {
  const std::string devices = two_disks + R"({ "name": "f", "target": "filesystem", "device": "a" })";
  EXPECT_EQ(failed(devices, fault("io_error", "a", R"("all")"), R"({ "flush": "f", "count": 3 })"), 3);
  EXPECT_EQ(failed(devices, fault("io_error", "b", R"("all")"), R"({ "flush": "f", "count": 3 })"), 0);
  const std::string through =
      devices + R"(, { "name": "l", "target": "loop", "file": "f" }, { "name": "lv", "target": "linear", "to": "l" })";
  EXPECT_EQ(failed(through, fault("io_error", "a", R"("all")"), R"({ "flush": "lv", "count": 3 })"), 3);
  EXPECT_EQ(failed(through, fault("io_error", "a", R"("all")"), R"({ "flush": "l", "count": 3 })"), 3);
}

// The numbers that these stories tell.
TEST(FaultPlaces, TheStoriesOfHashFaults) {
  const auto errors = [](const std::string& story) {
    const auto read = models::read_scenario_file(std::string(DMSTALL_SOURCE_DIR) +
                                                 "/tests/fixtures/stories/hash-fault-" + story + ".json");
    analysis::RunOptions options;
    options.engine = analysis::Engine::simulate;
    options.compare_without_faults = false;
    return analysis::run_scenario(read.scenario.value(), options).simulation.classes.front().failed;
  };
  EXPECT_EQ(errors("on-its-own-disk-everywhere"), 512);
  EXPECT_EQ(errors("on-its-own-disk"), 128);
  EXPECT_EQ(errors("behind-the-data"), 128);
  EXPECT_EQ(errors("in-small-blocks"), 24);
  EXPECT_EQ(errors("in-small-blocks-behind-the-data"), 24);
}

// A device of an own target is asked at the addresses of the request, by every role that a flow submits to.
TEST(FaultPlaces, OwnTargets) {
  const std::string body = R"("memory": { "allocator": "plentiful" },
    "targets": { "two": { "roles": [ "first", "hash" ], "resources": { "w": { "workers": 1 } }, "flows": { "read": [
      { "submit": "first", "op": "read", "on": {
        "error": [ { "finish": "error" } ] } },
      { "enter": "w" }, { "submit": "hash", "op": "read",
        "on": { "error": [ { "leave": "w" }, { "finish": "error" } ] } },
      { "leave": "w" } ] } } },
    "devices": [ { "name": "a", "target": "disk" }, { "name": "b", "target": "disk" },
      { "name": "t", "target": "two", "first": "a", "hash": "b" } ],
    "workload": [ { "read": "t", "count": 16 } ], "faults": [ { "fault": "io_error", "device": ")";
  EXPECT_EQ(run_of(body + R"(a", "blocks": [3, 5] } ])").simulation.classes.front().failed, 2);
  EXPECT_EQ(run_of(body + R"(b", "blocks": [3] } ])").simulation.classes.front().failed, 1);
}

// verity_ctr's loop, written down once more.
TEST(HashTree, LiesAsTheConstructorSays) {
  for (const std::int64_t bytes : {512, 1024, 2048, 4096}) {
    for (const std::int64_t data_blocks : {1, 2, 15, 16, 17, 128, 129, 4096, 65536, 1'000'000}) {
      int bits = 0;
      while ((std::int64_t{32} << (bits + 1)) <= bytes) ++bits;
      int levels = 0;
      while (bits * levels < 63 && ((data_blocks - 1) >> (bits * levels)) != 0) ++levels;
      const auto scenario = scenario_of(
          R"("devices": [ )" +
          verity(R"("block_bytes": )" + std::to_string(bytes) + R"(, "data_blocks": )" + std::to_string(data_blocks)) +
          R"( ], "workload": [ { "read": "v" } ])");
      const models::verity::HashTree tree = models::verity::hash_tree(*scenario.find_device("v"));
      ASSERT_EQ(tree.levels, levels) << bytes << " " << data_blocks;
      std::int64_t position = 0;
      for (int i = levels - 1; i >= 0; --i) {
        EXPECT_EQ(tree.first_block_of(i), position) << bytes << " " << data_blocks << " level " << i;
        position += (data_blocks + (std::int64_t{1} << ((i + 1) * bits)) - 1) >> ((i + 1) * bits);
        // verity_hash_at_level for the last data block.
        const models::AddressMap map = tree.address(i);
        const std::int64_t address = (data_blocks - 1) * bytes;
        EXPECT_EQ(address / map.divide_by * map.multiply_by + map.add,
                  (tree.first_block_of(i) + ((data_blocks - 1) >> ((i + 1) * bits))) * bytes);
      }
      EXPECT_EQ(tree.blocks(), position);
    }
  }
}

TEST(ByteRanges, AHopRoundsOutCutsAndMaps) {
  std::vector<models::ByteRange> out;
  models::AddressHop hop;
  hop.granularity = 16 * kib;
  hop.from_byte = 1 * mib;
  hop.to_byte = 2 * mib;
  hop.add = -1 * mib;
  follow(hop, {1 * mib - 4 * kib, 1 * mib + 4 * kib}, out);
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].from, 0);
  EXPECT_EQ(out[0].to, 16 * kib);
  out.clear();
  follow(hop, {2 * mib, 3 * mib}, out);
  EXPECT_TRUE(out.empty());
}

}  // namespace
}  // namespace dmstall::tests
