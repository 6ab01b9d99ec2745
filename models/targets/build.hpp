// A scenario as a program.
#pragma once

#include "models/machine/program.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::models {

/// Compiles a scenario: its devices and workload, or its resources and tasks.
/// Requires: the scenario passed the reader's checks. Throws CompileError for what only lowering can see.
[[nodiscard]] Program build_program(const Scenario& scenario);

}  // namespace dmstall::models
