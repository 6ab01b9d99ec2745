#include "analysis/report/xml_text.hpp"

#include <cstddef>
#include <cstdint>

#include "models/scenario/printable.hpp"

namespace dmstall::analysis {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

struct Decoded {
  std::uint32_t point = 0;
  std::size_t bytes = 0;  ///< 0: no UTF-8 here
};

Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const std::uint32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return {};
  std::uint32_t point = first & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {};
    point = point << 6U | (byte(i) & 0x3FU);
  }
  const bool overlong = (size == 3 && point < 0x800) || (size == 4 && point < 0x10000);
  return overlong || point > 0x10FFFF ? Decoded{} : Decoded{point, size};
}

/// The production Char of XML 1.0.
bool xml_character(std::uint32_t point) {
  return point == '\t' || point == '\n' || (point >= 0x20 && point <= 0xD7FF) || (point >= 0xE000 && point <= 0xFFFD) ||
         point >= 0x10000;
}

}  // namespace

std::string xml_text(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    if (bytes.front() == '\r') {
      if (bytes.size() == 1 || bytes[1] != '\n') out += '\n';
      bytes.remove_prefix(1);
      continue;
    }
    const Decoded decoded = decode(bytes);
    const std::size_t size = decoded.bytes == 0 ? 1 : decoded.bytes;
    out += decoded.bytes != 0 && xml_character(decoded.point) ? bytes.substr(0, size) : replacement;
    bytes.remove_prefix(size);
  }
  // What XML allows, and whoever prints a report would obey.
  return models::printable_lines(out);
}

}  // namespace dmstall::analysis
