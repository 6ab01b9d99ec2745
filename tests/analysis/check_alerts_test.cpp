// SARIF, GitHub annotations and Markdown: valid whatever bytes they are made of, and at the right place.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include "analysis/report/alert_formats.hpp"
#include "analysis/report/check_report.hpp"
#include "analysis/report/markdown_text.hpp"
#include "analysis/report/outcome_of_report.hpp"
#include "analysis/use/check/check_scenario.hpp"
#include "analysis/use/check/fingerprint.hpp"

namespace dmstall::tests {

namespace {

namespace fs = std::filesystem;
using analysis::CheckKind;
using analysis::CheckOutcome;
using analysis::CheckRun;
using analysis::Known;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

CheckOutcome deadlock(const std::string& file, std::vector<std::string> circle) {
  CheckOutcome outcome;
  outcome.kind = CheckKind::unmet;
  outcome.file = file;
  outcome.scenario = "some-name";
  outcome.found = "DEADLOCK circle";
  outcome.facts.verdict = "DEADLOCK";
  outcome.facts.kind = "circle";
  outcome.facts.circle = std::move(circle);
  outcome.unmet = {"expected PROGRESS, found DEADLOCK"};
  outcome.closes = "lower";
  outcome.line = 7;
  outcome.column = 5;
  return outcome;
}

/// One of every kind, known and not.
CheckRun every_kind() {
  CheckRun run;
  for (const CheckKind kind : {CheckKind::passed, CheckKind::timed_out, CheckKind::refused, CheckKind::disagreed,
                               CheckKind::crashed, CheckKind::not_run}) {
    CheckOutcome outcome;
    outcome.kind = kind;
    outcome.file = "a/" + std::string(to_string(kind)) + ".json";
    outcome.found = "found";
    run.outcomes.push_back(outcome);
  }
  run.outcomes.push_back(deadlock("b/one.json", {"a", "b"}));
  run.outcomes.push_back(deadlock("b/two.json", {"b", "c"}));
  run.outcomes.back().known = Known::yes;
  run.outcomes.back().reason = "ticket 7";
  run.outcomes.back().until = "2026-12-31";
  for (const char* verdict : {"PROGRESS", "STALL", "LIVELOCK", "STARVATION", "INCONCLUSIVE"}) {
    CheckOutcome outcome = deadlock(std::string("c/") + verdict, {});
    outcome.facts.verdict = verdict;
    outcome.facts.kind.clear();
    run.outcomes.push_back(outcome);
  }
  run.held_against_baseline = true;
  return run;
}

std::string every_byte() {
  std::string text;
  for (int byte = 0; byte < 256; ++byte) text += static_cast<char>(byte);
  return text + "\n::error::x\r\n::set-output name=a::b%0A##[error]x\xED\xA0\x80\xC0\xAF\xE2\x82```|</details>";
}

CheckRun of_every_byte() {
  CheckRun run = every_kind();
  for (CheckOutcome& one : run.outcomes) {
    one.file += every_byte();
    one.scenario = one.expected = one.found = one.diagnostics = one.result = one.report = one.stderr_text = one.closes =
        one.reason = every_byte();
    one.unmet = one.facts.circle = {every_byte()};
  }
  return run;
}

/// As tests/fixtures/sarif.schema.json describes it, read strictly.
bool valid_sarif(const std::string& document) {
  const fs::path file = fs::temp_directory_path() / ("dmstall-sarif-" + std::to_string(::getpid()) + ".json");
  std::ofstream(file, std::ios::binary) << document;
  const std::string script =
      "import json, sys, jsonschema; "
      "document = json.loads(open(sys.argv[2], 'rb').read().decode('utf-8', 'strict')); "
      "jsonschema.Draft7Validator(json.load(open(sys.argv[1]))).validate(document); "
      "run = document['runs'][0]; rules = [rule['id'] for rule in run['tool']['driver']['rules']]; "
      "assert all(rules[result['ruleIndex']] == result['ruleId'] for result in run['results'])";
  const int status = std::system(("python3 -c \"" + script + "\" " + DMSTALL_SOURCE_DIR +
                                  "/tests/fixtures/sarif.schema.json " + file.string() + " 2>" + file.string() + ".err")
                                     .c_str());
  fs::remove(file);
  fs::remove(file.string() + ".err");
  EXPECT_TRUE(WIFEXITED(status));
  return WEXITSTATUS(status) == 0;
}

}  // namespace

TEST(Fingerprint, ACircleHasNoBeginning) {
  using analysis::canonical_circle;
  EXPECT_EQ(canonical_circle({"c", "a", "b"}), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(canonical_circle({"b", "a", "b", "a"}), (std::vector<std::string>{"a", "b", "a", "b"}));
  EXPECT_EQ(canonical_circle({"a", "c", "b"}), (std::vector<std::string>{"a", "c", "b"})) << "a direction it has";
  EXPECT_EQ(canonical_circle({}), std::vector<std::string>());
  const auto of = [](const std::vector<std::string>& circle) { return fingerprint(deadlock("x", circle)); };
  EXPECT_EQ(of({"a", "b", "c"}), of({"c", "a", "b"}));
  EXPECT_NE(of({"a", "b", "c"}), of({"a", "c", "b"}));
  EXPECT_NE(of({"ab", "c"}), of({"a", "bc"}));
}

TEST(Fingerprint, FileSeedAndFiguresTakeNoPart) {
  CheckOutcome one = deadlock("x", {"a"}), two = deadlock("y", {"a"});
  two.scenario = "other";
  two.result = "RESULT other DEADLOCK seed=9";
  two.line = 99;
  two.facts.stuck = 7;
  EXPECT_EQ(fingerprint(one), fingerprint(two));
  two.facts.kind = "order";
  EXPECT_NE(fingerprint(one), fingerprint(two));
  CheckOutcome refused;
  refused.kind = CheckKind::refused;
  refused.found = "x.json:2:14: error: unknown key \"cpu\"";
  CheckOutcome moved = refused;
  moved.found = "y.json:9:1: error: unknown key \"cpu\"";
  EXPECT_EQ(fingerprint(refused), fingerprint(moved));
  moved.found = "y.json:9:1: error: unknown key \"gpu\"";
  EXPECT_NE(fingerprint(refused), fingerprint(moved));
}

TEST(Sarif, IsValidForEveryKindAndForNothing) {
  EXPECT_TRUE(valid_sarif(analysis::sarif(check_alerts(every_kind()), {models::ExitCode::internal_error, true, true})));
  EXPECT_TRUE(valid_sarif(analysis::sarif({}, {})));
}

TEST(Sarif, IsValidWhateverBytesItIsMadeOf) {
  EXPECT_TRUE(
      valid_sarif(analysis::sarif(check_alerts(of_every_byte()), {models::ExitCode::internal_error, false, true})));
}

TEST(Sarif, TheSchemaRefusesWhatReadersWouldMisread) {
  const std::string good = analysis::sarif(check_alerts(every_kind()), {});
  const auto changed = [&](const char* from, const char* to) { return std::regex_replace(good, std::regex(from), to); };
  EXPECT_FALSE(valid_sarif(changed("\"startLine\": 7", "\"startLine\": 0")));
  EXPECT_FALSE(valid_sarif(changed("\"uri\": \"b/one.json\"", "\"uri\": \"b/o ne.json\"")));
  EXPECT_FALSE(valid_sarif(changed("\"version\": \"2.1.0\"", "\"version\": \"2.1\"")));
  EXPECT_FALSE(valid_sarif(changed("\"ruleIndex\": 0", "\"ruleIndex\": 3")));
  EXPECT_FALSE(valid_sarif(changed("partialFingerprints", "partialFingerprint")));
}

TEST(Sarif, AResultHasRulePlaceFingerprintAndState) {
  const std::string text =
      analysis::sarif(check_alerts(every_kind()), {models::ExitCode::expectation_unmet, true, true});
  for (const char* part : {"\"ruleId\": \"deadlock.circle\"", "\"uri\": \"b/one.json\"", "\"startLine\": 7",
                           "\"startColumn\": 5", "\"name\": \"lower\"", "\"baselineState\": \"new\"",
                           "\"baselineState\": \"unchanged\"", "\"justification\": \"ticket 7\"", "\"exitCode\": 1"}) {
    EXPECT_TRUE(contains(text, part)) << part << "\n" << text;
  }
  EXPECT_TRUE(contains(text, "\"dmstallCircle/v1\": \"" + fingerprint(deadlock("", {"a", "b"})) + "\""));
  EXPECT_FALSE(contains(text, "passed.json")) << "what passes is no result";
  EXPECT_FALSE(contains(text, "not_run.json"));
}

TEST(Sarif, PathsAreRelativeToTheCurrentFolderAndEscaped) {
  const auto uri = [](const std::string& file) {
    const std::string text = [&] {
      CheckRun run;
      run.outcomes = {deadlock(file, {"a"})};
      return analysis::sarif(check_alerts(run), {});
    }();
    std::smatch found;
    return std::regex_search(text, found, std::regex("\"uri\": \"([^\"]*)\"")) ? found[1].str() : std::string();
  };
  EXPECT_EQ(uri("./a/../b.json"), "b.json");
  EXPECT_EQ(uri((fs::current_path() / "a" / "b.json").string()), "a/b.json");
  EXPECT_EQ(uri("/somewhere/else.json"), "file:///somewhere/else.json");
  EXPECT_EQ(uri("a b%c:\xC3\xA4.json"), "a%20b%25c%3A%C3%A4.json");
}

TEST(GithubAnnotations, ArePlacedAndEscapedAsTheRunnerReadsThem) {
  CheckRun run;
  run.outcomes = {deadlock("a,b:c%.json", {"a", "b"})};
  run.outcomes[0].unmet = {"100% sure: one,\r\ntwo"};
  const std::string text = analysis::github_annotations(check_alerts(run), "0 passed, 1 failed");
  EXPECT_EQ(
      text.substr(0, text.find('\n')),
      "::error file=a%2Cb%3Ac%25.json,line=7,col=5,title=some-name%3A DEADLOCK circle::100%25 sure: one,\\x0d%0Atwo"
      "%0Alower closes the circle a -> b");
  EXPECT_TRUE(contains(text, "\n::notice title=dmstall::0 passed, 1 failed\n"));
  EXPECT_TRUE(contains(analysis::github_annotations(check_alerts(every_kind()), "x"), "::notice file=b/two.json,"))
      << "a known failure is no error";
}

TEST(GithubAnnotations, NoByteEndsACommandOrBeginsAnother) {
  const CheckRun run = of_every_byte();
  const std::string text = analysis::github_annotations(check_alerts(run), every_byte());
  EXPECT_EQ(text.find('\r'), std::string::npos);
  const auto alerts = static_cast<std::ptrdiff_t>(check_alerts(run).size());
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), alerts + 1);
  const std::regex command("::(error|warning|notice) (file=[^,:]*,line=[0-9]+,col=[0-9]+,)?title=[^,:]*::");
  for (std::size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1) {
    const std::string line = text.substr(begin, text.find('\n', begin) - begin);
    EXPECT_TRUE(std::regex_search(line, command, std::regex_constants::match_continuous)) << line.substr(0, 200);
  }
}

TEST(Markdown, TextReadsAsItself) {
  EXPECT_EQ(analysis::markdown_plain("a|b *c* <d> `e`\nf_g"), "a\\|b \\*c\\* &lt;d&gt; \\`e\\` f\\_g");
  EXPECT_EQ(analysis::markdown_code("a`b|c"), "``a`b\\|c``");
  EXPECT_EQ(analysis::markdown_code("`a`"), "`` `a` ``");
  EXPECT_EQ(analysis::markdown_block("a\n```\nb"), "````text\na\n```\nb\n````\n");
  EXPECT_EQ(analysis::markdown_folded("<x>", "y\n"), "<details><summary>&lt;x&gt;</summary>\n\ny\n\n</details>\n");
}

TEST(Markdown, FailuresComeFirstThenWhatIsKnownAndReportsAreFolded) {
  CheckRun run = every_kind();
  run.outcomes[6].report = "DEADLOCK b/one.json\n";
  run.fixed = {"a/passed.json"};
  const std::string text = check_markdown(run);
  EXPECT_EQ(text.rfind("### dmstall check: 1 passed, 10 failed (", 0), 0U) << text;
  EXPECT_TRUE(contains(text, "| **new** | `b/one.json` |  | expected PROGRESS, found DEADLOCK |\n")) << text;
  EXPECT_TRUE(contains(text, "| known | `b/two.json` |")) << text;
  EXPECT_LT(text.find("`c/STALL`"), text.find("`b/two.json`"));
  EXPECT_TRUE(contains(text, "<details><summary>b/one.json</summary>\n\n```text\nDEADLOCK b/one.json\n```\n"));
  EXPECT_TRUE(contains(text, "- `a/passed.json`\n"));
  // Every row of the table has its four cells, whatever is in them.
  const std::string wild = check_markdown(of_every_byte());
  for (std::size_t begin = 0; begin < wild.size(); begin = wild.find('\n', begin) + 1) {
    const std::string line = wild.substr(begin, wild.find('\n', begin) - begin);
    if (line.rfind("| ", 0) != 0) continue;
    int bars = 0;
    for (std::size_t i = 0; i < line.size(); ++i) bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\') ? 1 : 0;
    EXPECT_EQ(bars, 5) << line.substr(0, 200);
  }
}

TEST(ClosingPlace, IsTheDeviceThatWaitsLastOrTheStepItWaitsAt) {
  const auto outcome_of = [](const std::string& name) {
    return analysis::check_scenario(std::string(DMSTALL_SOURCE_DIR) + "/scenarios/" + name, 1,
                                    analysis::plain_check_writers());
  };
  // upper holds the page and sleeps in a read of lower; lower comes last and waits for the page.
  const CheckOutcome seed = outcome_of("seed/shared-pools.json");
  EXPECT_EQ(seed.closes, "lower");
  std::ifstream file(std::string(DMSTALL_SOURCE_DIR) + "/scenarios/seed/shared-pools.json");
  std::string line;
  for (int i = 0; i < seed.line; ++i) std::getline(file, line);
  EXPECT_EQ(line.substr(static_cast<std::size_t>(seed.column) - 1, 18), "{ \"name\": \"lower\",") << line;
  // Two tasks with two takes each: the second take of one of them.
  const CheckOutcome tasks = outcome_of("tutorial/01-opposite-orders.json");
  EXPECT_TRUE(tasks.closes == "t0" || tasks.closes == "t1") << tasks.closes;
  std::ifstream other(std::string(DMSTALL_SOURCE_DIR) + "/scenarios/tutorial/01-opposite-orders.json");
  int takes = 0;
  for (int i = 0; i < tasks.line; ++i) {
    std::getline(other, line);
    takes += contains(line, "\"take\":") ? 1 : 0;
  }
  EXPECT_TRUE(contains(line, "\"take\":")) << line;
  EXPECT_EQ(takes, tasks.closes == "t0" ? 2 : 4);
}

}  // namespace dmstall::tests
