// A table of texts and the two ways of printing it.
#pragma once

#include <string>
#include <vector>

namespace dmstall::analysis {

struct TableColumn {
  std::string head;
  bool right = false;  ///< figures stand on the right
};

struct Table {
  std::vector<TableColumn> columns;
  std::vector<std::vector<std::string>> rows;  ///< as many cells as columns each
};

/// Columns as wide as their widest cell (in code points), two spaces between; a head breaks after "_" and "." where
/// that makes its column narrower. Lines end without spaces. `indent`: spaces before each line.
[[nodiscard]] std::string text_table(const Table& table, int indent);

/// A table of GitHub's Markdown; what would end a cell is escaped.
[[nodiscard]] std::string markdown_table(const Table& table);

/// A sentence in lines of at most 118 columns, indented by two spaces, those after the first further. Ends in a
/// newline.
[[nodiscard]] std::string wrapped(const std::string& text);

/// A line of CSV (RFC 4180): fields with commas, quotes or line ends in quotes; ends in CR LF.
[[nodiscard]] std::string csv_line(const std::vector<std::string>& fields);

}  // namespace dmstall::analysis
