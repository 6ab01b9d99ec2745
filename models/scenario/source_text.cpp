#include "models/scenario/source_text.hpp"

#include <algorithm>

namespace dmstall::models {

namespace {

unsigned byte_at(std::string_view text, std::size_t offset) {
  return offset < text.size() ? static_cast<unsigned char>(text[offset]) : 0U;
}

/// Bytes of a well-formed sequence at the offset, 0 when it is malformed (Unicode 15, table 3-7).
std::size_t well_formed_size(std::string_view text, std::size_t offset) {
  const unsigned first = byte_at(text, offset);
  if (first < 0x80) return 1;
  const auto tail = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    const unsigned byte = byte_at(text, offset + i);
    return byte >= low && byte <= high;
  };
  if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;
    return tail(1, low, high) && tail(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    return tail(1, low, high) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

constexpr std::size_t block_bytes = 1024;

bool begins_code_point(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

}  // namespace

std::optional<std::size_t> first_invalid_utf8(std::string_view text) {
  for (std::size_t offset = 0; offset < text.size();) {
    const std::size_t size = well_formed_size(text, offset);
    if (size == 0) return offset;
    offset += size;
  }
  return std::nullopt;
}

std::size_t code_point_size(std::string_view text, std::size_t offset) {
  return std::max<std::size_t>(1, well_formed_size(text, offset));
}

SourceText::SourceText(std::string text, std::string name)
    : text_(std::move(text)), name_(std::move(name)), line_starts_{0} {
  std::size_t points = 0;
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (i % block_bytes == 0) code_points_.push_back(points);
    if (begins_code_point(text_[i])) ++points;
    if (text_[i] == '\n') line_starts_.push_back(i + 1);
  }
  code_points_.push_back(points);
}

std::string_view SourceText::text(Span span) const {
  const std::size_t begin = std::min(span.begin, text_.size());
  return std::string_view(text_).substr(begin, std::max(span.end, begin) - begin);
}

std::size_t SourceText::line_index(std::size_t offset) const {
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<std::size_t>(after - line_starts_.begin()) - 1;
}

std::size_t SourceText::code_points_before(std::size_t offset) const {
  const std::size_t block = offset / block_bytes;
  if (block + 1 >= code_points_.size() && offset == text_.size()) return code_points_.back();
  const auto from = text_.begin() + static_cast<std::ptrdiff_t>(block * block_bytes);
  const auto to = text_.begin() + static_cast<std::ptrdiff_t>(offset);
  return code_points_[block] + static_cast<std::size_t>(std::count_if(from, to, begins_code_point));
}

SourcePosition SourceText::position(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const std::size_t line = line_index(offset);
  const std::size_t column = code_points_before(offset) - code_points_before(line_starts_[line]) + 1;
  return {static_cast<int>(line) + 1, static_cast<int>(column)};
}

Span SourceText::line_around(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const std::size_t begin = line_starts_[line_index(offset)];
  std::size_t end = text_.find('\n', begin);
  if (end == std::string::npos) end = text_.size();
  if (end > begin && text_[end - 1] == '\r') --end;
  return {begin, std::max(begin, end)};
}

Span SourceText::token_at(SourcePosition position) const {
  const std::size_t line = std::min(static_cast<std::size_t>(std::max(position.line, 1)) - 1, line_starts_.size() - 1);
  std::size_t begin = line_starts_[line];
  for (int column = 1; column < position.column && begin < text_.size(); ++column) {
    begin += code_point_size(text_, begin);
  }
  std::size_t end = std::min(begin + 1, text_.size());
  if (begin < text_.size() && text_[begin] == '"') {
    while (end < text_.size() && text_[end] != '"' && text_[end] != '\n') end += text_[end] == '\\' ? 2 : 1;
    end = std::min(end + 1, text_.size());
  }
  return {std::min(begin, text_.size()), end};
}

}  // namespace dmstall::models
