// What else a stack can get stuck on, in words.
#pragma once

#include <string>

#include "analysis/verdict/run_report.hpp"

namespace dmstall::analysis {

/// "snap.lock -> snap.pending (circle): 2 requests, 0 faults, 3 failed allocations; once there is enough of …"
[[nodiscard]] std::string circle_line(const RunReport& report, const FoundCircle& circle);

/// Whether there are others.
[[nodiscard]] std::string circles_end(const Circles& circles);

}  // namespace dmstall::analysis
