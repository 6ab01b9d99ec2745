// Texts in a DOT graph.
#pragma once

#include <string>
#include <vector>

namespace dmstall::analysis {

/// An ID in quotes. What a terminal would obey is escaped.
[[nodiscard]] std::string dot_quoted(const std::string& text);

/// The same of several lines below each other, for a label.
[[nodiscard]] std::string dot_lines(const std::vector<std::string>& lines);

}  // namespace dmstall::analysis
