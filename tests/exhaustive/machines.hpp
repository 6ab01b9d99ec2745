// Small machines in bulk: all of them up to a size, and seeded random ones beyond.
//
// A *theme* is a set of resources and a vocabulary of steps over them. Enumeration goes through all ways to write two
// or three tasks with these steps, smallest first; the random mode nests the steps of all themes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/oracle/builder.hpp"

namespace dmstall::tests {

struct Theme {
  std::string name;
  /// Adds resources and helper flows, returns the vocabulary.
  std::function<std::vector<models::Steps>(ProgramBuilder&)> vocabulary;
  bool with_daemon = false;       ///< the last task is a daemon
  std::size_t machines = 10'000;  ///< how many of them a default run visits
};

[[nodiscard]] std::vector<Theme> themes();

struct Enumerated {
  std::size_t machines = 0;
  int complete_to = 0;  ///< all machines with this many steps in all were visited
};

/// Calls `visit` with every machine of the theme, smallest first, until `limit` machines or `max_steps` are reached.
Enumerated enumerate(const Theme& theme, int max_steps, std::size_t limit,
                     const std::function<void(const models::Program&)>& visit);

/// A machine that depends on the seed alone: 2-4 classes, every kind of step, nested.
[[nodiscard]] models::Program random_machine(std::uint64_t seed);

/// A machine for which `holds` is still true, from which no class, step, branch or count can be taken away.
/// Requires: `holds` is true for `program`.
[[nodiscard]] models::Program minimise(models::Program program,
                                       const std::function<bool(const models::Program&)>& holds);

/// The machine as text, for a report of a difference.
[[nodiscard]] std::string to_text(const models::Program& program);

}  // namespace dmstall::tests
