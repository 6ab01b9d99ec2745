// Text in man(7) macros.
#pragma once

#include <string>

namespace dmstall::analysis {

/// Backslashes, dashes and letters beyond ASCII stay what they are, and a line does not become a request.
[[nodiscard]] std::string man_escaped(const std::string& text);
[[nodiscard]] std::string man_bold(const std::string& text);
[[nodiscard]] std::string man_italic(const std::string& text);

}  // namespace dmstall::analysis
