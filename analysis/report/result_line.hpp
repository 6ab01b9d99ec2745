// The line that scripts search for.
#pragma once

#include <string>

#include "analysis/verdict/run_report.hpp"

namespace dmstall::analysis {

/// "RESULT <scenario> <VERDICT> engine=… schedules=… states=… digest=…", without newline.
[[nodiscard]] std::string result_line(const RunReport& report);

}  // namespace dmstall::analysis
