// Bad input of one kind: each mistake with its exact place and words. Top level, kernel, bounds, expect, vary.
#include "tests/scenario/reading.hpp"

// The same on each first line below, so that what is wrong stands on a line of its own. A macro: literals join
// literals.
#define VERITY_ON_A_DISK                                                                               \
  R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}, {"name": "v", "target": "verity", )j" \
  R"j("data": "d", "hash": "d"}],)j"

namespace dmstall::models {

TEST(TopLevel, EveryMistakeHasItsPlaceAndWords) {
  expect_messages({
      {"no format",
       R"j({"tasks": [{"name": "t", "steps": []}]})j",
       {"1:1: error: missing key \"format\" in a scenario"}},
      {"another format",
       R"j({"format": 2, "tasks": [{"name": "t", "steps": []}]})j",
       {"1:12: error: \"format\" is 2, this version reads format 1"}},
      {"format as text",
       R"j({"format": "1", "tasks": [{"name": "t", "steps": []}]})j",
       {"1:12: error: \"format\" is \"1\", this version reads format 1"}},
      {"nothing to run",
       R"j({"format": 1})j",
       {"1:1: error: nothing to run: neither \"devices\" with \"workload\" nor \"tasks\""}},
      {"devices alone",
       R"j({"format": 1,
 "devices": [{"name": "d", "target": "disk"}]})j",
       {"2:2: error: nothing to run: devices without \"workload\""}},
      {"workload alone",
       R"j({"format": 1,
 "workload": [{"read": "d"}]})j",
       {"2:2: error: nothing to run: \"workload\" without devices", "2:24: error: no device is called \"d\""}},
      {"empty tasks",
       R"j({"format": 1, "tasks": []})j",
       {"1:1: error: nothing to run: neither \"devices\" with \"workload\" nor \"tasks\""}},
      {"resources alone",
       R"j({"format": 1,
 "resources": {"a": {"mempool": 1}}})j",
       {"1:1: error: nothing to run: neither \"devices\" with \"workload\" nor \"tasks\"",
        "2:15: error: \"resources\" without \"tasks\": nothing uses them"}},
      {"unknown key",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"device": []})j",
       {"3:1: error: unknown key \"device\" in a scenario; did you mean \"devices\"?"}},
      {"far from any key",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"zzz": 1})j",
       {"3:1: error: unknown key \"zzz\" in a scenario"}},
      {"name with a space",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"name": "a b"})j",
       {"3:9: error: the scenario name \"a b\" holds a space, a quote, a brace, a \"*\" or a control character"}},
      {"about as a number",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"about": 3})j",
       {"3:10: error: \"about\" must be a string, not 3"}},
      {"kernel as text",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"kernel": "6.1"})j",
       {"3:11: error: \"kernel\" must be an object, not \"6.1\""}},
      {"another release",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"kernel": {"release": "6.6"}})j",
       {"3:23: error: \"release\" must be \"6.1\" or \"6.12\", not \"6.6\"; did you mean \"6.1\"?"}},
      {"release as a number",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"kernel": {"release": 6.1}})j",
       {"3:23: error: \"release\" must be \"6.1\" or \"6.12\", not 6.1"}},
      {"cpus 0",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"kernel": {"cpus": 0}})j",
       {"3:20: error: \"cpus\" is 0, must be 1 to 512"}},
      {"cpus 513",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"kernel": {"cpus": 513}})j",
       {"3:20: error: \"cpus\" is 513, must be 1 to 512"}},
      {"half a cpu",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"kernel": {"cpus": 1.5}})j",
       {"3:20: error: \"cpus\" must be a whole number, not 1.5"}},
      {"cpus beyond 64 bits",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"kernel": {"cpus": 9223372036854775808}})j",
       {"3:20: error: \"cpus\" is 9223372036854775808, must be 1 to 512"}},
      {"cpus as text",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"kernel": {"cpus": "8"}})j",
       {"3:20: error: \"cpus\" must be a whole number, not \"8\""}},
      {"two nodes",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"kernel": {"numa_nodes": 2}})j",
       {"3:26: error: \"numa_nodes\" 2 is not modelled yet: a machine has one node"}},
      {"reserved too large",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"kernel": {"reserved_bio_based_ios": 65536}})j",
       {"3:38: error: \"reserved_bio_based_ios\" is 65536, must be 0 to 65535"}},
      {"bio list order",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"kernel": {"bio_list_order": "lifo"}})j",
       {"3:30: error: \"bio_list_order\" must be \"depth_first\" or \"fifo\", not \"lifo\"; did you mean \"fifo\"?"}},
      {"misspelt kernel key",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"kernel": {"reserved_bio_based_io": 1}})j",
       {"3:12: error: unknown key \"reserved_bio_based_io\" in \"kernel\"; did you mean \"reserved_bio_based_ios\"?"}},
      {"bounds",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"bounds": {"requests": 0, "seconds": 0, "state": 1, "events": 1e3, "memory_mib": 1.5e0}})j",
       {"3:24: error: \"requests\" is 0, must be 1 to 1000000000",
        "3:38: error: \"seconds\" is 0, must be 0.001 to 1000000000 s",
        "3:41: error: unknown key \"state\" in \"bounds\"; did you mean \"states\"?",
        "3:82: error: \"memory_mib\" must be a whole number, not 1.5"}},
      {"expect",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"expect": {"verdict": "DEADLOK", "kind": "circel", "proof": "maybe", "circle": ["a", 1], )j"
                        R"j("relieved_by_memory": "yes"}})j",
       {"3:23: error: \"verdict\" must be \"PROGRESS\", \"DEADLOCK\", \"STALL\", \"LIVELOCK\", \"STARVATION\" or "
        "\"INCONCLUSIVE\", not \"DEADLOK\"; did you mean \"DEADLOCK\"?",
        "3:42: error: \"kind\" must be \"circle\", \"self\", \"too_small\", \"empty_reserve\", \"lost_wakeup\" or "
        "\"order\", not \"circel\"; did you mean \"circle\"?",
        "3:61: error: \"proof\" must be \"proved\", \"exhausted\" or \"run\", not \"maybe\"",
        "3:86: error: \"circle\" holds strings, not 1",
        "3:112: error: \"relieved_by_memory\" must be true or false, not \"yes\""}},
      {"verdict list",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"expect": {"verdict": ["STALL", "HANG", []]}})j",
       {"3:33: error: \"verdict\" must be \"PROGRESS\", \"DEADLOCK\", \"STALL\", \"LIVELOCK\", \"STARVATION\" or "
        "\"INCONCLUSIVE\", not \"HANG\"",
        "3:41: error: \"verdict\" must be \"PROGRESS\", \"DEADLOCK\", \"STALL\", \"LIVELOCK\", \"STARVATION\" or "
        "\"INCONCLUSIVE\", not an array"}},
      {"empty verdict list",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"expect": {"verdict": []}})j",
       {"3:23: error: \"verdict\" is empty"}},
      {"expects nothing",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"expect": {}})j",
       {"3:11: error: \"expect\" expects nothing"}},
      {"vary",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"vary": {"cpus": 3, "sharing": [], "memory.allocator": ["plentiful", null]}})j",
       {"3:18: error: the values of \"cpus\" must be an array, not 3", "3:32: error: \"sharing\" has no values",
        "3:70: error: a value of \"memory.allocator\" must not be null"}},
  });
}

}  // namespace dmstall::models
