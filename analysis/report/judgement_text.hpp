// A judgement in the cells of a table.
#pragma once

#include <string>

#include "analysis/verdict/judgement.hpp"

namespace dmstall::analysis {

/// On what the verdict rests: "proved (ranks)", "proved (equations), tasks of the file", "exhausted, 4 requests",
/// "witness replayed", "searched up to 3 requests".
[[nodiscard]] std::string basis_text(const Judgement& judgement);

/// What the witness needs: "1 request, 2 faults, 3 failed allocations", with "at most " before it when it is not known
/// to be the least; empty without a witness.
[[nodiscard]] std::string needs_text(const Judgement& judgement);

}  // namespace dmstall::analysis
