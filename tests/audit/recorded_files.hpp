// The recordings of the tree, read.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/audit/audited.hpp"

namespace dmstall::tests {

namespace fs = std::filesystem;

inline fs::path tree() {
  return DMSTALL_SOURCE_DIR;
}

inline std::string text_of_file(const fs::path& path) {
  std::ifstream stream(path);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

struct RecordedFile {
  fs::path path;
  analysis::RecordedTrace trace;
};

/// Those of tests/traces with the extension, ".trace" or ".sleepers", in order; each is read once.
inline const std::vector<RecordedFile>& recorded_files(const std::string& extension) {
  static std::map<std::string, std::vector<RecordedFile>> known;
  const auto [at, fresh] = known.try_emplace(extension);
  if (!fresh) return at->second;
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(tree() / "tests" / "traces")) {
    if (entry.path().extension() == extension) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  for (const fs::path& path : paths) {
    analysis::TraceRead one = analysis::read_trace(text_of_file(path));
    EXPECT_TRUE(one.trace) << path << ":" << one.line << ": " << one.refusal;
    if (one.trace) at->second.push_back({path, std::move(*one.trace)});
  }
  return at->second;
}

}  // namespace dmstall::tests
