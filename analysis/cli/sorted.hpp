// Names in the order of the alphabet: how choices are listed where there are many.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace dmstall::analysis {

[[nodiscard]] inline std::vector<std::string> sorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace dmstall::analysis
