#include "analysis/report/table.hpp"

#include <algorithm>
#include <cstddef>

#include "analysis/report/fold_text.hpp"

namespace dmstall::analysis {

namespace {

/// The head in lines of at most `width`, where it has places to break.
std::vector<std::string> broken(const std::string& head, std::size_t width) {
  std::vector<std::string> pieces(1);
  for (const char c : head) {
    pieces.back() += c;
    if (c == '_' || c == '.') pieces.emplace_back();
  }
  std::vector<std::string> lines(1);
  for (const std::string& piece : pieces) {
    if (!lines.back().empty() && width_of(lines.back()) + width_of(piece) > width) lines.emplace_back();
    lines.back() += piece;
  }
  return lines;
}

std::string padded(const std::string& text, std::size_t width, bool right) {
  const std::string spaces(width - std::min(width, width_of(text)), ' ');
  return right ? spaces + text : text + spaces;
}

}  // namespace

std::string text_table(const Table& table, int indent) {
  constexpr std::size_t narrow_head = 14;
  std::vector<std::size_t> widths;
  std::vector<std::vector<std::string>> heads;
  std::size_t head_lines = 1;
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    std::size_t width = 0;
    for (const auto& row : table.rows) width = std::max(width, width_of(row[column]));
    heads.push_back(broken(table.columns[column].head, std::max(width, narrow_head)));
    for (const std::string& line : heads.back()) width = std::max(width, width_of(line));
    head_lines = std::max(head_lines, heads.back().size());
    widths.push_back(width);
  }
  std::string out;
  const auto add_line = [&](const auto& cell) {
    std::string line(static_cast<std::size_t>(indent), ' ');
    for (std::size_t column = 0; column < widths.size(); ++column) {
      line += (column > 0 ? "  " : "") + padded(cell(column), widths[column], table.columns[column].right);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  };
  for (std::size_t i = 0; i < head_lines; ++i) {
    add_line([&](std::size_t column) {
      const std::size_t above = head_lines - heads[column].size();  // heads stand on the first row
      return i < above ? std::string() : heads[column][i - above];
    });
  }
  for (const auto& row : table.rows) add_line([&](std::size_t column) { return row[column]; });
  return out;
}

std::string markdown_table(const Table& table) {
  const auto escaped = [](const std::string& text) {
    std::string out;
    for (const char c : text) {
      if (c == '|' || c == '\\' || c == '*' || c == '_' || c == '<') out += '\\';
      out += c == '\n' ? ' ' : c;
    }
    return out;
  };
  std::string out = "|", rule = "|";
  for (const TableColumn& column : table.columns) {
    out += " " + escaped(column.head) + " |";
    rule += column.right ? "---:|" : "---|";
  }
  out += "\n" + rule + "\n";
  for (const auto& row : table.rows) {
    out += "|";
    for (const std::string& cell : row) out += " " + escaped(cell) + " |";
    out += "\n";
  }
  return out;
}

std::string wrapped(const std::string& text) {
  constexpr std::size_t widest = 118;
  std::string out, line = " ";
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (line.size() + 1 + word.size() > widest && line.size() > 6) {
      out += line + "\n";
      line = "     ";
    }
    line += " " + word;
    begin = end + 1;
  }
  return out + line + "\n";
}

std::string csv_line(const std::vector<std::string>& fields) {
  std::string line;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line += ',';
    if (fields[i].find_first_of("\",\r\n") == std::string::npos) {
      line += fields[i];
      continue;
    }
    line += '"';
    for (const char c : fields[i]) line += c == '"' ? "\"\"" : std::string(1, c);
    line += '"';
  }
  return line + "\r\n";
}

}  // namespace dmstall::analysis
