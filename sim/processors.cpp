#include "sim/processors.hpp"

#include <algorithm>
#include <cmath>

namespace dmstall::sim {

Processors::Processors(int count, double bytes_per_s) : free_(std::max(1, count)), bytes_per_s_(bytes_per_s) {}

std::optional<Processors::Started> Processors::submit(std::int32_t who, std::int64_t bytes, Nanoseconds now) {
  const double ns = bytes_per_s_ > 0 ? static_cast<double>(bytes) * 1e9 / bytes_per_s_ : 0.0;
  const Work work{who, std::llround(ns)};
  if (free_ == 0) {
    queue_.push_back(work);
    return std::nullopt;
  }
  --free_;
  return Started{who, now + work.length};
}

std::optional<Processors::Started> Processors::complete(Nanoseconds now) {
  if (queue_.empty()) {
    ++free_;
    return std::nullopt;
  }
  const Work next = queue_.front();
  queue_.pop_front();
  return Started{next.who, now + next.length};
}

}  // namespace dmstall::sim
