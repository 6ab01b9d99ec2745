// Runs one scenario through the engines and brings their answers to one verdict.
#pragma once

#include "models/machine/verdict.hpp"
#include "models/scenario/scenario.hpp"
#include "sim/simulate.hpp"

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace dmstall::analysis {

struct RunOptions {
  std::uint64_t seed = 1;
  std::optional<double> sim_seconds;
  std::optional<std::int64_t> events;
  std::ostream* trace = nullptr;
  std::function<void(double sim_time_s, double fraction_done, std::int64_t steps)> progress;
  bool compare_without_faults = true;   ///< a second run with no faults, for the line "without faults"
};

/// Everything the report writers need; no writer runs anything.
struct RunReport {
  std::string file, scenario, about;
  models::VerdictKind verdict = models::VerdictKind::inconclusive;
  models::ExitCode code = models::ExitCode::inconclusive;
  std::string reason;                       ///< one sentence: what was run, which bound was hit
  std::optional<std::string> error;         ///< scenario error, engine disagreement
  std::vector<std::string> assumptions, leaves_out;
  std::uint64_t seed = 1;
  models::StuckReport stuck;                ///< DEADLOCK: the confirmed stuck set
  bool relieved_by_memory = false;
  std::int64_t witness_steps = 0;
  std::string without_faults;               ///< "PROGRESS", "DEADLOCK", "not run: …"; empty: no faults to leave out
  sim::Result simulation;
  models::Machine machine;                  ///< what was run, for capacities and names
  std::optional<models::Expectation> expect;
  std::optional<std::int64_t> reserved_bytes;   ///< of all reserves (analysis/footprint); none for a scenario without devices
  bool reserved_is_lower_bound = false;         ///< some of them have elements of unknown size
};

[[nodiscard]] RunReport run_scenario(const models::Scenario& scenario, const RunOptions& options);

/// What of `expect` the report does not meet, one line each; empty when all is as expected.
[[nodiscard]] std::vector<std::string> unmet_expectations(const RunReport& report);

/// Keys of `expect` that one timed run cannot decide ("min_requests", …); bytes_at_most where sizes are not known.
[[nodiscard]] std::vector<std::string> unchecked_expectations(const RunReport& report);

}  // namespace dmstall::analysis
