// Commands that a document shows, with what it shows of their output.
#pragma once

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

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// `path` from the top of the tree.
inline std::string text_of_document(const std::string& path) {
  std::ifstream stream(std::string(DMSTALL_SOURCE_DIR) + "/" + path);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

/// Standard output, run at the top of the tree.
inline std::string output_of(const std::string& arguments) {
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

/// What stands behind "$ build/dmstall ", up to the end of its block.
inline std::vector<Shown> shown_commands(const std::string& document) {
  const std::string prompt = "$ build/dmstall ";
  std::vector<Shown> all;
  bool inside = false, goes_on = false;  // a command goes on behind a backslash
  for (const std::string& line : lines_of(document)) {
    if (goes_on) {
      all.back().arguments += line;
      goes_on = false;
    } else if (line.rfind(prompt, 0) == 0) {
      all.push_back({line.substr(prompt.size()), {}});
      inside = true;
      goes_on = line.back() == '\\';
      if (goes_on) all.back().arguments.pop_back();
    } else if (line == "```") {
      inside = false;
    } else if (inside) {
      all.back().lines.push_back(line);
    }
  }
  return all;
}

/// Wall time differs from run to run.
inline std::string without_wall_time(const std::string& line) {
  static const std::regex seconds("in [0-9.]+ s$");
  return std::regex_replace(line, seconds, "in T s");
}

inline void expect_printed(const Shown& shown) {
  SCOPED_TRACE(shown.arguments);
  const std::vector<std::string> printed = lines_of(output_of(shown.arguments));
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

}  // namespace dmstall::tests
