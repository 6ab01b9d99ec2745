// The scenarios of one folder of the tree, read.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <string>

#include "analysis/use/check/find_scenarios.hpp"
#include "models/scenario/settings.hpp"

namespace dmstall::tests {

/// By file name without its ending. What cannot be read fails the test; so do less than `fewest` files, because a
/// folder that is not found must not look like a success. `release`: instead of the one that a file names.
inline std::map<std::string, models::Scenario> scenarios_of(const std::string& folder, std::size_t fewest,
                                                            const std::string& release = "") {
  std::map<std::string, models::Scenario> scenarios;
  for (const std::string& path : analysis::find_scenarios({folder}).files) {
    const models::ReadResult read = models::read_scenario_file_on(path, release);
    EXPECT_TRUE(read.scenario && read.diagnostics.empty()) << models::format_diagnostics(read.diagnostics);
    if (!read.scenario) continue;
    const std::string name = path.substr(path.rfind('/') + 1);
    scenarios.emplace(name.substr(0, name.rfind('.')), *read.scenario);
  }
  EXPECT_GE(scenarios.size(), fewest);
  return scenarios;
}

}  // namespace dmstall::tests
