// Other page sizes, what can never be used, rescuer threads, and that every size has a source.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <tuple>

#include "analysis/report/footprint_report.hpp"
#include "models/kernel/sizes.hpp"
#include "models/scenario/reader.hpp"
#include "models/targets/footprint.hpp"
#include "tests/footprint/scenarios.hpp"

namespace dmstall::tests {
namespace {

using models::Footprint;
using models::FootprintLine;

const FootprintLine& line_of(const Footprint& footprint, const std::string& target, const std::string& kind) {
  const auto found = std::find_if(footprint.lines.begin(), footprint.lines.end(), [&](const FootprintLine& line) {
    return line.target == target && line.kind == kind;
  });
  EXPECT_NE(found, footprint.lines.end()) << kind;
  return *found;
}

const std::string a_snapshot =
    R"("devices": [ { "name": "disk", "target": "disk" }, { "name": "cow", "target": "disk" },
  { "name": "snap", "target": "snapshot", "origin": "disk", "cow": "cow" } ], "workload": [ { "writeback": "snap",
      "pages": 1 } ])";

// r = 16, 59 devices: two clients of 16 full vectors each, of which no bio of one block takes any.
TEST(NeverUsed, AreTheVectorsOfClientsThatReadSingleBlocks) {
  const Footprint verity = models::footprint(scenario_of(verities(59, 16)));
  EXPECT_EQ(verity.never_used_bytes, 59 * 2 * 16 * 4096);
  EXPECT_EQ(verity.never_used_bytes, 7'733'248) << "7.73 MB of 10.25 MB";
  EXPECT_EQ(line_of(verity, "verity", "io_client").never_used, 3'866'624);
  EXPECT_EQ(line_of(verity, "verity", "io_bs").never_used, 0);
  const Footprint shared = models::footprint(scenario_of(verities(59, 16, "module")));
  EXPECT_EQ(shared.never_used_bytes, (59 + 1) * 16 * 4096);
  // Metadata of 16 KiB is 4 pages: as many vectors as lie in a bio on 6.1, one more than that on 6.12 (do_region).
  // Copies need many.
  const auto snapshot_on = [](const std::string& release) {
    return models::footprint(scenario_of(R"("kernel": { "release": ")" + release + R"(" }, )" + a_snapshot))
        .never_used_bytes;
  };
  EXPECT_EQ(snapshot_on("6.1"), 16 * 4096);
  EXPECT_EQ(snapshot_on("6.12"), 0);
}

TEST(Rescuers, AreTwoThreadsForEachVerityDevice) {
  const Footprint verity = models::footprint(scenario_of(verities(59, 16)));
  EXPECT_EQ(verity.rescuers, 2 * 59);
  EXPECT_EQ(verity.rescuer_bytes, 16'384 + 9'792);
  EXPECT_EQ(verity.bytes, 59 * 173'736) << "beside the reserves, not among them";
  const std::string text = analysis::footprint_text(verity);
  EXPECT_NE(text.find("118 × 26,176 B = 3,088,768 B = 3.09 MB = 2.95 MiB"), std::string::npos) << text;
  EXPECT_NE(text.find("reserved but never used: 7,733,248 B = 7.73 MB"), std::string::npos) << text;
}

// Compiled for arm64 with pages of 4 and 64 KiB: every structure is as large as on amd64, but kmalloc hands out at
// least 128 B, and slabs of bios are aligned to as much.
TEST(Arm64, DiffersInPagesAndInTheLeastThatKmallocHandsOut) {
  const models::Scenario verity = scenario_of(verities(59, 16)), snapshot = scenario_of(a_snapshot);
  const Footprint amd64 = models::footprint(verity), copies = models::footprint(snapshot);
  for (const int page_kib : {4, 16, 64}) {
    const models::MemoryLayout layout = models::memory_layout("arm64", page_kib);
    const std::int64_t page = std::int64_t{page_kib} * 1024;
    const Footprint arm64 = models::footprint(verity, layout);
    EXPECT_EQ(arm64.bytes, amd64.bytes + 59 * (page - 4096) + 59 * (128 - 8) + 59 * 16 * (640 - 576))
        << "one recheck page each, the algorithm's name, and bs: 536 B to 64 or to 128";
    EXPECT_EQ(arm64.never_used_bytes, amd64.never_used_bytes) << "256 vectors are 4096 B whatever a page is";
    EXPECT_EQ(arm64.rescuer_bytes, (page_kib == 64 ? 65'536 : 16'384) + 4'160);
    const FootprintLine pages = line_of(models::footprint(snapshot, layout), "snapshot", "kcopyd_pages");
    EXPECT_EQ(pages.elements, 512 * 1024 / page);
    EXPECT_EQ(pages.bytes, 512 * 1024 + 512 * 1024 / page * 128) << "512 KiB, and a page_list for each page";
    const std::string text = analysis::footprint_text(arm64);
    EXPECT_NE(text.find("arm64 with pages of " + std::to_string(page_kib) + " KiB"), std::string::npos) << text;
    EXPECT_EQ(text.find("derived") != std::string::npos, page_kib == 16) << text;
  }
  EXPECT_EQ(line_of(copies, "snapshot", "kcopyd_pages").elements, 128);
  EXPECT_EQ(analysis::footprint_text(amd64).find("amd64 with"), std::string::npos);
}

// arch/arm64/include/asm/cache.h: ARCH_KMALLOC_MINALIGN is 8 since 6.5, so only pages differ.
TEST(Arm64, HasTheAlignmentOfAmd64SinceKmallocNeedNotSuitDevices) {
  std::string text = verities(59, 16);
  text.insert(text.find("\"reserved_bio"), R"("release": "6.12", )");
  const models::Scenario verity = scenario_of(text);
  const Footprint amd64 = models::footprint(verity);
  for (const int page_kib : {4, 64}) {
    const models::MemoryLayout layout = models::memory_layout("arm64", page_kib);
    EXPECT_EQ(models::footprint(verity, layout).bytes, amd64.bytes + 59 * (page_kib * 1024 - 4096)) << page_kib;
  }
  models::MemoryLayout layout = models::memory_layout("arm64", 4);
  EXPECT_EQ(layout.kmalloc_least_bytes(), 128);
  EXPECT_EQ(layout.bio_slab_align(), 128);
  layout.release = *models::Release::named("6.12");
  EXPECT_EQ(layout.kmalloc_least_bytes(), 8);
  EXPECT_EQ(layout.bio_slab_align(), 64);
  EXPECT_EQ(models::memory_layout("amd64", 4).bio_slab_align(), 64);
}

// sizeof(struct dm_verity_fec_io) as compiled: amd64 3104, arm64 with pages of 64 KiB 33824.
TEST(Arm64, StateOfFecGrowsWithThePage) {
  const models::Structure& state = models::structure("struct dm_verity_fec_io");
  EXPECT_EQ(state.bytes(), 3104);
  EXPECT_EQ(models::bytes_on(state, models::memory_layout("arm64", 4)), 3104);
  EXPECT_EQ(models::bytes_on(state, models::memory_layout("arm64", 64)), 33'824);
  const models::Scenario one = scenario_of(devices(
      4,
      disk + R"(, { "name": "v", "target": "verity", "data": "disk", "hash": "disk", "fec": { "device": "disk" } })"));
  // dm_table_alloc_md_mempools: per_io_data_size is part of both front pads.
  for (const char* pool : {"io_bs", "bs"}) {
    const auto bios = [&](int page_kib) {
      return line_of(models::footprint(one, models::memory_layout("arm64", page_kib)), "verity", pool).bytes;
    };
    EXPECT_EQ(bios(64) - bios(4), 4 * (33'824 - 3104)) << pool << ": reserved_bio_based_ios is 4";
  }
}

TEST(PageSize, WhatThereIsNotIsRefused) {
  EXPECT_THROW((void)models::memory_layout("amd64", 64), models::UnknownLayout);
  EXPECT_THROW((void)models::memory_layout("arm64", 8), models::UnknownLayout);
  EXPECT_THROW((void)models::memory_layout("riscv", 4), models::UnknownLayout);
  EXPECT_EQ(models::memory_layout("amd64", 0).page_kib, 4);
}

// mm/slab_common.c:kmalloc_info, setup_kmalloc_cache_index_table: 96 and 192 are there where the least is small enough.
TEST(SizeFacts, KmallocRoundsUpToItsClasses) {
  for (const auto& [wanted, amd64, arm64] : {std::tuple{1, 8, 128},
                                             {8, 8, 128},
                                             {65, 96, 128},
                                             {96, 96, 128},
                                             {97, 128, 128},
                                             {129, 192, 256},
                                             {192, 192, 256},
                                             {193, 256, 256},
                                             {464, 512, 512},
                                             {2592, 4096, 4096}}) {
    EXPECT_EQ(models::kmalloc_bytes(wanted), amd64) << wanted;
    EXPECT_EQ(models::kmalloc_bytes(wanted, 128), arm64) << wanted;
  }
}

TEST(SizeFacts, ASizeIsWrittenOnce) {
  std::set<std::string> names;
  for (const models::Structure& each : models::structures) EXPECT_TRUE(names.insert(each.what).second) << each.what;
  EXPECT_EQ(names.size(), models::size_facts({}).size());
}

TEST(SizeFacts, EveryPartHasASourceAndTheSameSize) {
  const auto facts = models::size_facts({});
  std::size_t parts = 0;
  for (const char* folder : {"seed", "android", "sizing", "tutorial", "reality"}) {
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(DMSTALL_SOURCE_DIR) + "/scenarios/" + folder)) {
      if (entry.path().extension() != ".json") continue;
      const models::ReadResult read = models::read_scenario_file(entry.path().string());
      ASSERT_TRUE(read.scenario) << entry.path();
      for (const FootprintLine& line : models::footprint(*read.scenario).lines) {
        for (const auto& part : line.parts) {
          const auto fact = std::find_if(facts.begin(), facts.end(),
                                         [&](const models::SizeFact& each) { return each.what == part.what; });
          ASSERT_NE(fact, facts.end()) << part.what;
          EXPECT_FALSE(fact->source.empty());
          if (fact->bytes != 0) {
            EXPECT_EQ(fact->bytes, part.bytes_each) << part.what;
          }
          ++parts;
        }
      }
    }
  }
  EXPECT_GT(parts, 100u);
}

}  // namespace
}  // namespace dmstall::tests
