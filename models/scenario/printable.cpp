#include "models/scenario/printable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "models/scenario/source_text.hpp"

namespace dmstall::models {

namespace {

using Point = std::uint32_t;
using Range = std::pair<Point, Point>;

/// Controls, marks that change the direction, separators of lines, and what has no width.
constexpr std::array<Range, 10> hidden = {{{0x00, 0x1F},
                                           {0x7F, 0x9F},
                                           {0x61C, 0x61C},
                                           {0x180E, 0x180E},
                                           {0x200B, 0x200F},
                                           {0x2028, 0x202E},
                                           {0x2060, 0x206F},
                                           {0xFEFF, 0xFEFF},
                                           {0xFFF9, 0xFFFB},
                                           {0xE0000, 0xE007F}}};
/// What runners take away at the beginning of a line before they look for a command.
constexpr std::array<Range, 8> spaces = {{{'\t', '\t'},
                                          {' ', ' '},
                                          {0xA0, 0xA0},
                                          {0x1680, 0x1680},
                                          {0x2000, 0x200A},
                                          {0x202F, 0x202F},
                                          {0x205F, 0x205F},
                                          {0x3000, 0x3000}}};

template <std::size_t n>
bool is_in(Point point, const std::array<Range, n>& ranges) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const Range& range) { return point >= range.first && point <= range.second; });
}

/// Requires: `size` bytes at `at` are well-formed.
Point point_at(std::string_view text, std::size_t at, std::size_t size) {
  const auto byte = [&](std::size_t i) { return static_cast<Point>(static_cast<unsigned char>(text[at + i])); };
  if (size == 1) return byte(0);
  Point point = byte(0) & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) point = point << 6U | (byte(i) & 0x3FU);
  return point;
}

bool is_a_stray_byte(std::string_view text, std::size_t at, std::size_t size) {
  return size == 1 && static_cast<unsigned char>(text[at]) >= 0x80;
}

/// "##[" and "##word[", which some runner of jobs obeys anywhere in a line.
bool begins_command(std::string_view text, std::size_t at) {
  if (text.substr(at, 2) != "##") return false;
  std::size_t i = at + 2;
  while (i < text.size() && ((text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z'))) ++i;
  return i < text.size() && text[i] == '[';
}

/// Colours of this program: ESC [ digits m.
std::size_t colour_size(std::string_view text, std::size_t at) {
  constexpr std::size_t longest = 8;
  if (text.substr(at, 2) != "\x1b[") return 0;
  std::size_t i = at + 2;
  while (i < text.size() && i < at + longest && ((text[i] >= '0' && text[i] <= '9') || text[i] == ';')) ++i;
  return i < text.size() && text[i] == 'm' ? i + 1 - at : 0;
}

std::string escape(Point point) {
  if (point < 0x100) return fmt::format("\\x{:02x}", point);
  return point < 0x10000 ? fmt::format("\\u{:04x}", point) : fmt::format("\\U{:08x}", point);
}

std::string json_escape(Point point) {
  if (point < 0x10000) return fmt::format("\\u{:04x}", point);
  const Point rest = point - 0x10000;
  return fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + (rest >> 10U), 0xDC00 + (rest & 0x3FFU));
}

std::string made_printable(std::string_view text, bool lines, bool colours) {
  std::string out;
  out.reserve(text.size());
  bool line_begins = true;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = code_point_size(text, at);
    if (is_a_stray_byte(text, at, size)) {
      out += escape(static_cast<unsigned char>(text[at]));
      line_begins = false;
      ++at;
      continue;
    }
    if (colours) {
      if (const std::size_t colour = colour_size(text, at); colour > 0) {
        out += text.substr(at, colour);
        at += colour;
        continue;
      }
    }
    const Point point = point_at(text, at, size);
    const bool stays = lines && (point == '\n' || point == '\t');
    if (is_in(point, hidden) && !stays) {
      out += escape(point);
    } else if (begins_command(text, at) || (lines && line_begins && text.substr(at, 2) == "::")) {
      out += escape(point);
    } else {
      out += text.substr(at, size);
    }
    line_begins = point == '\n' || (line_begins && is_in(point, spaces));
    at += size;
  }
  return out;
}

}  // namespace

std::string printable(std::string_view text) {
  return made_printable(text, false, false);
}

std::string printable_lines(std::string_view text, bool colours) {
  return made_printable(text, true, colours);
}

std::string printable_json(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  for (std::size_t at = 0; at < json.size();) {
    const std::size_t size = code_point_size(json, at);
    const Point point = point_at(json, at, size);
    const bool of_the_syntax = point == '\n' || point == '\t' || point == '\r' || is_a_stray_byte(json, at, size);
    const bool escaped = !of_the_syntax && (is_in(point, hidden) || begins_command(json, at));
    out += escaped ? json_escape(point) : std::string(json.substr(at, size));
    at += size;
  }
  return out;
}

bool holds_hidden(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = code_point_size(text, at);
    if (is_a_stray_byte(text, at, size) || is_in(point_at(text, at, size), hidden)) return true;
    at += size;
  }
  return false;
}

std::string printable_point(std::string_view text, std::size_t at, std::size_t size) {
  if (is_a_stray_byte(text, at, size)) return escape(static_cast<unsigned char>(text[at]));
  const Point point = point_at(text, at, size);
  return is_in(point, hidden) || begins_command(text, at) ? escape(point) : std::string(text.substr(at, size));
}

}  // namespace dmstall::models
