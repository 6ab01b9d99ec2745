// A repair in words.
#pragma once

#include <string>

#include "analysis/verdict/repairs.hpp"

namespace dmstall::analysis {

/// "verity.recheck_pool per device", "lower.io_client 1 → 2"
[[nodiscard]] std::string to_text(const Change& change);
/// How far it was searched: "PROVED for any number of requests", "no stuck set with 1 request, DEADLOCK with 2"
[[nodiscard]] std::string to_text(const RepairOutcome& outcome);

}  // namespace dmstall::analysis
