#include "analysis/run/prove_scenario.hpp"

#include "analysis/prove/scope.hpp"

#include "analysis/verify/verify.hpp"

#include <fmt/format.h>

namespace dmstall::analysis {

void prove_scenario(const models::Machine& machine, const RunOptions& options, RunReport& report) {
  report.proof = prove(machine, options.prover);
  const Proof& proof = *report.proof;
  if (!proof.proved) {
    report.verdict = models::VerdictKind::inconclusive;
    report.code = models::exit_code(report.verdict);
    report.reason = fmt::format("not proved: {}", proof.reason);
    return;
  }
  const Verification checked = verify(machine, proof.certificate);
  if (!checked.accepted) {
    report.proof->proved = false;
    report.verdict = models::VerdictKind::inconclusive;
    report.code = models::ExitCode::engines_disagree;
    report.error = fmt::format("proved, but the checker refuses the certificate: {}", checked.refusal);
    return;
  }
  report.verdict = models::VerdictKind::progress;
  report.code = models::exit_code(report.verdict);
  report.reason = fmt::format("proved for {}: {}; certificate checked",
                              scope_of(proof.certificate),
                              proof.rung == 1 ? "every wait goes down in the order of ranks"
                                              : "waits go down in the order of ranks, and where they go round equations exclude that all wait");
}

}  // namespace dmstall::analysis
