#include "analysis/report/screen.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "analysis/report/fold_text.hpp"

namespace dmstall::analysis {

namespace {

constexpr std::size_t wide_columns = 4;
constexpr std::size_t hanging = 2;  ///< of the lines behind the first of a row

struct FoldedRow {
  std::vector<std::string> lines;
  int rank = 0;
  bool whole = false;
};

struct FoldedSection {
  std::string label;
  std::vector<FoldedRow> rows;
  std::size_t gone = 0;  ///< lines that gave way
};

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// A command on as many lines as it needs; a line that goes on ends in a backslash, as a shell wants it.
std::vector<std::string> command_lines(const std::string& command, std::size_t width, const std::string& first,
                                       const std::string& rest) {
  std::vector<std::string> lines;
  if (width_of(first) + width_of(command) <= width) return {first + command};
  std::string line = first;
  bool fresh = true;
  std::istringstream words(command);
  for (std::string word; words >> word;) {
    if (!fresh && width_of(line) + 1 + width_of(word) + 2 > width) {
      lines.push_back(line + " \\");
      line = rest;
      fresh = true;
    }
    line += (fresh ? "" : " ") + word;
    fresh = false;
  }
  lines.push_back(line);
  return lines;
}

FoldedRow fold_row(const ScreenRow& row, std::size_t width) {
  const std::size_t begin = (row.wide ? wide_columns : label_columns) + row.indent;
  const std::string first(begin, ' ');
  if (row.whole) {
    // A long path has more room at the left edge than behind a label.
    return {command_lines(row.text, width, first, std::string(wide_columns, ' ')), row.rank, true};
  }
  if (row.as_it_is && begin + width_of(row.text) <= width) return {{first + row.text}, row.rank, false};
  const std::string rest(begin + hanging, ' ');
  return {split(folded(row.text, width, first, rest)), row.rank, false};
}

std::size_t height_of(const std::vector<FoldedSection>& sections) {
  std::size_t lines = 0;
  for (const FoldedSection& section : sections) {
    for (const FoldedRow& row : section.rows) lines += row.lines.size();
  }
  return lines;
}

void shorten(FoldedRow& row, std::size_t lines, std::size_t width) {
  row.lines.resize(lines);
  row.lines.back() = cut_to(row.lines.back(), width - 2) + " …";
}

/// Takes away the row that is needed least, or so much of it as is too much; false where only rows of rank 0 are left.
bool drop_one(std::vector<FoldedSection>& sections, std::size_t too_many, std::size_t width) {
  FoldedSection* from = nullptr;
  std::size_t which = 0;
  int rank = 1;
  for (FoldedSection& section : sections) {
    for (std::size_t i = 0; i < section.rows.size(); ++i) {
      if (section.rows[i].rank < rank) continue;
      rank = section.rows[i].rank;
      from = &section;
      which = i;
    }
  }
  if (from == nullptr) return false;
  FoldedRow& row = from->rows[which];
  if (!row.whole && row.lines.size() > too_many) {
    shorten(row, row.lines.size() - too_many, width);
    return true;
  }
  from->gone += row.lines.size();
  from->rows.erase(from->rows.begin() + static_cast<std::ptrdiff_t>(which));
  return true;
}

/// Cuts the last line of the row that has most; false where each has one.
bool shorten_one(std::vector<FoldedSection>& sections, std::size_t width) {
  FoldedRow* longest = nullptr;
  for (FoldedSection& section : sections) {
    for (FoldedRow& row : section.rows) {
      if (row.whole || row.lines.size() < 2) continue;
      if (longest == nullptr || row.lines.size() >= longest->lines.size()) longest = &row;
    }
  }
  if (longest == nullptr) return false;
  shorten(*longest, longest->lines.size() - 1, width);
  return true;
}

}  // namespace

std::string cut_to(const std::string& text, std::size_t width) {
  if (width_of(text) <= width) return text;
  std::string out;
  std::size_t columns = 0;
  for (const char c : text) {
    const bool begins = (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    if (begins && ++columns >= width) break;
    out += c;
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out + "…";
}

std::vector<std::string> screen_lines(std::vector<ScreenSection> sections, std::size_t width, std::size_t lines) {
  std::erase_if(sections, [](const ScreenSection& section) { return section.rows.empty(); });
  std::vector<FoldedSection> folded_sections;
  for (const ScreenSection& section : sections) {
    FoldedSection& out = folded_sections.emplace_back();
    out.label = fmt::format("  {}", name_of(section.label));
    for (const ScreenRow& row : section.rows) out.rows.push_back(fold_row(row, width));
  }
  for (std::size_t height = 0; (height = height_of(folded_sections)) > lines;) {
    if (!drop_one(folded_sections, height - lines, width)) break;
  }
  while (height_of(folded_sections) > lines && shorten_one(folded_sections, width)) {
  }
  std::vector<std::string> result;
  for (const FoldedSection& section : folded_sections) {
    if (section.rows.empty()) continue;
    const std::size_t begin = result.size();
    for (const FoldedRow& row : section.rows) result.insert(result.end(), row.lines.begin(), row.lines.end());
    result[begin].replace(0, section.label.size(), section.label);
    if (section.gone == 0 || section.rows.back().whole) continue;
    const std::string more = fmt::format(" (+{})", section.gone);
    result.back() = cut_to(result.back(), width - more.size()) + more;
  }
  return result;
}

}  // namespace dmstall::analysis
