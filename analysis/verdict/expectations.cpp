#include "analysis/verdict/expectations.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>

namespace dmstall::analysis {

using models::VerdictKind;

namespace {

/// Memory below the limit decides nothing while some of it has no known size.
bool bytes_undecided(const RunReport& report) {
  const auto& limit = report.expect->bytes_at_most;
  if (!limit) return false;
  return !report.reserved_bytes || (report.reserved_is_lower_bound && *report.reserved_bytes <= *limit);
}

/// What PROGRESS must rest on; a proof is more than exhaustion, and both are more than a run.
bool rests_on(const RunReport& report, const std::string& what) {
  const bool proved = report.proof && report.proof->proved;
  const bool exhausted = report.exploration && report.exploration->verdict == VerdictKind::progress;
  if (what == "proved") return proved;
  if (what == "exhausted") return proved || exhausted;
  return true;
}

}  // namespace

std::vector<std::string> unmet_expectations(const RunReport& report) {
  std::vector<std::string> unmet;
  if (!report.expect) return unmet;
  const models::Expectation& expect = *report.expect;
  if (expect.bytes_at_most && report.reserved_bytes && *report.reserved_bytes > *expect.bytes_at_most) {
    unmet.push_back(
        fmt::format("expected at most {} B in reserve, found {} B", *expect.bytes_at_most, *report.reserved_bytes));
  }
  const auto found = to_string(report.verdict);
  if (!expect.verdict.empty() &&
      std::find(expect.verdict.begin(), expect.verdict.end(), report.verdict) == expect.verdict.end()) {
    std::vector<std::string_view> wanted;
    for (const VerdictKind verdict : expect.verdict) wanted.push_back(to_string(verdict));
    unmet.push_back(fmt::format("expected {}, found {}", fmt::join(wanted, " or "), found));
    return unmet;
  }
  if (expect.proof && report.verdict == VerdictKind::progress && !rests_on(report, *expect.proof)) {
    unmet.push_back(fmt::format("expected PROGRESS to be {}, but {}",
                                *expect.proof == "run" ? "seen in a run" : *expect.proof, report.reason));
  }
  for (const std::string& name : expect.circle) {
    const auto& resources = report.machine.resources;
    const bool known = std::any_of(resources.begin(), resources.end(),
                                   [&](const models::Resource& resource) { return resource.name == name; });
    if (!known) unmet.push_back(fmt::format("expected {} in the circle, but no resource is called that", name));
  }
  const bool deadlock_wanted =
      std::find(expect.verdict.begin(), expect.verdict.end(), VerdictKind::deadlock) != expect.verdict.end();
  if (report.verdict != VerdictKind::deadlock) {
    const bool about_a_stuck_set =
        expect.kind || !expect.circle.empty() || expect.relieved_by_memory || expect.stuck.value_or(0) > 0;
    if (about_a_stuck_set && !deadlock_wanted)
      unmet.push_back(fmt::format("the other expectations are about a stuck set, but the verdict is {}", found));
    return unmet;
  }
  if (expect.kind && *expect.kind != report.stuck.kind) {
    unmet.push_back(fmt::format("expected kind {}, found {}", to_string(*expect.kind), to_string(report.stuck.kind)));
  }
  for (const std::string& resource : expect.circle) {
    const auto& waited = report.stuck.waited_for;
    if (std::find(waited.begin(), waited.end(), resource) == waited.end()) {
      unmet.push_back(
          fmt::format("expected somebody stuck to wait for {}; waited for: {}", resource, fmt::join(waited, ", ")));
    }
  }
  if (expect.relieved_by_memory && *expect.relieved_by_memory != report.relieved_by_memory) {
    unmet.push_back(fmt::format("expected relieved by memory: {}, found: {}", *expect.relieved_by_memory ? "yes" : "no",
                                report.relieved_by_memory ? "yes" : "no"));
  }
  if (const auto& search = report.exploration; search && search->verdict == VerdictKind::deadlock) {
    const auto least = [&](const char* what, const std::optional<std::int64_t>& wanted, std::int64_t found_least) {
      if (wanted && *wanted != found_least)
        unmet.push_back(fmt::format("expected {} {}, found {}", what, *wanted, found_least));
    };
    least("min_requests", expect.min_requests, search->requests);
    least("min_faults", expect.min_faults, search->faults);
  }
  if (expect.stuck && *expect.stuck != report.stuck.requests) {
    unmet.push_back(fmt::format("expected {} stuck requests, found {}", *expect.stuck, report.stuck.requests));
  }
  return unmet;
}

std::vector<std::string> unchecked_expectations(const RunReport& report) {
  std::vector<std::string> keys;
  if (!report.expect) return keys;
  const models::Expectation& expect = *report.expect;
  if (expect.proof && report.verdict != VerdictKind::progress) keys.emplace_back("proof");
  const bool least_known = report.exploration && report.exploration->verdict == VerdictKind::deadlock;
  if (expect.min_requests && !least_known) keys.emplace_back("min_requests");
  if (expect.min_faults && !least_known) keys.emplace_back("min_faults");
  if (bytes_undecided(report)) keys.emplace_back("bytes_at_most");
  if (expect.engine && report.engine != Engine::all && *expect.engine != to_string(report.engine))
    keys.emplace_back("engine");
  return keys;
}

}  // namespace dmstall::analysis
