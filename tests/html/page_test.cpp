// The page of a run: one file that asks for nothing, that holds what the report says, and in which nothing of a
// scenario is markup.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <vector>

#include "tests/cli/program_test.hpp"

namespace dmstall::tests {

namespace {

using nlohmann::json;

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++n;
  return n;
}

/// What stands between two texts; the first time.
std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const std::size_t begin = text.find(before) + before.size();
  return text.substr(begin, text.find(after, begin) - begin);
}

class Page : public ProgramTest {
 protected:
  std::string page(const std::string& arguments, int code) const {
    const Outcome outcome = dmstall(arguments + " --html " + (folder_ / "page.html").string());
    EXPECT_EQ(outcome.code, code) << outcome.err;
    return read(folder_ / "page.html");
  }
  static json data(const std::string& page) {
    return json::parse(between(page, R"(<script type="application/json" id="data">)", "</script>"));
  }
};

/// Levels and waits after all steps, put together anew.
struct Walked {
  std::map<int, json> levels, waits;
  explicit Walked(const json& walk) {
    for (const json& level : walk["first"]) levels[level[0]] = level;
    for (const json& wait : walk["waiting"]) waits[wait[0]] = wait;
    for (const json& step : walk["steps"]) {
      for (const json& level : step[5]) levels[level[0]] = level;
      for (const json& token : step[7]) waits.erase(token.get<int>());
      for (const json& wait : step[6]) waits[wait[0]] = wait;
    }
  }
};

}  // namespace

TEST_F(Page, AsksForNothing) {
  const std::string page = this->page("run " + scenario("seed/shared-pools.json"), 10);
  ASSERT_TRUE(page.starts_with("<!doctype html>\n<html lang=\"en\">"));
  // Its own script and style by their hashes, nothing from anywhere.
  EXPECT_NE(page.find("content=\"default-src 'none'; script-src 'sha256-"), std::string::npos);
  for (const char* asks : {"<link", "<img", "<iframe", "@import", "src=", "fetch(", "XMLHttpRequest", "import("})
    EXPECT_EQ(page.find(asks), std::string::npos) << asks;
  EXPECT_EQ(count_of(page, "http://") + count_of(page, "https://"), count_of(page, "'http://www.w3.org/2000/svg'"));
}

TEST_F(Page, AllowsItsOwnScriptAndStyleByTheirHashes) {
  (void)page("run " + scenario("seed/shared-pools.json"), 10);
  const std::string program = write("hashes.py", R"py(
import base64, hashlib, re, sys
page = open(sys.argv[1], encoding="utf-8").read()
policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)
for name in ("script", "style"):
    text = re.search(r"<%s>(.*?)</%s>" % (name, name), page, re.S).group(1)
    wanted = "%s-src 'sha256-%s'" % (name, base64.b64encode(hashlib.sha256(text.encode()).digest()).decode())
    if wanted not in policy:
        sys.exit("%s is not in %s" % (wanted, policy))
)py")
                                  .string();
  EXPECT_EQ(std::system(fmt::format("python3 {} {}", program, (folder_ / "page.html").string()).c_str()), 0);
}

TEST_F(Page, HoldsWhatTheReportSays) {
  const json run = data(page("run " + scenario("seed/shared-pools.json"), 10))["runs"][0];
  const Outcome report = dmstall("run --steps " + scenario("seed/shared-pools.json"));
  EXPECT_EQ(run["verdict"], "DEADLOCK");
  EXPECT_NE(report.out.find(run["result"].get<std::string>()), std::string::npos);
  EXPECT_EQ(run["circle"]["size"], 2);
  EXPECT_EQ(run["circle"]["pools"], json({"verity.recheck_pool"}));
  std::vector<std::string> labels;
  for (const json& section : run["screen"]) labels.push_back(section["label"]);
  for (const char* label : {"CIRCLE", "NEEDS", "DECIDED", "REPAIR", "ASSUMED"})
    EXPECT_NE(std::find(labels.begin(), labels.end(), label), labels.end()) << label;
  // The steps are those of --steps, under the same numbers.
  const json& walk = run["walk"];
  ASSERT_GT(walk["steps"].size(), 30U);
  for (const json& step : walk["steps"]) {
    const std::regex line(fmt::format(R"(\n +{}[ *>] \S)", step[0].get<int>()));
    EXPECT_TRUE(std::regex_search(report.out, line)) << step[0];
    // A line of text has an end, and leaves out where an element comes from; the page does not.
    const auto what = walk["texts"][step[2].get<std::size_t>()].get<std::string>();
    EXPECT_NE(report.out.find(what.substr(0, 16)), std::string::npos) << step;
  }
}

/// A recheck page for the machine: at the end one thread waits for it and none is left.
TEST_F(Page, WalksToTheStuckSet) {
  const json run = data(page("run " + scenario("seed/shared-pools.json"), 10))["runs"][0];
  const json& walk = run["walk"];
  const Walked end(walk);
  std::string id;
  for (const auto& [key, resource] : walk["resources"].items())
    if (resource["name"] == "verity.recheck_pool") id = key;
  ASSERT_FALSE(id.empty());
  EXPECT_EQ(walk["resources"][id]["capacity"], 1);
  EXPECT_EQ(end.levels.at(std::stoi(id))[1], 0);
  ASSERT_EQ(walk["stuck"].size(), 1U);
  const json& wait = end.waits.at(walk["stuck"][0].get<int>());
  EXPECT_EQ(wait[2], std::stoi(id));
  EXPECT_EQ(walk["texts"][wait[1].get<std::size_t>()], "kverityd/lower");
  // Not all can finish any more before the last step is done.
  EXPECT_GT(walk["no_return"].get<int>(), 0);
  EXPECT_LT(walk["no_return"].get<int>(), walk["steps"].back()[0].get<int>());
}

TEST_F(Page, FoldsCopiesAndNamesWhatIsShared) {
  const json phone = data(page("run " + scenario("android/phone-59.json"), 0))["runs"][0]["stack"];
  std::map<std::string, std::size_t> copies;
  for (const json& box : phone["boxes"]) copies[box["what"]] += box["copies"].get<std::size_t>();
  EXPECT_EQ(copies, (std::map<std::string, std::size_t>{{"disk", 1}, {"linear", 59}, {"verity", 59}}));
  EXPECT_LE(phone["boxes"].size(), 4U);  // readers with 16 requests in flight, readers with one, partitions, the disk
  EXPECT_TRUE(phone["shared"].empty());

  const json seed = data(page("run " + scenario("seed/shared-pools.json"), 10))["runs"][0]["stack"];
  std::map<std::string, std::size_t> level;
  for (const json& box : seed["boxes"]) level[box["name"]] = box["level"];
  EXPECT_EQ(level,
            (std::map<std::string, std::size_t>{{"snap", 0}, {"upper", 1}, {"cow", 1}, {"lower", 2}, {"ufs", 3}}));
  std::vector<std::string> shared;
  for (const json& pool : seed["shared"]) {
    if (!pool["boxes"].empty()) shared.push_back(pool["name"]);
  }
  EXPECT_EQ(shared, (std::vector<std::string>{"verity.recheck_pool", "verity.io_client"}));
}

TEST_F(Page, TakesNothingOfAScenarioForMarkup) {
  // A name may hold no space, quote or brace; a text may.
  const std::string name = "</script><script>alert(1)</script><!--<b>&amp;", about = name + " \"'{}\u2028";
  const std::string file =
      write("bad.json",
            fmt::format(R"json({{"format": 1, "name": {0}, "about": {1}, "resources": {{"P": {{"mempool": 1}}}},
        "tasks": [{{"name": {0}, "count": 2, "steps": [{{"take": "P", "n": 2}}, {{"give": "P", "n": 2}}]}}]}})json",
                        json(name).dump(), json(about).dump()))
          .string();
  const std::string page = this->page("run " + file, 10);
  EXPECT_EQ(count_of(page, "<script"), 2U);
  EXPECT_EQ(count_of(page, "</script"), 2U);
  EXPECT_EQ(count_of(page, "<!--"), 0U);
  EXPECT_EQ(page.find("<b title"), std::string::npos);
  EXPECT_EQ(data(page)["runs"][0]["scenario"], name);
  EXPECT_EQ(data(page)["runs"][0]["about"], about);
}

TEST_F(Page, AFileThatIsRefusedHasItsPlace) {
  const std::string bad = write("bad.json", "{\"format\": 1, \"naem\": 1}").string();
  const json runs = data(page("run " + bad + " " + scenario("tutorial/02-two-from-one-pool.json"), 65))["runs"];
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0]["verdict"], "ERROR");
  EXPECT_NE(runs[0]["error"].get<std::string>().find("naem"), std::string::npos);
}

TEST_F(Page, AThousandDevicesAreASmallFile) {
  const std::string file = write("many.json", R"({"format": 1, "name": "many", "devices": [
    {"name": "ufs", "target": "disk"}, {"name": "part{i}", "target": "linear", "repeat": 500, "to": "ufs"},
    {"name": "top{i}", "target": "verity", "repeat": 500, "data": "part{i}", "hash": "part{i}"}],
    "memory": {"allocator": "exhausted"},
    "workload": [{"read": "top0", "count": 10}, {"read": "top499", "count": 1}]})")
                               .string();
  const std::string page = this->page("run " + file, 0);
  EXPECT_LT(page.size(), 5'000'000U);
  EXPECT_LE(data(page)["runs"][0]["stack"]["boxes"].size(), 8U);
}

}  // namespace dmstall::tests
