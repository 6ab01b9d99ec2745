// --fail-on of the commands that print tables.
#pragma once

#include <string>

#include "models/machine/verdict.hpp"

namespace dmstall::analysis {

/// "deadlock", "stall", …, in any case. Throws UsageError for another word and for "progress".
[[nodiscard]] models::VerdictKind failing_verdict(std::string name);

}  // namespace dmstall::analysis
