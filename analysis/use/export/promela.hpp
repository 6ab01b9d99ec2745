// A program as a Promela model, so that SPIN can be asked the same question with nothing of ours in between.
//
// The nested steps of models/machine/step.hpp are read here once more, on their own: neither the lowered graph nor its
// semantics takes part, so a mistake in those shows as a difference between SPIN's answer and ours.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "models/machine/program.hpp"

namespace dmstall::analysis {

/// Something that the model cannot say; what() names the step or the flow.
class ExportError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct PromelaOptions {
  std::int64_t requests = 0;  ///< at most so many of each class; 0: the whole population
  bool any_number_of_threads =
      true;                    ///< kernel threads the scenario says nothing about may be had or not, as in a search
  int children_in_a_loop = 2;  ///< processes for the children that a loop starts; needing more is an assertion
};

/// One self-contained model: SPIN reports an invalid end state exactly when some schedule leads to a state in which
/// nothing can go on without the allocator and a request has not finished, and a violated assertion when a step that
/// cannot be (a counter below 0) is reachable. The head of the text says how to run it.
/// Requires: flows and resources of the program are in range. Throws ExportError.
[[nodiscard]] std::string promela(const models::Program& program, const PromelaOptions& options = {});

}  // namespace dmstall::analysis
