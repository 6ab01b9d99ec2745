// The pipelines in scenarios/ci: valid YAML, and their commands do what they say.
#include <sstream>
#include <string>
#include <vector>

#include "tests/cli/program_test.hpp"

namespace dmstall::tests {

namespace {

class CiSnippets : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    if (std::system("python3 -c 'import yaml' 2>/dev/null") != 0) GTEST_SKIP() << "needs python3-yaml";
    for (const char* name : {"01-opposite-orders", "02-two-from-one-pool", "03-stall", "04-linear-over-disk"}) {
      write(std::string("scenarios/") + name + ".json", read(scenario(std::string("tutorial/") + name + ".json")));
    }
    fs::create_directories(folder_ / "bin");
    fs::create_symlink(DMSTALL_PROGRAM, folder_ / "bin/dmstall");
  }

  /// What a line of Python makes of the YAML document, one item per line.
  std::vector<std::string> from_yaml(const std::string& file, const std::string& expression) const {
    const fs::path out = folder_ / "items";
    const std::string code =
        "import sys, yaml\ndocument = yaml.safe_load(open(sys.argv[1]))\nfor item in " + expression + ": print(item)\n";
    const fs::path script = write("extract.py", code);
    EXPECT_EQ(std::system(("python3 " + script.string() + " " + scenario("ci/" + file) + " >" + out.string()).c_str()),
              0)
        << file;
    std::vector<std::string> items;
    std::istringstream lines(read(out));
    for (std::string line; std::getline(lines, line);) items.push_back(line);
    return items;
  }

  /// As a runner does it; `environment` is what it sets.
  Outcome run(const std::string& command, const std::string& environment) const {
    const fs::path script = write("step.sh", command + "\n");
    const std::string out = (folder_ / "out").string(), err = (folder_ / "err").string();
    const std::string line = "cd " + folder_.string() + " && PATH=" + (folder_ / "bin").string() + ":$PATH " +
                             environment + " bash -e -o pipefail " + script.string() + " >" + out + " 2>" + err;
    const int status = std::system(line.c_str());
    return {WEXITSTATUS(status), read(out), read(err)};
  }

  void break_one() const {
    std::string text = read(folder_ / "scenarios/03-stall.json");
    text.replace(text.find("\"STALL\""), 7, "\"PROGRESS\"");
    write("scenarios/03-stall.json", text);
  }

  bool is_valid_junit() const {
    const std::string schema = std::string(DMSTALL_SOURCE_DIR) + "/tests/fixtures/junit.xsd";
    return std::system(
               ("xmllint --noout --schema " + schema + " " + (folder_ / "dmstall.xml").string() + " 2>/dev/null")
                   .c_str()) == 0;
  }
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_F(CiSnippets, GithubWorkflow) {
  const auto commands =
      from_yaml("github-workflow.yml", "[step['run'] for step in document['jobs']['check']['steps'] if 'run' in step]");
  const auto shards = from_yaml("github-workflow.yml", "document['jobs']['check']['strategy']['matrix']['shard']");
  const auto pattern = from_yaml("github-workflow.yml", "[document['jobs']['check']['env']['SHARD']]");
  const auto uploads = from_yaml("github-workflow.yml",
                                 "[step['with'].get('sarif_file') or step['with'].get('path') for step in "
                                 "document['jobs']['check']['steps'] if 'with' in step]");
  ASSERT_EQ(commands.size(), 1U);
  ASSERT_EQ(shards.size(), 2U);
  ASSERT_EQ(uploads.size(), 2U);
  ASSERT_EQ(pattern, std::vector<std::string>{"${{ matrix.shard }}/" + std::to_string(shards.size())})
      << "as many shards as jobs";
  for (const bool broken : {false, true}) {
    if (broken) break_one();
    int failed = 0, told = 0;
    for (const std::string& shard : shards) {
      for (const std::string& file : uploads) fs::remove(folder_ / file);
      const std::string summary = write("summary.md", "").string();
      const Outcome outcome = run(commands[0], "SHARD=" + shard + "/2 GITHUB_STEP_SUMMARY=" + summary);
      EXPECT_TRUE(outcome.code == 0 || outcome.code == 1) << outcome.out << outcome.err;
      failed += outcome.code;
      told += contains(outcome.out, "::error file=scenarios/03-stall.json,line=") ? 1 : 0;
      EXPECT_TRUE(contains(outcome.out, "::notice title=dmstall::"));
      EXPECT_TRUE(contains(read(summary), "### dmstall check: ")) << outcome.err;
      for (const std::string& file : uploads) EXPECT_TRUE(fs::exists(folder_ / file)) << file;
      EXPECT_TRUE(is_valid_junit());
    }
    EXPECT_EQ(failed, broken ? 1 : 0);
    EXPECT_EQ(told, broken ? 1 : 0);
  }
}

TEST_F(CiSnippets, GitlabJob) {
  const auto commands = from_yaml("gitlab-ci.yml", "document['dmstall']['script']");
  const auto parallel = from_yaml("gitlab-ci.yml", "[document['dmstall']['parallel']]");
  const auto files =
      from_yaml("gitlab-ci.yml",
                "document['dmstall']['artifacts']['paths'] + [document['dmstall']['artifacts']['reports']['junit']]");
  ASSERT_EQ(commands.size(), 1U);
  ASSERT_EQ(parallel, std::vector<std::string>{"2"});
  ASSERT_EQ(files.size(), 3U);
  for (const bool broken : {false, true}) {
    if (broken) break_one();
    int failed = 0;
    for (const char* index : {"1", "2"}) {
      for (const std::string& file : files) fs::remove(folder_ / file);
      const Outcome outcome = run(commands[0], std::string("CI_NODE_TOTAL=2 CI_NODE_INDEX=") + index);
      failed += outcome.code;
      EXPECT_TRUE(contains(outcome.out, " passed, ")) << outcome.out << outcome.err;
      for (const std::string& file : files) EXPECT_TRUE(fs::exists(folder_ / file)) << file;
      EXPECT_TRUE(is_valid_junit());
    }
    EXPECT_EQ(failed, broken ? 1 : 0);
  }
}

}  // namespace dmstall::tests
