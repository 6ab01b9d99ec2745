// The table in scenarios/reality/README.md is what its script prints today.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

namespace dmstall::tests {

TEST(RealityTable, IsTheOneThatTheFilesGive) {
  const std::string folder = std::string(DMSTALL_SOURCE_DIR) + "/scenarios/reality/";
  std::ifstream stream(folder + "README.md");
  std::ostringstream text;
  text << stream.rdbuf();
  const std::string readme = text.str();
  const std::string open = "<!-- table -->\n";
  const std::size_t begin = readme.find(open), end = readme.find("<!-- /table -->");
  ASSERT_NE(begin, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(
      popen(("python3 " + folder + "table.py " + DMSTALL_PROGRAM).c_str(), "r"), pclose);
  ASSERT_TRUE(pipe);
  std::string printed;
  for (std::array<char, 4096> buffer{}; const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe.get());)
    printed.append(buffer.data(), n);
  EXPECT_EQ(readme.substr(begin + open.size(), end - begin - open.size()), printed);
}

}  // namespace dmstall::tests
