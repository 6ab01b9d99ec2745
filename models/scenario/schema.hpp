// The JSON Schema (draft 2020-12) of scenario files, made from the tables that the reader uses.
#pragma once

#include <string>

namespace dmstall::models {

/// What a schema can say: keys, types, ranges, choices. What it cannot (names that must exist, cycles, …) only the
/// reader checks.
[[nodiscard]] std::string scenario_schema();

}  // namespace dmstall::models
