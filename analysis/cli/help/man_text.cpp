#include "analysis/cli/help/man_text.hpp"

#include <fmt/format.h>

namespace dmstall::analysis {

std::string man_escaped(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    const bool begins_line = out.empty() || out.back() == '\n';
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if ((c == '.' || c == '\'') && begins_line) {
      out += std::string("\\&") + c;
    } else if (byte < 0x80U) {
      out += c;
    } else {
      // The bytes of one code point: 110xxxxx 10xxxxxx and longer.
      const std::size_t more = byte >= 0xF0U ? 3 : byte >= 0xE0U ? 2 : 1;
      unsigned point = byte & (0x3FU >> more);
      for (std::size_t k = 0; k < more && i + 1 < text.size(); ++k)
        point = point << 6U | (static_cast<unsigned char>(text[++i]) & 0x3FU);
      out += fmt::format("\\[u{:04X}]", point);
    }
  }
  return out;
}

std::string man_bold(const std::string& text) {
  return "\\fB" + man_escaped(text) + "\\fR";
}
std::string man_italic(const std::string& text) {
  return "\\fI" + man_escaped(text) + "\\fR";
}

}  // namespace dmstall::analysis
