// Targets of the scenario's own: what can be said of a device and a pool of the kernel's targets can be said of theirs.
#include <fmt/format.h>

#include "models/scenario/own_target.hpp"
#include "models/scenario/pool_names.hpp"
#include "models/scenario/settings.hpp"
#include "tests/scenario/reading.hpp"

namespace dmstall::models {

namespace {

constexpr const char* own = R"j("targets": {"mine": {"roles": ["low", "side"],
  "resources": {"p": {"mempool": 2}, "s": {"semaphore": 3}, "w": {"workers": 1}, "wq": {"workqueue": {}},
                "m": {"mutex": true}, "a.b": {"mempool": 1}},
  "flows": {"read": [{"submit": "low", "op": "read"}], "write": [{"submit": "side", "op": "write"}]}}})j";

/// `device`: more keys of x; `rest`: more keys of the file.
std::string file(const std::string& device, const std::string& rest = {}) {
  return fmt::format(
      R"j({{"format": 1, "devices": [{{"name": "d", "target": "disk"}}, {{"name": "e", "target": "disk"}},
{{"name": "x", "target": "mine", "low": "d", "side": "e"{}}}], {}, "workload": [{{"read": "x"}}]{}}})j",
      device, own, rest);
}

}  // namespace

TEST(OwnTargets, HaveThePoolsOfDmCoreBesideTheirOwn) {
  const Scenario scenario = must_read(file(""));
  EXPECT_EQ(pools_of_target(scenario, "mine"),
            (std::vector<std::string>{"io_bs", "bs", "bio_split", "p", "s", "w", "wq", "m", "a.b"}));
  EXPECT_EQ(sizes_of_target(scenario, "mine"),
            (std::vector<std::string>{"io_bs", "bs", "bio_split", "p", "s", "w", "wq", "a.b"}));
}

/// bug-iobs.json and bug-iobs2.json: io_bs was printed and could be named neither in "fails" nor in "reserve".
TEST(OwnTargets, EachPoolIsNamedInReserveSharingAndFails) {
  const Scenario scenario = must_read(file(""));
  for (const std::string& pool : sizes_of_target(scenario, "mine")) {
    SCOPED_TRACE(pool);
    const Scenario sized = must_read(file(fmt::format(R"(, "reserve": {{"{}": 7}})", pool)));
    EXPECT_EQ(sized.find_device("x")->reserve.at(pool), 7);
  }
  for (const std::string& pool : pools_of_target(scenario, "mine")) {
    SCOPED_TRACE(pool);
    const std::string key = "mine." + pool;
    const Scenario shared = must_read(file("", fmt::format(R"(, "sharing": {{"{}": "module"}})", key)));
    EXPECT_EQ(shared.sharing.rules.at(key).scope, SharingRule::Scope::module);
    for (const std::string owner : {"x", "mine", "*"}) {
      (void)must_read(
          file("", fmt::format(R"(, "memory": {{"allocator": "plentiful", "fails": ["{}.{}"]}})", owner, pool)));
    }
  }
}

TEST(OwnTargets, ALockHasNoElementsToReserve) {
  const ReadResult read = read_scenario_text(file(R"(, "reserve": {"m": 3})"), "x.json");
  ASSERT_FALSE(read.scenario);
  EXPECT_EQ(read.diagnostics.front().message, R"("m" has no elements that could be reserved)");
}

TEST(OwnTargets, TakeDefaults) {
  const Scenario scenario = must_read(file("", R"(, "defaults": {"mine": {"reserve": {"io_bs": 1, "p": 5}}})"));
  EXPECT_EQ(scenario.find_device("x")->reserve.at("io_bs"), 1);
  EXPECT_EQ(scenario.find_device("x")->reserve.at("p"), 5);
}

TEST(OwnTargets, SettingsNameTheirPoolsAndRoles) {
  const std::string text = file("");
  for (const char* key : {"x.reserve.io_bs", "mine.reserve.bs", "mine.reserve.p", "targets.mine.resources.p.mempool"}) {
    const SettingsResult result = read_scenario_text(text, "x.json", {{key, "4"}}, "--vary");
    EXPECT_EQ(result.key_error, "") << key;
    EXPECT_TRUE(result.read.scenario) << key << format_diagnostics(result.read.diagnostics);
  }
  const SettingsResult shared = read_scenario_text(text, "x.json", {{"sharing.mine.io_bs", "module"}}, "--vary");
  ASSERT_TRUE(shared.read.scenario) << shared.key_error;
  EXPECT_EQ(shared.read.scenario->sharing.rules.at("mine.io_bs").scope, SharingRule::Scope::module);
  const SettingsResult role = read_scenario_text(text, "x.json", {{"x.low", "e"}}, "--vary");
  ASSERT_TRUE(role.read.scenario) << role.key_error;
  EXPECT_EQ(role.read.scenario->find_device("x")->text("low"), "e");
  EXPECT_NE(read_scenario_text(text, "x.json", {{"mine.reserve.m", "1"}}, "--vary").key_error, "") << "a mutex";
}

TEST(OwnTargets, MistakesHaveTheirPlaceAndWords) {
  expect_messages({
      {"a target that nobody defines",
       R"j({"format": 1,
"devices": [{"name": "x", "target": "crypt"}], "workload": [{"read": "x"}]})j",
       {"2:37: error: unknown target \"crypt\"; known: disk, linear, striped, verity, snapshot, snapshot-origin, "
        "snapshot-merge, filesystem, loop, md-raid0; \"targets\" of the file can define one, as "
        "scenarios/tutorial/06-own-target.json does"}},
      {"a pool that every device has",
       R"j({"format": 1, "targets": {"mine": {"roles": ["low"], "resources": {
"io_bs": {"mempool": 1}},
"flows": {"read": [{"submit": "low", "op": "read"}]}}}, "devices": [{"name": "d", "target": "disk"},
{"name": "x", "target": "mine", "low": "d"}], "workload": [{"read": "x"}]})j",
       {"2:1: error: a resource cannot be called \"io_bs\": every device-mapper device has that pool, and \"reserve\" "
        "sets its size"}},
      {"a group called like an own target",
       R"j({"format": 1, "targets": {"mine": {"roles": ["low"], "resources": {"p": {"mempool": 1}},
"flows": {"read": [{"submit": "low", "op": "read"}]}}}, "devices": [{"name": "d", "target": "disk"},
{"name": "x", "target": "mine", "low": "d"}], "workload": [{"read": "x"}],
"sharing": {"mine.p": {"group": "mine", "devices": ["x"]}}})j",
       {"4:33: error: the group \"mine\" has the name of a device or target"}},
      {"a write that a read-only device would get",
       R"j({"format": 1, "targets": {"mine": {"roles": ["low"],
"flows": {"write": [{"submit": "low", "op": "write"}]}}}, "devices": [{"name": "d", "target": "disk"},
{"name": "v", "target": "verity", "data": "d", "hash": "d"}, {"name": "x", "target": "mine", "low": "v"}],
"workload": [{"write": "x"}]})j",
       {"4:24: error: device \"x\" cannot be written: it stands on \"v\", and verity is read-only"}},
  });
}

/// A write flow that only reads from a role does not write to it.
TEST(OwnTargets, AReadOfAReadOnlyDeviceIsNoWrite) {
  (void)must_read(R"j({"format": 1, "targets": {"mine": {"roles": ["low", "log"],
    "flows": {"write": [{"submit": "log", "op": "write"}, {"enter": "w"}, {"submit": "low", "op": "read"},
               {"leave": "w"}]},
    "resources": {"w": {"workers": 1}}}},
    "devices": [{"name": "d", "target": "disk"}, {"name": "v", "target": "verity", "data": "d", "hash": "d"},
                {"name": "x", "target": "mine", "low": "v", "log": "d"}], "workload": [{"write": "x"}]})j");
}

}  // namespace dmstall::models
