#include "analysis/report/markdown_text.hpp"

#include <algorithm>
#include <string_view>

namespace dmstall::analysis {

namespace {

std::size_t longest_run(std::string_view text, char of) {
  std::size_t longest = 0, now = 0;
  for (const char c : text) longest = std::max(longest, now = c == of ? now + 1 : 0);
  return longest;
}

std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20; }, ' ');
  return text;
}

std::string html(const std::string& text) {
  std::string out;
  for (const char c : one_line(text)) {
    out += c == '&'   ? std::string("&amp;")
           : c == '<' ? std::string("&lt;")
           : c == '>' ? std::string("&gt;")
                      : std::string(1, c);
  }
  return out;
}

}  // namespace

std::string markdown_plain(const std::string& text) {
  constexpr std::string_view special = "\\`*_[]|~#@";
  std::string out;
  for (const char c : html(text)) {
    if (special.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string markdown_code(const std::string& text) {
  if (text.empty()) return {};
  // In a table a bar ends the cell even inside of code, unless escaped; that escape is taken away again.
  std::string inner;
  for (const char c : one_line(text)) inner += c == '|' ? std::string("\\|") : std::string(1, c);
  const std::string fence(longest_run(inner, '`') + 1, '`');
  const bool apart = !inner.empty() && (inner.front() == '`' || inner.back() == '`');
  return fence + (apart ? " " : "") + inner + (apart ? " " : "") + fence;
}

std::string markdown_block(const std::string& text) {
  const std::string fence(std::max<std::size_t>(3, longest_run(text, '`') + 1), '`');
  return fence + "text\n" + text + (text.empty() || text.back() == '\n' ? "" : "\n") + fence + "\n";
}

std::string markdown_folded(const std::string& title, const std::string& body) {
  return "<details><summary>" + html(title) + "</summary>\n\n" + body + "\n</details>\n";
}

}  // namespace dmstall::analysis
