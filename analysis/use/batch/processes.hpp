// Jobs in processes of their own: a crash, a runaway allocation or process-wide state of one job stays inside it.
//
// The simulator keeps state that lives as long as its process, and a scenario may be anything; so whoever runs many
// scenarios forks for each of them. Needs Linux (prctl).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "analysis/verdict/reason.hpp"

namespace dmstall::analysis {

/// How one job ended.
struct ProcessEnd {
  enum class How : std::uint8_t {
    finished,       ///< the job returned, and all of its string arrived
    crashed,        ///< a signal, an exception, or an exit in the middle of the job
    timed_out,      ///< killed after its time
    out_of_memory,  ///< killed above its memory, by us or by the system, or it could get no more
  };
  How how = How::finished;
  int signal = 0;       ///< crashed: the signal that ended it; 0: it exited by itself
  int exit_status = 0;  ///< of a process that exited by itself
  std::string output;   ///< what the job returned; what had arrived of it when it did not finish
  std::string errors;   ///< what it wrote to stderr and stdout, and the message of an exception; the first 1 MiB
  double seconds = 0;   ///< wall time; differs from run to run
  std::optional<double> timeout_s;         ///< that it had
  std::optional<std::int64_t> memory_mib;  ///< that it might use

  /// One of its bounds ended it: no fault of the program's.
  [[nodiscard]] bool out_of_bounds() const { return how == How::timed_out || how == How::out_of_memory; }
};

/// Why this job gave no answer that can be read: the bound that ended it, or how it ended.
[[nodiscard]] Reason reason_of(const ProcessEnd& end);
/// How it ended, if no bound did it.
[[nodiscard]] because::NoAnswer no_answer_of(const ProcessEnd& end);

/// Other than `complete`: the running jobs were killed, and `done` was called for the finished ones only.
enum class BatchEnding : std::uint8_t {
  complete,       ///< `done` was called once per job
  interrupted,    ///< SIGINT or SIGTERM
  enough,         ///< somebody said so
  out_of_budget,  ///< the time for all jobs is over
};

struct BatchLimits {
  int parallel = 1;                                   ///< jobs at once; below 1 counts as 1
  std::optional<double> timeout_s;                    ///< wall time of one job
  std::function<double(std::size_t job)> timeout_of;  ///< asked when the job begins, instead; may be empty
  std::optional<std::int64_t> memory_mib;             ///< resident memory of one job's process
  std::optional<double> budget_s;                     ///< wall time of all jobs together
  std::function<bool()> enough;                       ///< asked after every `done`; may be empty
};

/// Runs `work(0)` … `work(jobs - 1)`, at most `parallel` at once, started in this order.
///
/// `work` runs in a forked child whose stdin is empty; its string comes back whatever its size and bytes are. `done` is
/// called in this process, in the order in which jobs end. A job that takes longer than `timeout_s` seconds of wall
/// time is killed; without a value none is. So is one whose process has more than `memory_mib` in memory. Children die
/// with this process, however it dies. Requires: this process has one thread. Errors: std::system_error when not even
/// one child can be started; what `done` throws passes through. No child is left behind in either case.
[[nodiscard]] BatchEnding run_in_processes(std::size_t jobs, const BatchLimits& limits,
                                           const std::function<std::string(std::size_t)>& work,
                                           const std::function<void(std::size_t, ProcessEnd)>& done);

/// The same without a budget.
[[nodiscard]] BatchEnding run_in_processes(std::size_t jobs, int parallel, std::optional<double> timeout_s,
                                           const std::function<std::string(std::size_t)>& work,
                                           const std::function<void(std::size_t, ProcessEnd)>& done);

/// The processors that this process may use, at least 1.
[[nodiscard]] int default_parallel();

}  // namespace dmstall::analysis
