#include "analysis/report/wrapped.hpp"

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

}  // namespace dmstall::analysis
