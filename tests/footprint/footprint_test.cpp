// Bytes in reserve against numbers added up by hand from compiled sizes of Linux 6.1.192 (Debian, amd64):
//   dm_io client, n elements     512 + n x (64 + 256 + 4096 + 3 x 8)
//   core pools of verity         1024 + n x (640 + 8 + 576 + 8)
//   verity besides               1024 + 8, recheck page 4096 + 8, dm_bufio_client 512, one buffer 152 + 4096
#include "models/targets/footprint.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "tests/footprint/scenarios.hpp"

namespace dmstall::tests {
namespace {

using models::Footprint;
using models::FootprintLine;

Footprint footprint_of(const std::string& body) {
  return models::footprint(scenario_of(body));
}

const FootprintLine& line_of(const Footprint& footprint, const std::string& target, const std::string& kind) {
  for (const FootprintLine& line : footprint.lines) {
    if (line.target == target && line.kind == kind) return line;
  }
  throw std::runtime_error("no line for " + target + "." + kind);
}

std::int64_t device_bytes(const Footprint& footprint, const std::string& name) {
  for (const auto& device : footprint.devices) {
    if (device.name == name) return device.bytes;
  }
  throw std::runtime_error("no device " + name);
}

bool says(const Footprint& footprint, const std::string& word) {
  return std::any_of(footprint.not_counted.begin(), footprint.not_counted.end(),
                     [&](const auto& line) { return line.find(word) != std::string::npos; });
}

struct Known {
  int r;
  std::int64_t client, device;
  double mib_of_59;
};

class VerityFootprint : public testing::TestWithParam<Known> {};

TEST_P(VerityFootprint, HoldsTheCompiledSizes) {
  const Known& known = GetParam();
  const Footprint one = footprint_of(verities(1, known.r));
  EXPECT_EQ(device_bytes(one, "v0"), known.device);
  EXPECT_EQ(one.bytes, known.device) << "a disk reserves nothing";
  EXPECT_EQ(one.shared_bytes, 0);
  EXPECT_EQ(line_of(one, "verity", "io_client").bytes, known.client);
  EXPECT_EQ(line_of(one, "verity", "bufio_client").bytes, known.client);
  const Footprint many = footprint_of(verities(59, known.r));
  EXPECT_EQ(many.bytes, 59 * known.device);
  EXPECT_NEAR(static_cast<double>(many.bytes) / (1024 * 1024), known.mib_of_59, known.mib_of_59 * 0.02);
}

INSTANTIATE_TEST_SUITE_P(Sizes, VerityFootprint,
                         testing::Values(Known{1, 4'952, 22'056, 1.24}, Known{2, 9'392, 32'168, 1.81},
                                         Known{4, 18'272, 52'392, 2.95}, Known{16, 71'552, 173'736, 9.78},
                                         Known{64, 284'672, 659'112, 37.1}, Known{1024, 4'547'072, 10'366'632, 583}),
                         [](const auto& of) { return "r" + std::to_string(of.param.r); });

// With forward error correction: two more dm_io clients, dm_bufio_clients and buffers, struct dm_verity_fec
// (kmalloc-512), and 3104 B more per bio: 3456 + 120 + 128 + 8 = 3712 and 3456 + 40 + 128 + 8 = 3632, rounded to 3648
// B. Buffers per CPU are counted apart.
struct KnownFec {
  int r;
  std::int64_t device;
  double mib_of_59;
};

class FecFootprint : public testing::TestWithParam<KnownFec> {};

std::string verities_with_fec(int n, int r, const std::string& roots = "2") {
  return devices(
      r, disk +
             R"(, { "name": "v{i}", "target": "verity", "data": "disk", "hash": "disk", "fec": { "device": "disk",
              "roots": )" +
             roots + R"( }, "repeat": )" + std::to_string(n) + " }");
}

TEST_P(FecFootprint, HoldsTheCompiledSizes) {
  const KnownFec& known = GetParam();
  const Footprint footprint = footprint_of(verities_with_fec(59, known.r));
  std::int64_t per_cpu = 0;
  for (const char* kind : {"fec_rs", "fec_prealloc", "fec_output"}) per_cpu += line_of(footprint, "verity", kind).bytes;
  // 8 CPUs: struct rs_control of 8 + 8 * 2 * 3 = 56 B from kmalloc-64, a buffer of 253 * 16 B, a block of output.
  EXPECT_EQ(per_cpu, 59 * 8 * (64 + 253 * 16 + 4096 + 3 * 8));
  EXPECT_EQ(footprint.bytes - per_cpu, 59 * known.device);
  EXPECT_NEAR(static_cast<double>(footprint.bytes - per_cpu) / (1024 * 1024), known.mib_of_59, known.mib_of_59 * 0.003);
}

INSTANTIATE_TEST_SUITE_P(Sizes, FecFootprint,
                         testing::Values(KnownFec{1, 48'136, 2.71}, KnownFec{2, 73'272, 4.12},
                                         KnownFec{4, 123'544, 6.95}, KnownFec{16, 425'176, 23.9},
                                         KnownFec{64, 1'631'704, 91.8}, KnownFec{1024, 25'762'264, 1450}),
                         [](const auto& of) { return "r" + std::to_string(of.param.r); });

TEST(Footprint, MoreRootsMakeALargerControlAndASmallerBuffer) {
  const Footprint two = footprint_of(verities_with_fec(1, 16)), many = footprint_of(verities_with_fec(1, 16, "24"));
  EXPECT_EQ(line_of(many, "verity", "fec_rs").bytes, 8 * (512 + 8)) << "8 + 8 * 2 * 25 = 408 B from kmalloc-512";
  EXPECT_EQ(line_of(many, "verity", "fec_prealloc").bytes, 8 * (231 * 16 + 8));
  EXPECT_EQ(many.bytes - two.bytes, 8 * (512 - 64) - 8 * 22 * 16);
}

TEST(Footprint, ZeroIsSixteenAndMoreThan1024Is1024) {
  EXPECT_EQ(footprint_of(verities(1, 0)).bytes, 173'736);
  EXPECT_EQ(footprint_of(verities(1, 2000)).bytes, 10'366'632);
}

TEST(Footprint, TheBiovecsOf59ClientsAreTheMailsNumber) {
  const FootprintLine line = line_of(footprint_of(verities(59, 16)), "verity", "io_client");
  EXPECT_EQ(line.pools, 59);
  EXPECT_EQ(line.elements, 944);
  EXPECT_EQ(line.elements_each, 16);
  ASSERT_FALSE(line.parts.empty());
  EXPECT_EQ(line.parts[0].what, "never-used biovecs");  // a bio of one block has vectors of its own
  EXPECT_EQ(line.parts[0].count, 944);
  EXPECT_EQ(line.parts[0].bytes_each, 4096);
  EXPECT_EQ(line.parts[0].count * line.parts[0].bytes_each, 3'866'624);
}

TEST(Footprint, PartsAddUpToLinesAndLinesToTheTotal) {
  for (const char* sharing : {"device", "module", "SB"}) {
    const Footprint footprint = footprint_of(verities(7, 5, sharing));
    std::int64_t lines = 0, devices = footprint.shared_bytes;
    for (const FootprintLine& line : footprint.lines) {
      std::int64_t parts = 0;
      for (const auto& part : line.parts) parts += part.count * part.bytes_each;
      EXPECT_EQ(parts, line.bytes) << line.kind;
      lines += line.bytes;
    }
    for (const auto& device : footprint.devices) devices += device.bytes;
    EXPECT_EQ(lines, footprint.bytes) << sharing;
    EXPECT_EQ(devices, footprint.bytes) << sharing;
  }
}

TEST(Footprint, SharedPoolsCountOnce) {
  const Footprint apart = footprint_of(verities(59, 16));
  const std::int64_t client = 71'552, page = 4096 + 8;
  const Footprint page_shared = footprint_of(verities(59, 16, "SR"));
  EXPECT_EQ(page_shared.bytes, apart.bytes - 58 * page);
  EXPECT_EQ(page_shared.shared_bytes, page);
  const Footprint client_shared = footprint_of(verities(59, 16, "SC"));
  EXPECT_EQ(client_shared.bytes, apart.bytes - 58 * client);
  const Footprint module = footprint_of(verities(59, 16, "module"));
  EXPECT_EQ(module.bytes, apart.bytes - 58 * (client + page));
  EXPECT_EQ(module.shared_bytes, client + page);
  EXPECT_EQ(device_bytes(module, "v58"), 173'736 - client - page);
  EXPECT_EQ(line_of(module, "verity", "io_client").pools, 1);
  EXPECT_EQ(line_of(module, "verity", "io_client").devices, 59);
  EXPECT_EQ(line_of(module, "verity", "bufio_client").pools, 59);
  const Footprint all = footprint_of(verities(59, 16, "SB"));
  EXPECT_EQ(all.bytes, apart.bytes - 58 * (2 * client + page));
  EXPECT_EQ(line_of(all, "verity", "bufio_client").pools, 1);
}

TEST(Footprint, AGroupSharesAmongItsDevicesOnly) {
  const Footprint footprint =
      footprint_of(verities(5, 16, R"({ "verity.io_client": { "group": "g", "devices": ["v1", "v3"] } })"));
  EXPECT_EQ(footprint.bytes, 5 * 173'736 - 71'552);
  EXPECT_EQ(footprint.shared_bytes, 71'552);
  EXPECT_EQ(line_of(footprint, "verity", "io_client").pools, 4);
  EXPECT_EQ(line_of(footprint, "verity", "io_client").devices, 5);
}

TEST(Footprint, ReserveSetsTheLiteralSize) {
  const std::int64_t element = 64 + 256 + 4096 + 24;
  const auto with = [](const std::string& reserve) {
    return footprint_of(
               devices(16, disk +
                               R"(, { "name": "v", "target": "verity", "data": "disk", "hash": "disk", "reserve": { )" +
                               reserve + " } }"))
        .bytes;
  };
  EXPECT_EQ(with(R"("io_client": 0)"), 173'736 - 16 * element) << "the empty client is still there";
  EXPECT_EQ(with(R"("io_client": 3)"), 173'736 - 13 * element);
  EXPECT_EQ(with(R"("recheck_pool": 4)"), 173'736 + 3 * (4096 + 8));
  EXPECT_EQ(with(R"("io_bs": 17)"), 173'736 + 640 + 8);
  EXPECT_EQ(with(R"("bs": 15)"), 173'736 - 576 - 8);
  EXPECT_EQ(with(R"("bufio_buffers": 2)"), 173'736 + 152 + 4096);
  EXPECT_EQ(with(R"("kverityd": 1)"), 173'736) << "running work items are no memory in reserve";
}

TEST(Footprint, PoolsThatDifferInSizeHaveNoCommonSize) {
  const Footprint footprint =
      footprint_of(devices(16, disk + R"(, { "name": "a", "target": "verity", "data": "disk", "hash": "disk" },
                    { "name": "b", "target": "verity", "data": "disk", "hash": "disk", "reserve": {
                        "io_client": 2 } })"));
  const FootprintLine& line = line_of(footprint, "verity", "io_client");
  EXPECT_EQ(line.elements, 18);
  EXPECT_EQ(line.elements_each, -1);
}

TEST(Footprint, SmallHashBlocksMakeASmallBuffer) {
  const Footprint footprint = footprint_of(devices(
      16, disk + R"(, { "name": "v", "target": "verity", "data": "disk", "hash": "disk", "block_bytes": 1024 })"));
  EXPECT_EQ(footprint.bytes, 173'736 - 4096 + 1024);
}

TEST(Footprint, LinearHasTheCorePoolsWithoutPerBioData) {
  // 120 + 128 + 8 = 256 B and 40 + 128 + 8 = 176, rounded to 192 B.
  const Footprint footprint =
      footprint_of(devices(16, disk + R"(, { "name": "l", "target": "linear", "to": "disk" })"));
  EXPECT_EQ(device_bytes(footprint, "l"), 1024 + 16 * (256 + 8 + 192 + 8));
  EXPECT_EQ(device_bytes(footprint, "disk"), 0);
}

TEST(Footprint, DisksReserveNothing) {
  const Footprint footprint = footprint_of(devices(1024, disk, "disk"));
  EXPECT_EQ(footprint.bytes, 0);
  EXPECT_TRUE(footprint.lines.empty());
  EXPECT_EQ(footprint.devices.size(), 1u);
}

std::string snapshot(int r, const std::string& more = "") {
  return devices(r,
                 disk +
                     R"(, { "name": "cow", "target": "disk" }, { "name": "s", "target": "snapshot", "origin": "disk",
              "cow": "cow")" +
                     more + " }",
                 "s");
}

TEST(Footprint, SnapshotPartByPart) {
  const Footprint footprint = footprint_of(snapshot(16));
  EXPECT_EQ(line_of(footprint, "snapshot", "kcopyd_pages").bytes, 128 * (4096 + 16));
  EXPECT_EQ(line_of(footprint, "snapshot", "kcopyd_jobs").bytes, 8 * (3240 + 8) + 256);
  EXPECT_EQ(line_of(footprint, "snapshot", "kcopyd_client").bytes, 71'552);
  EXPECT_EQ(line_of(footprint, "snapshot", "pstore_client").bytes, 71'552);
  EXPECT_EQ(line_of(footprint, "snapshot", "pending").bytes, 256 * (128 + 8));
  // 24 B of per-bio data: 24 + 120 + 128 + 8 = 280, rounded to 320; 24 + 40 + 128 + 8 = 200, rounded to 256.
  EXPECT_EQ(line_of(footprint, "snapshot", "io_bs").bytes, 16 * (320 + 8));
  EXPECT_EQ(line_of(footprint, "snapshot", "bs").bytes, 16 * (256 + 8));
  EXPECT_EQ(line_of(footprint, "snapshot", "fixed").bytes, 1024 + 512 + 128 + 3 * 16'384 + 16'384);
  std::int64_t kcopyd = 0;
  for (const char* kind : {"kcopyd_pages", "kcopyd_jobs", "kcopyd_client"})
    kcopyd += line_of(footprint, "snapshot", kind).bytes;
  EXPECT_NEAR(static_cast<double>(kcopyd) / 1024, 607, 6.07);
  EXPECT_EQ(footprint.lines.size(), 8u) << "throttle and thread are no memory";
  EXPECT_TRUE(says(footprint, "hash tables"));
}

TEST(Footprint, ChunksAndSubjobsScale) {
  const std::int64_t plain = footprint_of(snapshot(16)).bytes;
  EXPECT_EQ(footprint_of(snapshot(16, R"(, "chunk_kib": 4)")).bytes, plain - 4 * 12'288);
  EXPECT_EQ(footprint_of(snapshot(16, R"(, "chunk_kib": 65536)")).bytes, plain + 4LL * (65'536 - 16) * 1024);
}

TEST(Footprint, WhatIsNotCountedIsSaid) {
  const Footprint footprint = footprint_of(verities(59, 16));
  EXPECT_FALSE(says(footprint, "rescuer")) << "they have a line of their own";
  EXPECT_TRUE(says(footprint, "bio_split"));
  EXPECT_FALSE(says(footprint, "snapshot"));
}

TEST(Footprint, ATargetOfTheScenarioHasPoolsOfUnknownSize) {
  const Footprint footprint = footprint_of(
      R"("targets": { "mine": { "roles": ["below"], "resources": { "things": { "mempool": 4 }, "gate": {
          "semaphore": 2 } },
      "flows": { "read": [ { "take": "things" }, { "submit": "below", "op": "read" }, { "give": "things" } ] } } },
    "devices": [ { "name": "disk", "target": "disk" }, { "name": "m", "target": "mine", "below": "disk" } ],
        "workload": [ { "read": "m", "count": 1 } ])");
  EXPECT_EQ(footprint.bytes, 1024 + 16 * (256 + 8 + 192 + 8)) << "dm core's pools are known";
  EXPECT_EQ(line_of(footprint, "mine", "things").bytes, 0);
  EXPECT_EQ(line_of(footprint, "mine", "things").elements, 4);
  EXPECT_TRUE(says(footprint, "mine"));
  EXPECT_TRUE(footprint.lower_bound);
  EXPECT_FALSE(footprint_of(verities(1, 16)).lower_bound);
}

TEST(Footprint, TasksReserveNothingWithASize) {
  const Footprint footprint = footprint_of(
      R"("resources": { "a": { "mempool": 3 } }, "tasks": [ { "name": "t", "steps": [ { "take": "a" }, {
          "give": "a" } ] } ])");
  EXPECT_EQ(footprint.bytes, 0);
  EXPECT_TRUE(says(footprint, "tasks"));
}

std::string group_of(int n) {
  std::string members;
  for (int i = 0; i < n; ++i) members += (i == 0 ? "\"v" : ", \"v") + std::to_string(i) + '"';
  return R"({ "verity.io_client": { "group": "g", "devices": [ )" + members + " ] } }";
}

TEST(Footprint, TenThousandDevicesOneAfterTheOtherOrInOneGroup) {
  EXPECT_EQ(footprint_of(verities(10'000, 16)).bytes, 10'000LL * 173'736);
  EXPECT_EQ(footprint_of(verities(10'000, 16, "module")).bytes, 10'000LL * 173'736 - 9'999LL * (71'552 + 4104));
  EXPECT_EQ(footprint_of(verities(10'000, 16, group_of(10'000))).bytes, 10'000LL * 173'736 - 9'999LL * 71'552);
}

}  // namespace
}  // namespace dmstall::tests
