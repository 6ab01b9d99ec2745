// What the file system says of a path.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>

namespace dmstall::analysis {

/// Behind symbolic links; nothing where nothing is there or nobody may look.
[[nodiscard]] inline std::optional<struct stat> stat_of(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return std::nullopt;
  return found;
}

}  // namespace dmstall::analysis
