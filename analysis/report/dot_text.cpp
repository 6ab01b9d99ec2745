#include "analysis/report/dot_text.hpp"

#include "models/scenario/printable.hpp"

namespace dmstall::analysis {

namespace {

std::string dot_escaped(const std::string& text) {
  std::string out;
  for (const char c : models::printable(text)) out += c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
  return out;
}

}  // namespace

std::string dot_quoted(const std::string& text) {
  return "\"" + dot_escaped(text) + "\"";
}

std::string dot_lines(const std::vector<std::string>& lines) {
  std::string out = "\"";
  for (const std::string& line : lines) {
    if (line.empty()) continue;
    if (out.size() > 1) out += "\\n";
    out += dot_escaped(line);
  }
  return out + "\"";
}

}  // namespace dmstall::analysis
