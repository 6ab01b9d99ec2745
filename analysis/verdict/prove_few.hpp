// The proof of a scenario of many stacks that differ in names only: shown of two of each kind.
#pragma once

#include <optional>

#include "analysis/verdict/finding.hpp"
#include "analysis/verdict/run_options.hpp"
#include "models/machine/machine.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::analysis {

struct FewProof {
  Finding finding;          ///< a proof by ranks, checked, or that its certificate was refused
  models::Machine machine;  ///< of the few; what it assumes and leaves out is said of all
};

/// Nothing: there are no such stacks, fewer than it is worth for, or ranks alone do not prove it. Then the whole is
/// asked. `alone`: as prove_scenario.
[[nodiscard]] std::optional<FewProof> prove_few(const models::Scenario& scenario, const RunOptions& options,
                                                bool alone);

}  // namespace dmstall::analysis
