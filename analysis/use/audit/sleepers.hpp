// Where threads of a kernel slept without memory, beside where the threads of a witness wait.
//
// A witness ends with threads that can never go on, each with the functions it waits in. A kernel that was driven into
// the same finding has threads asleep. Each wait of the witness should be the sleep of one of them; who else sleeps is
// somebody whom the least witness does not need.
#pragma once

#include <string>
#include <vector>

#include "analysis/use/audit/recorded_trace.hpp"
#include "models/machine/verdict.hpp"
#include "models/machine/witness.hpp"

namespace dmstall::analysis {

struct WitnessWait {
  std::string who;                    ///< "writer/l (write-l)"
  std::string functions;              ///< where it waits, innermost first
  std::vector<std::size_t> sleepers;  ///< events of the recording that fit; empty: nobody slept there
};

struct SleeperComparison {
  std::vector<WitnessWait> waits;   ///< of those who wait in a thread; a bio in no thread sleeps nowhere
  std::vector<std::size_t> others;  ///< events that are no wait of the witness
  [[nodiscard]] bool all_found() const;
};

/// A recording of sleepers, and what a search says of its scenario.
struct AuditedSleepers {
  std::string path, kernel, scenario, outcome;
  models::VerdictKind verdict = models::VerdictKind::inconclusive;
  std::vector<RecordedEvent> events;
  SleeperComparison comparison;  ///< of a deadlock or a stall

  /// A kernel that got stuck where a witness ends, or that completed where everything does.
  [[nodiscard]] bool agree() const;
};

[[nodiscard]] SleeperComparison compare_sleepers(const models::StuckReport& stuck, const RecordedTrace& recorded);

}  // namespace dmstall::analysis
