#include "analysis/use/check/check_scenario.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/use/check/promote.hpp"
#include "analysis/verdict/closing_place.hpp"
#include "analysis/verdict/expectations.hpp"
#include "analysis/verdict/result_line.hpp"
#include "models/scenario/reader.hpp"

namespace dmstall::analysis {

namespace {

using models::ExitCode;
using models::VerdictKind;

/// Whether the expectation says by itself which verdicts it allows, if only by speaking of a stuck set.
bool speaks_of_a_verdict(const models::Expectation& expect) {
  return !expect.verdict.empty() || expect.kind || !expect.circle.empty() || expect.relieved_by_memory || expect.stuck;
}

std::string expected_text(const std::optional<models::Expectation>& expect) {
  if (!expect) return "PROGRESS (no \"expect\" in the file)";
  if (!speaks_of_a_verdict(*expect)) return "PROGRESS (\"expect\" names no verdict)";
  std::vector<std::string_view> verdicts;
  for (const VerdictKind verdict : expect->verdict) verdicts.push_back(to_string(verdict));
  std::string text = verdicts.empty() ? "a stuck set" : fmt::format("{}", fmt::join(verdicts, " or "));
  if (expect->kind) text += fmt::format(" {}", to_string(*expect->kind));
  if (!expect->circle.empty()) text += fmt::format(" {}", fmt::join(expect->circle, ", "));
  return text;
}

std::string found_text(const RunReport& report) {
  std::string text(to_string(report.verdict));
  if (report.verdict == VerdictKind::deadlock) {
    const bool circle = !report.stuck.circle.empty();
    text += fmt::format(" {} {}", to_string(report.stuck.kind),
                        fmt::join(circle ? report.stuck.circle : report.stuck.waited_for, circle ? " -> " : ", "));
  } else if (report.verdict == VerdictKind::inconclusive) {
    text += ": " + report.reason;
  }
  return text;
}

std::string proof_of(const RunReport& report) {
  if (report.verdict != VerdictKind::progress) return {};
  if (report.proof && report.proof->proved) return "proved";
  return report.exploration && report.exploration->verdict == VerdictKind::progress ? "exhausted" : "run";
}

FoundFacts facts_of(const RunReport& report) {
  FoundFacts facts;
  facts.verdict = to_string(report.verdict);
  facts.proof = proof_of(report);
  facts.reserved_bytes = report.reserved_bytes;
  facts.waited_for = report.stuck.waited_for;
  if (report.verdict != VerdictKind::deadlock) return facts;
  facts.kind = to_string(report.stuck.kind);
  facts.circle = report.stuck.circle;
  facts.relieved_by_memory = report.relieved_by_memory;
  facts.stuck = report.stuck.requests;
  if (report.exploration && report.exploration->verdict == VerdictKind::deadlock) {
    facts.min_requests = report.exploration->requests;
    facts.min_faults = report.exploration->faults;
  }
  return facts;
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace

CheckOutcome judge_report(const RunReport& report) {
  CheckOutcome outcome;
  outcome.scenario = report.scenario;
  outcome.expected = expected_text(report.expect);
  outcome.result = result_line(report);
  if (report.error) {
    outcome.kind = report.code == ExitCode::bad_scenario       ? CheckKind::refused
                   : report.code == ExitCode::engines_disagree ? CheckKind::disagreed
                                                               : CheckKind::crashed;
    outcome.found = first_line(*report.error);
    return outcome;
  }
  outcome.found = found_text(report);
  outcome.facts = facts_of(report);
  outcome.unmet = unmet_expectations(report);
  outcome.unchecked = unchecked_expectations(report);
  const bool must_progress = !report.expect || !speaks_of_a_verdict(*report.expect);
  if (must_progress && report.verdict != VerdictKind::progress) {
    outcome.unmet.push_back(fmt::format("expected PROGRESS, found {}", to_string(report.verdict)));
  }
  outcome.kind = outcome.unmet.empty() ? CheckKind::passed : CheckKind::unmet;
  return outcome;
}

CheckOutcome judge_report(const RunReport& report, const models::Scenario& scenario) {
  CheckOutcome outcome = judge_report(report);
  const ClosingPlace place = closing_place(scenario, report);
  outcome.closes = place.who;
  outcome.line = place.line;
  outcome.column = place.column;
  outcome.in_circle = place.in_circle;
  return outcome;
}

CheckOutcome refused_outcome(const std::vector<models::Diagnostic>& diagnostics) {
  CheckOutcome outcome;
  outcome.kind = CheckKind::refused;
  outcome.found = "refused";
  outcome.diagnostics = models::format_diagnostics(diagnostics);
  const auto first = std::find_if(diagnostics.begin(), diagnostics.end(), [](const models::Diagnostic& each) {
    return each.severity == models::Severity::error;
  });
  if (first == diagnostics.end()) return outcome;
  outcome.found = models::format_headline(*first);
  outcome.line = std::max(first->line, 1);
  outcome.column = std::max(first->column, 1);
  return outcome;
}

CheckOutcome check_scenario(const std::string& file, std::uint64_t seed, const ReportText& text_of,
                            const RunBounds& bounds) {
  const auto begun = RunBounds::Clock::now();
  models::FileText text = models::read_file_text(file);
  if (!text.text) return refused_outcome(text.diagnostics);
  const std::string text_digest = digest_of_text(*text.text);
  models::ReadResult read = models::read_scenario_text(std::move(*text.text), file);
  if (!read.scenario) return refused_outcome(read.diagnostics);
  const std::string diagnostics = models::format_diagnostics(read.diagnostics);
  RunOptions options;
  options.seed = seed;
  options.compare_without_faults = false;
  options.bounds = bounds;
  RunReport report = run_scenario(*read.scenario, options);
  CheckOutcome outcome = judge_report(report, *read.scenario);
  outcome.diagnostics = diagnostics;
  outcome.text_digest = text_digest;
  if (outcome.kind != CheckKind::passed) {
    // Only who has to look into a failure needs to know what happens without the faults. A second run that ends before
    // the first did would say something else.
    options.compare_without_faults = true;
    constexpr double enough_again = 2;
    const double took_s = std::chrono::duration<double>(RunBounds::Clock::now() - begun).count();
    const bool enough_time = bounds.within(enough_again * took_s) >= enough_again * took_s;
    if (outcome.kind == CheckKind::unmet && !report.without_faults.empty() && enough_time)
      report = run_scenario(*read.scenario, options);
    report.file = file;
    outcome.report = text_of(report);
  }
  return outcome;
}

}  // namespace dmstall::analysis
