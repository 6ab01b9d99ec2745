// `dmstall export --promela` as users run it: exit codes, where the model goes, what it says.
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace dmstall::tests {

namespace {

namespace fs = std::filesystem;

struct Outcome {
  int code = -1;
  std::string out, err;
};

class Export : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              ("dmstall-export-" + std::to_string(::getpid()) + "-" + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::string scenario(const std::string& name) { return std::string(DMSTALL_SOURCE_DIR) + "/scenarios/" + name; }

  static std::string read(const fs::path& path) {
    std::ifstream stream(path);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
  }

  [[nodiscard]] Outcome run(const std::string& arguments) const {
    const fs::path out = folder_ / "stdout", err = folder_ / "stderr";
    const std::string command = std::string(DMSTALL_PROGRAM) + " export " + arguments + " >" + out.string() + " 2>" + err.string() + " </dev/null";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read(out), read(err)};
  }

  fs::path folder_;
};

TEST_F(Export, WritesTheModelToStdoutOrToAFile) {
  const Outcome shown = run("--promela " + scenario("tutorial/01-opposite-orders.json"));
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_NE(shown.out.find("proctype"), std::string::npos);
  EXPECT_NE(shown.out.find("spin -a"), std::string::npos);
  const fs::path file = folder_ / "model.pml";
  const Outcome written = run("--promela " + scenario("tutorial/01-opposite-orders.json") + " -o " + file.string());
  EXPECT_EQ(written.code, 0);
  EXPECT_EQ(written.out, "");
  EXPECT_EQ(read(file), shown.out);
}

TEST_F(Export, RequestsBoundThePopulationOfEachClass) {
  const std::string file = scenario("tutorial/05-verity-over-verity.json");
  EXPECT_NE(run("--promela --requests 1 " + file).out.find("active [1] proctype request_"), std::string::npos);
  EXPECT_NE(run("--promela --requests 2 " + file).out.find("active [2] proctype request_"), std::string::npos);
  EXPECT_EQ(run("--promela --requests 0 " + file).code, 64);
}

TEST_F(Export, ExitCodes) {
  EXPECT_EQ(run(scenario("tutorial/01-opposite-orders.json")).code, 64);
  EXPECT_EQ(run("--promela").code, 64);
  EXPECT_EQ(run("--promela " + (folder_ / "missing.json").string()).code, 65);
  const fs::path crowd = folder_ / "crowd.json";
  std::ofstream(crowd) << R"({"format": 1, "resources": {"p": {"mempool": 1}}, "tasks": [{"name": "many", "count": 300, "steps": [{"take": "p"}, {"give": "p"}]}]})";
  const fs::path file = folder_ / "model.pml";
  const Outcome refused = run("--promela " + crowd.string() + " -o " + file.string());
  EXPECT_EQ(refused.code, 65);
  EXPECT_NE(refused.err.find("many"), std::string::npos) << refused.err;
  EXPECT_FALSE(fs::exists(file));
  EXPECT_EQ(run("--promela --requests 4 " + crowd.string() + " -o " + file.string()).code, 0);
  EXPECT_TRUE(fs::exists(file));
}

}  // namespace

}  // namespace dmstall::tests
