// A disk: so many transfers at a time, a latency each in parallel, and one bus per direction that carries them in turn.
//
// A transfer holds one of `queue_depth` places from its start to its end; those beyond it wait in order. It ends at
// max(start + latency, end of the transfer before it on its bus) + bytes / bandwidth. A flush has latency only.
// Own arithmetic instead of SimGrid's Disk, which rounds progress to whole bytes at every event of the simulation and
// keeps 265 bytes per finished transfer.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "models/machine/machine.hpp"
#include "sim/histogram.hpp"
#include "sim/random.hpp"

namespace dmstall::sim {

class Disk {
 public:
  /// A transfer that started, and when it will end.
  struct Started {
    std::int32_t who = 0;
    Nanoseconds ends = 0;
  };

  /// `jitter`: latencies vary by up to this part of themselves in both directions, by the seed.
  Disk(const models::TimedDevice& device, double jitter, Random random);

  /// Asks for a transfer; empty when it has to queue.
  std::optional<Started> submit(std::int32_t who, models::SpendKind kind, std::int64_t bytes, Nanoseconds now);
  /// One transfer, submitted at `submitted`, has ended: its place goes to the next in the queue, if any.
  std::optional<Started> complete(Nanoseconds submitted, Nanoseconds now);

  [[nodiscard]] DeviceMetrics metrics(Nanoseconds now) const;

 private:
  struct Transfer {
    std::int32_t who;
    models::SpendKind kind;
    std::int64_t bytes;
  };
  Started start(const Transfer& transfer, Nanoseconds now);

  models::TimedDevice device_;
  double jitter_;
  Random random_;
  std::deque<Transfer> queue_;
  int in_flight_ = 0;
  Nanoseconds read_bus_free_ = 0, write_bus_free_ = 0;
  Nanoseconds busy_ = 0, busy_since_ = 0;
  Histogram latency_;
  DeviceMetrics metrics_;
};

}  // namespace dmstall::sim
