// The house's typography: what .clang-format says, and no line longer than 120 columns.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace dmstall::tests {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_columns = 120;
constexpr int formatter = 14;  ///< Debian 12's. Other versions break lines elsewhere.

/// Tables that tests compare with the scenarios beside them, one row for one scenario.
const std::set<std::string> tables = {"scenarios/findings/README.md", "tests/traces/TABLE.md",
                                      "scenarios/history/README.md", "scenarios/reality/README.md"};

/// Paths below the root of the tree, of those endings, in the order of names.
std::vector<std::string> files(const std::set<std::string>& endings) {
  std::vector<std::string> found;
  const fs::path root = DMSTALL_SOURCE_DIR;
  const auto add = [&](const fs::path& path) {
    if (endings.count(path.extension().string()) != 0) found.push_back(fs::relative(path, root).string());
  };
  for (const char* folder : {"models", "sim", "analysis", "tests", "scenarios"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.is_regular_file()) add(entry.path());
    }
  }
  for (const auto& entry : fs::directory_iterator(root)) {
    if (entry.is_regular_file()) add(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::size_t columns(const std::string& line) {
  return static_cast<std::size_t>(
      std::count_if(line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// What a command prints on both streams.
std::string output_of(const std::string& command) {
  std::string text;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return text;
  std::array<char, 4096> part{};
  while (const std::size_t n = fread(part.data(), 1, part.size(), pipe)) text.append(part.data(), n);
  pclose(pipe);
  return text;
}

}  // namespace

TEST(Style, NoLineIsTooLong) {
  const std::vector<std::string> all = files({".cpp", ".hpp", ".md", ".py", ".sh", ".txt"});
  EXPECT_GT(all.size(), 600u);
  for (const std::string& path : all) {
    std::ifstream stream(fs::path(DMSTALL_SOURCE_DIR) / path);
    const bool markdown = path.size() > 3 && path.compare(path.size() - 3, 3, ".md") == 0;
    bool shown = false;  // what a program prints is as wide as it is
    std::string line;
    for (int number = 1; std::getline(stream, line); ++number) {
      if (markdown && line.rfind("```", 0) == 0) shown = !shown;
      if (markdown && (shown || (line.rfind('|', 0) == 0 && tables.count(path) != 0))) continue;
      EXPECT_LE(columns(line), most_columns) << path << ":" << number << ": " << line;
    }
  }
}

TEST(Style, EveryFileIsFormatted) {
  const std::string version = output_of("clang-format --version");
  if (version.find("version " + std::to_string(formatter) + ".") == std::string::npos)
    GTEST_SKIP() << "needs clang-format " << formatter << ", here is: " << version;
  std::string command = "cd '" DMSTALL_SOURCE_DIR "' && clang-format --style=file --dry-run --Werror";
  for (const std::string& path : files({".cpp", ".hpp"})) command += " '" + path + "'";
  EXPECT_EQ(output_of(command), "");
}

}  // namespace dmstall::tests
