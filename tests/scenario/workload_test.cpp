// Bad input of one kind: each mistake with its exact place and words. Workload.
#include "tests/scenario/reading.hpp"

// The same on each first line below, so that what is wrong stands on a line of its own. A macro: literals join
// literals.
#define VERITY_ON_A_DISK                                                                               \
  R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}, {"name": "v", "target": "verity", )j" \
  R"j("data": "d", "hash": "d"}],)j"

namespace dmstall::models {

TEST(Workload, EveryMistakeHasItsPlaceAndWords) {
  expect_messages({
      {"not an array",
       R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}],
"workload": {}})j",
       {"2:13: error: \"workload\" must be an array, not an object"}},
      {"no verb",
       VERITY_ON_A_DISK R"j(
"workload": [
{"device": "v"}]})j",
       {"3:1: error: a workload item needs a verb: \"writeback\", \"write\", \"read\", \"flush\", \"swap_out\", "
        "\"admin\", \"discard\", \"zero_out\", \"swap_in\" or \"fsync\""}},
      {"misspelt verb",
       VERITY_ON_A_DISK R"j(
"workload": [
{"raed": "v"}]})j",
       {"3:1: error: a workload item needs a verb: \"writeback\", \"write\", \"read\", \"flush\", \"swap_out\", "
        "\"admin\", \"discard\", \"zero_out\", \"swap_in\" or \"fsync\"; did you mean \"read\"?"}},
      {"two verbs of work",
       VERITY_ON_A_DISK R"j(
"workload": [
{"read": "v", "write": "d"}]})j",
       {"3:15: error: a workload item has one verb, this one has \"read\" and \"write\""}},
      {"unknown key",
       VERITY_ON_A_DISK R"j(
"workload": [
{"read": "v", "inflight": 3}]})j",
       {"3:15: error: unknown key \"inflight\" in a read item; did you mean \"in_flight\"?"}},
      {"must not wait where nobody can say so",
       R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}, {"name": "f", "target": "filesystem",
"device": "d"}],
"workload": [
{"read": "f", "nowait": true},
{"read": "d", "nowait": true, "write_kib": 2048},
{"flush": "d", "nowait": true}]})j",
       {"4:25: error: \"nowait\" is modelled for block devices, not for files",
        "5:25: error: \"nowait\" with 2048 KiB: a request of several bios that must not wait fails before it is sent "
        "(block/fops.c:__blkdev_direct_IO)",
        "6:26: warning: \"nowait\" has no effect on a flush item"}},
      {"no device",
       VERITY_ON_A_DISK R"j(
"workload": [
{"read": "w"}]})j",
       {"3:10: error: no device is called \"w\""}},
      {"device as a number",
       VERITY_ON_A_DISK R"j(
"workload": [
{"read": 1}]})j",
       {"3:10: error: the device must be a string, not 1"}},
      {"admin",
       VERITY_ON_A_DISK R"j(
"workload": [
{"admin": "suspend", "device": "v"}]})j",
       {"3:11: error: \"admin\" \"suspend\" is not modelled yet: nothing of a device in use waits for it"}},
      {"admin without a device",
       VERITY_ON_A_DISK R"j(
"workload": [
{"admin": "status", "divice": "v"}]})j",
       {"3:1: error: missing key \"device\" in an admin item",
        "3:21: error: unknown key \"divice\" in an admin item; did you mean \"device\"?"}},
      {"admin on what dmsetup does not know",
       VERITY_ON_A_DISK R"j(
"workload": [
{"admin": "status", "device": "d"},
{"admin": "status", "device": "w"},
{"admin": "remove_snapshot", "device": "v"}]})j",
       {"3:31: error: device \"d\" has no status: it is no device-mapper device",
        "4:31: error: no device is called \"w\"", "5:40: error: device \"v\" cannot be removed: it is no snapshot"}},
      {"removal of a snapshot in use, twice",
       R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}, {"name": "c", "target": "disk"}, )j"
       R"j({"name": "s", "target": "snapshot", "origin": "d", "cow": "c"}],
"workload": [
{"admin": "remove_snapshot", "device": "s", "count": 2},
{"read": "s"}]})j",
       {"3:40: error: snapshot \"s\" cannot be removed: the workload item \"read-s\" uses it",
        "3:54: error: a snapshot is removed once: \"count\" is 1"}},
      {"unknown admin",
       VERITY_ON_A_DISK R"j(
"workload": [
{"admin": "destroy", "device": "v"}]})j",
       {"3:11: error: \"admin\" must be \"status\", \"create_snapshot\", \"remove_snapshot\", \"suspend\" or "
        "\"resume\", not \"destroy\""}},
      {"write to verity",
       VERITY_ON_A_DISK R"j(
"workload": [
{"write": "v"}]})j",
       {"3:11: error: device \"v\" cannot be written: verity is read-only"}},
      {"writeback to verity",
       VERITY_ON_A_DISK R"j(
"workload": [
{"writeback": "v", "pages": 3}]})j",
       {"3:15: error: device \"v\" cannot be written: verity is read-only"}},
      {"swap to linear on verity",
       R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}, {"name": "v", "target": "verity", )j"
       R"j("data": "d", "hash": "d"}, {"name": "l", "target": "linear", "to": "v"}, {"name": "ll", )j"
       R"j("target": "linear", "segments": [{"to": "d", "size_mib": 1}, {"to": "l", "size_mib": 1}]}],
"workload": [
{"swap_out": "l"}]})j",
       {"3:14: error: device \"l\" cannot be written: it stands on \"v\", and verity is read-only"}},
      {"write through segments",
       R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}, {"name": "v", "target": "verity", )j"
       R"j("data": "d", "hash": "d"}, {"name": "l", "target": "linear", "to": "v"}, {"name": "ll", )j"
       R"j("target": "linear", "segments": [{"to": "d", "size_mib": 1}, {"to": "l", "size_mib": 1}]}],
"workload": [
{"write": "ll"}]})j",
       {"3:11: error: device \"ll\" cannot be written: it stands on \"v\", and verity is read-only"}},
      {"flush of verity",
       VERITY_ON_A_DISK R"j(
"workload": [
{"flush": "v"}]})j",
       {}},
      {"pages and count",
       VERITY_ON_A_DISK R"j(
"workload": [
{"read": "v", "pages": 1, "count": 2}]})j",
       {"3:24: error: a workload item has either \"pages\" or \"count\""}},
      {"pages of a flush",
       VERITY_ON_A_DISK R"j(
"workload": [
{"flush": "d", "pages": 1}]})j",
       {"3:25: error: a flush has no pages: write \"count\""}},
      {"unused keys",
       VERITY_ON_A_DISK R"j(
"workload": [
{"flush": "d", "write_kib": 4, "pattern": "random", "direct": true}]})j",
       {"3:29: warning: \"write_kib\" has no effect on a flush item",
        "3:43: warning: \"pattern\" has no effect on a flush item",
        "3:63: warning: \"direct\" has no effect on a flush item"}},
      {"in_flight 0",
       VERITY_ON_A_DISK R"j(
"workload": [
{"read": "v", "in_flight": 0, "threads": -1, "write_kib": 0, "count": 0, "period_s": -1, "pattern": "zigzag"}]})j",
       {"3:28: error: \"in_flight\" is 0, must be 1 to 1000000 requests",
        "3:42: error: \"threads\" is -1, must be 1 to 1000000",
        "3:59: error: \"write_kib\" is 0, must be 1 to 65536 KiB",
        "3:71: error: \"count\" is 0, must be 1 to 1000000000000 requests",
        "3:86: error: \"period_s\" is -1, must be 0 to 1000000000 s",
        "3:101: error: \"pattern\" must be \"sequential\" or \"random\", not \"zigzag\""}},
      {"same name",
       VERITY_ON_A_DISK R"j(
"workload": [
{"read": "v", "name": "a"},
{"read": "v", "name": "a"}]})j",
       {"4:23: error: a second workload item is called \"a\""}},
      {"copy mark",
       R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}, {"name": "v{i}", "target": "linear", )j"
       R"j("to": "d", "repeat": 3}],
"workload": [
{"read": "v{i}"}]})j",
       {"3:10: error: no device is called \"v{i}\"; the first of its copies is \"v0\", and \"repeat\" makes an "
        "item for each"}},
  });
}

}  // namespace dmstall::models
