// The JSON Schema against its own draft, against every scenario of the tree, and against files that must be refused.
#include "models/scenario/schema.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace dmstall::models {
namespace {

TEST(Schema, TakesEveryScenarioAndRefusesTheMalformed) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / ("dmstall-schema-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  std::ofstream(folder / "schema.json") << scenario_schema();
  const std::string root = DMSTALL_SOURCE_DIR;
  const std::string command = "python3 " + root + "/tests/scenario/check_schema.py " +
                              (folder / "schema.json").string() + " " + root + " >" + (folder / "said").string() +
                              " 2>&1";
  const int status = std::system(command.c_str());
  std::ostringstream said;
  said << std::ifstream(folder / "said").rdbuf();
  EXPECT_EQ(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0) << said.str();
  EXPECT_NE(said.str().find("malformed, 0 wrong"), std::string::npos) << said.str();
  fs::remove_all(folder);
}

}  // namespace
}  // namespace dmstall::models
