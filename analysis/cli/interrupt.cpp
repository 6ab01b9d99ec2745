#include "analysis/cli/interrupt.hpp"

#include <unistd.h>

#include <chrono>
#include <utility>

#include "models/machine/verdict.hpp"

namespace dmstall::analysis {

InterruptGuard::InterruptGuard(std::function<void()> last_words) : last_words_(std::move(last_words)) {
  sigemptyset(&watched_);
  sigaddset(&watched_, SIGUSR2);  // from the destructor; nobody else sends it to this thread
  for (const int number : {SIGINT, SIGTERM}) {
    struct sigaction now {};
    ::sigaction(number, nullptr, &now);
    // A blocked signal is not thrown away however it is set, so an ignored one must not be waited for.
    if (now.sa_handler != SIG_IGN) sigaddset(&watched_, number);
  }
  ::pthread_sigmask(SIG_BLOCK, &watched_, &mask_before_);
  thread_ = std::thread([this] { watch(); });
}

InterruptGuard::~InterruptGuard() {
  {
    const auto held = hold();
    over_ = true;
  }
  ::pthread_kill(thread_.native_handle(), SIGUSR2);
  thread_.join();
  ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
}

void InterruptGuard::watch() {
  int number = 0;
  while (::sigwait(&watched_, &number) != 0) {
  }
  const std::unique_lock held(busy_, std::chrono::seconds(1));
  if (held.owns_lock() && over_) return;
  if (held.owns_lock()) {
    try {
      last_words_();
    } catch (...) {  // there is nobody left to tell
    }
  }
  ::_exit(static_cast<int>(models::ExitCode::interrupted));
}

}  // namespace dmstall::analysis
