// What recorded traces show of entries of the ledger.
//
// An entry says what the models do not have (machine/omission.hpp); here stands which events of a trace are that. A
// chain is as strict as that of a step: an entry does not explain what else happens in one of its functions.
#pragma once

#include <string_view>
#include <vector>

#include "models/machine/traced.hpp"

namespace dmstall::models {

struct LeftOut {
  std::string_view id;  ///< of the entry
  TracedAs seen;
  bool of_tasks = false;  ///< only what programs do themselves: they hold nothing of the stack
};

[[nodiscard]] const std::vector<LeftOut>& left_out_events();

}  // namespace dmstall::models
