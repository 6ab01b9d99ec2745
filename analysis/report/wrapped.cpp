#include "analysis/report/wrapped.hpp"

#include <algorithm>
#include <sstream>

namespace dmstall::analysis {

void add_wrapped(const std::vector<std::string>& words, const std::string& indent, std::string& out) {
  constexpr std::size_t columns = 116;
  std::string line = indent;
  for (const std::string& word : words) {
    if (line.size() > indent.size() && line.size() + 1 + word.size() > columns) {
      out += line + "\n";
      line = indent;
    }
    line += (line.size() > indent.size() ? " " : "") + word;
  }
  out += line + "\n";
}

std::string wrapped(const std::string& text, const std::string& first, const std::string& indent) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  std::string out;
  add_wrapped(words, indent, out);
  return out.empty() ? out : first + out.substr(std::min(indent.size(), out.size()));
}

}  // namespace dmstall::analysis
