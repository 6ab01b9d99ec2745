#include "analysis/verdict/one_verdict.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace dmstall::analysis {

using models::ExitCode;
using models::VerdictKind;

namespace {

const Finding* find(const std::vector<Finding>& findings, Engine engine) {
  const auto found =
      std::find_if(findings.begin(), findings.end(), [&](const Finding& finding) { return finding.engine == engine; });
  return found == findings.end() ? nullptr : &*found;
}

Reasons both(const Reasons& first, const Reasons& second) {
  Reasons all = first;
  std::copy(second.begin(), second.end(), std::back_inserter(all));
  return all;
}

}  // namespace

TimedWeight weight_of(VerdictKind timed, VerdictKind untimed) {
  if (untimed == VerdictKind::deadlock) return TimedWeight::none;
  if (timed == VerdictKind::deadlock)
    return untimed == VerdictKind::progress ? TimedWeight::contradicts : TimedWeight::counts;
  return timed == VerdictKind::stall && untimed == VerdictKind::inconclusive ? TimedWeight::counts : TimedWeight::none;
}

Verdict combine(const std::vector<Finding>& findings, std::uint64_t seed, const std::string& file) {
  const Finding* timed = find(findings, Engine::simulate);
  const Finding* searched = find(findings, Engine::explore);
  const Finding* untimed = searched != nullptr ? searched : find(findings, Engine::prove);
  if (untimed == nullptr) return {Engine::simulate, timed->answer};
  Verdict verdict{untimed->engine, untimed->answer};
  if (timed == nullptr || verdict.answer.error || verdict.answer.verdict == VerdictKind::deadlock) return verdict;

  const TimedWeight weight = weight_of(timed->answer.verdict, untimed->answer.verdict);
  if (!timed->answer.error && weight == TimedWeight::none) {
    verdict.answer.reasons = both(untimed->answer.reasons, timed->answer.reasons);
    return verdict;
  }
  verdict = {Engine::simulate, timed->answer};
  verdict.answer.reasons = both(timed->answer.reasons, untimed->answer.reasons);
  if (!timed->answer.error && weight == TimedWeight::contradicts) {
    verdict.answer.verdict = VerdictKind::inconclusive;
    verdict.answer.code = ExitCode::engines_disagree;
    const Finding* proof = find(findings, Engine::prove);
    verdict.answer.error = because::Contradiction{proof != nullptr && proof->proves(), seed, file};
  }
  return verdict;
}

}  // namespace dmstall::analysis
