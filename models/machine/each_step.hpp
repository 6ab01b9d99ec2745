// Every step of some steps, with those that are nested in it: for what does not depend on which way is taken.
#pragma once

#include "models/machine/step.hpp"

namespace dmstall::models {

/// Calls `visit` for each step, then for those nested in it: body, else, branches; `AnySteps` is Steps, const or not.
/// Flows that they call are not among them.
template <typename AnySteps, typename Visit>
void for_each_step(AnySteps& steps, const Visit& visit) {
  for (auto& step : steps) {
    visit(step);
    for_each_step(step.body, visit);
    for_each_step(step.else_steps, visit);
    for (auto& branch : step.branches) for_each_step(branch.steps, visit);
  }
}

}  // namespace dmstall::models
