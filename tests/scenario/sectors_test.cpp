// Sectors, as tables of device-mapper count: exact, or refused.
#include <fmt/format.h>

#include "tests/scenario/reading.hpp"

namespace dmstall::models {

namespace {

std::string linear(const std::string& segments, const std::string& below = R"({"name": "b", "target": "disk"})",
                   const std::string& workload = R"({"read": "l"})") {
  return fmt::format(R"j({{"format": 1, "devices": [{{"name": "d", "target": "disk"}}, {},
{{"name": "l", "target": "linear", "segments": [
{}]}}], "workload": [{}]}})j",
                     below, segments, workload);
}

std::vector<Segment> segments_of(const Scenario& scenario) {
  return std::get<std::vector<Segment>>(scenario.find_device("l")->parameters.at("segments"));
}

std::string striped(const std::string& keys) {
  return fmt::format(
      R"j({{"format": 1, "devices": [{{"name": "a", "target": "disk"}}, {{"name": "b", "target": "disk"}},
{{"name": "s", "target": "striped", "to": ["a", "b"]{}}}], "workload": [{{"read": "s"}}]}})j",
      keys);
}

}  // namespace

/// One MiB is 2,048 sectors of 512 B.
TEST(Sectors, OfSegmentsAreTheSameAsMib) {
  const auto mib = segments_of(must_read(linear(R"({"to": "d", "size_mib": 3, "start_mib": 2})")));
  const auto sectors = segments_of(must_read(linear(R"({"to": "d", "size_sectors": 6144, "start_sectors": 4096})")));
  EXPECT_EQ(mib[0].size_sectors, 6144);
  EXPECT_EQ(mib[0].start_sectors, 4096);
  EXPECT_EQ(sectors[0].size_sectors, 6144);
  EXPECT_EQ(sectors[0].start_sectors, 4096);
}

TEST(Sectors, OfChunksAreTheSameAsKib) {
  EXPECT_EQ(must_read(striped(R"(, "chunk_sectors": 256)")).find_device("s")->integer("chunk_kib"), 128);
  EXPECT_EQ(must_read(striped("")).find_device("s")->integer("chunk_kib"), 64);
  const Scenario by_default = must_read(
      R"j({"format": 1, "defaults": {"striped": {"chunk_sectors": 32}}, "devices": [{"name": "a", "target": "disk"},
{"name": "b", "target": "disk"}, {"name": "s", "target": "striped", "to": ["a", "b"]},
{"name": "t", "target": "striped", "to": ["a", "b"], "chunk_kib": 8}], "workload": [{"read": "s"}, {"read": "t"}]})j");
  EXPECT_EQ(by_default.find_device("s")->integer("chunk_kib"), 16);
  EXPECT_EQ(by_default.find_device("t")->integer("chunk_kib"), 8);
}

TEST(Sectors, WhatContradictsOrIsNotExactIsRefused) {
  const std::string snapshot = R"({"name": "b", "target": "striped", "to": ["d"], "chunk_kib": 64})";
  expect_messages({
      {"both sizes",
       linear(R"({"to": "d", "size_mib": 1, "size_sectors": 2048})"),
       {"3:44: error: a segment has either \"size_mib\" or \"size_sectors\""}},
      {"both starts",
       linear(R"({"to": "d", "size_mib": 1, "start_mib": 1, "start_sectors": 2048})"),
       {"3:61: error: a segment has either \"start_mib\" or \"start_sectors\""}},
      {"no size",
       linear(R"({"to": "d"})"),
       {"3:1: error: missing key \"size_mib\" (or \"size_sectors\") in a segment"}},
      {"both chunks",
       striped(R"(, "chunk_kib": 64, "chunk_sectors": 128)"),
       {"2:88: error: \"chunk_kib\" and \"chunk_sectors\" are the same value: write one of them"}},
      {"no power of two",
       striped(R"(, "chunk_sectors": 24)"),
       {"2:71: error: \"chunk_sectors\" is 24, must be a power of two"}},
      {"a chunk that is cut",
       linear(R"({"to": "b", "size_mib": 1, "start_sectors": 8})", snapshot, R"({"read": "l", "write_kib": 16})"),
       {"2:47: error: requests of up to 64 KiB would lie across blocks or chunks of \"b\": the segment on \"b\" moves "
        "them by 8 sectors, which is no multiple of that"}},
  });
  // A multiple of all chunks and requests cuts none, and a disk has none.
  (void)must_read(linear(R"({"to": "b", "size_mib": 1, "start_sectors": 128})", snapshot));
  (void)must_read(linear(R"({"to": "d", "size_mib": 1, "start_sectors": 63})", snapshot));
}

}  // namespace dmstall::models
