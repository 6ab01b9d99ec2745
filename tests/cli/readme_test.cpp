// What README.md shows is what the program prints.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace dmstall::tests {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string readme() {
  std::ifstream stream(std::string(DMSTALL_SOURCE_DIR) + "/README.md");
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

/// Wall time differs from run to run.
std::string without_wall_time(const std::string& line) {
  static const std::regex seconds("in [0-9.]+ s$");
  return std::regex_replace(line, seconds, "in T s");
}

std::string output_of(const std::string& arguments) {
  const std::string command = std::string("cd ") + DMSTALL_SOURCE_DIR + " && " + DMSTALL_PROGRAM + " " + arguments;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string printed;
  if (!pipe) return printed;
  for (std::array<char, 4096> buffer{}; const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe.get());)
    printed.append(buffer.data(), n);
  return printed;
}

struct Shown {
  std::string arguments;
  std::vector<std::string> lines;  ///< "…" stands for any number of lines
};

std::vector<Shown> shown_commands() {
  const std::string prompt = "$ build/dmstall ";
  std::vector<Shown> all;
  bool inside = false;
  for (const std::string& line : lines_of(readme())) {
    if (line.rfind(prompt, 0) == 0) {
      all.push_back({line.substr(prompt.size()), {}});
      inside = true;
    } else if (line == "```") {
      inside = false;
    } else if (inside) {
      all.back().lines.push_back(line);
    }
  }
  return all;
}

TEST(Readme, ShowsWhatTheProgramPrints) {
  const std::vector<Shown> commands = shown_commands();
  ASSERT_EQ(commands.size(), 7u);  // run, prove, compare twice, size twice, check
  for (const Shown& shown : commands) {
    SCOPED_TRACE(shown.arguments);
    const std::vector<std::string> printed = lines_of(output_of(shown.arguments));
    ASSERT_GT(shown.lines.size(), 3u);
    std::size_t next = 0;
    bool skip = false;
    for (const std::string& line : shown.lines) {
      if (line == "…") {
        skip = true;
        continue;
      }
      if (skip) {
        while (next < printed.size() && without_wall_time(printed[next]) != without_wall_time(line)) ++next;
      }
      skip = false;
      ASSERT_LT(next, printed.size()) << line;
      EXPECT_EQ(without_wall_time(printed[next]), without_wall_time(line));
      ++next;
    }
  }
}

}  // namespace
}  // namespace dmstall::tests
