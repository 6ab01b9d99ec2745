// The text of a scenario file and the places in it.
//
// A Span is a range of bytes; lines and columns count from 1, columns in UTF-8 code points, a tab being one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/scenario/scenario.hpp"

namespace dmstall::models {

/// Bytes [begin, end) of the text.
struct Span {
  std::size_t begin = 0, end = 0;
};

class SourceText {
 public:
  SourceText(std::string text, std::string name);

  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] std::string_view text(Span span) const;
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] SourcePosition position(std::size_t offset) const;
  /// The line around the offset, without its end.
  [[nodiscard]] Span line_around(std::size_t offset) const;
  /// The token that begins at a position: up to the closing quote of a string, else one byte.
  [[nodiscard]] Span token_at(SourcePosition position) const;

 private:
  [[nodiscard]] std::size_t line_index(std::size_t offset) const;
  [[nodiscard]] std::size_t code_points_before(std::size_t offset) const;

  std::string text_;
  std::string name_;
  std::vector<std::size_t> line_starts_;
  std::vector<std::size_t> code_points_;  ///< before every block of the text: one line may hold the whole file
};

/// Offset of the first byte that is not well-formed UTF-8 (overlong forms and surrogates included).
[[nodiscard]] std::optional<std::size_t> first_invalid_utf8(std::string_view text);

/// Bytes of the code point that begins at `offset` of well-formed text; 1 for anything else, so that a scan advances.
[[nodiscard]] std::size_t code_point_size(std::string_view text, std::size_t offset);

}  // namespace dmstall::models
