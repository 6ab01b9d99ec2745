// How help is laid out on a terminal: paragraphs and two columns, 80 columns wide.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace dmstall::analysis {

inline constexpr std::size_t help_columns = 80;

/// The words of the text in lines of at most so many code points; a longer word has a line of its own.
[[nodiscard]] std::vector<std::string> lines_within(const std::string& text, std::size_t width);

/// Each line of the text is a paragraph; ends in a newline.
[[nodiscard]] std::string to_paragraphs(const std::string& text);

/// "  NAME      about", the about wrapped and, where the name is long, on lines of its own.
[[nodiscard]] std::string column_entry(const std::string& name, const std::string& about);

/// "label  a, b, c", wrapped under the first name.
[[nodiscard]] std::string named_list(const std::string& label, const std::vector<std::string>& names);

}  // namespace dmstall::analysis
