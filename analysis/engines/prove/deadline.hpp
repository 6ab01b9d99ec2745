// When a proof has to come to an end, whatever it is at: what it would have to look at may grow without measure.
#pragma once

#include <chrono>
#include <cstdint>

namespace dmstall::analysis {

/// Thrown by Deadline::poll; `prove` catches it.
struct OutOfTime {};

class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Deadline(double seconds)
      : ends_(Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds))) {}

  /// For the inside of loops: looks at the clock once in a while.
  void poll() {
    constexpr std::uint32_t looks_once_in = 256;
    if (++polled_ % looks_once_in == 0 && Clock::now() > ends_) throw OutOfTime{};
  }
  [[nodiscard]] double seconds_left() const { return std::chrono::duration<double>(ends_ - Clock::now()).count(); }

 private:
  Clock::time_point ends_;
  std::uint32_t polled_ = 0;
};

}  // namespace dmstall::analysis
