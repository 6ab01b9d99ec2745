// All that is known of a run, in words: what stands behind the first screen.
#pragma once

#include <string>

#include "analysis/verdict/run_report.hpp"

namespace dmstall::analysis {

/// Everybody stuck with all that they hold, what each repair comes to, figures of the timed run, pools, what the models
/// leave out. Lines as long as they need. Empty where there is no verdict.
[[nodiscard]] std::string details_text(const RunReport& report);

}  // namespace dmstall::analysis
