// A comparison: scenarios under every combination of some values, side by side: what prover and search say of each row,
// and what some timed runs measured.
//
// plan_comparison reads every combination before anything runs; run_comparison runs one part of a row (the judgement,
// or one seed) per process. What comes out is the same for the same input, however many processes ran at once, whether
// it was done in one go, in shards, or after interruptions (see journal.hpp). Memory is linear in the rows, of a row no
// more than its figures; equal footprints are kept once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/use/compare/grid.hpp"
#include "analysis/use/compare/journal.hpp"
#include "analysis/use/compare/measurement.hpp"
#include "analysis/use/compare/spread.hpp"
#include "analysis/verdict/judgement.hpp"
#include "models/scenario/settings.hpp"
#include "models/targets/footprint.hpp"

namespace dmstall::analysis {

/// A combination that the reader or the compiler of the models refuses: exit code 65. The text is what they said.
class RefusedSetting : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Rows that no journal has. The text names them.
class MissingRows : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A scenario file as it was read.
struct ScenarioText {
  std::string text;
  models::Scenario base;
};

/// Every n-th row, from the index-th on (0 … count - 1): what one machine of several does.
struct Shard {
  std::size_t index = 0, count = 1;
  [[nodiscard]] bool has(std::size_t row) const { return row % count == index; }
};

struct PlannedRow {
  std::size_t file = 0;                             ///< index into ComparisonPlan::files
  std::vector<models::Setting> settings;            ///< one per varied key
  int reserved_ios = 0;                             ///< as written
  std::shared_ptr<const models::Footprint> memory;  ///< equal ones are one object; none for a row of another shard
};

struct PlannedFile {
  std::string file, scenario, text;
};

struct ComparisonPlan {
  std::vector<PlannedFile> files;
  std::vector<std::string> keys;  ///< with several files "scenario" comes first
  std::vector<PlannedRow> rows;   ///< file by file
  Shard shard;
  std::size_t reference = 0;          ///< the row that others are relative to
  bool reference_chosen = false;      ///< by the caller, or because it has the file's own values
  std::vector<std::string> warnings;  ///< that the file alone does not give, ready to print
};

/// Reads every combination of `variations` over each of the texts; of several files all are varied alike. Without
/// `reference` the row that has the file's own values is the reference, else the first that completes. Throws GridError
/// and RefusedSetting. Requires: there is a file, and each text reads as its `base`.
[[nodiscard]] ComparisonPlan plan_comparison(const std::vector<ScenarioText>& files,
                                             const std::vector<models::Variation>& variations,
                                             const std::vector<models::Setting>& reference, Shard shard = {});
[[nodiscard]] ComparisonPlan plan_comparison(const std::string& text, const models::Scenario& base,
                                             const std::vector<models::Variation>& variations,
                                             const std::vector<models::Setting>& reference);

/// The scenario of a planned row. Requires: the row is of this plan.
[[nodiscard]] models::Scenario scenario_of(const ComparisonPlan& plan, const PlannedRow& row);

struct Comparison;
struct ComparisonRow;

struct ComparisonOptions {
  Engine engine = Engine::all;      ///< simulate: timed runs alone; prove, explore: no timed runs
  int seeds = 5;                    ///< timed runs of a row, 1 … n
  int parallel = 1;                 ///< processes at once
  std::optional<double> timeout_s;  ///< wall time of one run
  std::optional<double> row_s;  ///< wall time of a row, from the beginning of its first part; goes before `timeout_s`
  std::int64_t process_memory_mib = default_process_memory_mib;  ///< of all processes that run at the same time
  SearchFlags search;                                            ///< of one row
  std::optional<double> sim_seconds;
  std::optional<std::int64_t> events;
  Journal* journal = nullptr;  ///< what it has is not run again, what ends is added
  std::function<void(std::size_t done, std::size_t jobs)> progress;
  /// A row all of whose parts are there, in the order in which they end; what is relative to other rows is not known.
  std::function<void(const Comparison& so_far, const ComparisonRow& row)> finished;
};

/// Whether the engine runs rows in time.
[[nodiscard]] bool has_timed_runs(Engine engine);

/// The parts of a row: 0 is the judgement of prover and search, 1 … n the seeds.
[[nodiscard]] std::vector<std::size_t> parts_of_row(const ComparisonOptions& options);

/// What must be the same for two journals to be of one comparison: scenarios, values, engines, bounds, program. Not:
/// shards, processes, time-outs.
[[nodiscard]] JournalHeader journal_header(const ComparisonPlan& plan, const ComparisonOptions& options);

struct ComparisonRow {
  std::size_t number = 0;                   ///< of the whole grid, from 1
  std::vector<std::string> values;          ///< of the keys, as written
  int reserved_ios = 0, effective_ios = 0;  ///< reserved_bio_based_ios as written and as the kernel uses it
  std::shared_ptr<const models::Footprint> memory;
  std::optional<Judgement> judgement;  ///< of prover and search, where they were asked
  std::vector<Measurement> runs;       ///< by seed
  bool error = false;                  ///< a run gave no verdict: it crashed, was refused, or engines disagree
  models::VerdictKind verdict = models::VerdictKind::inconclusive;  ///< of all engines (summarise); without `error`
  models::ExitCode code = models::ExitCode::inconclusive;
  bool from_runs = false;  ///< the verdict is that of timed runs: `seeds_with_verdict` of them gave it
  int seeds_with_verdict = 0;
  std::optional<models::DeadlockKind> kind;  ///< of the first DEADLOCK
  Reasons reasons;                           ///< of the first run with this verdict
  /// Only when every request completed for every seed, and some without an error in each; of these.
  std::optional<Spread> mib_per_s, p50_us, p99_us;
  std::int64_t failed = 0;                        ///< requests that ended in an error, the most of one seed
  std::map<std::string, std::int64_t> failed_by;  ///< how many of these came from what
  std::optional<double> relative;  ///< median throughput over that of the reference row; rows with errors have none
  std::int64_t polls = 0;          ///< 5 s polls, the most of one seed
};

struct Comparison {
  std::string file, scenario;  ///< of several files: joined
  std::vector<std::string> keys;
  Engine engine = Engine::simulate;
  int seeds = 0;              ///< 0: no timed runs
  std::size_t reference = 0;  ///< index into rows
  std::vector<ComparisonRow> rows;
  bool interrupted =
      false;  ///< then `rows` are those that were finished, perhaps none; relative to the first that completes
  std::size_t rows_left_out = 0;   ///< of an interrupted comparison
  std::size_t run = 0, known = 0;  ///< parts of rows that were run, and that the journal had already
  std::uint64_t digest = 0;
  models::ExitCode code = models::ExitCode::progress;  ///< 0: the table is complete
};

/// Runs the rows of the plan's shard.
[[nodiscard]] Comparison run_comparison(const ComparisonPlan& plan, const ComparisonOptions& options);

/// The comparison as journals have it, without running anything. Throws MissingRows when they do not have all of it.
[[nodiscard]] Comparison merge_comparison(const ComparisonPlan& plan, const ComparisonOptions& options,
                                          const std::vector<JournalEntries>& journals);

/// Fills what follows from the judgement and the runs of a row, apart from `relative`. Engines count as in
/// analysis/verdict/one_verdict: a witness that replays, a proof, an exhausted search; timed runs that complete lift
/// nothing, and one that is stuck beside a proof is a disagreement. Without a judgement: the most severe of the runs.
void summarise(ComparisonRow& row);

}  // namespace dmstall::analysis
