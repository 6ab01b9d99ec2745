// The proof of a scenario of many stacks that differ in names only: shown of two of each kind.
//
// Only by ranks, and for any number of requests: renaming takes each wait of each other stack to one of these two, and
// no token holds what is another stack's, so it goes strictly down all the same. That two stand for all is not taken on
// trust: a second stack must change nothing of what the first does (models/targets/build_few), the certificate names
// all stacks, and the checker renames and compares them with code of its own (engines/verify/alike).
#pragma once

#include <optional>

#include "analysis/verdict/finding.hpp"
#include "analysis/verdict/run_options.hpp"
#include "models/machine/machine.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::analysis {

struct FewProof {
  Finding finding;           ///< a proof by ranks, checked, or that its certificate was refused
  models::Machine machine;   ///< of the few; what it assumes and leaves out is said of all
  double times_as_many = 1;  ///< devices of the scenario for each of the few
};

/// Nothing: there are no such stacks, fewer than it is worth for, or ranks alone do not prove it. Then the whole is
/// asked. `alone`: as prove_scenario.
[[nodiscard]] std::optional<FewProof> prove_few(const models::Scenario& scenario, const RunOptions& options,
                                                bool alone);

}  // namespace dmstall::analysis
