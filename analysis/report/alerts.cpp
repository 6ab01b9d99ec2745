#include "analysis/report/alerts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "analysis/use/check/fingerprint.hpp"

namespace dmstall::analysis {

namespace {

std::string rule_of(const CheckOutcome& outcome) {
  if (outcome.facts.verdict.empty()) return std::string(to_string(outcome.kind));
  std::string rule = outcome.facts.verdict;
  std::transform(rule.begin(), rule.end(), rule.begin(), [](unsigned char c) { return std::tolower(c); });
  if (!outcome.facts.kind.empty()) rule += "." + outcome.facts.kind;
  return rule;
}

Alert alert_of(const CheckOutcome& outcome) {
  Alert alert;
  alert.rule = rule_of(outcome);
  alert.file = outcome.file;
  alert.line = std::max(outcome.line, 1);
  alert.column = std::max(outcome.column, 1);
  alert.title = outcome.found.empty() ? std::string(to_string(outcome.kind)) : outcome.found;
  alert.fingerprint = fingerprint(outcome);
  alert.scenario = outcome.scenario;
  alert.device = outcome.closes;
  alert.known = outcome.known;
  alert.reason = outcome.reason;
  alert.until = outcome.until;
  return alert;
}

/// What there is to say beside the title.
std::string details_of(const CheckOutcome& outcome) {
  std::string text;
  const auto line = [&](const std::string& what) { text += text.empty() ? what : "\n" + what; };
  if (!outcome.closes.empty() && !outcome.facts.circle.empty()) {
    line(fmt::format("{} closes the circle {}", outcome.closes, fmt::join(outcome.facts.circle, " -> ")));
  }
  if (outcome.facts.relieved_by_memory) {
    line(fmt::format("relieved by memory: {}", *outcome.facts.relieved_by_memory ? "yes" : "no"));
  }
  if (outcome.kind == CheckKind::refused && !outcome.diagnostics.empty()) line(outcome.diagnostics);
  if (!outcome.result.empty()) line(outcome.result);
  return text;
}

}  // namespace

const std::vector<AlertRule>& alert_rules() {
  static const std::vector<AlertRule> rules = {
      {"deadlock.circle", "DeadlockCircle", "Requests wait for each other in a circle; none can ever move again."},
      {"deadlock.self", "DeadlockSelf", "A request waits for what only it could give back."},
      {"deadlock.too_small", "DeadlockTooSmall", "A request needs more elements than the reserve has."},
      {"deadlock.empty_reserve", "DeadlockEmptyReserve", "A request waits for an element of a reserve that has none."},
      {"deadlock.lost_wakeup", "DeadlockLostWakeup", "A request waits for a signal that nobody gives any more."},
      {"deadlock.order", "DeadlockOrder", "A request waits for its turn behind one that cannot move."},
      {"stall", "Stall", "Requests are stuck until memory comes back."},
      {"livelock", "Livelock", "Steps go on for ever and requests do not complete."},
      {"starvation", "Starvation", "One request can be overtaken for ever."},
      {"inconclusive", "Inconclusive", "A bound ended the search before there was an answer."},
      {"progress", "Progress", "Every request completes, where something else was expected."},
      {"not_as_expected", "NotAsExpected", "What was found is not what the scenario expects."},
      {"timed_out", "TimedOut", "The scenario was not finished in the time it was given."},
      {"refused", "Refused", "The scenario file has mistakes."},
      {"engines_disagree", "EnginesDisagree", "The engines contradict each other: a bug of dmstall."},
      {"crashed", "Crashed", "dmstall did not survive the scenario: a bug of dmstall."}};
  return rules;
}

std::vector<Alert> check_alerts(const CheckRun& run) {
  std::vector<Alert> alerts;
  for (const CheckOutcome& outcome : run.outcomes) {
    if (!did_not_pass(outcome)) continue;
    Alert alert = alert_of(outcome);
    if (outcome.known == Known::yes) alert.level = Alert::Level::note;
    std::vector<std::string> lines;
    if (outcome.kind == CheckKind::unmet) lines = outcome.unmet;
    if (lines.empty()) lines.push_back(alert.title);
    if (outcome.known == Known::yes) {
      lines.push_back(fmt::format("known until {}: {}", outcome.until, outcome.reason));
    } else if (outcome.known == Known::expired) {
      lines.push_back(fmt::format("was known until {}, which is over: {}", outcome.until, outcome.reason));
    }
    if (const std::string more = details_of(outcome); !more.empty()) lines.push_back(more);
    alert.message = fmt::format("{}", fmt::join(lines, "\n"));
    alerts.push_back(std::move(alert));
  }
  return alerts;
}

std::vector<Alert> run_alerts(const std::vector<CheckOutcome>& outcomes) {
  std::vector<Alert> alerts;
  for (const CheckOutcome& outcome : outcomes) {
    if (outcome.facts.verdict == "PROGRESS") continue;
    Alert alert = alert_of(outcome);
    if (outcome.facts.verdict == "INCONCLUSIVE") alert.level = Alert::Level::warning;
    alert.message = alert.title;
    if (const std::string more = details_of(outcome); !more.empty()) alert.message += "\n" + more;
    alerts.push_back(std::move(alert));
  }
  return alerts;
}

}  // namespace dmstall::analysis
