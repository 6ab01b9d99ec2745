// A proof in words that a kernel engineer can check.
#pragma once

#include <string>

#include "analysis/verdict/run_report.hpp"

namespace dmstall::analysis {

/// The order of ranks in a few lines, and what the proof covers. Requires: the report's scenario is proved.
[[nodiscard]] std::string proof_summary(const RunReport& report);

/// "a > b > (c, d) > e": the waits of the proof in their order, the longest cut. Requires: as above.
[[nodiscard]] std::string order_of_waits(const RunReport& report);

/// Every thing that is waited for, from the highest rank down: where, and what those who wait may hold. Empty where
/// nothing is proved.
[[nodiscard]] std::string proof_text(const RunReport& report);

}  // namespace dmstall::analysis
