// The circle of a stuck set as a DOT graph: threads are boxes, what they wait for and hold are ellipses.
#pragma once

#include <string>

#include "analysis/verdict/run_report.hpp"

namespace dmstall::analysis {

/// Of the circle alone; of all who are stuck, up to a few, where there is none. Empty where nobody is stuck.
[[nodiscard]] std::string circle_dot(const RunReport& report);

}  // namespace dmstall::analysis
