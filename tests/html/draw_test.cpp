// Every kind of page is drawn by its own script, in node on a stub of a document: nothing throws, headings, labels and
// links are in order, pictures have words, and every witness is stepped through to its end.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/cli/program_test.hpp"

namespace dmstall::tests {

namespace {

class Drawn : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    if (std::system("command -v node >/dev/null") != 0) GTEST_SKIP() << "node is not installed (Debian: nodejs)";
  }
  void expect_drawn(const std::string& arguments) const {
    const std::string page = (folder_ / "page.html").string(), said = (folder_ / "said").string();
    const Outcome outcome = dmstall(arguments + " --html " + page);
    EXPECT_LT(outcome.code, 66) << arguments << "\n" << outcome.err;
    const std::string command = fmt::format("node {}/tests/html/draw.mjs {} >{} 2>&1", DMSTALL_SOURCE_DIR, page, said);
    EXPECT_EQ(std::system(command.c_str()), 0) << arguments << "\n" << read(said);
  }
};

}  // namespace

TEST_F(Drawn, Runs) {
  for (const char* name : {"seed/shared-pools.json", "tutorial/02-two-from-one-pool.json", "tutorial/03-stall.json",
                           "findings/flush-r1-three-segments.json", "android/phone-59.json",
                           "history/bulk-waiter-starvation-before.json", "history/bufio-shrinker-loop-before.json",
                           "history/bio-list-order-before.json", "findings/verity-metadata-fec-r1.json"})
    expect_drawn("run " + scenario(name));
}

TEST_F(Drawn, SeveralRuns) {
  expect_drawn("run " + scenario("seed/shared-pools.json") + " " + scenario("tutorial/03-stall.json") + " " +
               write("bad.json", "{}").string());
}

TEST_F(Drawn, Tables) {
  expect_drawn("size --range 1..5 " + scenario("sizing/linear-3-flush.json"));
  expect_drawn("size --pool G --range 1..3 " + scenario("sizing/gate-safe-again.json"));
  expect_drawn("compare --seeds 1 --vary reserved_bio_based_ios=2,3 --vary cpus=1,8 " +
               scenario("sizing/linear-3-flush.json"));
  expect_drawn("check " + scenario("tutorial"));
}

/// Names of strangers reach the screen as they are, and what cannot be seen as an escape.
TEST_F(Drawn, NamesOfStrangers) {
  const std::string name = "</script><img/onerror=alert(1)>\xe2\x80\xae";
  expect_drawn(
      "run " +
      write("bad.json",
            fmt::format(R"json({{"format": 1, "name": "x", "about": {0}, "resources": {{"P": {{"mempool": 1}}}},
        "tasks": [{{"name": "<b>", "count": 2, "steps": [{{"take": "P", "n": 2}}, {{"give": "P", "n": 2}}]}}]}})json",
                        nlohmann::json(name).dump()))
          .string());
}

/// The stub is no cover for a script that throws.
TEST_F(Drawn, AScriptThatThrowsIsFound) {
  const std::string page = (folder_ / "page.html").string(), said = (folder_ / "said").string();
  (void)dmstall("run " + scenario("tutorial/03-stall.json") + " --html " + page);
  std::string text = read(page);
  text.replace(text.find("\"kind\":\"run\""), 12, "\"kind\":\"bus\"");
  write("page.html", text);
  EXPECT_NE(std::system(fmt::format("node {}/tests/html/draw.mjs {} >{} 2>&1", DMSTALL_SOURCE_DIR, page, said).c_str()),
            0);
}

}  // namespace dmstall::tests
