// What a scenario expects, and what of it was not met, in words.
#pragma once

#include <string>
#include <vector>

#include "analysis/verdict/expectations.hpp"

namespace dmstall::analysis {

/// "expected kind self, found circle"
[[nodiscard]] std::string to_text(const Unmet& unmet);
/// One line for each expectation that the report does not meet.
[[nodiscard]] std::vector<std::string> unmet_lines(const RunReport& report);

/// What a check wants: "DEADLOCK circle a, b", "PROGRESS or STALL", "PROGRESS (no \"expect\" in the file)".
[[nodiscard]] std::string expected_text(const RunReport& report);

}  // namespace dmstall::analysis
