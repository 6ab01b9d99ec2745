// `dmstall export --promela` as users run it: exit codes, where the model goes, what it says.
#include <string>

#include "tests/cli/program_test.hpp"

namespace dmstall::tests {

namespace {

class Export : public ProgramTest {
 protected:
  Outcome run(const std::string& arguments) const { return dmstall("export " + arguments); }
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
  std::ofstream(crowd) << R"({"format": 1, "resources": {"p": {"mempool": 1}}, "tasks": [{"name": "many", "count": 300,
          "steps": [{"take": "p"}, {"give": "p"}]}]})";
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
