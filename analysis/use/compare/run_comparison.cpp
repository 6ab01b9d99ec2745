#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "analysis/digest.hpp"
#include "analysis/use/batch/processes.hpp"
#include "analysis/use/compare/comparison.hpp"
#include "analysis/use/evidence/sha256.hpp"
#include "analysis/verdict/run_scenario.hpp"
#include "analysis/version.hpp"
#include "models/kernel/dm_core.hpp"

namespace dmstall::analysis {

namespace {

using models::ExitCode;

constexpr std::size_t judgement_part = 0;

/// A part that did not come back is a result, too: the table says so in its row.
std::string answer_of(const ProcessEnd& end, std::size_t part) {
  if (end.how == ProcessEnd::How::finished &&
      (part == judgement_part ? judgement_from(end.output).has_value() : measurement_from(end.output).has_value()))
    return end.output;
  const bool error = !end.out_of_bounds();
  if (part == judgement_part) return to_text(no_judgement(reason_of(end), error));
  Measurement lost;
  lost.seed = part;
  lost.error = error;
  if (error) lost.code = ExitCode::internal_error;
  lost.reasons = {reason_of(end)};
  return to_text(lost);
}

/// Crashed or killed: worth another try when the comparison goes on.
bool is_lost(std::size_t part, const std::string& answer) {
  if (part == judgement_part) {
    const auto judgement = judgement_from(answer);
    return !judgement || judgement->code == ExitCode::internal_error;
  }
  const auto measured = measurement_from(answer);
  return !measured || measured->code == ExitCode::internal_error;
}

void take_answer(ComparisonRow& row, std::size_t part, const std::string& answer) {
  if (part == judgement_part) {
    row.judgement = judgement_from(answer);
    return;
  }
  Measurement& run = row.runs[part - 1];
  run = measurement_from(answer).value_or(Measurement{});
  // All seeds of a row assume the same.
  if (part > 1) run.assumptions.clear();
}

std::uint64_t digest_of(const Comparison& comparison) {
  Digest digest;
  for (const ComparisonRow& row : comparison.rows) {
    for (const std::string& value : row.values) digest.add(value);
    digest.add(static_cast<std::uint64_t>(row.memory->bytes));
    if (row.judgement) {
      digest.add(static_cast<std::uint64_t>(row.judgement->code));
      digest.add(static_cast<std::uint64_t>(row.judgement->proved_by));
      digest.add(row.judgement->digest);
    }
    for (const Measurement& run : row.runs) {
      digest.add(static_cast<std::uint64_t>(run.code));
      digest.add(run.digest);
    }
  }
  return digest.value();
}

/// A table with a DEADLOCK in it is complete; one with a hole in it is not.
ExitCode completeness(const ComparisonRow& row) {
  if (row.error) return row.code;
  return row.verdict == models::VerdictKind::inconclusive ? ExitCode::inconclusive : ExitCode::progress;
}

/// The rows of the shard without answers, and which of `plan.rows` they are.
Comparison empty_comparison(const ComparisonPlan& plan, const ComparisonOptions& options) {
  Comparison comparison;
  comparison.engine = options.engine;
  comparison.seeds = has_timed_runs(options.engine) ? options.seeds : 0;
  for (const PlannedFile& file : plan.files) {
    comparison.file += (comparison.file.empty() ? "" : ", ") + file.file;
    comparison.scenario += (comparison.scenario.empty() ? "" : "+") + file.scenario;
  }
  comparison.keys = plan.keys;
  for (std::size_t i = 0; i < plan.rows.size(); ++i) {
    if (!plan.shard.has(i)) continue;
    const PlannedRow& planned = plan.rows[i];
    if (i == plan.reference) comparison.reference = comparison.rows.size();
    ComparisonRow& row = comparison.rows.emplace_back();
    row.number = i + 1;
    if (plan.files.size() > 1) row.values.push_back(plan.files[planned.file].scenario);
    for (const models::Setting& setting : planned.settings) row.values.push_back(setting.value);
    row.reserved_ios = planned.reserved_ios;
    row.effective_ios = models::effective_reserved_ios(row.reserved_ios);
    row.memory = planned.memory;
    row.runs.resize(static_cast<std::size_t>(comparison.seeds));
  }
  return comparison;
}

/// What an interrupt leaves: rows of which every part ended, in their order.
void keep_finished_rows(Comparison& comparison, const std::vector<std::size_t>& ended, std::size_t parts) {
  std::vector<ComparisonRow> kept;
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
    if (ended[i] == parts) kept.push_back(std::move(comparison.rows[i]));
  }
  comparison.rows_left_out = comparison.rows.size() - kept.size();
  comparison.rows = std::move(kept);
  comparison.reference = 0;
}

/// What follows when all parts are there.
void complete(const ComparisonPlan& plan, Comparison& comparison) {
  for (ComparisonRow& row : comparison.rows) {
    summarise(row);
    comparison.code = models::more_severe(comparison.code, completeness(row));
  }
  if (comparison.interrupted) comparison.code = ExitCode::interrupted;
  if (!plan.reference_chosen || comparison.interrupted) {
    const auto first = std::find_if(comparison.rows.begin(), comparison.rows.end(), [](const ComparisonRow& row) {
      return row.mib_per_s.has_value() && row.failed == 0;
    });
    const auto any = std::find_if(comparison.rows.begin(), comparison.rows.end(),
                                  [](const ComparisonRow& row) { return row.mib_per_s.has_value(); });
    if (first == comparison.rows.end() && any != comparison.rows.end())
      comparison.reference = static_cast<std::size_t>(any - comparison.rows.begin());
    if (first != comparison.rows.end())
      comparison.reference = static_cast<std::size_t>(first - comparison.rows.begin());
  }
  if (comparison.rows.empty()) return;  // a shard of a small grid, or an early interrupt
  const ComparisonRow& reference = comparison.rows[comparison.reference];
  const std::optional<Spread> base = reference.mib_per_s;
  // Who fails more does less: such a row is not faster.
  for (ComparisonRow& row : comparison.rows) {
    if (base && base->median > 0 && row.mib_per_s && row.failed == reference.failed)
      row.relative = row.mib_per_s->median / base->median;
  }
  comparison.digest = digest_of(comparison);
}

/// The answer for one part, in a process of its own.
std::string run_part(const ComparisonPlan& plan, const ComparisonOptions& options, std::size_t row, std::size_t part,
                     const RunBounds& bounds) {
  RunOptions run;
  run.bounds = bounds;
  run.sim_seconds = options.sim_seconds;
  run.events = options.events;
  run.asked = options.search;
  run.prover.words = 0;
  run.compare_without_faults = false;
  const models::Scenario scenario = scenario_of(plan, plan.rows[row]);
  if (part == judgement_part) {
    run.engine = options.engine;
    return to_text(judge(scenario, run));
  }
  run.engine = Engine::simulate;
  run.seed = part;
  return to_text(measurement_of(run_scenario(scenario, run)));
}

constexpr std::int64_t least_memory_mib = 256;  ///< of a process, however many there are

/// What is left of a row's time for one of its parts.
class RowTimes {
 public:
  RowTimes(const ComparisonOptions& options, std::size_t rows) : options_(options), begun_(rows) {}

  /// The row's clock begins with its first part.
  double begin(std::size_t row, std::size_t part) {
    if (!begun_[row]) begun_[row] = RunBounds::Clock::now();
    return left(row, part);
  }
  [[nodiscard]] double left(std::size_t row, std::size_t part) const {
    constexpr double least_s = 0.1, share_of_a_judgement = 0.6;
    const double gone = begun_[row] ? std::chrono::duration<double>(RunBounds::Clock::now() - *begun_[row]).count() : 0;
    const double left = std::max(least_s, *options_.row_s - gone);
    return part == judgement_part && has_timed_runs(options_.engine) ? left * share_of_a_judgement : left;
  }

 private:
  const ComparisonOptions& options_;
  std::vector<std::optional<RunBounds::Clock::time_point>> begun_;
};

}  // namespace

bool has_timed_runs(Engine engine) {
  return engine == Engine::simulate || engine == Engine::all;
}

std::vector<std::size_t> parts_of_row(const ComparisonOptions& options) {
  std::vector<std::size_t> parts;
  if (options.engine != Engine::simulate) parts.push_back(judgement_part);
  for (int seed = 1; has_timed_runs(options.engine) && seed <= options.seeds; ++seed)
    parts.push_back(static_cast<std::size_t>(seed));
  return parts;
}

JournalHeader journal_header(const ComparisonPlan& plan, const ComparisonOptions& options) {
  JournalHeader header;
  header.fields.emplace_back("program", fmt::format("dmstall {}, Linux {}", program_version(), modelled_kernels()));
  for (std::size_t i = 0; i < plan.files.size(); ++i) {
    header.fields.emplace_back(fmt::format("scenario {}", i + 1),
                               fmt::format("{} {}", plan.files[i].scenario, sha256(plan.files[i].text)));
  }
  Digest values;
  for (const PlannedRow& row : plan.rows) {
    values.add(row.file);
    for (const models::Setting& setting : row.settings) values.add(setting.key), values.add(setting.value);
  }
  header.fields.emplace_back("grid", fmt::format("{} rows {:016x}", plan.rows.size(), values.value()));
  const auto bound = [](const auto& value) { return value ? fmt::format("{}", *value) : std::string("default"); };
  header.fields.emplace_back("engines", fmt::format("{}, {} seeds", to_string(options.engine), options.seeds));
  header.fields.emplace_back(
      "bounds", fmt::format("states {}, seconds {}, memory {}, sim-time {}, events {}", bound(options.search.states),
                            bound(options.search.seconds), bound(options.search.memory_mib), bound(options.sim_seconds),
                            bound(options.events)));
  return header;
}

Comparison run_comparison(const ComparisonPlan& plan, const ComparisonOptions& options) {
  Comparison comparison = empty_comparison(plan, options);
  const std::vector<std::size_t> parts = parts_of_row(options);
  struct Job {
    std::size_t row, part;  ///< index into comparison.rows
  };
  std::vector<Job> jobs;
  std::vector<std::size_t> ended(comparison.rows.size(), 0);  // parts of each row
  for (std::size_t row = 0; row < comparison.rows.size(); ++row) {
    for (const std::size_t part : parts) {
      if (options.journal != nullptr) {
        const auto known = options.journal->known().find({comparison.rows[row].number - 1, part});
        if (known != options.journal->known().end() && !is_lost(part, known->second)) {
          take_answer(comparison.rows[row], part, known->second);
          ++comparison.known;
          ++ended[row];
          continue;
        }
      }
      jobs.push_back({row, part});
    }
  }
  if (options.journal != nullptr) options.journal->forget();
  RowTimes times(options, comparison.rows.size());
  BatchLimits limits;
  limits.parallel = options.parallel;
  limits.timeout_s = options.timeout_s;
  limits.memory_mib = std::max<std::int64_t>(options.process_memory_mib / std::max(options.parallel, 1),
                                             std::min(least_memory_mib, options.process_memory_mib));
  if (options.row_s) limits.timeout_of = [&](std::size_t job) { return times.begin(jobs[job].row, jobs[job].part); };
  const auto work = [&](std::size_t job) {
    const std::optional<double> seconds = options.row_s ? times.left(jobs[job].row, jobs[job].part) : options.timeout_s;
    return run_part(plan, options, comparison.rows[jobs[job].row].number - 1, jobs[job].part,
                    bounds_within(seconds, limits.memory_mib));
  };
  const auto finished = [&](std::size_t job, const ProcessEnd& end) {
    ComparisonRow& row = comparison.rows[jobs[job].row];
    const std::string answer = answer_of(end, jobs[job].part);
    if (options.journal != nullptr) options.journal->add(row.number - 1, jobs[job].part, answer);
    take_answer(row, jobs[job].part, answer);
    ++ended[jobs[job].row];
    ++comparison.run;
    if (options.finished && ended[jobs[job].row] == parts.size()) {
      ComparisonRow whole = row;
      summarise(whole);
      options.finished(comparison, whole);
    }
    if (options.progress) options.progress(comparison.run, jobs.size());
  };
  if (run_in_processes(jobs.size(), limits, work, finished) == BatchEnding::interrupted) {
    comparison.interrupted = true;
    keep_finished_rows(comparison, ended, parts.size());
  }
  complete(plan, comparison);
  return comparison;
}

Comparison merge_comparison(const ComparisonPlan& plan, const ComparisonOptions& options,
                            const std::vector<JournalEntries>& journals) {
  Comparison comparison = empty_comparison(plan, options);
  std::vector<std::size_t> missing;
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
    ComparisonRow& row = comparison.rows[i];
    bool whole = true;
    for (const std::size_t part : parts_of_row(options)) {
      // A part that was lost in one journal may have been done in another.
      const std::string* answer = nullptr;
      for (const JournalEntries& journal : journals) {
        const auto found = journal.find({row.number - 1, part});
        if (found != journal.end() && (answer == nullptr || is_lost(part, *answer))) answer = &found->second;
      }
      whole = whole && answer != nullptr;
      if (answer != nullptr) take_answer(row, part, *answer), ++comparison.known;
    }
    if (!whole) missing.push_back(row.number);
  }
  if (!missing.empty()) {
    constexpr std::size_t most = 10;
    std::vector<std::size_t> first(missing.begin(),
                                   missing.begin() + static_cast<std::ptrdiff_t>(std::min(most, missing.size())));
    throw MissingRows(fmt::format("{} of {} rows are not finished in these journals: {}{}", missing.size(),
                                  comparison.rows.size(), fmt::join(first, ", "),
                                  missing.size() > most ? ", ..." : ""));
  }
  complete(plan, comparison);
  return comparison;
}

}  // namespace dmstall::analysis
