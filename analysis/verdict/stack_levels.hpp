// Which device stands on which, and which takes from which pool, read off the flows of a program.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "models/machine/program.hpp"

namespace dmstall::analysis {

struct StackLevels {
  std::vector<std::string> devices;                     ///< from the top: who stands on another comes before it
  std::map<std::string, std::set<std::string>> on;      ///< device → those directly below
  std::map<std::string, std::set<std::string>> takers;  ///< resource → devices whose code takes from it

  /// Whether `upper` stands on `lower`, over any number of levels.
  [[nodiscard]] bool stands_on(const std::string& upper, const std::string& lower) const;
};

[[nodiscard]] StackLevels stack_levels(const models::Program& program);

}  // namespace dmstall::analysis
