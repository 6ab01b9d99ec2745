#include "analysis/engines/prove/scope.hpp"

#include <algorithm>

namespace dmstall::analysis {

namespace {

/// A place in flight is a semaphore that a workload's requests hold from start to end: "in_flight/" and its name.
bool uses_places_in_flight(const Cases& cases) {
  return std::any_of(cases.multipliers.begin(), cases.multipliers.end(),
                     [](const Multiplier& row) {
                       return row.row == RowKind::bound && row.target.thing.rfind("in_flight/", 0) == 0;
                     }) ||
         std::any_of(cases.branches.begin(), cases.branches.end(), uses_places_in_flight);
}

}  // namespace

ProofScope scope_of(const Certificate& certificate) {
  if (!certificate.any_number) return ProofScope::tasks_of_the_file;
  const bool limited = std::any_of(certificate.groups.begin(), certificate.groups.end(), [](const RankGroup& group) {
    return group.cases && uses_places_in_flight(*group.cases);
  });
  return limited ? ProofScope::places_in_flight : ProofScope::any_number;
}

}  // namespace dmstall::analysis
