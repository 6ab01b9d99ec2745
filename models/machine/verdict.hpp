// The verdicts, their exit codes, and the kinds of deadlock: the contract every engine and every user script relies on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmstall::models {

enum class VerdictKind : std::uint8_t {
  progress,      ///< every request completes (proved, exhausted, or in this run: the report says which)
  deadlock,      ///< a stuck set exists under the stated assumptions and its witness was replayed
  stall,         ///< stuck, relieved by memory, and the scenario says that memory comes back
  livelock,      ///< steps go on for ever, requests do not complete
  starvation,    ///< others complete, one request never does
  inconclusive,  ///< a bound ended the search or the run
};

enum class DeadlockKind : std::uint8_t { circle, self, too_small, empty_reserve, lost_wakeup, order };

/// Process exit codes. The numbers are a contract with scripts and CI jobs.
enum class ExitCode : int {
  progress = 0,
  expectation_unmet = 1,
  deadlock = 10,
  stall = 11,
  livelock_or_starvation = 12,
  inconclusive = 20,
  engines_disagree = 21,
  usage = 64,
  bad_scenario = 65,
  nothing_matched = 66,
  internal_error = 70,
  interrupted = 130,
};

[[nodiscard]] ExitCode exit_code(VerdictKind verdict);

/// The more severe of two codes for a batch of scenarios: 70, 21, 65/64, 10, 12, 11, 20, 66, 130, 1, 0.
[[nodiscard]] ExitCode more_severe(ExitCode a, ExitCode b);

[[nodiscard]] std::string_view to_string(VerdictKind verdict);  ///< "PROGRESS", "DEADLOCK", …
[[nodiscard]] std::string_view to_string(DeadlockKind kind);    ///< "circle", "too_small", …
[[nodiscard]] std::optional<VerdictKind> verdict_from(std::string_view text);
[[nodiscard]] std::optional<DeadlockKind> deadlock_kind_from(std::string_view text);

}  // namespace dmstall::models
