// A witness step by step, one line each.
#pragma once

#include <cstddef>
#include <string>

#include "analysis/verdict/run_report.hpp"

namespace dmstall::analysis {

/// Number, thread, what it does and what is left of the pool, the innermost function; the point of no return and the
/// first step of a round are marked, and the waits in which all ends stand behind the last one. At most `width` columns
/// a line. Empty where there is no witness.
[[nodiscard]] std::string steps_text(const RunReport& report, std::size_t width);

}  // namespace dmstall::analysis
