// What README.md shows is what the program prints.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

namespace dmstall::tests {

TEST(Readme, ShowsTheReportThatTheProgramPrints) {
  std::ifstream stream(std::string(DMSTALL_SOURCE_DIR) + "/README.md");
  std::ostringstream text;
  text << stream.rdbuf();
  const std::string readme = text.str();
  const std::string open = "$ build/dmstall run scenarios/seed/shared-pools.json\n";
  const std::size_t begin = readme.find(open);
  ASSERT_NE(begin, std::string::npos);
  const std::string shown = readme.substr(begin + open.size(), readme.find("```", begin) - begin - open.size());
  const std::string command = std::string("cd ") + DMSTALL_SOURCE_DIR + " && " + DMSTALL_PROGRAM + " run scenarios/seed/shared-pools.json";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  ASSERT_TRUE(pipe);
  std::string printed;
  for (std::array<char, 4096> buffer{}; const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe.get());) printed.append(buffer.data(), n);
  EXPECT_EQ(printed.substr(0, shown.size()), shown);
}

}  // namespace dmstall::tests
