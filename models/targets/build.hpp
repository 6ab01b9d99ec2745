// A scenario as a program.
#pragma once

#include "models/machine/program.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::models {

/// True when some choose of the tasks has a branch that costs a fault.
[[nodiscard]] bool tasks_may_be_faulty(const Scenario& scenario);

/// Compiles a scenario: its devices and workload, or its resources and tasks.
/// Requires: the scenario passed the reader's checks. Throws CompileError for what only lowering can see.
[[nodiscard]] Program build_program(const Scenario& scenario);

}  // namespace dmstall::models
