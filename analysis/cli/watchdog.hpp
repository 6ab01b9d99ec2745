// Ends this process when it takes too long or too much memory, whatever it is doing.
#pragma once

#include <cstdint>
#include <string>

#include "analysis/cli/progress.hpp"

namespace dmstall::analysis {

/// Bounds of a verb that does its work in this process.
struct ProcessBounds {
  double wall_s;            ///< --timeout
  std::int64_t memory_mib;  ///< --process-memory
  ProcessBounds();          ///< the default ones
};

/// While it lives, a timer looks at clock and memory twenty times a second; above a bound it says which one on stderr
/// and ends the process with 20 (INCONCLUSIVE). One at a time. Children that are forked meanwhile have none. Requires:
/// no output file is being written. Meanwhile a terminal shows what is done and how long it may take.
class Watchdog {
 public:
  /// `doing`: what is not finished then, as "reading x.json"; `wall_flag`: what raises the time.
  Watchdog(const ProcessBounds& bounds, const std::string& doing, const std::string& wall_flag = "--timeout");
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  Progress progress_;
};

}  // namespace dmstall::analysis
