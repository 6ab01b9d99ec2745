// Reproducible random numbers. The standard distributions may differ between libraries; these never do.
#pragma once

#include <cstdint>

namespace dmstall::sim {

/// splitmix64. Each purpose (disks, faults, order, …) has a stream of its own, so that one more draw for one of them
/// does not change all others.
class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t stream)
      : state_(seed * 0x9e3779b97f4a7c15u ^ (stream + 1) * 0xd1342543de82ef95u) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  /// 0 … n−1. Requires: 0 < n < 2^32. The bias (n / 2^32) is of no concern here.
  std::uint64_t below(std::uint64_t n) { return (next() >> 32) * n >> 32; }
  /// 0 ≤ x < 1.
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  bool chance(double probability) { return unit() < probability; }
  /// True once in n on average.
  bool once_in(std::uint64_t n) { return below(n) == 0; }

 private:
  std::uint64_t state_;
};

/// Streams, one per purpose.
enum class Stream : std::uint64_t { order, disk, faults, memory, weights, addresses, adversary };

inline Random random_for(std::uint64_t seed, Stream stream) {
  return {seed, static_cast<std::uint64_t>(stream)};
}

}  // namespace dmstall::sim
