// Where threads of a kernel slept without memory, beside where the threads of a stuck set wait.
//
// A search ends in a set of threads that can never go on, each with the functions it waits in. A kernel that was driven
// into the same finding has threads asleep. Each wait of the stuck set should be the sleep of one of them, and whoever
// else sleeps should be known to the models. A wait is a sleep where its functions are among the callers, and no step
// of the model has more of them there: that one would be the place.
//
// The least witness is one of many, and a kernel takes the schedule it takes. Where nobody slept in one of its waits
// the search is asked for another stuck set, one of which every wait is a sleep of the recording.
#pragma once

#include <string>
#include <vector>

#include "analysis/use/audit/explain.hpp"
#include "analysis/use/audit/recorded_trace.hpp"
#include "analysis/verdict/run_options.hpp"
#include "models/machine/verdict.hpp"
#include "models/machine/witness.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::analysis {

struct WitnessWait {
  std::string who;                    ///< "writer/l (write-l)"
  std::string functions;              ///< where it waits, innermost first
  std::vector<std::size_t> sleepers;  ///< events of the recording that fit; empty: nobody slept there
};

struct SleeperComparison {
  std::vector<WitnessWait> waits;    ///< of those who wait in a thread; a bio in no thread sleeps nowhere
  std::vector<AuditedEvent> others;  ///< that are no wait of the stuck set, with what explains them
  [[nodiscard]] bool all_found() const;
};

/// A recording of sleepers, and what a search says of its scenario.
struct AuditedSleepers {
  std::string path, kernel, scenario, outcome;
  models::VerdictKind verdict = models::VerdictKind::inconclusive;
  TraceModel model;
  SleeperComparison comparison;  ///< of a deadlock or a stall
  bool of_least = true;          ///< with the least witness; false: with another stuck set

  /// A kernel that got stuck where a stuck set is, with nobody asleep whom nothing explains; or that completed where
  /// everything does.
  [[nodiscard]] bool agree() const;
};

[[nodiscard]] SleeperComparison compare_sleepers(const models::StuckReport& stuck, const RecordedTrace& recorded,
                                                 const TraceModel& model);

/// Runs the scenario, and searches it again for the sleepers where they are not those of its witness. Throws
/// CompileError.
[[nodiscard]] AuditedSleepers audit_sleepers(const std::string& path, const RecordedTrace& recorded,
                                             const models::Scenario& scenario, const RunOptions& options);

}  // namespace dmstall::analysis
