// What `dmstall check` runs of what it is given, what it holds failures against, and what it writes into files.
#include <algorithm>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/cli/program_test.hpp"

namespace dmstall::tests {

namespace {

class CheckOptions : public ProgramTest {
 protected:
  /// Two mempools taken in opposite orders: DEADLOCK circle b -> a, in a millisecond; with this for "expect".
  fs::path claim(const std::string& name, const std::string& expect) const {
    const std::string take =
        R"({ "name": "%", "steps": [ { "take": "X" }, { "take": "Y" }, { "give": "Y" }, { "give": "X" } ] })";
    const auto task = [&](const std::string& called, const std::string& first, const std::string& second) {
      return std::regex_replace(
          std::regex_replace(std::regex_replace(take, std::regex("%"), called), std::regex("X"), first),
          std::regex("Y"), second);
    };
    return write(name,
                 "{\n  \"format\": 1,\n  \"name\": \"opposite\",\n  \"resources\": { \"a\": { \"mempool\": 1 }, \"b\": "
                 "{ \"mempool\": 1 } },\n"
                 "  \"tasks\": [\n    " +
                     task("t0", "a", "b") + ",\n    " + task("t1", "b", "a") +
                     "\n  ],\n"
                     "  \"memory\": { \"allocator\": \"exhausted\", \"freed_by\": \"nothing\" }" +
                     (expect.empty() ? "" : ",\n  \"expect\": " + expect) + "\n}\n");
  }
  Outcome run(const std::string& arguments) const {
    return dmstall("check " + arguments, "cd " + folder_.string() + " && ");
  }
  /// A scenario that never ends: the reader of a pipe without a writer.
  void hang(const std::string& name) const {
    ASSERT_EQ(std::system(("mkfifo " + (folder_ / name).string()).c_str()), 0);
  }
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::set<std::string> checked(const std::string& text) {
  std::set<std::string> names;
  const std::regex line("(^|\n)([^ \n]+\\.json) +(PASSED|FAILED|KNOWN)");
  for (std::sregex_iterator each(text.begin(), text.end(), line), end; each != end; ++each) names.insert((*each)[2]);
  return names;
}

const char* const right = R"({ "verdict": "DEADLOCK", "kind": "circle", "circle": ["a", "b"] })";
const char* const wrong = R"({ "verdict": "PROGRESS" })";

}  // namespace

TEST_F(CheckOptions, ShardsAreDisjointAndTogetherAreAll) {
  std::set<std::string> all;
  for (int i = 0; i < 7; ++i) claim("s" + std::to_string(i) + ".json", right);
  std::size_t sum = 0;
  for (int i = 1; i <= 3; ++i) {
    const Outcome outcome = run("--shard " + std::to_string(i) + "/3 .");
    EXPECT_EQ(outcome.code, 0);
    const std::set<std::string> part = checked(outcome.out);
    EXPECT_GE(part.size(), 2U);
    sum += part.size();
    all.insert(part.begin(), part.end());
  }
  EXPECT_EQ(sum, 7U);
  EXPECT_EQ(all.size(), 7U);
  EXPECT_EQ(checked(run("--shard 1/1 .").out).size(), 7U);
  const Outcome empty = run("--shard 8/8 .");
  EXPECT_EQ(empty.code, 66) << "nothing ran";
  EXPECT_TRUE(contains(empty.err, "shard 8/8 has none of 7 scenarios"));
  for (const char* shard : {"0/3", "4/3", "1", "1/", "/3", "a/b", "1/3x", "-1/3", "1/0"}) {
    EXPECT_EQ(run(std::string("--shard=") + shard + " .").code, 64) << shard;
  }
}

TEST_F(CheckOptions, TheFirstFailureEndsTheBatch) {
  claim("a.json", right);
  claim("b.json", wrong);
  hang("c.json");
  claim("d.json", right);
  const Outcome outcome = run("-j1 --fail-fast a.json b.json c.json d.json");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_TRUE(
      contains(outcome.out, "1 passed, 1 failed (1 not as expected), ended at the first failure with 2 not run in "))
      << outcome.out;
  // Whoever is still running is ended, too.
  EXPECT_EQ(run("-j4 --fail-fast b.json c.json").code, 1);
  EXPECT_EQ(run("-j1 --fail-fast a.json d.json").code, 0);
}

TEST_F(CheckOptions, ABudgetThatIsOverIsSaidAndIsNeverZero) {
  // How many come before the one that never ends is a matter of how busy the machine is.
  claim("a.json", right);
  hang("b.json");
  claim("c.json", right);
  const Outcome outcome = run("-j1 --budget 1.5 a.json b.json c.json");
  EXPECT_EQ(outcome.code, 20);
  const std::regex said(
      "[01] passed, 0 failed, the budget of 1\\.5 s is over with [23] not run \\(--budget raises it\\) in ");
  EXPECT_TRUE(std::regex_search(outcome.out, said)) << outcome.out;
  const Outcome json = run("-j1 --budget 1.5 --format json a.json b.json c.json");
  EXPECT_EQ(json.code, 20);
  EXPECT_TRUE(contains(json.out, "\"ending\": \"budget\"") && contains(json.out, "\"exit_code\": 20")) << json.out;
  EXPECT_FALSE(contains(json.out, "\"not_run\": 0")) << json.out;
  EXPECT_EQ(run("--budget 1000 a.json c.json").code, 0);
  claim("d.json", wrong);
  EXPECT_EQ(run("-j1 --budget 1.5 d.json b.json").code, 20) << "a failure and an end: the more severe one";
}

TEST_F(CheckOptions, ABaselineTellsNewKnownExpiredAndFixedApart) {
  claim("a.json", wrong);
  claim("b.json", right);
  EXPECT_EQ(
      run("--baseline known.json --update-baseline --reason 'ticket 7' --until 2026-12-31 --today 2026-12-01 .").code,
      0);
  const std::string written = read(folder_ / "known.json");
  EXPECT_TRUE(contains(written, "\"reason\": \"ticket 7\"") && contains(written, "\"until\": \"2026-12-31\""))
      << written;
  EXPECT_FALSE(contains(written, "b.json"));

  const Outcome known = run("--baseline known.json --today 2026-12-31 a.json b.json");
  EXPECT_EQ(known.code, 0) << known.out;
  EXPECT_TRUE(contains(known.out, "a.json  KNOWN")) << known.out;
  EXPECT_TRUE(contains(known.out, "known until 2026-12-31: ticket 7"));
  EXPECT_TRUE(contains(known.out, "1 passed, 0 failed, 1 known, 0 fixed in "));

  const Outcome expired = run("--baseline known.json --today 2027-01-01 a.json");
  EXPECT_EQ(expired.code, 1);
  EXPECT_TRUE(contains(expired.out, "was known until 2026-12-31, which is over: ticket 7")) << expired.out;

  claim("c.json", wrong);
  EXPECT_EQ(run("--baseline known.json --today 2026-12-01 a.json c.json").code, 1) << "a new one counts";

  // Expected is something else, but found is the same: still the failure that is known.
  claim("a.json", R"({ "verdict": "STALL" })");
  EXPECT_EQ(run("--baseline known.json --today 2026-12-01 a.json").code, 0);
  // Found is something else: a mempool with two elements each has no circle; then it is another failure.
  std::string roomy = read(folder_ / "a.json");
  roomy = std::regex_replace(roomy, std::regex("\"mempool\": 1"), "\"mempool\": 2");
  write("a.json", roomy);
  const Outcome changed = run("--baseline known.json --today 2026-12-01 a.json");
  EXPECT_EQ(changed.code, 1) << changed.out;

  claim("a.json", right);
  const Outcome fixed = run("--baseline known.json --today 2027-01-01 a.json");
  EXPECT_EQ(fixed.code, 0);
  EXPECT_TRUE(contains(fixed.out, "= FIXED =") && contains(fixed.out, "0 known, 1 fixed")) << fixed.out;
  EXPECT_EQ(run("--baseline known.json --update-baseline --today 2026-12-01 a.json").code, 0);
  EXPECT_FALSE(contains(read(folder_ / "known.json"), "a.json"));
}

TEST_F(CheckOptions, AnUpdateKeepsWhatWasNotCheckedAndDoesNotRenew) {
  claim("a.json", wrong);
  claim("c.json", wrong);
  ASSERT_EQ(
      run("--baseline known.json --update-baseline --reason first --until 2026-01-31 --today 2026-01-01 a.json c.json")
          .code,
      0);
  claim("b.json", wrong);
  // a is not checked; c has expired and stays so; b is new.
  const Outcome outcome = run(
      "--baseline known.json --update-baseline --reason second --until 2026-12-31 --today 2026-06-01 b.json c.json");
  EXPECT_EQ(outcome.code, 1) << "an expired entry counts until somebody changes its day";
  const std::string text = std::regex_replace(read(folder_ / "known.json"), std::regex("[ \n]"), "");
  EXPECT_TRUE(
      std::regex_search(text, std::regex("\"file\":\"a.json\"[^}]*\"reason\":\"first\",\"until\":\"2026-01-31\"")))
      << text;
  EXPECT_TRUE(
      std::regex_search(text, std::regex("\"file\":\"b.json\"[^}]*\"reason\":\"second\",\"until\":\"2026-12-31\"")))
      << text;
  EXPECT_TRUE(
      std::regex_search(text, std::regex("\"file\":\"c.json\"[^}]*\"reason\":\"first\",\"until\":\"2026-01-31\"")))
      << text;
}

TEST_F(CheckOptions, ABaselineOfABatchThatWasNotWholeIsNotWritten) {
  claim("a.json", wrong);
  hang("b.json");
  write("known.json", "{ \"dmstall_baseline\": 1, \"known\": [] }\n");
  const std::string before = read(folder_ / "known.json");
  const Outcome outcome = run("-j1 --budget 1 --baseline known.json --update-baseline a.json b.json");
  EXPECT_EQ(outcome.code, 20);
  EXPECT_TRUE(contains(outcome.err, "known.json was not written: not everything was run")) << outcome.err;
  EXPECT_EQ(read(folder_ / "known.json"), before);
}

TEST_F(CheckOptions, ABaselineThatIsWrongIsRefusedAtItsPlace) {
  claim("a.json", wrong);
  const std::string entry =
      R"("file": "a.json", "outcome": "not_as_expected", "found": "x", "fingerprint": "0", "reason": "r")";
  const auto refused = [&](const std::string& text, const std::string& why) {
    write("known.json", text);
    const Outcome outcome = run("--baseline known.json a.json");
    EXPECT_EQ(outcome.code, 65) << text;
    EXPECT_TRUE(contains(outcome.err, "known.json:1:") && contains(outcome.err, why)) << outcome.err;
    EXPECT_EQ(read(folder_ / "known.json"), text);
  };
  refused("{", "error");
  refused("{ \"known\": [] }", "\"dmstall_baseline\": 1");
  refused("{ \"dmstall_baseline\": 1, \"known\": [ { " + entry + " } ] }", "an entry needs \"until\"");
  refused("{ \"dmstall_baseline\": 1, \"known\": [ { " + entry + ", \"until\": \"2026-02-29\" } ] }",
          "\"until\" is a day");
  refused("{ \"dmstall_baseline\": 1, \"known\": [ { " + entry + ", \"until\": \"2026-02-28\", \"untill\": \"x\" } ] }",
          "unknown key \"untill\"");
  refused("{ \"dmstall_baseline\": 1, \"known\": [], \"knwon\": [] }", "did you mean \"known\"?");
  EXPECT_EQ(run("--baseline no-such-file.json a.json").code, 65);
  for (const char* arguments :
       {"--update-baseline a.json", "--reason r a.json", "--baseline known.json --until 2026-12-31 a.json",
        "--today tomorrow a.json", "--promote --baseline n.json --update-baseline a.json", "--report junit a.json",
        "--report pdf=x a.json", "--report json= a.json", "--budget 0 a.json"}) {
    EXPECT_EQ(run(arguments).code, 64) << arguments;
  }
}

TEST_F(CheckOptions, PromoteWritesWhatWasFoundAndShowsADifferenceThatPatchReads) {
  const fs::path changed =
      claim("changed.json", R"({ "verdict": "PROGRESS",   "proof": "proved", "engine": "explore" })");
  const fs::path silent = claim("silent.json", "");
  const std::string before = read(changed), silent_before = read(silent);
  const Outcome outcome = run("--promote changed.json silent.json");
  EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
  EXPECT_TRUE(contains(outcome.out, "2 passed, 0 failed, 2 promoted in ")) << outcome.out;
  const std::string after = read(changed);
  EXPECT_TRUE(
      contains(after,
               R"("expect": { "verdict": "DEADLOCK", "engine": "explore", "kind": "circle", "circle": ["b", "a"] })") ||
      contains(after,
               R"("expect": { "verdict": "DEADLOCK", "engine": "explore", "kind": "circle", "circle": ["a", "b"] })"))
      << after;
  // Nothing else changed.
  const std::size_t begin = before.find("{ \"verdict\""), new_begin = after.find("{ \"verdict\"");
  EXPECT_EQ(before.substr(0, begin), after.substr(0, new_begin));
  EXPECT_EQ(before.substr(before.find('}', begin)), after.substr(after.find('}', new_begin)));
  EXPECT_EQ(run("changed.json silent.json").code, 0);
  // The difference leads back.
  write("promote.diff", outcome.out);
  ASSERT_EQ(std::system(("cd " + folder_.string() + " && patch -s -R -p0 <promote.diff").c_str()), 0);
  EXPECT_EQ(read(changed), before);
  EXPECT_EQ(read(silent), silent_before);
}

TEST_F(CheckOptions, PromoteLeavesAloneWhatIsNoAnswer) {
  // Not INCONCLUSIVE, not what is refused, not what took too long.
  const std::string pools = read(scenario("seed/per-device-pools.json"));
  const std::size_t end = pools.rfind('}');
  write(
      "bound.json",
      pools.substr(0, pools.rfind(",", pools.find("\"expect\""))) +
          ",\n  \"bounds\": { \"events\": 50 },\n  \"expect\": { \"verdict\": \"STALL\", \"engine\": \"simulate\" }\n" +
          pools.substr(end));
  write("refused.json", "{ \"format\": 1 ");
  const std::string bound = read(folder_ / "bound.json"), refused = read(folder_ / "refused.json");
  const Outcome outcome = run("--promote bound.json refused.json");
  EXPECT_EQ(outcome.code, 65);
  EXPECT_TRUE(contains(outcome.out, "not promoted: bound.json: INCONCLUSIVE is no answer")) << outcome.out;
  EXPECT_TRUE(contains(outcome.out, "not promoted: refused.json: the file is refused")) << outcome.out;
  EXPECT_EQ(read(folder_ / "bound.json"), bound);
  EXPECT_EQ(read(folder_ / "refused.json"), refused);
  hang("hang.json");
  const Outcome late = run("--promote --timeout 0.3 hang.json");
  EXPECT_EQ(late.code, 1);
  EXPECT_TRUE(contains(late.out, "not promoted: hang.json: it was not finished in time")) << late.out;
}

TEST_F(CheckOptions, EveryReportOfOneRunInAFileOfItsOwn) {
  claim("a.json", wrong);
  const Outcome outcome =
      run("--report json=r.json --report sarif=r.sarif --report github=r.txt --report markdown=r.md --report "
          "text=log.txt a.json");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_TRUE(contains(outcome.out, "a.json  FAILED"));
  EXPECT_EQ(read(folder_ / "log.txt"), outcome.out);
  EXPECT_TRUE(contains(read(folder_ / "r.json"), "\"dmstall_check\": 1"));
  EXPECT_TRUE(contains(read(folder_ / "r.sarif"), "\"version\": \"2.1.0\""));
  EXPECT_TRUE(contains(read(folder_ / "r.txt"), "::error file=a.json,line="));
  EXPECT_TRUE(contains(read(folder_ / "r.md"), "### dmstall check: 0 passed, 1 failed"));
  write("kept", "old");
  EXPECT_EQ(run("--report json=kept --report markdown=no/such/folder a.json").code, 64);
  EXPECT_EQ(read(folder_ / "kept"), "old");
}

}  // namespace dmstall::tests
