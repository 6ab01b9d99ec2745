#include "analysis/verdict/replay_scenario.hpp"

#include "analysis/engines/replay/replay.hpp"
#include "analysis/verdict/explore_scenario.hpp"

namespace dmstall::analysis {

std::variant<Finding, ReplayRefusal> replay_scenario(const models::Scenario& scenario, const models::Machine& machine,
                                                     const ClaimedWitness& claimed) {
  const Replay replayed = replay(machine, claimed.witness);
  if (!replayed.confirmed) return ReplayRefusal{replayed.refusal};
  const models::VerdictKind verdict = verdict_of_stuck(scenario.memory, claimed.engine, replayed.relieved_by_memory);
  Finding finding;
  finding.engine = claimed.engine;
  finding.answer = answer_of(verdict, because::Replayed{replayed.steps, claimed.file, claimed.verdict, verdict});
  finding.answer.stuck = replayed.report;
  finding.answer.relieved_by_memory = replayed.relieved_by_memory;
  finding.answer.witness = claimed.witness;
  finding.answer.witness_steps = replayed.steps;
  finding.answer.narrative = narrate(machine, claimed.witness);
  return finding;
}

}  // namespace dmstall::analysis
