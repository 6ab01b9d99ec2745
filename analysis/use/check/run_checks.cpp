#include "analysis/use/check/run_checks.hpp"

#include <utility>

#include "analysis/use/batch/clock.hpp"
#include "analysis/version.hpp"

namespace dmstall::analysis {

namespace {

CheckOutcome outcome_of(ProcessEnd& end, double timeout_s, const LostText& lost) {
  CheckOutcome outcome;
  std::optional<CheckOutcome> answer;
  if (end.how == ProcessEnd::How::finished) answer = decode(end.output);
  if (answer) {
    outcome = std::move(*answer);
  } else {
    outcome.kind = end.out_of_bounds() ? CheckKind::timed_out : CheckKind::crashed;
    outcome.found = lost(end, timeout_s);
  }
  if (outcome.kind == CheckKind::timed_out || outcome.kind == CheckKind::crashed) {
    outcome.stderr_text = std::move(end.errors);
    outcome.unmet = {outcome.found};
  }
  outcome.seconds = end.seconds;
  return outcome;
}

CheckEnding ending_of(BatchEnding ending) {
  switch (ending) {
    case BatchEnding::complete:
      return CheckEnding::complete;
    case BatchEnding::interrupted:
      return CheckEnding::interrupted;
    case BatchEnding::enough:
      return CheckEnding::failed_fast;
    case BatchEnding::out_of_budget:
      return CheckEnding::out_of_budget;
  }
  return CheckEnding::complete;
}

}  // namespace

std::string kernels_of(const std::string& release) {
  return release.empty() ? modelled_kernels() : release;
}

CheckRun run_checks(const std::vector<std::string>& files, const CheckOptions& options, const CheckOne& check,
                    const CheckWatch& watch, const LostText& lost) {
  const double started_s = steady_s();
  CheckRun run;
  run.seed = options.seed;
  run.kernel = kernels_of(options.release);
  run.timeout_s = options.timeout_s;
  run.budget_s = options.budget_s;
  run.outcomes.resize(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) run.outcomes[i].file = files[i];
  std::size_t done = 0, told = 0;
  const auto tell = [&](std::size_t index) {
    if (watch.outcome) watch.outcome(run.outcomes[index]);
  };
  const auto work = [&](std::size_t index) { return encode(check(files[index], options.seed)); };
  const auto ended = [&](std::size_t index, ProcessEnd end) {
    run.outcomes[index] = outcome_of(end, options.timeout_s, lost);
    run.outcomes[index].file = files[index];
    if (watch.amend) watch.amend(run.outcomes[index]);
    if (watch.progress) watch.progress(++done, files.size());
    for (; told < files.size() && run.outcomes[told].kind != CheckKind::not_run; ++told) tell(told);
  };
  BatchLimits limits;
  limits.parallel = options.parallel;
  limits.timeout_s = options.timeout_s;
  limits.memory_mib = options.memory_mib;
  limits.budget_s = options.budget_s;
  limits.enough = [&] { return options.fail_fast && failures(run) > 0; };
  run.ending = ending_of(run_in_processes(files.size(), limits, work, ended));
  // What is finished behind a gap that will never be filled.
  for (; told < files.size(); ++told) {
    if (run.outcomes[told].kind != CheckKind::not_run) tell(told);
  }
  run.seconds = steady_s() - started_s;
  return run;
}

}  // namespace dmstall::analysis
