// Small stacks whose footprint is known.
#pragma once

#include <stdexcept>
#include <string>

#include "models/scenario/reader.hpp"

namespace dmstall::tests {

/// `body` is everything but "format" and "name".
inline models::Scenario scenario_of(const std::string& body) {
  const std::string text = R"({ "format": 1, "name": "test", )" + body + " }";
  models::ReadResult read = models::read_scenario_text(text, "test.json");
  if (!read.scenario) throw std::runtime_error(models::format_diagnostics(read.diagnostics));
  return *read.scenario;
}

inline const std::string disk = R"({ "name": "disk", "target": "disk" })";

inline std::string devices(int r, const std::string& list, const std::string& read = "disk",
                           const std::string& sharing = "") {
  return R"("kernel": { "reserved_bio_based_ios": )" + std::to_string(r) + R"( }, "devices": [ )" + list + " ], " +
         (sharing.empty() ? "" : R"("sharing": )" + sharing + ", ") + R"("workload": [ { "read": ")" + read +
         R"(", "count": 1 } ])";
}

/// v0, v1, … beside each other on one disk; `sharing` is a preset or an object.
inline std::string verities(int n, int r, const std::string& sharing = "device") {
  const std::string one =
      R"({ "name": "v{i}", "target": "verity", "data": "disk", "hash": "disk", "repeat": )" + std::to_string(n) + " }";
  return devices(r, disk + ", " + one, "disk", sharing.front() == '{' ? sharing : '"' + sharing + '"');
}

}  // namespace dmstall::tests
