// Running the program as users do: a folder of its own per test, exit code, what went to stdout and to stderr.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace dmstall::tests {

namespace fs = std::filesystem;

struct Outcome {
  int code = -1;
  std::string out, err;
};

class ProgramTest : public testing::Test {
 protected:
  void SetUp() override {
    const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() /
              ("dmstall-" + std::to_string(::getpid()) + "-" + test.test_suite_name() + "-" + test.name());
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::string scenario(const std::string& name) {
    return std::string(DMSTALL_SOURCE_DIR) + "/scenarios/" + name;
  }

  static std::string read(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
  }

  fs::path write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }

  /// `before`: what the shell does first ("cd … && "). No terminal; the output is kept outside the test's folder.
  [[nodiscard]] Outcome dmstall(const std::string& arguments, const std::string& before = "") const {
    const std::string out = folder_.string() + ".out", err = folder_.string() + ".err";
    const std::string command = before + DMSTALL_PROGRAM + " " + arguments + " >" + out + " 2>" + err + " </dev/null";
    const int status = std::system(command.c_str());
    Outcome outcome{WIFEXITED(status) ? WEXITSTATUS(status) : -1, read(out), read(err)};
    fs::remove(out);
    fs::remove(err);
    return outcome;
  }

  fs::path folder_;
};

}  // namespace dmstall::tests
