// Files that are none, evidence that lies, and outputs that would be written over something.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "analysis/use/evidence/document.hpp"
#include "analysis/use/evidence/sha256.hpp"
#include "tests/cli/program_test.hpp"

namespace dmstall::tests {

namespace {

using Json = nlohmann::ordered_json;

class Strangers : public ProgramTest {
 protected:
  /// The document with a digest that fits: whoever changes it can compute that, too.
  std::string forged(const std::string& name, Json document) const {
    document.erase("digest");
    document["digest"] = analysis::digest_of(document);
    return write(name, document.dump()).string();
  }

  Json witness(const std::string& of, const std::string& options = "") const {
    const std::string path = (folder_ / "witness.json").string();
    EXPECT_EQ(dmstall("run " + options + " --witness " + path + " " + scenario(of)).code, 10);
    return Json::parse(read(path));
  }

  static std::string quoted(const std::string& text) { return "'" + text + "'"; }
};

}  // namespace

TEST_F(Strangers, AReplayPrintsWhatTheMovesComeTo) {
  const Json honest = witness("tutorial/05-verity-over-verity.json", "--engine explore");
  for (const char* verdict : {"PROGRESS", "STALL", "LIVELOCK", "INCONCLUSIVE"}) {
    Json document = honest;
    document["verdict"] = verdict;
    document["exit_code"] = 0;
    const Outcome outcome = dmstall("replay --details " + forged("forged.json", document));
    EXPECT_EQ(outcome.code, 10) << outcome.out;
    EXPECT_TRUE(outcome.out.starts_with("DEADLOCK")) << outcome.out;
    EXPECT_NE(outcome.out.find(fmt::format("the witness claims {}", verdict)), std::string::npos) << outcome.out;
  }
}

TEST_F(Strangers, NothingElseOfAWitnessIsPrintedEither) {
  Json document = witness("tutorial/05-verity-over-verity.json", "--engine explore");
  const Outcome honest = dmstall("replay --steps " + forged("honest.json", document));
  document["kind"] = "lost_wakeup";
  document["circle"] = {"nothing.at_all"};
  document["waited_for"] = {"nothing.at_all"};
  document["relieved_by_memory"] = false;
  document["seed"] = 4711;
  document["assumptions"] = {"the moon is full"};
  document["needs"] =
      Json{{"requests", 99}, {"fewest_requests", true}, {"faults", 99}, {"failed_allocations", 99}, {"steps", 99}};
  document["point_of_no_return"] = Json{{"step", 1}, {"exact", true}};
  document["steps"] = {
      Json{{"step", 1}, {"who", "nobody"}, {"does", "nothing at all"}, {"functions", ""}, {"request", 0}}};
  document["scenario"]["name"] = "another";
  Outcome forged_one = dmstall("replay --steps " + forged("forged.json", document));
  const std::size_t name = forged_one.out.find("forged.json");
  ASSERT_NE(name, std::string::npos);
  forged_one.out.replace(name, 11, "honest.json");
  EXPECT_EQ(forged_one.out, honest.out);
  EXPECT_EQ(forged_one.code, 10);
}

TEST_F(Strangers, AWitnessMayNotStartMoreThanThereIs) {
  Json document = witness("tutorial/01-opposite-orders.json", "--engine explore");
  Json moves = document["moves"];
  for (int i = 0; i < 3; ++i) document["moves"].push_back({1000 + i, "start", 0});
  const Outcome outcome = dmstall("replay --details " + forged("forged.json", document));
  EXPECT_EQ(outcome.code, 65) << outcome.out;
  EXPECT_NE(outcome.err.find("more requests of"), std::string::npos) << outcome.err;
}

TEST_F(Strangers, EvidenceThatIsNoneIsRefusedInPlainWords) {
  const Json good = witness("tutorial/01-opposite-orders.json", "--engine explore");
  std::vector<std::string> files = {write("text", "{ no json").string(),
                                    write("deep", std::string(100'000, '[')).string(), write("empty", "").string(),
                                    "/dev/zero", folder_.string()};
  for (const char* key : {"scenario", "moves", "verdict", "engine", "stuck_tokens", "complete", "seed"}) {
    Json document = good;
    document.erase(key);
    files.push_back(forged(std::string("without-") + key, document));
    document[key] = Json{{"x", 1}};
    files.push_back(forged(std::string("other-") + key, document));
  }
  for (const std::string& file : files) {
    for (const char* verb : {"replay ", "verify "}) {
      const Outcome outcome = dmstall(verb + file);
      EXPECT_EQ(outcome.code, 65) << verb << file << outcome.err;
      EXPECT_EQ(outcome.err.find("json.exception"), std::string::npos) << outcome.err;
      EXPECT_EQ(outcome.err.find("internal error"), std::string::npos) << outcome.err;
    }
  }
}

TEST_F(Strangers, AScenarioThatIsADeviceIsNotReadForEver) {
  const std::string proof = (folder_ / "proof.json").string();
  ASSERT_EQ(dmstall("run --engine prove --proof " + proof + " " + scenario("tutorial/04-linear-over-disk.json")).code,
            0);
  for (const char* file : {"/dev/zero", "/dev/random", "/", "-", "/proc/self/mem"}) {
    Json document = Json::parse(read(proof));
    document["scenario"]["file"] = file;
    const Outcome outcome = dmstall("verify " + forged("forged.json", document));
    EXPECT_EQ(outcome.code, 65) << file << outcome.err;
  }
}

TEST_F(Strangers, DevicesAndFoldersAreNoScenarios) {
  for (const char* verb : {"run ", "show ", "size ", "export --promela ", "check ", "compare --vary cpus=1 "}) {
    const Outcome outcome = dmstall(std::string(verb) + "/dev/zero");
    EXPECT_EQ(outcome.code, 65) << verb << outcome.err << outcome.out;
    EXPECT_NE((outcome.out + outcome.err).find("it is a device"), std::string::npos) << verb << outcome.err;
  }
}

TEST_F(Strangers, AScenarioMayComeThroughStandardInput) {
  const std::string from = "cat " + scenario("tutorial/01-opposite-orders.json") + " | ";
  const std::string out = (folder_ / "out").string();
  const auto piped = [&](const std::string& arguments) {
    return WEXITSTATUS(std::system((from + DMSTALL_PROGRAM + " " + arguments + " >" + out + " 2>&1").c_str()));
  };
  EXPECT_EQ(piped("run -"), 10) << read(out);
  EXPECT_NE(read(out).find("RESULT tutorial-01-opposite-orders DEADLOCK"), std::string::npos) << read(out);
  EXPECT_EQ(piped("show -"), 0) << read(out);
  EXPECT_EQ(piped("export --promela -"), 0) << read(out);
  EXPECT_EQ(WEXITSTATUS(std::system(
                ("head -c 20000000 /dev/zero | " + std::string(DMSTALL_PROGRAM) + " run - >" + out + " 2>&1").c_str())),
            65)
      << read(out);
}

TEST_F(Strangers, NoOutputGoesOntoAnInput) {
  const std::string text = read(scenario("tutorial/01-opposite-orders.json"));
  const std::string s = write("s.json", text).string();
  fs::create_symlink(s, folder_ / "link.json");
  fs::create_hard_link(s, folder_ / "hard.json");
  fs::create_directory(folder_ / "sub");
  const std::string spellings[] = {s, (folder_ / "link.json").string(), (folder_ / "hard.json").string(),
                                   (folder_ / "sub" / ".." / "s.json").string()};
  for (const std::string& path : spellings) {
    for (const std::string& command :
         {"run --witness " + path + " " + s, "run --proof " + path + " " + s, "run --trace " + path + " " + s,
          "export --promela -o " + path + " " + s, "size --pool a --output " + path + " " + s,
          "check --output " + path + " " + s, "check --report junit=" + path + " " + s,
          "compare --vary cpus=1 --output " + path + " " + s, "compare --vary cpus=1 --resume " + path + " " + s,
          "compare --vary cpus=1 --plot " + path + " " + s, "run --html " + path + " " + s,
          "run --perfetto " + path + " " + s, "check --html " + path + " " + s,
          "size --pool a --html " + path + " " + s, "compare --vary cpus=1 --html " + path + " " + s}) {
      const Outcome outcome = dmstall(command);
      EXPECT_EQ(outcome.code, 64) << command << outcome.err;
      EXPECT_NE(outcome.err.find("which is read"), std::string::npos) << command << outcome.err;
      EXPECT_EQ(read(s), text) << command;
      ASSERT_TRUE(fs::is_symlink(folder_ / "link.json")) << command;
    }
  }
}

TEST_F(Strangers, NoTwoOutputsGoIntoOneFile) {
  const std::string s = scenario("tutorial/01-opposite-orders.json"), x = (folder_ / "x").string(),
                    again = (folder_ / "." / "x").string();
  fs::create_symlink("x", folder_ / "to-x");
  const std::string link = (folder_ / "to-x").string();
  for (const std::string& other : {x, again, link}) {
    for (const std::string& command :
         {"run --witness " + x + " --trace " + other + " " + s, "run --proof " + other + " --witness " + x + " " + s,
          "run --html " + x + " --perfetto " + other + " " + s, "check --html " + x + " --output " + other + " " + s,
          "check --report junit=" + x + " --report json=" + other + " " + s,
          "check --output " + x + " --report junit=" + other + " " + s,
          "check --baseline " + other + " --update-baseline --output " + x + " " + s,
          "compare --vary cpus=1 --output " + x + " --resume " + other + " " + s}) {
      const Outcome outcome = dmstall(command);
      EXPECT_EQ(outcome.code, 64) << command << outcome.err;
      EXPECT_NE(outcome.err.find("are the same file"), std::string::npos) << command << outcome.err;
      EXPECT_FALSE(fs::exists(x)) << command;
    }
  }
}

TEST_F(Strangers, AnEmptyValueIsRefused) {
  const std::string s = scenario("tutorial/01-opposite-orders.json");
  for (const std::string& command :
       {std::string("run --witness '' "), std::string("run --proof= "), std::string("run --trace '' "),
        std::string("check --output '' "), std::string("check --baseline '' "),
        std::string("compare --vary cpus=1 --output '' "), std::string("size --output '' "),
        std::string("export --promela -o '' "), std::string("run '' ")}) {
    const Outcome outcome = dmstall(command + s);
    EXPECT_EQ(outcome.code, 64) << command << outcome.out << outcome.err;
  }
}

TEST_F(Strangers, AForgedJournalIsRefused) {
  write("fifo-not", "");
  const std::string s = scenario("tutorial/01-opposite-orders.json");
  EXPECT_EQ(dmstall("compare --vary cpus=1 --resume /dev/zero " + s).code, 64);
  EXPECT_EQ(dmstall("compare --vary cpus=1 --merge /dev/zero " + s).code, 64);
}

TEST_F(Strangers, AFullDiskIsNamed) {
  const Outcome outcome = dmstall("export --promela -o /dev/full " + scenario("tutorial/01-opposite-orders.json"));
  EXPECT_EQ(outcome.code, 70);
  EXPECT_EQ(outcome.err.find("Success"), std::string::npos) << outcome.err;
}

}  // namespace dmstall::tests
