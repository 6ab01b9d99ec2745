// What each exit code means, and what one does then: one table for help, man page and the list below `dmstall --help`.
#pragma once

#include <string>
#include <vector>

#include "models/machine/verdict.hpp"

namespace dmstall::analysis {

struct ExitCodeText {
  models::ExitCode code;
  std::string brief;  ///< "bad scenario"
  std::string means;  ///< a paragraph
  std::string then;   ///< what one does; a paragraph
};

/// Ascending.
[[nodiscard]] const std::vector<ExitCodeText>& exit_code_texts();

/// "Exit codes: 0 progress, 10 deadlock, …."
[[nodiscard]] std::string exit_codes_in_brief();

}  // namespace dmstall::analysis
