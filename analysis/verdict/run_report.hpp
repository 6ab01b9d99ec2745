// What is known of a run when all engines have answered: all that report writers need. No writer runs anything.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/engines/explore/explore.hpp"
#include "analysis/engines/prove/prove.hpp"
#include "analysis/verdict/circles.hpp"
#include "analysis/verdict/decision.hpp"
#include "analysis/verdict/engine.hpp"
#include "analysis/verdict/narrative.hpp"
#include "analysis/verdict/reason.hpp"
#include "analysis/verdict/repairs.hpp"
#include "analysis/verdict/shared_pools.hpp"
#include "models/kernel/release/release.hpp"
#include "models/machine/verdict.hpp"
#include "models/scenario/scenario.hpp"
#include "sim/simulate.hpp"

namespace dmstall::analysis {

/// What came of a second run without the faults of the scenario.
struct WithoutFaults {
  enum class Kind : std::uint8_t {
    no_time,    ///< not run: the time of the scenario was over
    too_long,   ///< not run: the run with faults was long
    error,      ///< run, without a verdict: see `error`
    proved,     ///< PROGRESS: see `scope`
    exhausted,  ///< PROGRESS
    searched,   ///< INCONCLUSIVE, with nobody stuck among `requests` in flight
    one_run,    ///< `verdict` of one timed run
    verdict,    ///< `verdict`
  };
  Kind kind = Kind::verdict;
  models::VerdictKind verdict = models::VerdictKind::inconclusive;
  std::optional<Reason> error;
  std::optional<ProofScope> scope;
  std::int64_t requests = 0;
  std::uint64_t seed = 1;
};

struct RunReport {
  std::string file, scenario, about;
  models::VerdictKind verdict = models::VerdictKind::inconclusive;
  models::ExitCode code = models::ExitCode::inconclusive;
  Engine engine = Engine::simulate;  ///< that was asked
  std::optional<Engine> found_by;    ///< the one whose verdict it is
  Reasons reasons;                   ///< what was run, which bound was hit
  std::optional<Reason> error;       ///< scenario error, engine disagreement
  std::optional<Reason> not_proved;  ///< why the prover, when it was asked, gave no proof
  std::vector<std::string> assumptions;
  models::Release kernel;
  std::vector<models::Omission> omissions;  ///< what the models leave out, those that could matter first
  std::uint64_t seed = 1;
  models::StuckReport stuck;  ///< DEADLOCK: the confirmed stuck set
  bool relieved_by_memory = false;
  std::int64_t witness_steps = 0;
  bool simulated = false;                  ///< `simulation` is filled
  std::optional<Exploration> exploration;  ///< of the search, when it was asked
  std::optional<Proof> proof;  ///< of the prover, when it was asked; `proved` only with a checked certificate
  models::Witness witness;     ///< of the verdict: what was replayed
  std::vector<Repair> repairs;
  bool repairs_cut = false;             ///< more could have been looked at, in more time than the verdict took
  bool repairs_asked = false;           ///< they were looked for
  std::int64_t repairs_tried = 0;       ///< changes that were checked
  std::optional<Apart> apart;           ///< DEADLOCK of a scenario whose devices share pools: without that
  std::optional<Circles> circles;       ///< all that the stack can get stuck on, where that was asked
  std::vector<NarratedStep> narrative;  ///< of `witness`, where it is whole and short enough to be read
  std::size_t round_from = 0;           ///< LIVELOCK, STARVATION: number of the first step that repeats; 0: not known
  std::optional<Decision> decision;     ///< of a stuck set that the search found: the point of no return
  std::vector<SharedThing> shared;      ///< what the stuck wait for and several devices use
  std::optional<WithoutFaults> without_faults;  ///< none: no faults to leave out
  sim::Result simulation;
  models::Machine
      machine;  ///< what was run, for capacities and names; searched and proved for any number of kernel threads
  std::optional<models::Expectation> expect;
  std::optional<std::int64_t> reserved_bytes;  ///< of all reserves (models/targets/footprint); none without devices
  bool reserved_is_lower_bound = false;        ///< some of them have elements of unknown size

  [[nodiscard]] bool proves() const { return proof && proof->proved; }
};

/// Of what was run and searched: the same input and seed, the same digest. Of a search alone see
/// analysis/engines/explore/digest.hpp. Requires: an engine has answered.
[[nodiscard]] std::uint64_t digest_of(const RunReport& report);

}  // namespace dmstall::analysis
