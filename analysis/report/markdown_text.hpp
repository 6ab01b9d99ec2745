// Text of any kind in Markdown (CommonMark with GitHub's tables), so that it reads as itself.
#pragma once

#include <string>

namespace dmstall::analysis {

/// For a table cell or a line: on one line, nothing of it is markup.
[[nodiscard]] std::string markdown_plain(const std::string& text);

/// A code span for a table cell.
[[nodiscard]] std::string markdown_code(const std::string& text);

/// A fenced block, whatever fences the text has itself.
[[nodiscard]] std::string markdown_block(const std::string& text);

/// A part that is folded away until somebody wants it.
[[nodiscard]] std::string markdown_folded(const std::string& title, const std::string& body);

}  // namespace dmstall::analysis
