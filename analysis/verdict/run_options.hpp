// What is asked of a run: which engines, within which bounds.
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <vector>

#include "analysis/engines/explore/explore.hpp"
#include "analysis/engines/prove/prove.hpp"
#include "analysis/verdict/bounds.hpp"
#include "analysis/verdict/engine.hpp"
#include "analysis/verdict/search_bounds.hpp"

namespace dmstall::sim {
class LaneReader;
}

namespace dmstall::analysis {

struct RunOptions {
  bool repairs = false;          ///< after a deadlock that the search found: look for changes that undo it
  bool circles = false;          ///< after a deadlock that the search found: look for all others of the stack
  std::optional<Engine> engine;  ///< absent: what the scenario expects the answer from, else all
  bool timed = true;             ///< false: `all` leaves the timed run out
  ProveOptions prover;
  ExploreOptions search;  ///< all but its bounds, and the default of these
  SearchFlags asked;      ///< the bounds that whoever calls asks for
  std::uint64_t seed = 1;
  std::optional<double> sim_seconds;
  std::optional<std::int64_t> events;
  std::ostream* trace = nullptr;
  std::vector<sim::LaneReader*> lane_readers;  ///< see sim/lanes.hpp: of the run in time
  std::function<void(double sim_time_s, double fraction_done, std::int64_t steps)> progress;
  bool compare_without_faults = true;  ///< a second run with no faults, for the line "without faults"
  RunBounds bounds;                    ///< of all of this together
};

}  // namespace dmstall::analysis
