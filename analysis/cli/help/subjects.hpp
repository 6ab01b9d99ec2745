// Subjects that `dmstall help` explains in a text of its own.
#pragma once

#include <string>
#include <vector>

namespace dmstall::analysis {

struct Subject {
  std::string name;   ///< "circle"
  std::string about;  ///< one line, for the list of topics
  std::string text;   ///< at most 24 lines of 80 columns
};

[[nodiscard]] const std::vector<Subject>& subjects();

}  // namespace dmstall::analysis
