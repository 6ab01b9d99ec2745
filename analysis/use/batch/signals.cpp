#include "analysis/use/batch/signals.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <ctime>
#include <system_error>

namespace dmstall::analysis {

namespace {

volatile std::sig_atomic_t signal_arrived = 0;  // a handler can reach nothing else

void note_signal(int) {
  signal_arrived = 1;
}

}  // namespace

InterruptWatch::InterruptWatch() {
  signal_arrived = 0;
  sigset_t blocked;
  sigemptyset(&blocked);
  for (const int number : watched_) sigaddset(&blocked, number);
  ::sigprocmask(SIG_BLOCK, &blocked, &mask_before_);
  for (std::size_t i = 0; i < watched_.size(); ++i) {
    ::sigaction(watched_[i], nullptr, &before_[i]);
    if (before_[i].sa_handler == SIG_IGN) continue;
    struct sigaction note {};
    note.sa_handler = note_signal;
    ::sigaction(watched_[i], &note, nullptr);
  }
}

InterruptWatch::~InterruptWatch() {
  for (std::size_t i = 0; i < watched_.size(); ++i) ::sigaction(watched_[i], &before_[i], nullptr);
  ::sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
}

bool InterruptWatch::interrupted() const {
  return signal_arrived != 0;
}

void InterruptWatch::poll(std::vector<pollfd>& descriptors, double at_most_ms) const {
  std::timespec limit{};
  if (at_most_ms >= 0) {
    const double ms = std::min(at_most_ms, 1e12);
    limit.tv_sec = static_cast<std::time_t>(ms / 1000);
    limit.tv_nsec = static_cast<long>(std::fmod(ms, 1000) * 1e6);
  }
  if (::ppoll(descriptors.data(), descriptors.size(), at_most_ms >= 0 ? &limit : nullptr, &mask_before_) < 0 &&
      errno != EINTR && errno != EAGAIN) {
    throw std::system_error(errno, std::generic_category(), "waiting for processes");
  }
}

void InterruptWatch::leave_to_the_parent() const {
  for (const int number : watched_) std::signal(number, SIG_IGN);
  ::sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
}

}  // namespace dmstall::analysis
