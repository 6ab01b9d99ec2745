// All that a stack can get stuck on, one after the other: one deadlock hides the next.
//
// A search ends with the least stuck set. What is waited for in it is then made plentiful, one thing at a time, and the
// scenario is proved or searched again: what gets stuck now gets stuck on something else. Of each it is said whether it
// stands as the scenario is (its witness replays there) or only once the others are mended, and whether it stands
// without what the scenario shares or changes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/engines/explore/explore.hpp"
#include "analysis/verdict/run_options.hpp"
#include "models/machine/machine.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::analysis {

struct FoundCircle {
  enum class Stock : std::uint8_t { not_asked, stands, gone, unknown };

  models::DeadlockKind kind = models::DeadlockKind::circle;
  std::vector<std::string> resources;  ///< of the circle, or without one all that is waited for
  std::int64_t requests = 0;           ///< in flight that are enough
  std::int32_t faults = 0, failures = 0;
  bool relieved_by_memory = false;
  std::vector<std::string> behind;  ///< what has to be mended before it shows; empty: it stands as the scenario is
  Stock stock = Stock::not_asked;   ///< without what the scenario shares between devices or changes in the kernel
};

struct Circles {
  enum class End : std::uint8_t {
    all,       ///< whatever was made plentiful, what is left is proved or exhausted: there are no others
    open,      ///< a search came to no end, or what is waited for (a lock) cannot be made plentiful
    searches,  ///< as many searches as there may be were made
    time,
  };
  std::vector<FoundCircle> found;  ///< the one of the verdict first, then as they were found; no resources twice
  std::int64_t searches = 0;
  End end = End::open;
  bool stock_asked = false;    ///< the scenario shares or changes something, so the same was asked without that
  bool stock_is_safe = false;  ///< and there every request completes: proved or exhausted
};

/// Requires: `first` is a stuck set that was found in `machine`, the scenario's, and has been replayed.
[[nodiscard]] Circles find_circles(const models::Scenario& scenario, const models::Machine& machine,
                                   const Exploration& first, const RunOptions& options);

}  // namespace dmstall::analysis
