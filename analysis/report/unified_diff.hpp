// What changed in a text, as patch(1) reads it.
#pragma once

#include <string>

namespace dmstall::analysis {

/// One hunk from the first to the last line that differs, with up to three lines around it; empty for equal texts.
[[nodiscard]] std::string unified_diff(const std::string& name, const std::string& before, const std::string& after);

}  // namespace dmstall::analysis
