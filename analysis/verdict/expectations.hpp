// What a scenario expects, held against what was found.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "analysis/verdict/run_report.hpp"

namespace dmstall::analysis {

/// An expectation that is not met: which one, what was wanted, what was found. analysis/report/expectation_text has the
/// sentences.
namespace unmet {

struct TooManyBytes {
  std::int64_t limit = 0, found = 0;
};
struct OtherVerdict {
  std::vector<models::VerdictKind> wanted;
  models::VerdictKind found = models::VerdictKind::inconclusive;
};
/// PROGRESS rests on less than "proved", "exhausted" or "run".
struct OtherBasis {
  std::string wanted;
  Reasons found;
};
struct NoSuchResource {
  std::string name;  ///< in "circle"
};
/// What is expected is about a stuck set, and there is none.
struct NobodyStuck {
  models::VerdictKind found = models::VerdictKind::inconclusive;
};
struct OtherKind {
  models::DeadlockKind wanted = models::DeadlockKind::circle, found = models::DeadlockKind::circle;
};
struct NotWaitedFor {
  std::string resource;
  std::vector<std::string> waited_for;
};
struct OtherRelief {
  bool wanted = false, found = false;
};
struct OtherNumber {
  enum class Of : std::uint8_t { min_requests, min_faults, stuck };
  Of of = Of::stuck;
  std::int64_t wanted = 0, found = 0;
};

}  // namespace unmet

using Unmet =
    std::variant<unmet::TooManyBytes, unmet::OtherVerdict, unmet::OtherBasis, unmet::NoSuchResource, unmet::NobodyStuck,
                 unmet::OtherKind, unmet::NotWaitedFor, unmet::OtherRelief, unmet::OtherNumber>;

/// What of `expect` the report does not meet; empty when all is as expected.
[[nodiscard]] std::vector<Unmet> unmet_expectations(const RunReport& report);

/// Whether the expectation says by itself which verdicts it allows, if only by speaking of a stuck set; else, and
/// without one, a check wants PROGRESS.
[[nodiscard]] bool speaks_of_a_verdict(const models::Expectation& expect);

/// Keys of `expect` that the engines asked cannot decide ("min_requests" by one timed run, …); bytes_at_most where
/// sizes are not known.
[[nodiscard]] std::vector<std::string> unchecked_expectations(const RunReport& report);

}  // namespace dmstall::analysis
