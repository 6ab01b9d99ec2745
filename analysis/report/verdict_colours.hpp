// Colours of verdicts in a table that stands already: after padding, so that they do not count as width.
#pragma once

#include <string>

namespace dmstall::analysis {

/// Every verdict that stands as a word of its own between two spaces before it and one behind.
[[nodiscard]] std::string with_verdict_colours(std::string table);

}  // namespace dmstall::analysis
