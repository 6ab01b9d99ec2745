#include "analysis/cli/help/layout.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace dmstall::analysis {

namespace {

/// Code points, which are columns in all that help prints.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

std::vector<std::string> lines_within(const std::string& text, std::size_t width) {
  std::vector<std::string> lines;
  std::string line;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    if (!line.empty() && width_of(line) + 1 + width_of(word) > width) {
      lines.push_back(line);
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
    at = end + 1;
  }
  if (!line.empty()) lines.push_back(line);
  return lines;
}

std::string to_paragraphs(const std::string& text) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    for (const std::string& line : lines_within(text.substr(at, end - at), help_columns)) out += line + "\n";
    at = end + 1;
  }
  return out;
}

std::string column_entry(const std::string& name, const std::string& about) {
  constexpr std::size_t left = 26;  // what it is called; what it does begins here
  std::string out = "  " + name;
  bool first = true;
  for (const std::string& line : lines_within(about, help_columns - left)) {
    const bool fits = first && out.size() + 2 <= left;
    out += fits ? std::string(left - out.size(), ' ') : "\n" + std::string(left, ' ');
    out += line;
    first = false;
  }
  return out + "\n";
}

std::string named_list(const std::string& label, const std::vector<std::string>& names) {
  std::string out;
  std::string indent = label + "  ";
  for (const std::string& line :
       lines_within(fmt::format("{}", fmt::join(names, ", ")), help_columns - label.size() - 2)) {
    out += indent + line + "\n";
    indent.assign(label.size() + 2, ' ');
  }
  return out;
}

}  // namespace dmstall::analysis
