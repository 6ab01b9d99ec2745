// Latencies of any number of requests in a fixed amount of memory: buckets that grow with the value, 1/128 of it wide.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/clock.hpp"
#include "sim/simulate.hpp"

namespace dmstall::sim {

class Histogram {
 public:
  void add(Nanoseconds value);
  void add(const Histogram& other);
  /// Upper bound of the smallest value that at least `quantile` of all values do not exceed; at most 0.8 % too high.
  [[nodiscard]] Nanoseconds quantile(double quantile) const;
  [[nodiscard]] std::int64_t count() const { return count_; }
  [[nodiscard]] LatencySummary summary() const;

 private:
  static constexpr int sub_bits = 7;
  static std::size_t bucket_of(std::uint64_t value);
  static std::uint64_t last_of(std::size_t bucket);

  std::vector<std::int64_t> buckets_;  ///< grown up to the largest value seen, at most 7,424
  std::int64_t count_ = 0;
  Nanoseconds largest_ = 0;
  double sum_ = 0;
};

}  // namespace dmstall::sim
