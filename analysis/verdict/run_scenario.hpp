// Runs one scenario through the engines and brings their answers to one verdict.
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/engines/explore/explore.hpp"
#include "analysis/engines/prove/prove.hpp"
#include "analysis/verdict/bounds.hpp"
#include "analysis/verdict/narrative.hpp"
#include "models/machine/verdict.hpp"
#include "models/scenario/scenario.hpp"
#include "sim/simulate.hpp"

namespace dmstall::analysis {

/// Which engines answer.
enum class Engine : std::uint8_t {
  simulate,  ///< one run in time
  explore,   ///< every schedule, within bounds
  prove,     ///< no schedule at all, for any number of requests
  all,       ///< a proof, else a search, and a timed run beside either: one verdict
};

/// A change with which the search finds no stuck set of the size found before.
struct Repair {
  std::string change;    ///< "verity.recheck_pool per device"
  std::string outcome;   ///< how far that was searched
  std::string possible;  ///< what Linux 6.1 offers for it
};

struct RunOptions {
  bool repairs = false;          ///< after a deadlock that the search found: look for changes that undo it
  std::optional<Engine> engine;  ///< absent: what the scenario expects the answer from, else all
  bool timed = true;             ///< false: `all` leaves the timed run out
  ProveOptions prover;
  ExploreOptions search;  ///< bounds of the search; those of the scenario where a flag is absent
  std::optional<std::int64_t> search_states, search_memory_mib;
  std::optional<double> search_seconds;
  std::uint64_t seed = 1;
  std::optional<double> sim_seconds;
  std::optional<std::int64_t> events;
  std::ostream* trace = nullptr;
  std::function<void(double sim_time_s, double fraction_done, std::int64_t steps)> progress;
  bool compare_without_faults = true;  ///< a second run with no faults, for the line "without faults"
  RunBounds bounds;                    ///< of all of this together
};

/// Everything the report writers need; no writer runs anything.
struct RunReport {
  std::string file, scenario, about;
  models::VerdictKind verdict = models::VerdictKind::inconclusive;
  models::ExitCode code = models::ExitCode::inconclusive;
  std::string reason;                ///< one sentence: what was run, which bound was hit
  std::optional<std::string> error;  ///< scenario error, engine disagreement
  std::vector<std::string> assumptions;
  std::vector<models::Omission> omissions;  ///< what the models leave out, those that could matter first
  std::uint64_t seed = 1;
  models::StuckReport stuck;  ///< DEADLOCK: the confirmed stuck set
  bool relieved_by_memory = false;
  std::int64_t witness_steps = 0;
  Engine engine = Engine::simulate;
  bool simulated = false;                  ///< `simulation` is filled
  std::optional<Exploration> exploration;  ///< of the search, when it was asked
  std::optional<Proof> proof;  ///< of the prover, when it was asked; `proved` only with a checked certificate
  models::Witness witness;     ///< of the verdict: what was replayed
  std::vector<Repair> repairs;
  bool repairs_cut = false;             ///< more could have been looked at, in more time than the verdict took
  std::vector<NarratedStep> narrative;  ///< of a witness that the search found
  std::string without_faults;           ///< "PROGRESS", "DEADLOCK", "not run: …"; empty: no faults to leave out
  sim::Result simulation;
  models::Machine
      machine;  ///< what was run, for capacities and names; searched and proved for any number of kernel threads
  std::optional<models::Expectation> expect;
  std::optional<std::int64_t>
      reserved_bytes;                    ///< of all reserves (analysis/footprint); none for a scenario without devices
  bool reserved_is_lower_bound = false;  ///< some of them have elements of unknown size
};

[[nodiscard]] RunReport run_scenario(const models::Scenario& scenario, const RunOptions& options);

[[nodiscard]] std::string_view to_string(Engine engine);
[[nodiscard]] std::optional<Engine> engine_from(std::string_view text);

}  // namespace dmstall::analysis
