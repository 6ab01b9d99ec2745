// The machine's CPUs, for hashing: so many at a time, the rest in order. Everything else a thread does costs no CPU
// time.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "sim/clock.hpp"

namespace dmstall::sim {

class Processors {
 public:
  struct Started {
    std::int32_t who = 0;
    Nanoseconds ends = 0;
  };

  Processors(int count, double bytes_per_s);

  /// Asks for the time to hash `bytes` on one CPU; empty when all are busy.
  std::optional<Started> submit(std::int32_t who, std::int64_t bytes, Nanoseconds now);
  /// Somebody has finished: the CPU goes to the next in the queue, if any.
  std::optional<Started> complete(Nanoseconds now);

 private:
  struct Work {
    std::int32_t who;
    Nanoseconds length;
  };
  int free_;
  double bytes_per_s_;
  std::deque<Work> queue_;
};

}  // namespace dmstall::sim
