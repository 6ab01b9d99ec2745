// What a row of a comparison comes to.
#include <algorithm>
#include <utility>
#include <vector>

#include "analysis/use/compare/comparison.hpp"
#include "analysis/verdict/one_verdict.hpp"

namespace dmstall::analysis {

namespace {

using models::ExitCode;

/// The most severe of the runs. Requires: there is one.
const Measurement& worst_of(const std::vector<Measurement>& runs) {
  const Measurement* worst = &runs.front();
  for (const Measurement& run : runs) {
    if (models::more_severe(worst->code, run.code) != worst->code) worst = &run;
  }
  return *worst;
}

/// As a finding, with no more than a combination asks for.
template <typename Part>
Finding finding_of(const Part& part, Engine engine) {
  Finding finding;
  finding.engine = engine;
  finding.answer.verdict = part.verdict;
  finding.answer.code = part.code;
  finding.answer.reasons = part.reasons;
  if (part.error && !part.reasons.empty()) finding.answer.error = part.reasons.front();
  if (part.error && part.reasons.empty()) finding.answer.error = because::NoAnswer{};
  return finding;
}

Finding finding_of(const Judgement& judged) {
  Finding finding = finding_of(judged, Engine::prove);
  finding.proof.emplace();
  finding.proof->proved = judged.proved_by > 0;
  return finding;
}

/// The part of the row whose verdict is the row's.
template <typename Part>
void take_over(const Part& part, ComparisonRow& row) {
  row.error = part.error;
  row.verdict = part.verdict;
  row.code = part.code;
  row.kind = part.kind;
  row.reasons = part.reasons;
}

/// The verdict of prover, search and all runs; the most severe of the runs stands for them.
void judge_row(ComparisonRow& row) {
  std::vector<Finding> findings;
  if (row.judgement) findings.push_back(finding_of(*row.judgement));
  if (!row.runs.empty()) findings.push_back(finding_of(worst_of(row.runs), Engine::simulate));
  const Verdict verdict = combine(findings, 0, {});
  row.from_runs = verdict.by == Engine::simulate;
  if (!row.from_runs) return take_over(*row.judgement, row);
  const Measurement& worst = worst_of(row.runs);
  take_over(worst, row);
  if (verdict.answer.code == ExitCode::engines_disagree && !worst.error) {
    row.error = true;
    row.code = verdict.answer.code;
    row.reasons = {verdict.answer.error.value()};
  }
}

}  // namespace

void summarise(ComparisonRow& row) {
  if (row.judgement || !row.runs.empty()) judge_row(row);
  if (row.runs.empty()) return;
  const ExitCode worst = worst_of(row.runs).code;
  row.seeds_with_verdict = static_cast<int>(
      std::count_if(row.runs.begin(), row.runs.end(), [&](const Measurement& run) { return run.code == worst; }));
  for (const Measurement& run : row.runs) {
    row.polls = std::max(row.polls, run.polls);
    if (run.failed <= row.failed) continue;
    row.failed = run.failed;
    row.failed_by = run.failed_by;
  }
  // A run of errors alone has no throughput.
  const auto has_figures = [](const Measurement& run) {
    return run.completed() && (run.failed == 0 || run.finished_ok > 0);
  };
  if (!std::all_of(row.runs.begin(), row.runs.end(), has_figures)) return;
  const auto spread = [&](double Measurement::*figure) {
    std::vector<double> figures;
    for (const Measurement& run : row.runs) figures.push_back(run.*figure);
    return spread_of(std::move(figures));
  };
  row.mib_per_s = spread(&Measurement::mib_per_s);
  row.p50_us = spread(&Measurement::p50_us);
  row.p99_us = spread(&Measurement::p99_us);
}

}  // namespace dmstall::analysis
