// A witness to step through: what each step changes of the pools, and who cannot go on after it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "analysis/verdict/narrative.hpp"
#include "models/machine/machine.hpp"
#include "models/machine/witness.hpp"

namespace dmstall::analysis {

/// What a resource has left.
struct WalkedLevel {
  models::ResourceId resource = models::no_resource;
  std::int32_t left = 0;    ///< elements of a pool, value of a counter, 1 or 0 of an event; of a lock: readers
  bool writer = false;      ///< of a lock: held for writing
  std::int32_t queued = 0;  ///< of a lock: writers that wait for it
  bool operator==(const WalkedLevel&) const = default;
};

/// Somebody who cannot go on while allocations fail and nobody gives.
struct WalkedWait {
  std::int64_t token = -1;                            ///< serial
  std::string who;                                    ///< "kverityd/upper"
  models::ResourceId resource = models::no_resource;  ///< that it waits for; none: for others it has started
  std::int32_t n = 0;                                 ///< so many elements
  std::string functions;                              ///< kernel functions, innermost first
  bool operator==(const WalkedWait&) const = default;
};

struct WalkedStep {
  NarratedStep told;
  std::vector<WalkedLevel> levels;  ///< those that differ from before, also by steps that have no line
  std::vector<WalkedWait> waits;    ///< who began to wait
  std::vector<std::int64_t> go_on;  ///< tokens that wait no more
};

struct WitnessWalk {
  std::vector<WalkedLevel> first;   ///< of every resource that some step changes, before the first of `steps`
  std::vector<WalkedWait> waiting;  ///< who waits then
  std::vector<WalkedStep> steps;
  std::int64_t left_out = 0;        ///< steps with a line before the first of `steps`
  std::vector<std::int64_t> stuck;  ///< tokens of the stuck set, or that starve
};

/// At most `most_steps` steps, the last ones. Costs a look at every live token per step. Nothing where the witness
/// cannot be walked.
[[nodiscard]] WitnessWalk walk_witness(const models::Machine& machine, const models::Witness& witness,
                                       std::size_t most_steps = 3000);

}  // namespace dmstall::analysis
