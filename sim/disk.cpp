#include "sim/disk.hpp"

#include <algorithm>
#include <cmath>

namespace dmstall::sim {

using models::SpendKind;

Disk::Disk(const models::TimedDevice& device, double jitter, Random random)
    : device_(device), jitter_(jitter), random_(random) {
  metrics_.name = device.name;
}

std::optional<Disk::Started> Disk::submit(std::int32_t who, SpendKind kind, std::int64_t bytes, Nanoseconds now) {
  const Transfer transfer{who, kind, bytes};
  if (in_flight_ >= std::max(1, device_.queue_depth)) {
    queue_.push_back(transfer);
    return std::nullopt;
  }
  if (in_flight_++ == 0) busy_since_ = now;
  metrics_.max_in_flight = std::max(metrics_.max_in_flight, in_flight_);
  return start(transfer, now);
}

std::optional<Disk::Started> Disk::complete(Nanoseconds submitted, Nanoseconds now) {
  latency_.add(now - submitted);
  if (!queue_.empty()) {
    const Transfer next = queue_.front();
    queue_.pop_front();
    return start(next, now);
  }
  if (--in_flight_ == 0) busy_ += now - busy_since_;
  return std::nullopt;
}

Disk::Started Disk::start(const Transfer& transfer, Nanoseconds now) {
  double latency_us = device_.latency_us;
  if (jitter_ > 0) latency_us *= 1.0 + jitter_ * (2.0 * random_.unit() - 1.0);
  const Nanoseconds ready = now + std::llround(latency_us * 1e3);
  if (transfer.kind == SpendKind::disk_flush) {
    ++metrics_.flushes;
    return {transfer.who, ready};
  }
  const bool read = transfer.kind == SpendKind::disk_read;
  ++(read ? metrics_.reads : metrics_.writes);
  metrics_.bytes += transfer.bytes;
  const double bytes_per_s = read ? device_.read_bytes_per_s : device_.write_bytes_per_s;
  Nanoseconds& bus_free = read ? read_bus_free_ : write_bus_free_;
  const double bus_ns = bytes_per_s > 0 ? static_cast<double>(transfer.bytes) * 1e9 / bytes_per_s : 0.0;
  bus_free = std::max(ready, bus_free) + std::llround(bus_ns);
  return {transfer.who, bus_free};
}

DeviceMetrics Disk::metrics(Nanoseconds now) const {
  DeviceMetrics result = metrics_;
  result.busy_s = to_seconds(busy_ + (in_flight_ > 0 ? now - busy_since_ : 0));
  result.latency = latency_.summary();
  return result;
}

}  // namespace dmstall::sim
