#include "analysis/verdict/prove_scenario.hpp"

#include <utility>

#include "analysis/engines/prove/scope.hpp"
#include "analysis/engines/verify/verify.hpp"

namespace dmstall::analysis {

namespace {

using models::ExitCode;
using models::VerdictKind;

constexpr double share_alone = 0.9, most_seconds_alone = 1e9, share_beside_a_search = 0.5;

/// What the checker makes of a proof.
Answer judge(const Proof& proof, const Verification& checked) {
  if (checked.accepted)
    return answer_of(VerdictKind::progress, because::Proved{scope_of(proof.certificate), proof.rung != 1});
  if (checked.gave_up) return answer_of(VerdictKind::inconclusive, because::NotChecked{checked.refusal});
  return no_answer(ExitCode::engines_disagree, because::CertificateRefused{checked.refusal});
}

}  // namespace

Finding prove_scenario(const models::Machine& machine, const RunOptions& options, bool alone) {
  ProveOptions bounds = options.prover;
  // Else a search comes after it, for which it must leave some.
  const bool all_of_it = alone && options.bounds.ends;
  bounds.seconds = all_of_it ? options.bounds.share(share_alone, most_seconds_alone)
                             : options.bounds.share(share_beside_a_search, bounds.seconds);
  Finding finding;
  finding.engine = Engine::prove;
  Proof proof = prove(machine, bounds);
  if (proof.proved) {
    finding.answer = judge(proof, verify(machine, proof.certificate));
    proof.proved = !finding.answer.error && finding.answer.verdict == VerdictKind::progress;
  } else {
    finding.answer =
        answer_of(VerdictKind::inconclusive, because::NotProved{proof.objection, proof.out_of_time && all_of_it});
  }
  finding.proof = std::move(proof);
  return finding;
}

}  // namespace dmstall::analysis
