// A program in words: what a thread of control does, step by step, and which resources there are.
//
// The text is what `dmstall show` prints and what the documents under models/ are compared with.
#pragma once

#include <string>

#include "models/machine/program.hpp"

namespace dmstall::models {

/// Resources, then every flow with its steps indented by nesting.
[[nodiscard]] std::string describe(const Program& program);

/// One flow behind an empty line: "read upper", then its steps.
[[nodiscard]] std::string describe_flow(const Program& program, FlowId flow);

/// "upper.io_bs   bio_set of 16, allocator never succeeds"
[[nodiscard]] std::string describe_resource(const Resource& resource);

/// "read-upper: 64 of workload read-upper, 1 in flight"
[[nodiscard]] std::string describe_requests(const Program& program, const RequestClass& of);

}  // namespace dmstall::models
