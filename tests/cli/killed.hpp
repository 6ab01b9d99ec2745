// Ending a program at one of its system calls, for tests of what a kill -9 leaves behind.
#pragma once

#include <string>
#include <vector>

namespace dmstall::tests {

struct Killed {
  bool traced = false;  ///< the system lets us watch system calls
  bool killed = false;  ///< false: the program ended before
  int code = -1;        ///< of a program that ended by itself
};

/// Runs the program in a folder and sends it SIGKILL before the n-th (from 0) of its system calls that change files:
/// open for writing, write, fsync, change of mode or owner, rename, unlink, close. Its stdout and stderr go to
/// /dev/null.
[[nodiscard]] Killed kill_at_change(const std::string& folder, const std::vector<std::string>& command, int n);

}  // namespace dmstall::tests
