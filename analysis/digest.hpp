// A digest: equal input in equal order, equal 64 bits. For telling answers apart, not for security.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dmstall::analysis {

/// FNV-1a over 64-bit words and texts.
class Digest {
 public:
  void add(std::uint64_t word) {
    for (int i = 0; i < 8; ++i) byte(static_cast<unsigned char>(word >> (8 * i)));
  }
  void add(std::string_view text) {
    for (const char c : text) byte(static_cast<unsigned char>(c));
    add(text.size());
  }
  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  void byte(unsigned char b) { value_ = (value_ ^ b) * 0x100000001b3ULL; }
  std::uint64_t value_ = 0xcbf29ce484222325ULL;
};

/// As it is printed: 16 hexadecimal digits.
[[nodiscard]] std::string in_hex(std::uint64_t digest);

/// The digest of one text, as it is printed.
[[nodiscard]] std::string digest_of_text(std::string_view text);

}  // namespace dmstall::analysis
