#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "analysis/report/check_report.hpp"

namespace dmstall::analysis {

namespace {

constexpr const char* green = "\x1b[1;32m";
constexpr const char* yellow = "\x1b[1;33m";
constexpr const char* red = "\x1b[1;31m";
constexpr std::size_t widest_path = 76;

const char* word(const CheckOutcome& outcome) {
  if (outcome.known == Known::yes) return "KNOWN ";
  switch (outcome.kind) {
    case CheckKind::passed:
      return "PASSED";
    case CheckKind::unmet:
    case CheckKind::timed_out:
      return "FAILED";
    case CheckKind::not_run:
      return "NOT RUN";
    default:
      return "ERROR ";
  }
}

std::string rule(char with, const std::string& title) {
  constexpr std::size_t width = 80;
  const std::size_t sides = title.size() + 2 < width ? width - title.size() - 2 : 2;
  return fmt::format("{} {} {}\n", std::string(sides / 2, with), title, std::string(sides - sides / 2, with));
}

std::string indented(const std::string& text) {
  std::string out;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    out += (end > begin ? "  " + text.substr(begin, end - begin) : std::string()) + "\n";
    begin = end + 1;
  }
  return out;
}

/// For a shell, when the path needs it.
std::string shell_quoted(const std::string& path) {
  constexpr const char* plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+=:,@%";
  if (path.find_first_not_of(plain) == std::string::npos) return path;
  std::string out = "'";
  for (const char c : path) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace

CheckText::CheckText(const std::vector<std::string>& files, Style style) : style_(style), all_(files.size()) {
  for (const std::string& file : files) width_ = std::max(width_, std::min(file.size(), widest_path));
}

std::string CheckText::paint(const char* colour, const std::string& text) const {
  return style_.colour ? fmt::format("{}{}\x1b[0m", colour, text) : text;
}

std::string CheckText::line(const CheckOutcome& outcome) {
  ++told_;
  if (style_.quiet) return {};
  std::string what = outcome.unmet.empty() || outcome.kind != CheckKind::unmet
                         ? outcome.found
                         : fmt::format("{}", fmt::join(outcome.unmet, "; "));
  if (!outcome.unchecked.empty()) what += fmt::format("  (not checked: {})", fmt::join(outcome.unchecked, ", "));
  return fmt::format("{:<{}}  {}  {}  [{:3}%]\n", outcome.file, width_,
                     paint(failed(outcome)               ? red
                           : outcome.known == Known::yes ? yellow
                                                         : green,
                           word(outcome)),
                     what, told_ * 100 / std::max<std::size_t>(all_, 1));
}

std::string CheckText::failure(const CheckOutcome& outcome, std::uint64_t seed) const {
  std::string out = paint(red, rule('_', outcome.file));
  if (!outcome.expected.empty()) out += fmt::format("expected: {}\n", outcome.expected);
  // The diagnostics of a refused file begin with what was found.
  if (outcome.diagnostics.empty() || outcome.kind != CheckKind::refused) {
    out += fmt::format("found:    {}\n", outcome.found);
  }
  if (outcome.known == Known::expired) {
    out += fmt::format("was known until {}, which is over: {}\n", outcome.until, outcome.reason);
  }
  if (outcome.kind == CheckKind::unmet) {
    for (const std::string& unmet : outcome.unmet) out += fmt::format("          {}\n", unmet);
  }
  if (!outcome.diagnostics.empty()) out += indented(outcome.diagnostics);
  if (!outcome.stderr_text.empty()) out += "it wrote:\n" + indented(outcome.stderr_text);
  if (!outcome.report.empty()) out += "\n" + indented(outcome.report);
  if (outcome.kind != CheckKind::refused) {
    out += fmt::format("\nagain: dmstall run --seed {} {}\n", seed, shell_quoted(outcome.file));
  }
  return out;
}

std::string CheckText::ending(const CheckRun& run) const {
  std::string out, warnings, known;
  const std::int64_t bad = failures(run);
  if (bad > 0) out += (style_.quiet ? "" : "\n") + rule('=', "FAILURES");
  for (const CheckOutcome& outcome : run.outcomes) {
    if (failed(outcome)) {
      out += failure(outcome, run.seed);
    } else if (outcome.known == Known::yes && !style_.quiet) {
      known +=
          fmt::format("{}: {}\n  known until {}: {}\n", outcome.file, outcome.found, outcome.until, outcome.reason);
    } else if (!outcome.diagnostics.empty() && !style_.quiet) {
      warnings += outcome.diagnostics;
    }
  }
  if (!warnings.empty()) out += "\n" + rule('=', "WARNINGS") + warnings;
  if (!known.empty()) out += "\n" + rule('=', "KNOWN FAILURES") + known;
  if (!run.fixed.empty() && !style_.quiet) {
    out += "\n" + rule('=', "FIXED") + "in the baseline, and passes now (--update-baseline takes it out):\n";
    for (const std::string& file : run.fixed) out += fmt::format("  {}\n", file);
  }
  const char* colour = bad > 0 ? red : run.ending != CheckEnding::complete ? yellow : green;
  return out + paint(colour, fmt::format("{} in {:.1f} s", check_counts(run), run.seconds)) + "\n";
}

std::string check_counts(const CheckRun& run) {
  std::vector<std::string> kinds;
  const auto mention = [&](CheckKind kind, const char* what) {
    const auto n = std::count_if(run.outcomes.begin(), run.outcomes.end(),
                                 [&](const CheckOutcome& outcome) { return outcome.kind == kind && failed(outcome); });
    if (n > 0) kinds.push_back(fmt::format("{} {}", n, what));
  };
  mention(CheckKind::unmet, "not as expected");
  mention(CheckKind::timed_out, "out of time");
  mention(CheckKind::refused, "refused");
  mention(CheckKind::disagreed, "where engines disagree");
  mention(CheckKind::crashed, "crashed");
  std::string counts = fmt::format("{} passed, {} failed", count(run, {CheckKind::passed}), failures(run));
  if (!kinds.empty()) counts += fmt::format(" ({})", fmt::join(kinds, ", "));
  if (run.held_against_baseline) counts += fmt::format(", {} known, {} fixed", known_failures(run), run.fixed.size());
  const auto promoted =
      std::count_if(run.outcomes.begin(), run.outcomes.end(), [](const CheckOutcome& each) { return each.promoted; });
  if (promoted > 0) counts += fmt::format(", {} promoted", promoted);
  const std::int64_t left = count(run, {CheckKind::not_run});
  switch (run.ending) {
    case CheckEnding::complete:
      break;
    case CheckEnding::interrupted:
      counts += fmt::format(", interrupted with {} not run", left);
      break;
    case CheckEnding::failed_fast:
      counts += fmt::format(", ended at the first failure with {} not run", left);
      break;
    case CheckEnding::out_of_budget:
      counts += fmt::format(", the budget of {} s is over with {} not run (--budget raises it)",
                            run.budget_s.value_or(0), left);
      break;
  }
  return counts;
}

}  // namespace dmstall::analysis
