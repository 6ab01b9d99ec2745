// Settings: which values a key names, what is written over them, and whose mistake a message says it is.
#include "models/scenario/settings.hpp"

#include "models/scenario/value_range.hpp"
#include "tests/scenario/reading.hpp"

namespace dmstall::models {

namespace {

const std::string stack = R"j({ "format": 1, "name": "s",
  "kernel": { "release": "6.1", "cpus": 8 },
  "devices": [
    { "name": "ufs", "target": "disk" },
    { "name": "lower", "target": "verity", "data": "ufs", "hash": "ufs" },
    { "name": "upper{i}", "target": "verity", "data": "lower", "hash": "lower", "repeat": 2, "hash_cache": "warm" } ],
  "defaults": { "verity": { "on_corruption": "ignore" } },
  "sharing": "SR",
  "workload": [ { "read": "upper0", "name": "reader", "count": 3 }, { "flush": "ufs" } ] })j";

SettingsResult with(const std::vector<Setting>& settings, const std::string& text = stack) {
  return read_scenario_text(text, "x.json", settings, "--vary");
}

Scenario must_set(const std::vector<Setting>& settings, const std::string& text = stack) {
  SettingsResult result = with(settings, text);
  EXPECT_EQ(result.key_error, "");
  EXPECT_TRUE(result.read.scenario) << format_diagnostics(result.read.diagnostics);
  return result.read.scenario.value_or(Scenario{});
}

std::string key_error(const std::string& key, const std::string& text = stack) {
  const SettingsResult result = with({{key, "1"}}, text);
  EXPECT_FALSE(result.read.scenario) << key;
  return result.key_error;
}

}  // namespace

TEST(Settings, KeysOfKernelMemoryAndBoundsNeedNoPrefix) {
  const Scenario scenario = must_set({{"cpus", "3"},
                                      {"reserved_bio_based_ios", "1"},
                                      {"memory.allocator", "exhausted"},
                                      {"freed_by", "nothing"},
                                      {"events", "9"}});
  EXPECT_EQ(scenario.kernel.cpus, 3);
  EXPECT_EQ(scenario.kernel.reserved_bio_based_ios, 1);
  EXPECT_EQ(scenario.memory.allocator, AllocatorMode::exhausted);
  EXPECT_EQ(scenario.memory.freed_by, FreedBy::nothing);
  EXPECT_EQ(scenario.bounds.events, 9);
}

TEST(Settings, AKeyNamesADeviceItsTargetOrAWorkloadItem) {
  Scenario scenario = must_set({{"lower.hash_cache", "cold"}});
  EXPECT_EQ(scenario.find_device("lower")->text("hash_cache"), "cold");
  EXPECT_EQ(scenario.find_device("upper0")->text("hash_cache"), "warm");
  scenario = must_set({{"upper{i}.hash_cache", "cold"}});
  EXPECT_EQ(scenario.find_device("lower")->text("hash_cache"), "any");
  EXPECT_EQ(scenario.find_device("upper1")->text("hash_cache"), "cold");
  scenario = must_set({{"verity.hash_cache", "cold"},
                       {"verity.reserve.io_client", "0"},
                       {"upper{i}.reserve.io_client", "5"},
                       {"upper{i}.repeat", "3"}});
  EXPECT_EQ(scenario.find_device("lower")->text("hash_cache"), "cold");
  EXPECT_EQ(scenario.find_device("upper2")->text("hash_cache"), "cold");
  EXPECT_EQ(scenario.find_device("lower")->reserve.at("io_client"), 0);
  EXPECT_EQ(scenario.find_device("upper0")->reserve.at("io_client"), 5);
  scenario = must_set({{"reader.in_flight", "4"}, {"flush-ufs.count", "7"}});
  EXPECT_EQ(scenario.workload[0].in_flight, 4);
  EXPECT_EQ(scenario.workload[0].count, 3);
  EXPECT_EQ(scenario.workload[1].count, 7);
  scenario = must_set({{"workload.count", "8"}});
  EXPECT_EQ(scenario.workload[0].count, 8);
  EXPECT_EQ(scenario.workload[1].count, 8);
}

TEST(Settings, SharingIsAPresetAnObjectOrOneRuleOfIt) {
  EXPECT_EQ(must_set({{"sharing", "module"}}).sharing.preset, "module");
  EXPECT_EQ(must_set({{"sharing", R"({"verity.io_client": "module"})"}}).sharing.rules.count("verity.io_client"), 1U);
  // A rule of its own leaves the other rules of the preset.
  const Scenario scenario = must_set({{"sharing.verity.io_client", "module"}});
  EXPECT_EQ(scenario.sharing.rules.at("verity.io_client").scope, SharingRule::Scope::module);
  EXPECT_EQ(scenario.sharing.rules.at("verity.recheck_pool").scope, SharingRule::Scope::module);
  EXPECT_FALSE(must_set({{"faults", "[]"}}).faults.any);
}

TEST(Settings, TextsThatLookLikeNumbersStayTexts) {
  EXPECT_EQ(must_set({{"kernel.release", "6.1"}}).kernel.release.name(), "6.1");
  EXPECT_EQ(must_set({{"kernel.release", "\"6.1\""}}).kernel.release.name(), "6.1");
}

TEST(Settings, ResourcesAndTasksHaveKeys) {
  const std::string tasks =
      R"j({"format": 1, "resources": {"a": {"mempool": 1}}, "tasks": [{"name": "t", "count": 2, )j"
      R"j("steps": [{"take": "a"}, {"give": "a"}]}]})j";
  const Scenario scenario =
      must_set({{"resources.a.mempool", "3"}, {"resources.a.poll", "false"}, {"tasks.t.count", "5"}}, tasks);
  EXPECT_EQ(scenario.form.resources[0].capacity, 3);
  EXPECT_EQ(scenario.form.tasks[0].count, 5);
  EXPECT_EQ(key_error("resources.b.mempool", tasks),
            "no value of this scenario is called \"resources.b.mempool\"; did you mean \"resources.a.mempool\"?");
}

TEST(Settings, AKeyThatNamesNothingIsRefusedWithTheNearest) {
  EXPECT_EQ(key_error("reserved_bio_based_io"),
            "no value of this scenario is called \"reserved_bio_based_io\"; did you mean \"reserved_bio_based_ios\"?");
  EXPECT_EQ(key_error("lower.hash_cach"),
            "no value of this scenario is called \"lower.hash_cach\"; did you mean \"lower.hash_cache\"?");
  EXPECT_EQ(key_error("on_corruption"),
            "no value of this scenario is called \"on_corruption\"; there are lower.on_corruption, "
            "upper{i}.on_corruption, verity.on_corruption");
  EXPECT_NE(key_error("name"), "");
  EXPECT_NE(key_error("expect"), "");
  EXPECT_NE(key_error(""), "");
  EXPECT_NE(key_error("upper0.hash_cache"), "") << "copies are set by the name that makes them";
  EXPECT_NE(key_error("..."), "");
}

TEST(Settings, AnAmbiguousKeyNamesWhatItMayMean) {
  const std::string two =
      R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}, {"name": "verity", "target": "verity", )j"
      R"j("data": "d", "hash": "d"},
    {"name": "other", "target": "verity", "data": "d", "hash": "d"}], "workload": [{"read": "verity"}]})j";
  EXPECT_EQ(key_error("verity.hash_cache", two),
            "\"verity.hash_cache\" may mean a value of every verity device or of the device verity");
}

TEST(Settings, AValueThatTheReaderRefusesShowsTheLineAndWhereItCameFrom) {
  SettingsResult result = with({{"cpus", "4"}, {"lower.data_blocks", "-3"}});
  EXPECT_EQ(result.key_error, "");
  ASSERT_FALSE(result.read.scenario);
  ASSERT_EQ(result.read.diagnostics.size(), 1U);
  const Diagnostic& wrong = result.read.diagnostics[0];
  EXPECT_EQ(wrong.line, 5);
  EXPECT_NE(wrong.source_line.find("\"data_blocks\": -3,"), std::string::npos) << wrong.source_line;
  EXPECT_NE(wrong.message.find("(from --vary lower.data_blocks=-3)"), std::string::npos) << wrong.message;
  result = with({{"sharing", "modul"}});
  ASSERT_EQ(result.read.diagnostics.size(), 1U);
  EXPECT_NE(result.read.diagnostics[0].message.find("did you mean \"module\"? (from --vary sharing=modul)"),
            std::string::npos)
      << result.read.diagnostics[0].message;
  // A mistake elsewhere that only the setting makes.
  result = with({{"upper{i}.repeat", "0"}});
  ASSERT_FALSE(result.read.scenario);
  for (const Diagnostic& diagnostic : result.read.diagnostics)
    EXPECT_NE(diagnostic.message.find("--vary upper{i}.repeat=0"), std::string::npos);
}

TEST(Settings, StrangeValuesNeverBreakTheFile) {
  for (const std::string value :
       {"", "\"", "{", "[1,", "}", "1, \"cpus\": 2", "\n", "\\", "nan", "1e999", "\xff", "{\"a\": 1, \"a\": 2}"}) {
    const SettingsResult result = with({{"cpus", value}});
    EXPECT_FALSE(result.read.scenario) << value;
    EXPECT_TRUE(!result.key_error.empty() || !result.read.diagnostics.empty()) << value;
    for (const Diagnostic& diagnostic : result.read.diagnostics) EXPECT_EQ(diagnostic.line, 2) << diagnostic.message;
  }
}

TEST(Settings, TheFilesOwnValueIsKnown) {
  const auto own = [](const std::string& key, const std::string& value) {
    return is_own_value(stack, "x.json", {key, value});
  };
  EXPECT_TRUE(own("cpus", "8"));
  EXPECT_FALSE(own("cpus", "9"));
  EXPECT_TRUE(own("reserved_bio_based_ios", "16")) << "by default";
  EXPECT_TRUE(own("sharing", "SR"));
  EXPECT_TRUE(own("lower.hash_cache", "any"));
  EXPECT_FALSE(own("verity.hash_cache", "any")) << "upper says warm";
  EXPECT_TRUE(own("verity.on_corruption", "ignore")) << "by defaults";
  EXPECT_TRUE(own("faults", "any"));
  EXPECT_FALSE(own("no.such.key", "1"));
}

TEST(Settings, ARangeIsItsNumbers) {
  const auto values = [](const std::string& text) {
    const auto range = value_range(text, 100);
    return range ? range->values : std::vector<std::string>{"no range"};
  };
  EXPECT_EQ(values("1..4"), (std::vector<std::string>{"1", "2", "3", "4"}));
  EXPECT_EQ(values("7..7"), std::vector<std::string>{"7"});
  EXPECT_EQ(values("2..11:4"), (std::vector<std::string>{"2", "6", "10"}));
  for (const char* text :
       {"1", "1.5", "a..b", "1..", "..4", "1..4:", "1...4", "-1..4", "1..4..6", "1 .. 4", "1..12345678"})
    EXPECT_EQ(values(text), std::vector<std::string>{"no range"}) << text;
  EXPECT_NE(value_range("4..1", 100)->error, "");
  EXPECT_NE(value_range("1..4:0", 100)->error, "");
  EXPECT_NE(value_range("1..101", 100)->error, "");
  EXPECT_EQ(value_range("1..100", 100)->error, "");
}

TEST(Settings, VaryOfAFileIsTriedWhenTheFileIsRead) {
  const auto messages = [](const std::string& vary) {
    return messages_of(
        read_scenario_text(R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}], "workload": [{"read": "d"}],
"vary": )j" + vary + "}",
                           "x.json"));
  };
  EXPECT_EQ(messages(R"({"reserved_bio_based_ios": [0, 1], "sharing": ["device", {}], "workload.in_flight": [1, 2]})"),
            std::vector<std::string>{});
  EXPECT_EQ(messages(R"({"reserved_bio_based_iso": [0, 1]})"),
            std::vector<std::string>{"2:10: error: no value of this scenario is called \"reserved_bio_based_iso\"; did "
                                     "you mean \"reserved_bio_based_ios\"?"});
  EXPECT_EQ(messages(R"({"cpus": [8, 1000]})"),
            std::vector<std::string>{"2:22: error: \"cpus\" is 1000, must be 1 to 512 (from vary cpus=1000)"});
  EXPECT_EQ(messages(R"({"cpus": ["1..4", 8, "500..513"]})"),
            std::vector<std::string>{"2:30: error: \"cpus\" is 513, must be 1 to 512 (from vary cpus=513)"});
  EXPECT_EQ(messages(R"({"cpus": ["4..1"]})"), std::vector<std::string>{"2:19: error: the range 4..1 goes down"});
  EXPECT_EQ(messages(R"({"cpus": ["1..4", 3]})"),
            std::vector<std::string>{"2:27: error: \"cpus\" is to be \"3\" twice"});
  EXPECT_EQ(messages(R"({"cpus": ["1..2000"]})"),
            std::vector<std::string>{"2:19: error: the range 1..2000 has more than 1000 values"});
  EXPECT_EQ(messages(R"({"cpus": [8, 9, 8]})"), std::vector<std::string>{"2:25: error: \"cpus\" is to be \"8\" twice"});
}

}  // namespace dmstall::models
