#include "analysis/batch/processes.hpp"
#include "analysis/compare/comparison.hpp"
#include "analysis/digest.hpp"
#include "models/kernel/dm_core.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dmstall::analysis {

namespace {

using models::ExitCode;

/// A run that did not come back is a result, too: the table says so in its row.
Measurement measurement_of(const ProcessEnd& end, std::uint64_t seed, std::optional<double> timeout_s) {
  if (end.how == ProcessEnd::How::finished) {
    if (auto measured = measurement_from(end.output)) return std::move(*measured);
  }
  Measurement lost;
  lost.seed = seed;
  if (end.how == ProcessEnd::How::timed_out) {
    lost.reason = fmt::format("not finished after {} s of wall time; --timeout raises the bound", timeout_s.value_or(0));
    return lost;
  }
  lost.error = true;
  lost.code = ExitCode::internal_error;
  const std::string last = end.errors.substr(0, end.errors.find('\n'));
  lost.reason = end.signal != 0 ? fmt::format("the run was ended by signal {}", end.signal) : fmt::format("the run ended with status {}", end.exit_status);
  if (!last.empty()) lost.reason += ": " + last;
  return lost;
}

std::uint64_t digest_of(const Comparison& comparison) {
  Digest digest;
  for (const ComparisonRow& row : comparison.rows) {
    for (const std::string& value : row.values) digest.add(value);
    digest.add(static_cast<std::uint64_t>(row.memory.bytes));
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

/// What an interrupt leaves: rows of which every seed ended, in their order.
void keep_finished_rows(Comparison& comparison, const std::vector<std::size_t>& ended) {
  std::vector<ComparisonRow> kept;
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
    if (ended[i] == static_cast<std::size_t>(comparison.seeds)) kept.push_back(std::move(comparison.rows[i]));
  }
  comparison.rows_left_out = comparison.rows.size() - kept.size();
  comparison.rows = std::move(kept);
  comparison.reference = 0;
}

}  // namespace

void summarise(ComparisonRow& row) {
  if (row.runs.empty()) return;
  const Measurement* worst = &row.runs.front();
  for (const Measurement& run : row.runs) {
    if (models::more_severe(worst->code, run.code) != worst->code) worst = &run;
    row.polls = std::max(row.polls, run.polls);
  }
  row.error = worst->error;
  row.verdict = worst->verdict;
  row.code = worst->code;
  row.kind = worst->kind;
  row.reason = worst->reason;
  row.seeds_with_verdict = static_cast<int>(std::count_if(row.runs.begin(), row.runs.end(), [&](const Measurement& run) { return run.code == worst->code; }));
  if (!std::all_of(row.runs.begin(), row.runs.end(), [](const Measurement& run) { return run.completed(); })) return;
  const auto spread = [&](double Measurement::*figure) {
    std::vector<double> figures;
    for (const Measurement& run : row.runs) figures.push_back(run.*figure);
    return spread_of(std::move(figures));
  };
  row.mib_per_s = spread(&Measurement::mib_per_s);
  row.p50_us = spread(&Measurement::p50_us);
  row.p99_us = spread(&Measurement::p99_us);
}

Comparison run_comparison(const ComparisonPlan& plan, const ComparisonOptions& options) {
  Comparison comparison;
  comparison.file = plan.file;
  comparison.scenario = plan.scenario;
  comparison.keys = plan.keys;
  comparison.seeds = options.seeds;
  comparison.reference = plan.reference;
  for (const PlannedRow& planned : plan.rows) {
    ComparisonRow& row = comparison.rows.emplace_back();
    for (const models::Setting& setting : planned.settings) row.values.push_back(setting.value);
    row.reserved_ios = planned.scenario.kernel.reserved_bio_based_ios;
    row.effective_ios = models::effective_reserved_ios(row.reserved_ios);
    row.memory = planned.memory;
    row.runs.resize(static_cast<std::size_t>(options.seeds));
  }
  const std::size_t seeds = static_cast<std::size_t>(options.seeds);
  const std::size_t jobs = plan.rows.size() * seeds;
  std::size_t done = 0;
  const auto work = [&](std::size_t job) {
    RunOptions run;
    run.engine = Engine::simulate;   // a row is seeds of timed runs
    run.seed = job % seeds + 1;
    run.sim_seconds = options.sim_seconds;
    run.events = options.events;
    run.compare_without_faults = false;
    return to_text(analysis::measurement_of(run_scenario(plan.rows[job / seeds].scenario, run)));
  };
  const auto finished = [&](std::size_t job, const ProcessEnd& end) {
    comparison.rows[job / seeds].runs[job % seeds] = measurement_of(end, job % seeds + 1, options.timeout_s);
    if (options.progress) options.progress(++done, jobs);
  };
  std::vector<std::size_t> ended(plan.rows.size(), 0);
  const auto count = [&](std::size_t job, const ProcessEnd& end) {
    ++ended[job / seeds];
    finished(job, end);
  };
  if (run_in_processes(jobs, options.parallel, options.timeout_s, work, count) == BatchEnding::interrupted) {
    comparison.interrupted = true;
    comparison.code = ExitCode::interrupted;
    keep_finished_rows(comparison, ended);
    if (comparison.rows.empty()) return comparison;
  }
  for (ComparisonRow& row : comparison.rows) {
    summarise(row);
    comparison.code = models::more_severe(comparison.code, completeness(row));
  }
  if (comparison.interrupted) comparison.code = ExitCode::interrupted;
  if (!plan.reference_chosen || comparison.interrupted) {
    const auto first = std::find_if(comparison.rows.begin(), comparison.rows.end(), [](const ComparisonRow& row) { return row.mib_per_s.has_value(); });
    if (first != comparison.rows.end()) comparison.reference = static_cast<std::size_t>(first - comparison.rows.begin());
  }
  const std::optional<Spread> base = comparison.rows[comparison.reference].mib_per_s;
  for (ComparisonRow& row : comparison.rows) {
    if (base && base->median > 0 && row.mib_per_s) row.relative = row.mib_per_s->median / base->median;
  }
  comparison.digest = digest_of(comparison);
  return comparison;
}

}  // namespace dmstall::analysis
