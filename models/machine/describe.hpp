// A program in words: what a thread of control does, step by step, and which resources there are.
//
// The text is what `dmstall show` prints and what the documents under models/ are compared with.
#pragma once

#include <string>

#include "models/machine/program.hpp"

namespace dmstall::models {

/// Resources, then every flow with its steps indented by nesting.
[[nodiscard]] std::string describe(const Program& program);

/// One flow: "read upper", then its steps.
[[nodiscard]] std::string describe_flow(const Program& program, FlowId flow);

}  // namespace dmstall::models
