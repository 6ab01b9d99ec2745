// What one engine says of a machine. It is whole when it is returned; nobody adds to it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/engines/explore/explore.hpp"
#include "analysis/engines/prove/prove.hpp"
#include "analysis/verdict/engine.hpp"
#include "analysis/verdict/narrative.hpp"
#include "analysis/verdict/reason.hpp"
#include "models/machine/verdict.hpp"
#include "models/machine/witness.hpp"
#include "sim/simulate.hpp"

namespace dmstall::analysis {

/// The part of a finding that a verdict is made of.
struct Answer {
  models::VerdictKind verdict = models::VerdictKind::inconclusive;
  models::ExitCode code = models::ExitCode::inconclusive;
  Reasons reasons;
  std::optional<Reason> error;          ///< there is no verdict: a mistake in the scenario, or engines that disagree
  models::StuckReport stuck;            ///< who is stuck, or starves
  bool relieved_by_memory = false;      ///< of a stuck set
  models::Witness witness;              ///< that was replayed
  std::int64_t witness_steps = 0;       ///< that the replayer walked
  std::vector<NarratedStep> narrative;  ///< of the witness, where it is short enough and whole
  std::size_t round_from = 0;           ///< LIVELOCK, STARVATION: number of the first step that repeats; 0: not known
};

struct Finding {
  Engine engine = Engine::simulate;  ///< which one says it; never `all`
  Answer answer;
  // What it rests on: of `engine` alone.
  std::optional<sim::Result> simulation;
  std::optional<Exploration> exploration;
  std::optional<Proof> proof;  ///< `proved` only with a certificate that was checked

  [[nodiscard]] bool proves() const { return proof && proof->proved; }
};

/// A verdict without a witness, and its reason.
[[nodiscard]] inline Answer answer_of(models::VerdictKind verdict, Reason reason) {
  Answer answer;
  answer.verdict = verdict;
  answer.code = models::exit_code(verdict);
  answer.reasons.push_back(std::move(reason));
  return answer;
}

/// No verdict.
[[nodiscard]] inline Answer no_answer(models::ExitCode code, Reason error) {
  Answer answer;
  answer.code = code;
  answer.error = std::move(error);
  return answer;
}

}  // namespace dmstall::analysis
