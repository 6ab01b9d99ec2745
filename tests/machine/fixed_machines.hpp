// Machines whose answer is known beforehand, from documented cases or by argument. Every engine, with every reduction
// on and off, must give these answers; each story says why.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/machine/program.hpp"

namespace dmstall::tests {

struct FixedMachine {
  models::Program program;  ///< its name is unique
  std::string story;
  bool dead = false;             ///< a dead state is reachable
  bool stuck = false;            ///< a stuck set is reachable
  bool livelock = false;         ///< a fair endless run in which a request that counts never finishes
  bool can_complete = true;      ///< all requests may finish
  std::optional<bool> relieved;  ///< every stuck set: do its members finish once allocations succeed?
  std::optional<int> faults;     ///< fewest faults that lead to a stuck set
};

/// Machines that tell a right reading of the steps from a wrong one.
[[nodiscard]] std::vector<FixedMachine> rule_machines();

/// Documented deadlocks, each before and after its fix, scaled down.
[[nodiscard]] std::vector<FixedMachine> history_machines();

/// Machines the compiler refuses, with the answers they would have: lowering them step by step would give another.
[[nodiscard]] std::vector<FixedMachine> refused_machines();

/// The first two; every engine runs them.
[[nodiscard]] std::vector<FixedMachine> fixed_machines();

/// n requests that take m elements of a pool of c one by one and give all back at once. Requires: m ≥ 1.
/// Dead iff n·(m−1) ≥ c, or c < m; with no deadlock all complete.
[[nodiscard]] models::Program multi_take_family(int n, int m, int c);
[[nodiscard]] constexpr bool multi_take_is_dead(int n, int m, int c) {
  return n > 0 && (n * (m - 1) >= c || c < m);
}

}  // namespace dmstall::tests
