#include "analysis/report/outcome_of_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstring>

#include "analysis/report/expectation_text.hpp"
#include "analysis/report/reason_text.hpp"
#include "analysis/report/result_line.hpp"
#include "analysis/report/run_report.hpp"
#include "analysis/verdict/closing_place.hpp"

namespace dmstall::analysis {

namespace {

using models::ExitCode;
using models::VerdictKind;

std::string found_text(const RunReport& report) {
  std::string text(to_string(report.verdict));
  if (report.verdict == VerdictKind::deadlock) {
    const bool circle = !report.stuck.circle.empty();
    text += fmt::format(" {} {}", to_string(report.stuck.kind),
                        fmt::join(circle ? report.stuck.circle : report.stuck.waited_for, circle ? " -> " : ", "));
  } else if (report.verdict == VerdictKind::inconclusive) {
    text += ": " + reason_text(report);
  }
  return text;
}

std::string proof_of(const RunReport& report) {
  if (report.verdict != VerdictKind::progress) return {};
  if (report.proves()) return "proved";
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

std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of("\n ");
  if (end == std::string::npos) return {};
  const std::size_t newline = text.rfind('\n', end);
  const std::size_t begin = newline == std::string::npos ? 0 : newline + 1;
  return text.substr(begin, end + 1 - begin);
}

}  // namespace

CheckOutcome judge_report(const RunReport& report) {
  CheckOutcome outcome;
  outcome.scenario = report.scenario;
  outcome.expected = expected_text(report);
  outcome.result = result_line(report);
  if (report.error) {
    outcome.kind = report.code == ExitCode::bad_scenario       ? CheckKind::refused
                   : report.code == ExitCode::engines_disagree ? CheckKind::disagreed
                                                               : CheckKind::crashed;
    outcome.found = first_line(error_text(report));
    return outcome;
  }
  outcome.found = found_text(report);
  outcome.facts = facts_of(report);
  outcome.unmet = unmet_lines(report);
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

CheckWriters plain_check_writers() {
  return {[](const RunReport& report, const models::Scenario& scenario) { return judge_report(report, scenario); },
          plain_run_report, nullptr};
}

std::string lost_text(const ProcessEnd& end, double timeout_s) {
  if (end.how == ProcessEnd::How::timed_out)
    return fmt::format("INCONCLUSIVE: not finished after {} s; --timeout raises the bound", timeout_s);
  if (end.out_of_bounds()) return "INCONCLUSIVE: " + to_text(reason_of(end));
  std::string text = end.signal != 0 ? fmt::format("dmstall crashed: {}", ::strsignal(end.signal))
                     : end.how == ProcessEnd::How::crashed
                         ? fmt::format("dmstall gave up with status {}", end.exit_status)
                         : std::string("dmstall's answer cannot be read");
  if (const std::string said = last_line(end.errors); !said.empty()) text += ": " + said;
  return text;
}

}  // namespace dmstall::analysis
