// SIGINT and SIGTERM while this process itself computes and cannot be asked to stop.
#pragma once

#include <pthread.h>
#include <signal.h>

#include <functional>
#include <mutex>
#include <thread>

namespace dmstall::analysis {

/// While it lives, SIGINT and SIGTERM make a thread of its own say the last words and end the process with 130 (signals
/// that were ignored before stay ignored). Threads started meanwhile are not disturbed by these signals. Not beside
/// `run_in_processes`, which forks and has its own way.
class InterruptGuard {
 public:
  explicit InterruptGuard(std::function<void()> last_words);
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  /// While held, nobody says last words: for output, and for what the last words read. Who holds it for longer than a
  /// second (a reader of a pipe that does not read) is not waited for, and nothing more is said.
  [[nodiscard]] std::unique_lock<std::timed_mutex> hold() { return std::unique_lock(busy_); }

 private:
  void watch();

  std::function<void()> last_words_;
  std::timed_mutex busy_;
  sigset_t watched_{}, mask_before_{};
  bool over_ = false;  ///< guarded by `busy_`
  std::thread thread_;
};

}  // namespace dmstall::analysis
