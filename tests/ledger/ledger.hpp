// All entries of all parts.
#pragma once

#include <vector>

#include "models/targets/target.hpp"

namespace dmstall::tests {

inline std::vector<models::Omission> whole_ledger() {
  std::vector<models::Omission> all;
  for (const models::ModelPart* part : models::all_parts())
    all.insert(all.end(), part->omissions.begin(), part->omissions.end());
  return all;
}

}  // namespace dmstall::tests
