#include "analysis/report/unified_diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace dmstall::analysis {

namespace {

constexpr std::size_t context = 3;

/// With their ends, so that a missing one at the end of the file is seen.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

std::string line(char what, std::string_view text) {
  std::string out(1, what);
  out += text;
  if (!text.ends_with('\n')) out += "\n\\ No newline at end of file\n";
  return out;
}

std::string range(std::size_t first, std::size_t count) {
  return count == 1 ? fmt::format("{}", first + 1) : fmt::format("{},{}", count == 0 ? first : first + 1, count);
}

}  // namespace

std::string unified_diff(const std::string& name, const std::string& before, const std::string& after) {
  if (before == after) return {};
  const std::vector<std::string_view> old_lines = lines_of(before), new_lines = lines_of(after);
  const std::size_t shorter = std::min(old_lines.size(), new_lines.size());
  std::size_t same = 0, same_end = 0;
  while (same < shorter && old_lines[same] == new_lines[same]) ++same;
  while (same_end < shorter - same &&
         old_lines[old_lines.size() - 1 - same_end] == new_lines[new_lines.size() - 1 - same_end]) {
    ++same_end;
  }
  const std::size_t from = same - std::min(same, context), tail = std::min(same_end, context);
  const std::size_t old_end = old_lines.size() - same_end, new_end = new_lines.size() - same_end;
  std::string out = fmt::format("--- {}\n+++ {}\n@@ -{} +{} @@\n", name, name, range(from, old_end + tail - from),
                                range(from, new_end + tail - from));
  for (std::size_t i = from; i < same; ++i) out += line(' ', old_lines[i]);
  for (std::size_t i = same; i < old_end; ++i) out += line('-', old_lines[i]);
  for (std::size_t i = same; i < new_end; ++i) out += line('+', new_lines[i]);
  for (std::size_t i = old_end; i < old_end + tail; ++i) out += line(' ', old_lines[i]);
  return out;
}

}  // namespace dmstall::analysis
