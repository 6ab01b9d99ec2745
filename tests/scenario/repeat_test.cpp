// "repeat": one entry of the file is many devices, workload items or faults; the same as if all were written.
#include <fmt/format.h>

#include "tests/scenario/reading.hpp"

namespace dmstall::models {

namespace {

std::string file(const std::string& workload, const std::string& faults = "[]") {
  return fmt::format(R"j({{"format": 1, "devices": [{{"name": "d{{i}}", "target": "disk", "repeat": 5}}],
"workload": [
{}],
"faults": {}}})j",
                     workload, faults);
}

std::vector<std::string> items_of(const Scenario& scenario) {
  std::vector<std::string> all;
  for (const WorkloadItem& item : scenario.workload)
    all.push_back(fmt::format("{} {} {} {}", item.name, item.device, item.count, item.in_flight));
  return all;
}

}  // namespace

TEST(Repeat, OfWorkloadIsAsIfEachWereWritten) {
  const Scenario folded = must_read(file(R"j({"read": "d{i}", "repeat": 2, "count": 9},
{"read": "d{i}", "name": "app{i}", "repeat": 3, "repeat_from": 2, "in_flight": 2})j"));
  EXPECT_EQ(items_of(folded), (std::vector<std::string>{"read-d0 d0 9 1", "read-d1 d1 9 1", "app2 d2 1 2",
                                                        "app3 d3 1 2", "app4 d4 1 2"}));
}

TEST(Repeat, OfFaultsToo) {
  const Scenario scenario =
      must_read(file(R"j({"read": "d{i}", "name": "app{i}", "repeat": 5})j",
                     R"j([{"workload": "app{i}", "fault": "buffer_rewritten", "repeat": 2, "repeat_from": 3},
{"device": "d{i}", "fault": "bad_block", "repeat": 1, "blocks": [4]}])j"));
  ASSERT_EQ(scenario.faults.list.size(), 3U);
  EXPECT_EQ(scenario.faults.list[0].workload, "app3");
  EXPECT_EQ(scenario.faults.list[1].workload, "app4");
  EXPECT_EQ(scenario.faults.list[2].device, "d0");
  EXPECT_EQ(scenario.faults.list[2].blocks.list, std::vector<std::int64_t>{4});
}

TEST(Repeat, DevicesCountFromANumber) {
  const Scenario scenario = must_read(R"j({"format": 1, "devices": [{"name": "d{i}", "target": "disk", "repeat": 3,
"repeat_from": 7}, {"name": "l{i}", "target": "linear", "to": "d{i}", "repeat": 2, "repeat_from": 8}],
"workload": [{"read": "l9"}]})j");
  ASSERT_NE(scenario.find_device("d7"), nullptr);
  EXPECT_EQ(scenario.find_device("d6"), nullptr);
  EXPECT_EQ(scenario.find_device("l9")->text("to"), "d9");
}

TEST(Repeat, MistakesAreSaidOnce) {
  expect_messages({
      {"no mark",
       file(R"({"read": "d0", "repeat": 3})"),
       {"3:16: error: nothing tells the copies of this workload item apart: write {i} into the name of its device"}},
      {"no such copy",
       file(R"({"read": "d{i}", "repeat": 7})"),
       {"3:10: error: no device is called \"d5\"; did you mean \"d0\"?"}},
      {"no repeat",
       file(R"({"read": "d{i}"})"),
       {"3:10: error: no device is called \"d{i}\"; the first of its copies is \"d0\", and \"repeat\" makes an item "
        "for "
        "each"}},
      {"from without repeat",
       file(R"({"read": "d0", "repeat_from": 3})"),
       {"3:16: error: \"repeat_from\" without \"repeat\""}},
      {"zero", file(R"({"read": "d{i}", "repeat": 0})"), {"3:28: error: \"repeat\" is 0, must be 1 to 20000"}},
      {"twice the limit",
       file(R"({"read": "d{i}", "repeat": 1}, {"read": "d{i}", "repeat": 20000})"),
       {"3:59: error: more than 20000 workload items, copies counted"}},
      {"one name",
       file(R"({"read": "d{i}", "name": "app", "repeat": 3})"),
       {"3:26: error: a second workload item is called \"app\""}},
      {"of defaults",
       R"j({"format": 1, "devices": [{"name": "d", "target": "disk"}], "defaults": {"workload": {
"repeat": 2}}, "workload": [{"read": "d"}]})j",
       {"2:1: error: unknown key \"repeat\" in the defaults of workload"}},
      {"a fault without a mark",
       file(R"({"read": "d0"})", R"j([
{"device": "d0", "fault": "bad_block", "repeat": 2}])j"),
       {"5:40: error: nothing tells the copies of this fault apart: write {i} into the name of its device"}},
  });
}

}  // namespace dmstall::models
