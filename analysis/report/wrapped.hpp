// Words joined into lines that are not too long.
#pragma once

#include <string>
#include <vector>

namespace dmstall::analysis {

/// Adds the words to `out`, a space between them, as lines of at most 116 columns that begin with `indent`.
void add_wrapped(const std::vector<std::string>& words, const std::string& indent, std::string& out);

}  // namespace dmstall::analysis
