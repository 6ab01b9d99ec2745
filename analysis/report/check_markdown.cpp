#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "analysis/report/check_report.hpp"
#include "analysis/report/markdown_text.hpp"
#include "analysis/version.hpp"

namespace dmstall::analysis {

namespace {

// A step summary of GitHub holds 1 MiB, a note of GitLab about as much; neither is read that far.
constexpr std::size_t most_rows = 200;
constexpr std::size_t most_reports = 20;
constexpr std::size_t most_report_bytes = 16 * 1024;

const char* state_of(const CheckOutcome& outcome, bool baseline) {
  switch (outcome.known) {
    case Known::yes:
      return "known";
    case Known::expired:
      return "**expired**";
    case Known::no:
      break;
  }
  const bool failed = outcome.kind == CheckKind::unmet || outcome.kind == CheckKind::timed_out;
  return baseline ? "**new**" : failed ? "**failed**" : "**error**";
}

std::string row(const CheckOutcome& outcome, bool baseline) {
  const bool speaks = outcome.kind == CheckKind::unmet && !outcome.unmet.empty();
  std::string why = speaks ? fmt::format("{}", fmt::join(outcome.unmet, "; ")) : outcome.found;
  if (outcome.known != Known::no) why += fmt::format(" (known until {}: {})", outcome.until, outcome.reason);
  return fmt::format("| {} | {} | {} | {} |\n", state_of(outcome, baseline), markdown_code(outcome.file),
                     markdown_plain(outcome.expected), markdown_plain(why));
}

std::string report_of(const CheckOutcome& outcome) {
  std::string text = outcome.diagnostics;
  if (!outcome.report.empty()) text += outcome.report;
  if (text.empty()) text = outcome.found + "\n" + outcome.stderr_text;
  if (text.size() > most_report_bytes) text = text.substr(0, most_report_bytes) + "\n… cut off here\n";
  return markdown_folded(outcome.file, markdown_block(text));
}

}  // namespace

std::string check_markdown(const CheckRun& run) {
  std::string out = fmt::format("### dmstall check: {}\n\n", check_counts(run));
  if (!run.error.empty()) return out + markdown_plain(run.error) + "\n";
  std::vector<const CheckOutcome*> told;
  for (const CheckOutcome& outcome : run.outcomes) {
    if (did_not_pass(outcome)) told.push_back(&outcome);
  }
  std::stable_partition(told.begin(), told.end(), [](const CheckOutcome* outcome) { return failed(*outcome); });
  if (!told.empty()) out += "| | scenario | expected | found |\n|---|---|---|---|\n";
  for (std::size_t i = 0; i < std::min(told.size(), most_rows); ++i) out += row(*told[i], run.held_against_baseline);
  if (told.size() > most_rows) out += fmt::format("\n… and {} more\n", told.size() - most_rows);
  if (!told.empty()) out += "\n";
  if (!run.fixed.empty()) {
    out += "Fixed, and still in the baseline:\n\n";
    for (const std::string& file : run.fixed) out += fmt::format("- {}\n", markdown_code(file));
    out += "\n";
  }
  std::size_t reports = 0;
  for (const CheckOutcome* outcome : told) {
    if (failed(*outcome) && reports++ < most_reports) out += report_of(*outcome) + "\n";
  }
  if (reports > most_reports) out += fmt::format("… and {} more reports\n\n", reports - most_reports);
  return out + fmt::format("dmstall {}, models Linux {}, seed {}\n", program_version(), run.kernel, run.seed);
}

}  // namespace dmstall::analysis
