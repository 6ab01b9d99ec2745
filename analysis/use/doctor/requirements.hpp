// What features need beside dmstall itself, as a table: programs, and the package of Debian that has each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dmstall::analysis {

/// Who needs a feature.
enum class NeededBy : std::uint8_t {
  command,  ///< a command of dmstall starts the program
  output,   ///< one runs it on what dmstall wrote
  source,   ///< building, testing or extending dmstall
};

struct NeededProgram {
  std::string name;     ///< as it stands in PATH
  std::string package;  ///< of Debian and what derives from it
};

struct Feature {
  std::string name;   ///< "pictures of a comparison"
  std::string usage;  ///< where it is used: "dmstall compare --plot FILE.svg"
  NeededBy by = NeededBy::command;
  std::vector<NeededProgram> programs;  ///< all of them
};

/// Those of commands first.
[[nodiscard]] const std::vector<Feature>& features();

}  // namespace dmstall::analysis
