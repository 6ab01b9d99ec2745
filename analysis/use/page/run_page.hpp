// What a page shows of a run beside its report.
#pragma once

#include <optional>

#include "analysis/use/page/stack_picture.hpp"
#include "analysis/use/page/timeline.hpp"
#include "analysis/use/page/witness_walk.hpp"
#include "analysis/verdict/run_report.hpp"
#include "models/scenario/scenario.hpp"
#include "models/targets/footprint.hpp"

namespace dmstall::analysis {

struct RunPage {
  StackPicture stack;
  WitnessWalk walk;                            ///< without steps: there is no witness to walk
  std::optional<models::Footprint> footprint;  ///< none without devices
  const Timeline* timeline = nullptr;          ///< of the run in time; none where there was none
};

/// Requires: `report` is of the scenario.
[[nodiscard]] RunPage run_page(const RunReport& report, const models::Scenario& scenario);

}  // namespace dmstall::analysis
