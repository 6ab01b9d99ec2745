// --fail-on of the commands that print tables.
#pragma once

#include "models/machine/verdict.hpp"

#include <string>

namespace dmstall::analysis {

/// "deadlock", "stall", …, in any case. Throws UsageError for another word and for "progress".
[[nodiscard]] models::VerdictKind failing_verdict(std::string name);

}  // namespace dmstall::analysis
