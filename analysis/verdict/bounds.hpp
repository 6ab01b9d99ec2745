// One bound in wall time and one in memory for all that is done about a scenario: timed run, proof, search, repairs.
//
// Engines that notice that their share is over leave a report with what is known by then. That they notice is no
// promise: whoever runs files of strangers runs them in a process of its own (analysis/batch) with the same bounds.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace dmstall::analysis {

inline constexpr double default_wall_s = 55;  ///< of one scenario: with starting and ending less than a minute
inline constexpr std::int64_t default_process_memory_mib = 3840;  ///< of the process that answers for it

struct RunBounds {
  using Clock = std::chrono::steady_clock;

  /// Nothing begins after it, and what runs comes to an end. Absent: no bound.
  std::optional<Clock::time_point> ends;
  /// Of the whole process; a search's states get three quarters of it. Absent: no bound.
  std::optional<std::int64_t> memory_mib;

  /// Seconds until `ends`, at least 0; nothing without a bound.
  [[nodiscard]] std::optional<double> seconds_left() const;
  /// The same, and at most `wanted`.
  [[nodiscard]] double within(double wanted) const;
  /// A share of what is left, and at most `wanted`: for who has others after it.
  [[nodiscard]] double share(double part, double wanted) const;
  [[nodiscard]] bool over() const;
};

/// The bounds of a process that is killed after `wall_s` seconds from now or above `memory_mib`: a little earlier.
[[nodiscard]] RunBounds bounds_within(std::optional<double> wall_s, std::optional<std::int64_t> memory_mib);

}  // namespace dmstall::analysis
