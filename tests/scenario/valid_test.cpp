// What a well-formed file becomes, and what the defaults are.
#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "models/scenario/pool_names.hpp"
#include "models/scenario/target_description.hpp"
#include "tests/scenario/reading.hpp"

namespace dmstall::models {
namespace {

constexpr const char* seed = R"j({ "format": 1, "$schema": "../scenario.schema.json",
  "name": "seed-shared-pools", "about": "…", "origin": "dm-devel, 23 April 2025",
  "kernel":  { "release": "6.1", "cpus": 8, "reserved_bio_based_ios": 16 },
  "devices": [
    { "name": "ufs",   "target": "disk", "read_mib_per_s": 900, "latency_us": 80 },
    { "name": "lower", "target": "verity", "data": "ufs", "hash": "ufs", "on_corruption": "ignore" },
    { "name": "upper", "target": "verity", "data": "lower", "hash": "lower" },
    { "name": "cow",   "target": "disk" },
    { "name": "snap",  "target": "snapshot", "origin": "upper", "cow": "cow", "chunk_kib": 16 } ],
  "sharing": "module",
  "memory":  { "allocator": "exhausted", "freed_by": "writeback" },
  "faults":  [ { "device": "ufs", "fault": "bad_block" } ],
  "workload": [ { "writeback": "snap", "pages": 256, "write_kib": 4, "in_flight": 8 } ],
  "expect":  { "verdict": "DEADLOCK", "circle": ["verity.recheck_pool"] } })j";

TEST(Valid, SeedScenario) {
  const ReadResult result = read_scenario_text(seed, "x.json");
  ASSERT_TRUE(result.scenario.has_value()) << format_diagnostics(result.diagnostics);
  EXPECT_TRUE(result.diagnostics.empty()) << format_diagnostics(result.diagnostics);
  const Scenario& scenario = *result.scenario;
  EXPECT_EQ(scenario.name, "seed-shared-pools");
  EXPECT_EQ(scenario.about, "…");
  EXPECT_EQ(scenario.origin, "dm-devel, 23 April 2025");
  EXPECT_EQ(scenario.file, "x.json");
  EXPECT_EQ(scenario.kernel.reserved_bio_based_ios, 16);
  ASSERT_EQ(scenario.devices.size(), 5U);
  const Device& ufs = scenario.devices[0];
  EXPECT_EQ(ufs.number("read_mib_per_s"), 900);
  EXPECT_EQ(ufs.number("write_mib_per_s"), 900) << "follows the read rate";
  EXPECT_EQ(ufs.number("latency_us"), 80);
  EXPECT_EQ(ufs.integer("queue_depth"), 32);
  EXPECT_TRUE(ufs.flag("write_cache"));
  EXPECT_EQ(ufs.where.line, 5);
  EXPECT_EQ(ufs.where.column, 5);
  EXPECT_EQ(ufs.key_positions.at("latency_us").column, 79);
  const Device& lower = *scenario.find_device("lower");
  EXPECT_EQ(lower.text("data"), "ufs");
  EXPECT_EQ(lower.text("on_corruption"), "ignore");
  EXPECT_EQ(lower.integer("data_blocks"), 65536);
  EXPECT_EQ(lower.integer("hash_levels"), 0) << "derived";
  EXPECT_EQ(lower.text("hash_cache"), "any");
  EXPECT_TRUE(lower.flag("prefetch"));
  EXPECT_FALSE(lower.has("fec"));
  EXPECT_EQ(scenario.find_device("snap")->integer("allocated_chunks"), 0);
  EXPECT_EQ(scenario.find_device("nobody"), nullptr);
  EXPECT_EQ(scenario.sharing.preset, "module");
  ASSERT_EQ(scenario.sharing.rules.size(), 2U);
  EXPECT_EQ(scenario.sharing.rules.at("verity.recheck_pool").scope, SharingRule::Scope::module);
  EXPECT_EQ(scenario.sharing.rules.at("verity.io_client").scope, SharingRule::Scope::module);
  EXPECT_TRUE(scenario.memory.allocator_given);
  EXPECT_EQ(scenario.memory.allocator, AllocatorMode::exhausted);
  EXPECT_EQ(scenario.memory.freed_by, FreedBy::writeback);
  EXPECT_FALSE(scenario.memory.threads.has_value());
  EXPECT_TRUE(scenario.faults.given);
  EXPECT_FALSE(scenario.faults.any);
  ASSERT_EQ(scenario.faults.list.size(), 1U);
  EXPECT_EQ(scenario.faults.list[0].kind, FaultKind::bad_block);
  EXPECT_TRUE(scenario.faults.list[0].blocks.all);
  ASSERT_EQ(scenario.workload.size(), 1U);
  const WorkloadItem& work = scenario.workload[0];
  EXPECT_EQ(work.name, "writeback-snap");
  EXPECT_TRUE(work.counts_pages);
  EXPECT_EQ(work.requests(), 256);
  EXPECT_EQ(work.in_flight, 8);
  EXPECT_EQ(work.threads, 1);
  ASSERT_TRUE(scenario.expect.has_value());
  EXPECT_EQ(scenario.expect->verdict, std::vector<VerdictKind>{VerdictKind::deadlock});
  EXPECT_EQ(scenario.expect->circle, std::vector<std::string>{"verity.recheck_pool"});
}

TEST(Valid, DefaultsOfWhatIsNotWritten) {
  const Scenario scenario = must_read(R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}],
                                           "workload": [{"read": "d", "in_flight": 3}, {"read": "d"}, )j"
                                      R"j({"swap_out": "d", "in_flight": 2},
                                                        {"flush": "d", "name": "read-d"}]})j");
  EXPECT_EQ(scenario.name, "x");
  EXPECT_EQ(scenario.kernel.cpus, 8);
  EXPECT_EQ(scenario.kernel.kcopyd_subjob_size_kb, 512);
  EXPECT_EQ(scenario.kernel.snapshot_cow_threshold, 2048);
  EXPECT_FALSE(scenario.memory.allocator_given);
  EXPECT_EQ(scenario.memory.allocator, AllocatorMode::adversary);
  EXPECT_FALSE(scenario.faults.given);
  EXPECT_TRUE(scenario.faults.any);
  EXPECT_FALSE(scenario.expect.has_value());
  EXPECT_EQ(scenario.devices[0].number("write_mib_per_s"), 500);
  ASSERT_EQ(scenario.workload.size(), 4U);
  EXPECT_EQ(scenario.workload[0].name, "read-d-2") << "a written name goes first";
  EXPECT_EQ(scenario.workload[1].name, "read-d-3");
  EXPECT_EQ(scenario.workload[0].threads, 3);
  EXPECT_EQ(scenario.workload[2].threads, 1);
  EXPECT_EQ(scenario.workload[1].count, 1);
  EXPECT_FALSE(scenario.workload[1].period_s.has_value());
}

TEST(Valid, EverySettingIsKept) {
  const Scenario scenario = must_read(R"j({"format": 1,
    "kernel": {"cpus": 1, "reserved_bio_based_ios": 0, "kcopyd_subjob_size_kb": 64, "snapshot_cow_threshold": 3, )j"
                                      R"j("bio_list_order": "fifo"},
    "defaults": {"disk": {"latency_us": 7}, "verity": {"reserve": {"io_bs": 9}}, "workload": {"in_flight": 5, )j"
                                      R"j("pages": 8}},
    "devices": [{"name": "d", "target": "disk", "write_mib_per_s": 1.5}, {"name": "e", "target": "disk", )j"
                                      R"j("latency_us": 0.5},
                {"name": "v", "target": "verity", "data": "d", "hash": "e", "block_bytes": 1024, "hash_levels": 2, )j"
                                      R"j("prefetch": false,
                 "reserve": {"recheck_pool": 0, "io_client": 3}},
                {"name": "u", "target": "verity", "data": "v", "hash": "e"},
                {"name": "l", "target": "linear", "segments": [{"to": "d", "size_mib": 2}, {"to": "e", )j"
                                      R"j("size_mib": 3, "start_mib": 4}]}],
    "sharing": {"verity.kverityd": {"group": "g", "devices": ["v", "u"]}, "verity.bs": "module", )j"
                                      R"j("linear.io_bs": "device"},
    "workload": [{"write": "l", "name": "w", "write_kib": 16, "threads": 2, "pattern": "random", "direct": false, )j"
                                      R"j("start_s": 1.5, "period_s": 0.25},
                 {"read": "u", "name": "r", "count": 2}],
    "memory": {"allocator": "plentiful", "fails": ["*.io_client.pool", "g.kverityd", "slab"], "first_n": 3, )j"
                                      R"j("probability": 0.5, "from_s": 1,
               "recovers_after_s": 2, "unpooled": "fails", "threads": "fail"},
    "faults": [{"device": "d", "fault": "late_corruption", "blocks": [1, 7], "at_most": 2, "optional": true}, )j"
                                      R"j({"workload": "r", "fault": "buffer_rewritten"},
               {"device": "u", "fault": "hash_mismatch", "on": "reread"}, {"device": "e", "fault": "hash_block", )j"
                                      R"j("blocks": {"every": 4}},
               {"device": "e", "fault": "io_error", "area": "hash"}],
    "bounds": {"requests": 4, "states": 1e6, "seconds": 1.5, "memory_mib": 64, "sim_seconds": 100, "events": 7},
    "expect": {"verdict": ["DEADLOCK", "STALL"], "kind": "circle", "proof": "run", "min_requests": 1, )j"
                                      R"j("min_faults": 2, "relieved_by_memory": true,
               "bytes_at_most": 4096, "stuck": 3, "engine": "explore"},
    "vary": {"cpus": [1, 2], "u.hash_cache": ["cold", "warm"], "memory.probability": [0.50, 1]}})j");
  EXPECT_EQ(scenario.kernel.cpus, 1);
  EXPECT_EQ(scenario.kernel.reserved_bio_based_ios, 0);
  EXPECT_EQ(scenario.kernel.kcopyd_subjob_size_kb, 64);
  EXPECT_EQ(scenario.kernel.snapshot_cow_threshold, 3);
  EXPECT_FALSE(scenario.kernel.release.has(Change::bio_list_depth_first));
  EXPECT_EQ(scenario.devices[0].number("latency_us"), 7);
  EXPECT_EQ(scenario.devices[1].number("latency_us"), 0.5);
  EXPECT_EQ(scenario.devices[2].reserve.at("recheck_pool"), 0);
  EXPECT_EQ(scenario.devices[2].reserve.size(), 2U) << "a reserve of its own replaces the default";
  EXPECT_EQ(scenario.devices[3].reserve.at("io_bs"), 9);
  EXPECT_EQ(scenario.devices[2].integer("hash_levels"), 2);
  EXPECT_FALSE(scenario.devices[2].flag("prefetch"));
  const auto& segments = std::get<std::vector<Segment>>(scenario.devices[4].parameters.at("segments"));
  ASSERT_EQ(segments.size(), 2U);
  EXPECT_EQ(segments[1].to, "e");
  EXPECT_EQ(segments[1].size_sectors, 3 * 2048);
  EXPECT_EQ(segments[1].start_sectors, 4 * 2048);
  EXPECT_TRUE(scenario.sharing.preset.empty());
  EXPECT_EQ(scenario.sharing.rules.at("verity.kverityd").group, "g");
  EXPECT_EQ(scenario.sharing.rules.at("verity.kverityd").devices, (std::vector<std::string>{"v", "u"}));
  EXPECT_EQ(scenario.sharing.rules.at("verity.bs").scope, SharingRule::Scope::module);
  EXPECT_EQ(scenario.sharing.rules.at("linear.io_bs").scope, SharingRule::Scope::device);
  const WorkloadItem& work = scenario.workload[0];
  EXPECT_EQ(work.verb, WorkloadVerb::write);
  EXPECT_EQ(work.in_flight, 5);
  EXPECT_EQ(work.requests(), 2) << "8 pages of 4 KiB in requests of 16 KiB";
  EXPECT_EQ(work.threads, 2);
  EXPECT_EQ(work.pattern, AccessPattern::random);
  EXPECT_FALSE(work.direct);
  EXPECT_EQ(work.start_s, 1.5);
  EXPECT_EQ(work.period_s, 0.25);
  EXPECT_EQ(scenario.workload[1].requests(), 2) << "a written count goes before the default pages";
  EXPECT_EQ(scenario.memory.fails.size(), 3U);
  EXPECT_EQ(scenario.memory.first_n, 3);
  EXPECT_EQ(scenario.memory.probability, 0.5);
  EXPECT_EQ(scenario.memory.from_s, 1);
  EXPECT_EQ(scenario.memory.recovers_after_s, 2);
  EXPECT_EQ(scenario.memory.unpooled, Outcome::fails);
  EXPECT_EQ(scenario.memory.threads, Outcome::fails);
  const std::vector<Fault>& faults = scenario.faults.list;
  ASSERT_EQ(faults.size(), 5U);
  EXPECT_TRUE(faults[0].blocks.contains(7));
  EXPECT_FALSE(faults[0].blocks.contains(2));
  EXPECT_EQ(faults[0].at_most, 2);
  EXPECT_TRUE(faults[0].optional);
  EXPECT_EQ(faults[1].workload, "r");
  EXPECT_EQ(faults[2].on, FaultOn::reread);
  EXPECT_EQ(faults[3].area, FaultArea::hash);
  EXPECT_TRUE(faults[3].blocks.contains(8));
  EXPECT_FALSE(faults[3].blocks.contains(9));
  EXPECT_EQ(faults[4].area, FaultArea::hash);
  EXPECT_EQ(scenario.bounds.requests, 4);
  EXPECT_EQ(scenario.bounds.states, 1000000);
  EXPECT_EQ(scenario.bounds.seconds, 1.5);
  EXPECT_EQ(scenario.bounds.memory_mib, 64);
  EXPECT_EQ(scenario.bounds.sim_seconds, 100);
  EXPECT_EQ(scenario.bounds.events, 7);
  EXPECT_EQ(scenario.expect->verdict.size(), 2U);
  EXPECT_EQ(scenario.expect->kind, DeadlockKind::circle);
  EXPECT_EQ(scenario.expect->proof, "run");
  EXPECT_EQ(scenario.expect->min_requests, 1);
  EXPECT_EQ(scenario.expect->min_faults, 2);
  EXPECT_EQ(scenario.expect->relieved_by_memory, true);
  EXPECT_EQ(scenario.expect->bytes_at_most, 4096);
  EXPECT_EQ(scenario.expect->stuck, 3);
  EXPECT_EQ(scenario.expect->engine, "explore");
  EXPECT_EQ(scenario.vary.at(0).values, (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(scenario.vary.at(1).key, "u.hash_cache");
  EXPECT_EQ(scenario.vary.at(1).values, (std::vector<std::string>{"cold", "warm"}));
  EXPECT_EQ(scenario.vary.at(2).values, (std::vector<std::string>{"0.50", "1"}));
}

TEST(Valid, Presets) {
  const auto rules = [](const std::string& preset) {
    const Scenario scenario = must_read(R"j({"format": 1, "devices": [{"name": "d", "target": "disk"},
        {"name": "v", "target": "verity", "data": "d", "hash": "d"}], "workload": [{"read": "v"}], "sharing": ")j" +
                                        preset + "\"}");
    EXPECT_EQ(scenario.sharing.preset, preset);
    std::vector<std::string> names;
    for (const auto& [name, rule] : scenario.sharing.rules) names.push_back(name);
    return names;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(rules("device"), Names{});
  EXPECT_EQ(rules("module"), (Names{"verity.io_client", "verity.recheck_pool"}));
  EXPECT_EQ(rules("SRC"), (Names{"verity.io_client", "verity.recheck_pool"}));
  EXPECT_EQ(rules("SR"), Names{"verity.recheck_pool"});
  EXPECT_EQ(rules("SC"), Names{"verity.io_client"});
  EXPECT_EQ(rules("SB"), (Names{"verity.bufio_client", "verity.io_client", "verity.recheck_pool"}));
}

TEST(Valid, RepeatMakesNumberedDevices) {
  const Scenario scenario = must_read(R"j({"format": 1, "devices": [{"name": "d{i}", "target": "disk", "repeat": 2},
      {"name": "v{i}", "target": "verity", "data": "d{i}", "hash": "d0", "repeat": 2},
      {"name": "l{i}-{i}", "target": "linear", "segments": [{"to": "v{i}", "size_mib": 1}], "repeat": 1}],
      "workload": [{"read": "l0-0"}]})j");
  ASSERT_EQ(scenario.devices.size(), 5U);
  EXPECT_EQ(scenario.devices[3].name, "v1");
  EXPECT_EQ(scenario.devices[3].text("data"), "d1");
  EXPECT_EQ(scenario.devices[3].text("hash"), "d0");
  EXPECT_EQ(scenario.devices[4].name, "l0-0");
  EXPECT_EQ(std::get<std::vector<Segment>>(scenario.devices[4].parameters.at("segments"))[0].to, "v0");
}

/// CPU time of reading that many copies of a device.
double seconds_for_copies(int copies) {
  const std::string last = "v" + std::to_string(copies - 1);
  const std::clock_t begin = std::clock();
  const Scenario scenario = must_read(R"j({"format": 1, "devices": [{"name": "d", "target": "disk"},
      {"name": "v{i}", "target": "verity", "data": "d", "hash": "d", "reserve": {"io_bs": 1}, "repeat": )j" +
                                      std::to_string(copies) + R"j(}],
      "sharing": "module", "memory": {"allocator": "plentiful", "fails": [")j" +
                                      last + R"j(.recheck_pool"]}, "workload": [{"read": ")j" + last + "\"}]}");
  EXPECT_EQ(scenario.devices.size(), static_cast<std::size_t>(copies) + 1);
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

TEST(Valid, TenTimesAsManyDevicesTakeAboutTenTimesAsLong) {
  constexpr double between_linear_and_quadratic = 40;
  EXPECT_LT(seconds_for_copies(10000), between_linear_and_quadratic * std::max(seconds_for_copies(1000), 1e-3));
}

TEST(Valid, EveryScenarioOfTheTreeIsRead) {
  int read = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(DMSTALL_SOURCE_DIR "/scenarios")) {
    const std::filesystem::path& path = entry.path();
    if (path.extension() != ".json" || path.filename() == "scenario.schema.json") continue;
    const ReadResult result = read_scenario_file(path.string());
    EXPECT_TRUE(result.scenario.has_value()) << format_diagnostics(result.diagnostics);
    ++read;
  }
  EXPECT_GT(read, 0);
}

TEST(Valid, FilesThatCannotBeRead) {
  const std::string folder = ::testing::TempDir();
  EXPECT_EQ(format_diagnostics(read_scenario_file(folder + "/no-such.json").diagnostics),
            folder + "/no-such.json: error: cannot read: No such file or directory\n");
  EXPECT_EQ(format_diagnostics(read_scenario_file(folder).diagnostics),
            folder + ": error: cannot read: it is a directory\n");
  const std::string empty = folder + "/empty.json";
  std::ofstream(empty).close();
  EXPECT_EQ(messages_of(read_scenario_file(empty)), std::vector<std::string>{empty + ":1:1: error: the file is empty"});
  const std::string huge = read_scenario_text(std::string(largest_scenario_bytes + 1, ' '), "x").diagnostics[0].message;
  EXPECT_EQ(huge, "larger than 16 MiB, which no scenario is");
}

TEST(Valid, TheRegistryHasWhatTheFormatLists) {
  for (const TargetDescription& target : target_registry()) {
    EXPECT_FALSE(target.about.empty()) << target.id;
    EXPECT_FALSE(target.source.empty()) << target.id;
    EXPECT_TRUE(!target.modelled || !target.parts.empty()) << target.id;
    for (const Parameter& parameter : target.parameters) {
      EXPECT_FALSE(parameter.help.empty()) << target.id << "." << parameter.name;
      EXPECT_TRUE(parameter.type != ParameterType::choice || !parameter.choices.empty()) << parameter.name;
    }
    for (const PoolDescription& pool : target.pools)
      EXPECT_FALSE(pool.holds.empty() || pool.sized_by.empty()) << pool.name;
  }
  EXPECT_EQ(target_registry().size(), 10U);
  EXPECT_EQ(find_target("verity")->pools.size(), 13U);
  EXPECT_EQ(find_target("snapshot")->pools.size(), 7U);
  EXPECT_EQ(find_target("md-raid0")->pools.size(), 5U);
  EXPECT_EQ(common_pools().size(), 3U);
  EXPECT_EQ(find_target("raid1"), nullptr);
}

TEST(Valid, PatternsOfPools) {
  EXPECT_TRUE(matches_pattern("*", "upper.io_client.pool"));
  EXPECT_TRUE(matches_pattern("*.io_client.pool", "upper.io_client.pool"));
  EXPECT_TRUE(matches_pattern("upper.*.pool", "upper.io_client.pool"));
  EXPECT_TRUE(matches_pattern("a*b*c", "a-b-b-c"));
  EXPECT_FALSE(matches_pattern("*.io_client", "upper.io_client.pool"));
  EXPECT_FALSE(matches_pattern("", "x"));
  EXPECT_TRUE(matches_pattern("", ""));
}

}  // namespace
}  // namespace dmstall::models
