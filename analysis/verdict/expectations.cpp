#include "analysis/verdict/expectations.hpp"

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

void check_reserve(const RunReport& report, std::vector<Unmet>& found) {
  const auto& limit = report.expect->bytes_at_most;
  if (limit && report.reserved_bytes && *report.reserved_bytes > *limit)
    found.emplace_back(unmet::TooManyBytes{*limit, *report.reserved_bytes});
}

void check_names(const RunReport& report, std::vector<Unmet>& found) {
  const auto& resources = report.machine.resources;
  for (const std::string& name : report.expect->circle) {
    const bool known = std::any_of(resources.begin(), resources.end(),
                                   [&](const models::Resource& resource) { return resource.name == name; });
    if (!known) found.emplace_back(unmet::NoSuchResource{name});
  }
}

bool allows(const models::Expectation& expect, VerdictKind verdict) {
  return std::find(expect.verdict.begin(), expect.verdict.end(), verdict) != expect.verdict.end();
}

bool is_about_a_stuck_set(const models::Expectation& expect) {
  return expect.kind || !expect.circle.empty() || expect.relieved_by_memory || expect.stuck.value_or(0) > 0;
}

/// Requires: the verdict is DEADLOCK.
void check_stuck_set(const RunReport& report, std::vector<Unmet>& found) {
  const models::Expectation& expect = *report.expect;
  const models::StuckReport& stuck = report.stuck;
  if (expect.kind && *expect.kind != stuck.kind) found.emplace_back(unmet::OtherKind{*expect.kind, stuck.kind});
  for (const std::string& resource : expect.circle) {
    const auto& waited = stuck.waited_for;
    if (std::find(waited.begin(), waited.end(), resource) == waited.end())
      found.emplace_back(unmet::NotWaitedFor{resource, waited});
  }
  if (expect.relieved_by_memory && *expect.relieved_by_memory != report.relieved_by_memory)
    found.emplace_back(unmet::OtherRelief{*expect.relieved_by_memory, report.relieved_by_memory});
  using Of = unmet::OtherNumber::Of;
  const auto number = [&](Of of, const std::optional<std::int64_t>& wanted, std::int64_t is) {
    if (wanted && *wanted != is) found.emplace_back(unmet::OtherNumber{of, *wanted, is});
  };
  if (const auto& search = report.exploration; search && search->verdict == VerdictKind::deadlock) {
    number(Of::min_requests, expect.min_requests, search->requests);
    number(Of::min_faults, expect.min_faults, search->faults);
  }
  number(Of::stuck, expect.stuck, stuck.requests);
}

}  // namespace

std::vector<Unmet> unmet_expectations(const RunReport& report) {
  std::vector<Unmet> found;
  if (!report.expect) return found;
  const models::Expectation& expect = *report.expect;
  check_reserve(report, found);
  if (!expect.verdict.empty() && !allows(expect, report.verdict)) {
    found.emplace_back(unmet::OtherVerdict{expect.verdict, report.verdict});
    return found;
  }
  if (expect.proof && report.verdict == VerdictKind::progress && !rests_on(report, *expect.proof))
    found.emplace_back(unmet::OtherBasis{*expect.proof, report.reasons});
  check_names(report, found);
  if (report.verdict == VerdictKind::deadlock) {
    check_stuck_set(report, found);
  } else if (is_about_a_stuck_set(expect) && !allows(expect, VerdictKind::deadlock)) {
    found.emplace_back(unmet::NobodyStuck{report.verdict});
  }
  return found;
}

bool speaks_of_a_verdict(const models::Expectation& expect) {
  return !expect.verdict.empty() || expect.kind || !expect.circle.empty() || expect.relieved_by_memory || expect.stuck;
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
