// Numbers as bytes, seven bits in each: numbers near 0, of either sign, take one. What a search keeps of a state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace dmstall::analysis {

/// Writes numbers to a string, in place of what it held.
class Packer {
 public:
  /// Requires: at most `numbers` are put.
  Packer(std::string& out, std::size_t numbers) : out_(out) {
    out.resize(numbers * most_bytes);
    at_ = out.data();
  }
  void put(std::int32_t value) {
    auto rest = (static_cast<std::uint32_t>(value) << 1U) ^ static_cast<std::uint32_t>(value >> 31);
    for (; rest >= 0x80U; rest >>= 7U) *at_++ = static_cast<char>(rest | 0x80U);
    *at_++ = static_cast<char>(rest);
  }
  void put_size(std::size_t size) { put(static_cast<std::int32_t>(size)); }
  void finish() { out_.resize(static_cast<std::size_t>(at_ - out_.data())); }

 private:
  static constexpr std::size_t most_bytes = 5;

  std::string& out_;
  char* at_ = nullptr;
};

/// Reads them again, in their order.
class Unpacker {
 public:
  explicit Unpacker(const char* bytes) : at_(bytes) {}
  std::int32_t get() {
    std::uint32_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at_++);
      value |= static_cast<std::uint32_t>(byte & 0x7fU) << shift;
      if (byte < 0x80U) break;
    }
    return static_cast<std::int32_t>(value >> 1U) ^ -static_cast<std::int32_t>(value & 1U);
  }

 private:
  const char* at_;
};

}  // namespace dmstall::analysis
