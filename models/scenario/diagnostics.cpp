#include "models/scenario/diagnostics.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/scenario/printable.hpp"
#include "models/scenario/suggestion.hpp"

namespace dmstall::models {

namespace {

constexpr std::size_t most_entries = 1000;
constexpr std::size_t window_columns = 100;

struct Excerpt {
  std::string line, caret;
};

/// The code points around a place, as offsets with the end of the last one: the line, or a window of it.
struct Window {
  std::vector<std::size_t> points;
  std::size_t column = 0;  ///< index of the place in `points`
  bool cut_before = false, cut_after = false;
};

Window window_around(std::string_view text, Span line, std::size_t place) {
  place = std::clamp(place, line.begin, line.end);
  std::size_t first = place;
  std::size_t before = 0;
  const auto step_back = [&] {
    do --first;
    while (first > line.begin && (static_cast<unsigned char>(text[first]) & 0xC0U) == 0x80U);
    ++before;
  };
  while (first > line.begin && before < window_columns) step_back();
  if (first > line.begin) {  // too far from the beginning of the line to show that as well
    first = place;
    before = 0;
    while (before < window_columns / 2) step_back();
  }
  Window window;
  window.cut_before = first > line.begin;
  std::size_t i = first;
  const std::size_t most = std::max(window_columns, before + window_columns / 2);
  for (; i < line.end && window.points.size() < most; i += code_point_size(text, i)) window.points.push_back(i);
  window.cut_after = i < line.end;
  window.points.push_back(i);
  window.column = before;
  return window;
}

Excerpt make_excerpt(std::string_view text, Span line, Span at) {
  const Window window = window_around(text, line, at.begin);
  const std::vector<std::size_t>& points = window.points;
  Excerpt result;
  if (window.cut_before) result.line += "…", result.caret += ' ';
  bool marked = false;
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const std::string_view point = text.substr(points[i], points[i + 1] - points[i]);
    const unsigned char byte = static_cast<unsigned char>(point.front());
    const bool shown = byte == '\t' || printable_point(text, points[i], point.size()) == point;
    result.line += shown ? point : std::string_view("?");  // one column, as the caret below counts
    if (i < window.column) {
      result.caret += byte == '\t' ? '\t' : ' ';
    } else if (i == window.column) {
      result.caret += '^';
      marked = true;
    } else if (points[i] < at.end) {
      result.caret += '~';
    }
  }
  if (!marked) result.caret += '^';
  if (window.cut_after) result.line += "…";
  return result;
}

}  // namespace

void Diagnostics::add(Severity severity, Span at, std::string message) {
  if (severity == Severity::error) ++errors_;
  if (!seen_.emplace(at.begin, message).second) return;
  if (entries_.size() >= most_entries) {
    ++left_out_;
    if (severity == Severity::error) left_out_severity_ = Severity::error;
    return;
  }
  entries_.push_back({severity, at, std::move(message)});
}

std::string Diagnostics::did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  if (comparisons_left_ <= 0) return {};
  comparisons_left_ -= static_cast<std::int64_t>(candidates.size());
  const std::string guess = nearest(word, candidates);
  return guess.empty() ? std::string() : fmt::format("; did you mean {}?", in_quotes(guess));
}

Diagnostic Diagnostics::with_excerpt(Entry entry) const {
  const SourcePosition position = source_.position(entry.at.begin);
  const Excerpt excerpt = make_excerpt(source_.text(), source_.line_around(entry.at.begin), entry.at);
  return {entry.severity,           source_.name(), position.line, position.column,
          std::move(entry.message), excerpt.line,   excerpt.caret};
}

std::vector<Diagnostic> Diagnostics::take() {
  std::stable_sort(entries_.begin(), entries_.end(),
                   [](const Entry& a, const Entry& b) { return a.at.begin < b.at.begin; });
  std::vector<Diagnostic> result;
  result.reserve(entries_.size() + 1);
  for (Entry& entry : entries_) result.push_back(with_excerpt(std::move(entry)));
  if (left_out_ > 0) {
    result.push_back(file_diagnostic(source_.name(), fmt::format("{} more mistakes are not listed", left_out_)));
    result.back().severity = left_out_severity_;
  }
  entries_.clear();
  return result;
}

Diagnostic file_diagnostic(std::string file, std::string message) {
  Diagnostic result;
  result.file = std::move(file);
  result.message = std::move(message);
  return result;
}

std::string format_headline(const Diagnostic& diagnostic) {
  const char* severity = diagnostic.severity == Severity::error ? "error" : "warning";
  const std::string file = printable(diagnostic.file);
  if (diagnostic.line == 0) return fmt::format("{}: {}: {}", file, severity, diagnostic.message);
  return fmt::format("{}:{}:{}: {}: {}", file, diagnostic.line, diagnostic.column, severity, diagnostic.message);
}

std::string format_diagnostics(const std::vector<Diagnostic>& diagnostics) {
  std::string result;
  for (const Diagnostic& diagnostic : diagnostics) {
    result += format_headline(diagnostic) + "\n";
    if (diagnostic.line == 0) continue;
    result += fmt::format("{:5} | {}\n      | {}\n", diagnostic.line, diagnostic.source_line, diagnostic.caret_line);
  }
  return result;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 80;
  std::string result = "\"";
  std::size_t shown = 0;
  for (std::size_t i = 0; i < text.size(); ++shown) {
    if (shown == longest) {
      result += "…";
      break;
    }
    const std::size_t size = code_point_size(text, i);
    const unsigned char byte = static_cast<unsigned char>(text[i]);
    if (byte == '"' || byte == '\\') {
      result += '\\';
      result += text[i];
    } else {
      result += printable_point(text, i, size);
    }
    i += size;
  }
  return result + "\"";
}

std::string with_article(std::string_view noun) {
  const bool vowel = !noun.empty() && std::string_view("aeioAEIO").find(noun.front()) != std::string_view::npos;
  return fmt::format("{} {}", vowel ? "an" : "a", noun);
}

std::string one_of(const std::vector<std::string>& names) {
  std::string result;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) result += i + 1 == names.size() ? " or " : ", ";
    result += in_quotes(names[i]);
  }
  return result;
}

}  // namespace dmstall::models
