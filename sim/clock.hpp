// The clock and the kernel threads of a run: the only door to SimGrid.
//
// Time is a whole number of nanoseconds since the run began. SimGrid's own clock is a double, lives as long as the
// process and is never reset, so it only says *when* to go on; which events are due then is read from a
// calendar of integers. That is what makes a run the same to the last bit whatever ran before in the process.
//
// Kernel threads are actors taken from a pool; between two calls of Runner::run they are suspended. Exactly one context
// (an actor, or the timer callback) runs at any time, and hands over by the value it returns.
#pragma once

#include <cstdint>
#include <memory>

namespace dmstall::sim {

using Nanoseconds = std::int64_t;
inline constexpr Nanoseconds ns_per_s = 1'000'000'000;

[[nodiscard]] constexpr double to_seconds(Nanoseconds time) {
  return static_cast<double>(time) * 1e-9;
}
[[nodiscard]] Nanoseconds to_nanoseconds(double seconds);  ///< rounded; saturates far beyond any run

/// A kernel thread, or what Runner::run answers instead of one.
using ThreadId = std::int32_t;
inline constexpr ThreadId no_thread = -1;  ///< runs in whatever context is at hand
inline constexpr ThreadId idle = -2;       ///< nothing can run before the next event
inline constexpr ThreadId over = -3;       ///< the run has ended

struct Event {
  Nanoseconds date = 0;
  std::uint64_t order = 0;  ///< events of one date happen in the order in which they were asked for
  std::int32_t kind = 0;    ///< meaning is the runner's
  std::int32_t what = 0;
};

/// What runs on the clock.
class Runner {
 public:
  virtual ~Runner() = default;
  /// The date of an event has come.
  virtual void due(const Event& event) = 0;
  /// Runs what can run in context `self` (a thread or no_thread) and returns who must go on: a thread, idle or over.
  /// Requires: answers idle only while an event lies ahead.
  virtual ThreadId run(ThreadId self) = 0;
};

class Clock {
 public:
  explicit Clock(Runner& runner);
  ~Clock();
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;

  /// Runs until the runner says over. Exceptions of the runner come out here, after the actors have ended.
  void run();

  [[nodiscard]] Nanoseconds now() const;
  /// Requires: date ≥ now().
  void at(Nanoseconds date, std::int32_t kind, std::int32_t what);

  /// A kernel thread out of the pool; its actor is created when it first runs.
  [[nodiscard]] ThreadId take_thread();
  void give_thread(ThreadId thread);
  [[nodiscard]] std::int64_t threads_in_use() const;
  [[nodiscard]] std::int64_t most_threads() const;  ///< largest number in use at once
  [[nodiscard]] std::int64_t switches() const;      ///< times a thread was resumed
  [[nodiscard]] std::int64_t timers() const;        ///< distinct dates the clock stopped at

 private:
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace dmstall::sim
