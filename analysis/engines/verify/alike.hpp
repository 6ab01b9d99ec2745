// What a certificate about a few stacks of devices says about the others: checked by renaming, in the scenario itself.
//
// A cutoff: what holds of two of a kind holds of any number. E. A. Emerson, K. S. Namjoshi, "Reasoning about rings",
// POPL 1995, prove one for a class of systems; here each certificate is checked for it by renaming.
#pragma once

#include "analysis/engines/prove/certificate.hpp"
#include "analysis/engines/verify/refusal.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::analysis {

struct FewStacks {
  Refusal refusal;            ///< why the others are not alike; none: they are
  models::Scenario scenario;  ///< without those that others stand for
};

/// Each stack that the certificate names, renamed, is the first of its kind, and nobody else speaks of its devices; no
/// memory rule, task or equation can tell them apart. Shares no code with whoever found them.
[[nodiscard]] FewStacks check_alike(const models::Scenario& scenario, const Certificate& certificate);

}  // namespace dmstall::analysis
