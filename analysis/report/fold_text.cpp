#include "analysis/report/fold_text.hpp"

#include <sstream>

namespace dmstall::analysis {

namespace {

bool begins_a_letter(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

/// Bytes of the first `count` code points.
std::size_t bytes_of(const std::string& text, std::size_t count) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (begins_a_letter(text[at]) && count-- == 0) break;
  }
  return at;
}

}  // namespace

std::size_t width_of(const std::string& text) {
  std::size_t width = 0;
  for (const char c : text) width += begins_a_letter(c) ? 1U : 0U;
  return width;
}

std::string folded(const std::string& text, std::size_t width, const std::string& first, const std::string& rest) {
  std::string out, line = first;
  bool fresh = true;
  const auto end_line = [&] {
    out += line + "\n";
    line = rest;
    fresh = true;
  };
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (!fresh && width_of(line) + 1 + width_of(word) > width) end_line();
    if (!fresh) line += " ";
    while (width_of(line) + width_of(word) > width) {
      const std::size_t fits = bytes_of(word, width - width_of(line));
      line += word.substr(0, fits);
      word.erase(0, fits);
      end_line();
    }
    line += word;
    fresh = false;
  }
  return out + line + "\n";
}

}  // namespace dmstall::analysis
