// Why a verdict is what it is, as data: which engine, how far it went, which bound it met.
//
// analysis/report/reason_text makes the sentence of each. Times are seconds, simulated unless a name says wall; texts
// named `refusal`, `why` or `said` are what another part of the program said of a machine or a file.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "analysis/engines/explore/bound.hpp"
#include "analysis/engines/prove/objection.hpp"
#include "analysis/engines/prove/scope.hpp"
#include "analysis/engines/replay/move_refusal.hpp"
#include "analysis/engines/verify/refusal.hpp"
#include "models/machine/verdict.hpp"

namespace dmstall::analysis::because {

// One run in time.
struct RunCompleted {
  std::uint64_t seed = 1;
  double end_s = 0;
};
/// Stuck until memory came back; then every request completed.
struct RunStalled {
  std::uint64_t seed = 1;
};
/// The machine stopped by itself: `by` says how.
struct RunStopped {
  std::uint64_t seed = 1;
  double end_s = 0;
  std::string by;
  std::int64_t finished = 0, requests = 0;
};
struct RunStuck {
  std::uint64_t seed = 1;
  double at_s = 0;
  std::int64_t steps = 0;  ///< of the witness, replayed
};
/// Stuck, but the record of its steps is not whole and what is left of it does not replay.
struct RecordCut {
  double at_s = 0;
  MoveRefusal refusal;
};
struct RunOutOfTime {
  double simulated_s = 0;
};
struct RunOutOfSteps {
  std::int64_t steps = 0;
};
/// The wall time of the run was over.
struct RunGivenUp {
  std::int64_t steps = 0;
};
struct RunTooLarge {};

// A search of every schedule.
struct Exhausted {
  std::int64_t requests = 0;     ///< of the whole population
  std::int64_t states = 0;       ///< of the largest search
  bool starvation_open = false;  ///< whether one can be overtaken for ever was too much to ask
};
struct StuckSet {
  bool least = false;  ///< nothing smaller was left out
  std::int64_t requests = 0, faults = 0, failures = 0, steps = 0;
};
/// Some go on for ever and never complete.
struct Endless {
  std::int64_t tasks = 0;
};
/// Some can be overtaken for ever: `steps` steps repeat from `from_step` on.
struct Overtaken {
  std::int64_t tasks = 0, from_step = 0, steps = 0;
};
struct SearchEnded {
  SearchBound bound;
};

// A proof.
struct Proved {
  ProofScope scope = ProofScope::any_number;
  bool by_equations = false;
};
struct NotProved {
  Objection why;
  bool timeout_raises = false;  ///< its time was over, and --timeout gives it more
};
struct NotChecked {
  Refusal refusal;
};

// No engine had the last word.
struct SystemMemory {
  bool whole_process = true;  ///< false: of a process that was started for one part of the work
};
struct WallTime {
  double seconds = 0;
  std::string flag = "--timeout";  ///< raises it
};
/// The wall time of all sizes together.
struct WallTimeOfAll {
  double seconds = 0;
};
struct ProcessMemory {
  std::int64_t mib = 0;
};
/// A process that gave no answer: `signal` 0 means that it ended with `status`.
struct NoAnswer {
  int signal = 0, status = 0;
  std::string said;  ///< the first line of what it wrote about it; may be empty
};
/// A witness from a file.
struct Replayed {
  std::int64_t steps = 0;
  std::string file;
  models::VerdictKind claimed = models::VerdictKind::inconclusive, found = models::VerdictKind::inconclusive;
};

// Errors: there is no verdict.
struct RunRefused {
  double at_s = 0;
  MoveRefusal refusal;
};
struct StuckSetRefused {
  MoveRefusal refusal;
};
struct RoundRefused {
  MoveRefusal refusal;
};
struct CertificateRefused {
  Refusal refusal;
};
/// A proof or an exhausted search beside a timed run that is stuck and replays.
struct Contradiction {
  bool proved = false;
  std::uint64_t seed = 1;
  std::string file;  ///< empty: of a row of a table, which has several seeds
};
/// Something in the scenario that its reader could not see.
struct ScenarioWrong {
  std::string said;
};
/// The compiler of the models refuses the scenario; line 0: no place is known.
struct NotCompiled {
  std::string file;
  int line = 0, column = 0;
  std::string said;
};
/// The reader refuses the file: `said` are its diagnostics.
struct NotRead {
  std::string said;
};
struct Crashed {
  NoAnswer end;
};

}  // namespace dmstall::analysis::because

namespace dmstall::analysis {

using Reason =
    std::variant<because::RunCompleted, because::RunStalled, because::RunStopped, because::RunStuck, because::RecordCut,
                 because::RunOutOfTime, because::RunOutOfSteps, because::RunGivenUp, because::RunTooLarge,
                 because::Exhausted, because::StuckSet, because::Endless, because::Overtaken, because::SearchEnded,
                 because::Proved, because::NotProved, because::NotChecked, because::SystemMemory, because::WallTime,
                 because::WallTimeOfAll, because::ProcessMemory, because::NoAnswer, because::Replayed,
                 because::RunRefused, because::StuckSetRefused, because::RoundRefused, because::CertificateRefused,
                 because::Contradiction, because::ScenarioWrong, because::NotCompiled, because::NotRead,
                 because::Crashed>;

/// What several engines have to say, in the order in which it is said.
using Reasons = std::vector<Reason>;

}  // namespace dmstall::analysis
