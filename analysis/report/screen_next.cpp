// NEXT: commands that say more, ready to be pasted.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <string_view>
#include <vector>

#include "analysis/report/first_screen.hpp"
#include "analysis/report/fold_text.hpp"

namespace dmstall::analysis {

namespace {

using models::VerdictKind;

/// As a shell takes it for one word.
std::string quoted(const std::string& path) {
  const auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("/._-+,:@%=").find(c) != std::string_view::npos;
  };
  if (!path.empty() && std::all_of(path.begin(), path.end(), plain) && path.front() != '-') return path;
  std::string out = path.front() == '-' ? "./'" : "'";
  for (const char c : path) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

/// The option that raises the bound which ended the search, with ten times as much; empty where none does.
std::string more_of(const RunReport& report) {
  if (!report.exploration) return {};
  const SearchBound& bound = report.exploration->bound;
  if (bound.flag.rfind("--", 0) != 0) return {};
  using Kind = SearchBound::Kind;
  if (bound.kind == Kind::time || bound.kind == Kind::time_before_a_state)
    return fmt::format("{} {:.0f} ", bound.flag, std::max(10.0, bound.seconds * 10));
  if (bound.kind == Kind::states) return fmt::format("{} {} ", bound.flag, bound.amount * 10);
  return {};
}

}  // namespace

ScreenSection next_section(const RunReport& report, const TextOptions& options) {
  ScreenSection section{Label::next, {}};
  if (report.error || report.file.empty() || report.file == "-") return section;
  const std::string begin = "dmstall run " + options.again, file = quoted(report.file);
  const auto add = [&](const std::string& more) {
    section.rows.push_back({.text = begin + more + file, .rank = section.rows.empty() ? 0 : 4, .whole = true});
  };
  const bool has_steps = !options.steps && (!report.narrative.empty() || report.proves());
  const bool has_circles =
      report.found_by == Engine::explore && report.verdict == VerdictKind::deadlock && !report.circles;
  if (report.verdict == VerdictKind::inconclusive) {
    if (const std::string more = more_of(report); !more.empty()) add(more);
  }
  std::vector<std::string> ways;
  if (has_steps) ways.emplace_back("--steps");
  if (!options.details) ways.emplace_back("--details");
  if (has_circles) ways.emplace_back("--circles");
  if (ways.empty()) return section;
  const std::string others = fmt::format("{}", fmt::join(ways.begin() + 1, ways.end(), ", "));
  const std::string one = begin + options.bounds_again + ways.front() + " " + file + "  # or " + others;
  if (ways.size() > 1 && label_columns + width_of(one) <= options.width) {
    section.rows.push_back({.text = one, .rank = section.rows.empty() ? 0 : 4, .whole = true});
  } else {
    for (const std::string& way : ways) add(options.bounds_again + way + " ");
  }
  return section;
}

}  // namespace dmstall::analysis
