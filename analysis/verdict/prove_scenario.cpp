#include "analysis/verdict/prove_scenario.hpp"

#include <fmt/format.h>

#include "analysis/engines/prove/scope.hpp"
#include "analysis/engines/verify/verify.hpp"

namespace dmstall::analysis {

void prove_scenario(const models::Machine& machine, const RunOptions& options, RunReport& report) {
  ProveOptions bounds = options.prover;
  // Nobody comes after it: then it may use all the time. Else a search does, for whom it must leave some.
  const bool alone = report.engine == Engine::prove && options.bounds.ends;
  bounds.seconds = alone ? options.bounds.share(0.9, 1e9) : options.bounds.share(0.5, bounds.seconds);
  report.proof = prove(machine, bounds);
  if (report.proof->out_of_time && alone) report.proof->reason += "; --timeout raises the bound";
  const Proof& proof = *report.proof;
  if (!proof.proved) {
    report.verdict = models::VerdictKind::inconclusive;
    report.code = models::exit_code(report.verdict);
    report.reason = fmt::format("not proved: {}", proof.reason);
    return;
  }
  const Verification checked = verify(machine, proof.certificate);
  if (!checked.accepted && checked.gave_up) {
    report.proof->proved = false;
    report.proof->reason = fmt::format("the proof could not be checked: {}", checked.refusal);
    report.verdict = models::VerdictKind::inconclusive;
    report.code = models::exit_code(report.verdict);
    report.reason = "not proved: " + report.proof->reason;
    return;
  }
  if (!checked.accepted) {
    report.proof->proved = false;
    report.verdict = models::VerdictKind::inconclusive;
    report.code = models::ExitCode::engines_disagree;
    report.error = fmt::format("proved, but the checker refuses the certificate: {}", checked.refusal);
    return;
  }
  report.verdict = models::VerdictKind::progress;
  report.code = models::exit_code(report.verdict);
  report.reason = fmt::format(
      "proved for {}: {}; certificate checked", scope_of(proof.certificate),
      proof.rung == 1 ? "every wait goes down in the order of ranks"
                      : "waits go down in the order of ranks, and where they go round equations exclude that all wait");
}

}  // namespace dmstall::analysis
