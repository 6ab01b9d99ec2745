// What prover and search say of a scenario, in a few figures: a row of a table. It crosses a process boundary as text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/verdict/run_options.hpp"
#include "analysis/verdict/run_report.hpp"

namespace dmstall::analysis {

struct Judgement {
  models::VerdictKind verdict = models::VerdictKind::inconclusive;
  models::ExitCode code = models::ExitCode::inconclusive;
  bool error = false;  ///< no verdict: refused, crashed, or the engines disagree
  Reasons reasons;     ///< of the verdict; with `error` why there is none
  std::vector<std::string> assumptions;

  int proved_by = 0;        ///< 1: ranks, 2: equations; the certificate was checked. 0: not proved
  bool any_number = false;  ///< proved: for any number of requests

  std::optional<models::DeadlockKind> kind;
  std::vector<std::string> circle;  ///< resources
  bool relieved_by_memory = false;
  bool witness = false;  ///< these are set: of the replayed witness
  std::int64_t requests = 0, faults = 0, failures = 0, steps = 0;
  bool least = false;  ///< nothing with fewer requests, faults, failures was left out

  std::int64_t population = 0;          ///< requests that the search had to do with; 0: none searched
  std::int64_t exhausted_requests = 0;  ///< no stuck set with so many or fewer
  std::int64_t states = 0;
  std::uint64_t digest = 0;  ///< of the search; 0 without one
};

/// Asks prover and search, or the one that `options.engine` names; no run in time. Requires: the engine is not
/// simulate.
[[nodiscard]] Judgement judge(const models::Scenario& scenario, const RunOptions& options);
[[nodiscard]] Judgement judgement_of(const RunReport& report);

/// A judgement that did not come: the reason stands for it.
[[nodiscard]] Judgement no_judgement(Reason reason, bool error);

[[nodiscard]] std::string to_text(const Judgement& judgement);
/// Nothing when the text is not what to_text writes.
[[nodiscard]] std::optional<Judgement> judgement_from(const std::string& text);

}  // namespace dmstall::analysis
