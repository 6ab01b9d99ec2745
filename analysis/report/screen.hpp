// Sections of a report on one screen: labels on the left, and rows that give way where there is no room for all.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "analysis/report/labels.hpp"

namespace dmstall::analysis {

inline constexpr std::size_t label_columns = 12;  ///< two blanks, the longest label, a blank

/// One row, folded to the width. `rank`: 0 stays; of the others the highest goes first, of two the later one.
struct ScreenRow {
  std::string text;
  int rank = 0;
  std::size_t indent = 0;  ///< columns to the right of the label's text
  bool whole = false;      ///< a command: never cut, folded behind a backslash
  bool as_it_is = false;   ///< blanks within it stand where it fits on one line
  bool wide = false;       ///< begins below the label, not behind it: not for the first row of a section
};

struct ScreenSection {
  Label label = Label::next;
  std::vector<ScreenRow> rows;
};

/// Lines of at most `width` columns, at most `lines` of them where the rows of rank 0 allow it by being cut to one line
/// each; what gave way is counted at the end of its section. Sections without rows are left out.
[[nodiscard]] std::vector<std::string> screen_lines(std::vector<ScreenSection> sections, std::size_t width,
                                                    std::size_t lines);

/// `text` in at most `width` columns, "…" in place of what is cut.
[[nodiscard]] std::string cut_to(const std::string& text, std::size_t width);

}  // namespace dmstall::analysis
