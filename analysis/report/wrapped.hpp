// Words joined into lines that are not too long.
#pragma once

#include <string>
#include <vector>

namespace dmstall::analysis {

/// Adds the words to `out`, a space between them, as lines of at most 116 columns that begin with `indent`.
void add_wrapped(const std::vector<std::string>& words, const std::string& indent, std::string& out);

/// The words of the text as such lines; the first one begins with `first` instead. Empty where there are none.
[[nodiscard]] std::string wrapped(const std::string& text, const std::string& first, const std::string& indent);

}  // namespace dmstall::analysis
