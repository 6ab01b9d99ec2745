// A comparison: one scenario under every combination of some values, each run with several seeds, side by side.
//
// plan_comparison reads every combination before anything runs; run_comparison runs one (row, seed) per process. What
// comes out is the same for the same input, however many processes ran at once.
#pragma once

#include "analysis/compare/grid.hpp"
#include "analysis/compare/measurement.hpp"
#include "analysis/compare/spread.hpp"
#include "analysis/footprint/footprint.hpp"
#include "models/scenario/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace dmstall::analysis {

/// A combination that the reader or the compiler of the models refuses: exit code 65. The text is what they said.
class RefusedSetting : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct PlannedRow {
  std::vector<models::Setting> settings;  ///< one per varied key
  models::Scenario scenario;
  Footprint memory;
};

struct ComparisonPlan {
  std::string file, scenario;
  std::vector<std::string> keys;
  std::vector<PlannedRow> rows;
  std::size_t reference = 0;          ///< the row that others are relative to
  bool reference_chosen = false;      ///< by the caller, or because it has the file's own values
  std::vector<std::string> warnings;  ///< that the file alone does not give, ready to print
};

/// Reads every combination of `variations` over the text of `base`. Without `reference` the row that has the file's own
/// values is the reference, else the first that
/// completes. Throws GridError and RefusedSetting. Requires: `text` reads as `base`.
[[nodiscard]] ComparisonPlan plan_comparison(const std::string& text, const models::Scenario& base, const std::vector<models::Variation>& variations,
                                             const std::vector<models::Setting>& reference);

struct ComparisonOptions {
  int seeds = 5;     ///< 1 … n
  int parallel = 1;  ///< processes at once
  std::optional<double> timeout_s;  ///< wall time of one run
  std::optional<double> sim_seconds;
  std::optional<std::int64_t> events;
  std::function<void(std::size_t done, std::size_t jobs)> progress;
};

struct ComparisonRow {
  std::vector<std::string> values;              ///< of the keys, as written
  int reserved_ios = 0, effective_ios = 0;      ///< reserved_bio_based_ios as written and as the kernel uses it
  Footprint memory;
  std::vector<Measurement> runs;                ///< by seed
  bool error = false;                           ///< a run gave no verdict: it crashed, was refused or disagrees
  models::VerdictKind verdict = models::VerdictKind::inconclusive;  ///< the most severe of the seeds'; without `error`
  models::ExitCode code = models::ExitCode::inconclusive;
  int seeds_with_verdict = 0;                   ///< that gave it
  std::optional<models::DeadlockKind> kind;     ///< of the first DEADLOCK
  std::string reason;                           ///< of the first run with this verdict
  std::optional<Spread> mib_per_s, p50_us, p99_us;  ///< only when every request completed for every seed
  std::optional<double> relative;               ///< median throughput over that of the reference row
  std::int64_t polls = 0;                       ///< 5 s polls, the most of one seed
};

struct Comparison {
  std::string file, scenario;
  std::vector<std::string> keys;
  int seeds = 0;
  std::size_t reference = 0;
  std::vector<ComparisonRow> rows;
  bool interrupted = false;        ///< then `rows` are those that were finished, perhaps none; relative to the first that completes
  std::size_t rows_left_out = 0;   ///< of an interrupted comparison
  std::uint64_t digest = 0;
  models::ExitCode code = models::ExitCode::progress;  ///< 0: the table is complete
};

[[nodiscard]] Comparison run_comparison(const ComparisonPlan& plan, const ComparisonOptions& options);

/// Fills what follows from the runs of a row, apart from `relative`.
void summarise(ComparisonRow& row);

}  // namespace dmstall::analysis
