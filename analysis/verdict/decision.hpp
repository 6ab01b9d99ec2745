// The step of a witness that decided, and what could have happened in its place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/machine/machine.hpp"
#include "models/machine/witness.hpp"

namespace dmstall::analysis {

/// Before the step all could still complete with the faults of the witness, after it they cannot, whatever happens.
struct Decision {
  std::int64_t step = 0;  ///< number in the witness, from 1
  bool exact = true;      ///< false: this step or an earlier one
  /// What else the same thread could do: the labels of a choice's other branches, else "takes 1 pool from the reserve
  /// …"
  std::vector<std::string> instead;
  std::vector<std::string> others;  ///< who else could move in its place, each once
};

/// `no_return`: the number of the step, as the search found it. Nothing where the witness has no such step, or does not
/// replay so far.
[[nodiscard]] std::optional<Decision> decision_of(const models::Machine& machine, const models::Witness& witness,
                                                  std::int64_t no_return, bool exact);

}  // namespace dmstall::analysis
