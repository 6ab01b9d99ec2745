// Bad input of one kind: each mistake with its exact place and words. Sharing, memory and faults.
#include "tests/scenario/reading.hpp"

// The same on each first line below, so that what is wrong stands on a line of its own. A macro: literals join
// literals.
#define VERITY_ON_A_DISK                                                                               \
  R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}, {"name": "v", "target": "verity", )j" \
  R"j("data": "d", "hash": "d"}],)j"

namespace dmstall::models {

TEST(Assumptions, EveryMistakeHasItsPlaceAndWords) {
  expect_messages({
      {"sharing as a number",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"sharing": 1})j",
       {"3:12: error: \"sharing\" must be a name or an object, not 1"}},
      {"unknown preset",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"sharing": "modul"})j",
       {"3:12: error: \"sharing\" must be \"SB\", \"SC\", \"SR\", \"SRC\", \"device\" or \"module\" or an object, not "
        "\"modul\"; did you mean \"module\"?"}},
      {"rule without a dot",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"sharing": {"recheck_pool": "module"}})j",
       {"3:13: error: \"recheck_pool\" must be written as target.pool"}},
      {"rule of no target",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"sharing": {"verty.recheck_pool": "module"}})j",
       {"3:13: error: no target is called \"verty\"; did you mean \"verity\"?"}},
      {"rule of no pool",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"sharing": {"verity.recheck": "module"}})j",
       {"3:13: error: target \"verity\" has no pool \"recheck\"; did you mean \"recheck_pool\"?"}},
      {"rule for part of a client",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"sharing": {"verity.io_client.pool": "module"}})j",
       {"3:13: error: write \"io_client\": it stands for io_client.pool and io_client.bios"}},
      {"pool of a disk",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"sharing": {"disk.io_bs": "module"}})j",
       {"3:13: error: a disk device has no pools"}},
      {"unknown scope",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"sharing": {"verity.recheck_pool": "global"}})j",
       {"3:36: error: a pool is shared by \"device\", \"module\" or a group {\"group\", \"devices\"}, not \"global\""}},
      {"group",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"sharing": {"verity.recheck_pool": {"group": "v", "devices": ["v", "v", "d", "nope"]}}})j",
       {"3:46: error: the group \"v\" has the name of a device or target", "3:68: error: device \"v\" is listed twice",
        "3:73: error: device \"d\" has target \"disk\", not \"verity\"", "3:78: error: no device is called \"nope\""}},
      {"group without devices",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"sharing": {"verity.recheck_pool": {"group": "g"}, "verity.bs": {"group": "h", "devices": []}}})j",
       {"3:36: error: missing key \"devices\" in a group", "3:91: error: a group needs devices"}},
      {"different reserves",
       R"j({"format": 1, "devices": [{"name": "d", "target": "disk"},
{"name": "v", "target": "verity", "data": "d", "hash": "d", "reserve": {"recheck_pool": 1}},
{"name": "x", "target": "verity", "data": "v", "hash": "d", "reserve": {"recheck_pool": 2}}],
"sharing": "SR", "workload": [{"read": "x"}]})j",
       {"3:89: error: verity.recheck_pool is one pool for v and x, their reserves must be the same: 1 and 2"}},
      {"one reserve of two",
       R"j({"format": 1, "devices": [{"name": "d", "target": "disk"},
{"name": "v", "target": "verity", "data": "d", "hash": "d", "reserve": {"io_client": 1}},
{"name": "x", "target": "verity", "data": "v", "hash": "d"}],
"sharing": {"verity.io_client": {"group": "g", "devices": ["v", "x"]}}, "workload": [{"read": "x"}]})j",
       {"3:1: error: verity.io_client is one pool for v and x, their reserves must be the same: 1 and the kernel's"}},
      {"nothing to share",
       R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}], "workload": [{"read": "d"}],
"sharing": "module"})j",
       {"2:12: warning: no device has target \"verity\", whose pools \"module\" is about: it has no effect; a pool of "
        "another "
        "target is named as {\"target.pool\": \"module\"}"}},
      {"unknown allocator",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"memory": {"allocator": "exausted"}})j",
       {"3:25: error: \"allocator\" must be \"plentiful\", \"exhausted\", \"adversary\" or \"accounted\", not "
        "\"exausted\"; did you mean \"exhausted\"?"}},
      {"accounted keys alone",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"memory": {"min_free_kib": 64, "dirty_ratio_percent": 20, "hog": {}}})j",
       {"3:28: error: \"min_free_kib\" belongs to \"allocator\": \"accounted\"",
        "3:55: error: \"dirty_ratio_percent\" belongs to \"allocator\": \"accounted\"",
        "3:66: error: \"hog\" belongs to \"allocator\": \"accounted\""}},
      {"accounted without a size",
       R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}], "workload": [{"read": "d"}],
"memory": {"allocator": "accounted", "clean_mib": 4}})j",
       {"2:25: error: \"accounted\" needs \"total_mib\""}},
      {"more than there is",
       R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}], "workload": [{"writeback": "d"}],
"memory": {"allocator": "accounted", "total_mib": 64, "unreclaimable_mib": 40, "dirty_mib": 20, "clean_mib": 5, )j"
       R"j("hog": {"mib": 30}}})j",
       {"2:51: error: 65 MiB of 64 MiB are unreclaimable, dirty or clean",
        "2:120: error: the hog wants more than there is beside what is unreclaimable"}},
      {"a shortage beside counted pages",
       R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}], "workload": [{"read": "d"}],
"memory": {"allocator": "accounted", "total_mib": 64, "from_s": 1, "recovers_after_s": 2}})j",
       {"2:65: error: \"from_s\" contradicts \"accounted\": whether an allocation fails follows from the pages",
        "2:88: error: \"recovers_after_s\" contradicts \"accounted\": whether an allocation fails follows from the "
        "pages"}},
      {"dirty pages of nobody",
       R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}], "workload": [{"write": "d", )j"
       R"j("direct": false, "name": "app"}],
"memory": {"allocator": "accounted", "total_mib": 64, "dirty_mib": 4}})j",
       {"2:25: error: \"app\" leaves dirty pages on \"d\", and no writeback item cleans them",
        "2:68: error: no writeback item of the workload says on which device these pages lie"}},
      {"fails matches nothing",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"memory": {"allocator": "plentiful", "fails": ["verity.rechek_pool", "*.pending", "pages", "*.io_client.pool", )j"
                        R"j("v.*", "page"]}})j",
       {"3:48: error: \"verity.rechek_pool\" matches no pool of this scenario; did you mean \"verity.recheck_pool\"?",
        "3:70: error: \"*.pending\" matches no pool of this scenario",
        "3:83: error: \"pages\" matches no pool of this scenario; did you mean \"page\"?"}},
      {"fails of no pools",
       R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}], "workload": [{"read": "d"}],
"memory": {"fails": ["verity.recheck_pool"]}})j",
       {"2:22: error: \"verity.recheck_pool\" matches no pool of this scenario"}},
      {"plentiful and a shortage",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"memory": {"allocator": "plentiful", "first_n": 3, "probability": 0.5, "from_s": 1, "recovers_after_s": 2}})j",
       {"3:49: error: \"first_n\" has no effect: with \"plentiful\" and no \"fails\" no allocation fails",
        "3:67: error: \"probability\" has no effect: with \"plentiful\" and no \"fails\" no allocation fails",
        "3:82: error: \"from_s\" has no effect: with \"plentiful\" and no \"fails\" no allocation fails",
        "3:105: error: \"recovers_after_s\" has no effect: with \"plentiful\" and no \"fails\" no allocation fails"}},
      {"exhausted and chance",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"memory": {"allocator": "exhausted", "probability": 0.5}})j",
       {"3:53: error: \"probability\" contradicts \"exhausted\": every allocation fails"}},
      {"probability above 1",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"memory": {"probability": 1.5}})j",
       {"3:27: error: \"probability\" is 1.5, must be 0 to 1"}},
      {"exhausted and fails",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"memory": {"allocator": "exhausted", "fails": ["page"]}})j",
       {"3:47: warning: \"fails\" has no effect: with \"exhausted\" every allocation fails"}},
      {"plentiful and freed_by",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"memory": {"allocator": "plentiful", "freed_by": "nothing"}})j",
       {"3:50: warning: \"freed_by\" has no effect: it says what feeds an \"exhausted\" allocator"}},
      {"threads",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"memory": {"threads": "fails", "unpooled": "fail", "freed_by": "nobody"}})j",
       {"3:23: error: \"threads\" must be \"succeed\" or \"fail\", not \"fails\"; did you mean \"fail\"?",
        "3:44: error: \"unpooled\" must be \"succeeds\" or \"fails\", not \"fail\"; did you mean \"fails\"?",
        "3:64: error: \"freed_by\" must be \"writeback\" or \"nothing\", not \"nobody\"",
        "3:64: warning: \"freed_by\" has no effect: it says what feeds an \"exhausted\" allocator"}},
      {"faults as text",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"faults": "all"})j",
       {"3:11: error: \"faults\" must be \"any\" or a list, not \"all\""}},
      {"fault without a kind",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"faults": [{"device": "d"}]})j",
       {"3:12: error: missing key \"fault\" in a fault"}},
      {"unknown kind",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"faults": [{"device": "d", "fault": "badblock"}]})j",
       {"3:37: error: \"fault\" must be \"bad_block\", \"late_corruption\", \"buffer_rewritten\", \"hash_block\", "
        "\"hash_mismatch\" or \"io_error\", not \"badblock\"; did you mean \"bad_block\"?"}},
      {"bad block of verity",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"faults": [{"device": "v", "fault": "bad_block"}]})j",
       {"3:23: error: a bad_block belongs to a disk device; \"v\" is a verity device"}},
      {"hash mismatch of a disk",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"faults": [{"device": "d", "fault": "hash_mismatch"}]})j",
       {"3:23: error: a hash_mismatch belongs to a verity device; \"d\" is a disk device"}},
      {"fault nowhere",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"faults": [{"fault": "io_error"}, {"fault": "buffer_rewritten"}]})j",
       {"3:12: error: missing key \"device\" in an io_error",
        "3:35: error: missing key \"workload\" in a buffer_rewritten"}},
      {"fault of a workload",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"faults": [{"workload": "r", "fault": "bad_block"}]})j",
       {"3:25: error: a bad_block belongs to a device: write \"device\""}},
      {"rewritten device",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"faults": [{"device": "d", "fault": "buffer_rewritten"}]})j",
       {"3:23: error: a buffer_rewritten belongs to a workload item: write \"workload\""}},
      {"dangling fault",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"faults": [{"device": "dd", "fault": "bad_block"}, {"workload": "q", "fault": "buffer_rewritten"}]})j",
       {"3:23: error: no device is called \"dd\"; did you mean \"d\"?",
        "3:65: error: no workload item is called \"q\""}},
      {"rewritten during a flush",
       VERITY_ON_A_DISK R"j(
"workload": [{"flush": "v", "name": "f"}],
"faults": [{"workload": "f", "fault": "buffer_rewritten"}]})j",
       {"3:25: error: a buffer is rewritten during a direct read; \"f\" is no read"}},
      {"on of a bad block",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"faults": [{"device": "d", "fault": "bad_block", "on": "read"}]})j",
       {"3:56: error: only a hash_mismatch has \"on\", not a bad_block"}},
      {"area",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"faults": [{"device": "v", "fault": "hash_mismatch", "area": "hash"}, {"device": "d", "fault": "hash_block", )j"
                        R"j("area": "data"}, {"device": "d", "fault": "io_error", "area": "fec"}]})j",
       {"3:62: error: a hash_mismatch has no \"area\"", "3:118: error: a hash_block lies in the area \"hash\"",
        "3:172: error: no device has \"fec\": there is no such area"}},
      {"area fec",
       R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}, {"name": "v", "target": "verity", )j"
       R"j("data": "d", "hash": "d", "fec": {"device": "d"}}],
"workload": [{"read": "v", "name": "r"}],
"faults": [{"device": "d", "fault": "bad_block", "area": "fec", "blocks": [1]}]})j",
       {"3:75: error: parity is bad as a whole: a fault in the area \"fec\" has no \"blocks\""}},
      {"blocks",
       VERITY_ON_A_DISK
       R"j(
"workload": [{"read": "v", "name": "r"}],
"faults": [{"device": "d", "fault": "bad_block", "blocks": []}, {"device": "d", "fault": "bad_block", )j"
       R"j("blocks": "some"}, {"device": "d", "fault": "bad_block", "blocks": {"evry": 2}}, {"device": "d", )j"
       R"j("fault": "bad_block", "blocks": [1, -1, "x"]}, {"device": "d", "fault": "bad_block", )j"
       R"j("blocks": {"every": 0}}]})j",
       {"3:60: error: \"blocks\" is empty: the fault is nowhere",
        "3:113: error: \"blocks\" must be \"all\", a list of numbers or {\"every\": n}, not \"some\"",
        "3:170: error: missing key \"every\" in \"blocks\"",
        "3:171: error: unknown key \"evry\" in \"blocks\"; did you mean \"every\"?",
        "3:236: error: \"blocks\" is -1, must be 0 to 1000000000000",
        "3:240: error: \"blocks\" must be a whole number, not \"x\"",
        "3:305: error: \"every\" is 0, must be 1 to 1000000000000"}},
      {"at_most",
       VERITY_ON_A_DISK R"j(
"workload": [{"read": "v", "name": "r"}],
"faults": [{"device": "d", "fault": "bad_block", "at_most": 0, "optional": 1}]})j",
       {"3:61: error: \"at_most\" is 0, must be 1 to 10^15", "3:76: error: \"optional\" must be true or false, not 1"}},
  });
}

}  // namespace dmstall::models
