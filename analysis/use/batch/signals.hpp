// SIGINT and SIGTERM as a fact that can be asked for, while somebody waits for child processes.
#pragma once

#include <poll.h>

#include <array>
#include <csignal>
#include <vector>

namespace dmstall::analysis {

/// While it lives, SIGINT and SIGTERM do not end this process but make `interrupted` true; signals that were ignored
/// before stay ignored. The signals arrive only inside `poll`, so that none is lost between a look and a sleep.
/// At most one at a time.
class InterruptWatch {
 public:
  InterruptWatch();
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

  [[nodiscard]] bool interrupted() const;

  /// poll(2) that a signal ends; `at_most_ms` below 0: no limit.
  void poll(std::vector<pollfd>& descriptors, double at_most_ms) const;

  /// For a forked child: a Ctrl-C of the terminal reaches the whole group, and a child that died of it by itself would
  /// look like a crash before its parent knows of the signal. The parent kills its children.
  void leave_to_the_parent() const;

 private:
  static constexpr std::array<int, 2> watched_{SIGINT, SIGTERM};
  std::array<struct sigaction, 2> before_{};
  sigset_t mask_before_{};
};

}  // namespace dmstall::analysis
