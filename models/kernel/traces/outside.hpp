// What a recording shows beside the I/O path of its stack.
//
// A recorder cannot tell what a thread does for an I/O from what it does for itself. Each reason names a function; what
// happens in it is not the stack's, unless a function of the stack's models was called further in.
#pragma once

#include <string_view>
#include <vector>

#include "models/machine/traced.hpp"

namespace dmstall::models {

struct OutsideReason {
  std::string_view function;  ///< kernel function, anywhere among the callers
  std::string_view why;       ///< a sentence without its full stop
  bool of_tasks = false;      ///< only what programs do themselves
};

[[nodiscard]] const std::vector<OutsideReason>& outside_reasons();

}  // namespace dmstall::models
