#include "sim/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace dmstall::sim {

std::size_t Histogram::bucket_of(std::uint64_t value) {
  constexpr std::uint64_t exact = 1u << sub_bits;
  if (value < exact) return static_cast<std::size_t>(value);
  const int shift = static_cast<int>(std::bit_width(value)) - 1 - sub_bits;
  return static_cast<std::size_t>((static_cast<std::uint64_t>(shift + 1) << sub_bits) + ((value >> shift) - exact));
}

std::uint64_t Histogram::last_of(std::size_t bucket) {
  constexpr std::uint64_t exact = 1u << sub_bits;
  if (bucket < exact) return bucket;
  const int shift = static_cast<int>(bucket >> sub_bits) - 1;
  return (((bucket & (exact - 1)) + exact + 1) << shift) - 1;
}

void Histogram::add(Nanoseconds value) {
  const std::size_t bucket = bucket_of(static_cast<std::uint64_t>(std::max<Nanoseconds>(value, 0)));
  if (bucket >= buckets_.size()) buckets_.resize(bucket + 1, 0);
  ++buckets_[bucket];
  ++count_;
  sum_ += static_cast<double>(value);
  largest_ = std::max(largest_, value);
}

void Histogram::add(const Histogram& other) {
  if (other.buckets_.size() > buckets_.size()) buckets_.resize(other.buckets_.size(), 0);
  for (std::size_t bucket = 0; bucket < other.buckets_.size(); ++bucket) buckets_[bucket] += other.buckets_[bucket];
  count_ += other.count_;
  sum_ += other.sum_;
  largest_ = std::max(largest_, other.largest_);
}

Nanoseconds Histogram::quantile(double quantile) const {
  const auto wanted = static_cast<std::int64_t>(std::ceil(quantile * static_cast<double>(count_)));
  std::int64_t seen = 0;
  for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
    seen += buckets_[bucket];
    if (seen >= wanted && seen > 0) return std::min(static_cast<Nanoseconds>(last_of(bucket)), largest_);
  }
  return largest_;
}

LatencySummary Histogram::summary() const {
  if (count_ == 0) return {};
  const auto us = [](Nanoseconds time) { return static_cast<double>(time) * 1e-3; };
  return {count_, us(quantile(0.5)), us(quantile(0.99)), us(largest_), sum_ / static_cast<double>(count_) * 1e-3};
}

}  // namespace dmstall::sim
