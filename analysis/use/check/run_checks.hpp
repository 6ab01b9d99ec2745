// A batch of checks: every scenario in a process of its own, answers in the order of paths.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/use/batch/processes.hpp"
#include "analysis/use/check/check_outcome.hpp"
#include "analysis/verdict/bounds.hpp"

namespace dmstall::analysis {

struct CheckOptions {
  std::uint64_t seed = 1;
  std::string release;                                   ///< empty: the one that each file names
  int parallel = 1;                                      ///< processes at once, at least 1
  double timeout_s = default_wall_s;                     ///< wall time of one scenario
  std::int64_t memory_mib = default_process_memory_mib;  ///< of the process of one scenario
  std::optional<double> budget_s;                        ///< wall time of all together
  bool fail_fast = false;  ///< the first failure ends the batch; which one that is may depend on `parallel`
};

/// "6.12"; of all releases where each file names its own.
[[nodiscard]] std::string kernels_of(const std::string& release);

/// Checks one file with a seed; runs in a child process and may do there what it likes.
using CheckOne = std::function<CheckOutcome(const std::string& file, std::uint64_t seed)>;

/// What is said of a scenario whose process gave no answer.
using LostText = std::function<std::string(const ProcessEnd& end, double timeout_s)>;

/// Whoever watches; each may be empty.
struct CheckWatch {
  /// Called once per scenario before anything else sees its outcome: may say that a failure is known.
  std::function<void(CheckOutcome& outcome)> amend;
  /// Called in the order of `files`, as soon as all before it are known too.
  std::function<void(const CheckOutcome& outcome)> outcome;
  /// Called whenever a scenario is done, before `outcome` is.
  std::function<void(std::size_t done, std::size_t all)> progress;
};

/// A scenario that crashes or takes too long is one failure among the others. After SIGINT or SIGTERM, at the end of
/// the budget, and after the first failure where that is enough, the rest is `not_run`; what runs then is killed.
/// Errors: std::system_error when no process can be started.
[[nodiscard]] CheckRun run_checks(const std::vector<std::string>& files, const CheckOptions& options,
                                  const CheckOne& check, const CheckWatch& watch, const LostText& lost);

}  // namespace dmstall::analysis
