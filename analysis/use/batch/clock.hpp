// Wall time that never goes back.
#pragma once

#include <chrono>

namespace dmstall::analysis {

/// Seconds since some moment in the past; only differences mean something.
[[nodiscard]] inline double steady_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace dmstall::analysis
