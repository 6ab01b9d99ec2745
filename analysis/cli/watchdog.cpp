#include "analysis/cli/watchdog.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "analysis/report/reason_text.hpp"
#include "analysis/verdict/bounds.hpp"
#include "models/machine/verdict.hpp"
#include "models/scenario/printable.hpp"

namespace dmstall::analysis {

namespace {

// A handler reaches nothing else, and may call next to nothing: what it says is written down before.
std::string said_of_time, said_of_memory;
std::int64_t most_pages = 0;
timespec ends{};

bool is_late() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec > ends.tv_sec || (now.tv_sec == ends.tv_sec && now.tv_nsec >= ends.tv_nsec);
}

int statm = -1;  // /proc/self/statm

/// Its second number.
std::int64_t resident_pages() {
  char text[64];
  const ssize_t n = statm < 0 ? 0 : ::pread(statm, text, sizeof text, 0);
  std::int64_t pages = 0;
  ssize_t i = 0;
  while (i < n && text[i] != ' ') ++i;
  for (++i; i < n && text[i] >= '0' && text[i] <= '9'; ++i) pages = pages * 10 + (text[i] - '0');
  return pages;
}

[[noreturn]] void give_up(const std::string& why) {
  erase_line_of_other(STDERR_FILENO);
  [[maybe_unused]] const ssize_t best_effort = ::write(STDERR_FILENO, why.data(), why.size());
  ::_exit(static_cast<int>(models::ExitCode::inconclusive));
}

void look(int) {
  const int error_before = errno;
  if (is_late()) give_up(said_of_time);
  if (resident_pages() > most_pages) give_up(said_of_memory);
  draw_progress();
  errno = error_before;
}

void look_every(long every_us) {
  itimerval timer{};
  timer.it_interval.tv_usec = timer.it_value.tv_usec = every_us;
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

}  // namespace

ProcessBounds::ProcessBounds() : wall_s(default_wall_s), memory_mib(default_process_memory_mib) {}

Watchdog::Watchdog(const ProcessBounds& bounds, const std::string& doing, const std::string& wall_flag)
    : progress_({.label = doing, .wall_s = bounds.wall_s, .own_timer = false}) {
  constexpr long every_us = 50'000;
  constexpr double ns_per_s = 1e9;
  const auto said = [&](const Reason& reason) {
    return fmt::format("dmstall: INCONCLUSIVE: {}: {}\n", models::printable(doing), to_text(reason));
  };
  said_of_time = said(because::WallTime{bounds.wall_s, wall_flag});
  said_of_memory = said(because::ProcessMemory{bounds.memory_mib});
  most_pages = (bounds.memory_mib << 20) / ::sysconf(_SC_PAGESIZE);
  ::clock_gettime(CLOCK_MONOTONIC, &ends);
  const double seconds = std::min(bounds.wall_s, 1e9);
  ends.tv_sec += static_cast<time_t>(seconds);
  ends.tv_nsec += static_cast<long>((seconds - static_cast<double>(static_cast<time_t>(seconds))) * ns_per_s);
  if (ends.tv_nsec >= static_cast<long>(ns_per_s)) ++ends.tv_sec, ends.tv_nsec -= static_cast<long>(ns_per_s);
  statm = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  struct sigaction action {};
  action.sa_handler = look;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGALRM, &action, nullptr);
  look_every(every_us);
}

Watchdog::~Watchdog() {
  look_every(0);
  ::signal(SIGALRM, SIG_DFL);
  if (statm >= 0) ::close(statm);
  statm = -1;
}

}  // namespace dmstall::analysis
