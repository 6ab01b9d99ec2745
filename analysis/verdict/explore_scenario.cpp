#include "analysis/verdict/explore_scenario.hpp"

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "analysis/engines/explore/starvation.hpp"
#include "analysis/engines/replay/replay.hpp"
#include "analysis/engines/replay/replay_round.hpp"
#include "models/kernel/memory_rules.hpp"

namespace dmstall::analysis {

namespace {

using models::ExitCode;
using models::VerdictKind;

/// By a date, or by the OOM killer that ends whoever has it. Whether accounted memory ever gets so short is the timed
/// run's business.
bool says_memory_returns(const models::MemorySettings& memory) {
  return memory.recovers_after_s.has_value() || (memory.hog && memory.hog->oom_kill);
}

Answer judge_stuck(const models::Machine& machine, const models::MemorySettings& memory, const Exploration& search) {
  const Replay replayed = replay(machine, search.witness);
  if (!replayed.confirmed) {
    Answer refused = no_answer(ExitCode::engines_disagree, because::StuckSetRefused{replayed.refusal});
    refused.witness_steps = replayed.steps;
    return refused;
  }
  Answer answer = answer_of(verdict_of_stuck(memory, Engine::explore, search.relieved_by_memory),
                            because::StuckSet{search.least && search.fewest_requests, search.requests, search.faults,
                                              search.failures, replayed.steps});
  answer.witness_steps = replayed.steps;
  answer.stuck = search.stuck;
  answer.relieved_by_memory = search.relieved_by_memory;
  answer.witness = search.witness;
  answer.narrative = narrate(machine, search.witness);
  return answer;
}

Answer judge_starvation(const models::Machine& machine, const Exploration& search) {
  const RoundReplay replayed = replay_round(machine, search.witness, search.round_from);
  if (!replayed.confirmed) return no_answer(ExitCode::engines_disagree, because::RoundRefused{replayed.refusal});
  Answer answer =
      answer_of(VerdictKind::starvation,
                because::Overtaken{static_cast<std::int64_t>(search.witness.stuck.size()),
                                   static_cast<std::int64_t>(search.round_from) + 1,
                                   static_cast<std::int64_t>(search.witness.steps.size() - search.round_from)});
  answer.stuck = replayed.report;
  answer.witness = search.witness;
  answer.narrative = narrate(machine, search.witness);
  answer.round_from = search.round_from + 1;
  return answer;
}

/// All who are not done, as they stand where the round begins: who goes round in it, and who waits for that.
models::StuckReport everybody_at(const models::Machine& machine, const EndlessRound& round,
                                 const std::set<std::int64_t>& go_round) {
  models::World world(machine);
  models::StepEffects effects;
  std::vector<models::Alternative> enabled;
  for (std::size_t i = 0; i < round.round_from; ++i) {
    const models::RecordedStep& step = round.steps[i];
    if (step.start_class >= 0) {
      (void)world.start(step.start_class);
      continue;
    }
    const models::TokenId id = world.find(step.token);
    enabled.clear();
    world.alternatives(id, enabled);
    for (const models::Alternative& each : enabled) {
      if (each.kind != step.kind || each.index != step.index) continue;
      world.apply(id, models::Alternative(each), effects);
      break;
    }
  }
  std::vector<models::TokenId> left;
  for (const models::TokenId id : world.live()) {
    if (!world.token(id).daemon) left.push_back(id);
  }
  models::StuckReport report = models::explain(world, left);
  for (models::BlockedThread& thread : report.threads) thread.goes_round = go_round.count(thread.token) != 0;
  return report;
}

Answer judge_livelock(const models::Machine& machine, const Exploration& search) {
  Answer answer =
      answer_of(VerdictKind::livelock, because::Endless{static_cast<std::int64_t>(search.witness.stuck.size())});
  answer.stuck = search.stuck;
  answer.witness = search.witness;
  const std::set<std::int64_t> go_round(search.witness.stuck.begin(), search.witness.stuck.end());
  const std::optional<EndlessRound> round = find_endless_round(machine, search.witness.steps);
  if (!round) {
    for (models::BlockedThread& thread : answer.stuck.threads) thread.goes_round = true;
    answer.narrative = narrate(machine, answer.witness);
    return answer;
  }
  answer.stuck = everybody_at(machine, *round, go_round);
  answer.witness.steps = round->steps;
  answer.round_from = round->round_from + 1;
  answer.narrative = narrate(machine, answer.witness);
  return answer;
}

Answer judge(const models::Machine& machine, const models::MemorySettings& memory, const Exploration& search) {
  if (search.error) return no_answer(ExitCode::bad_scenario, because::ScenarioWrong{*search.error});
  switch (search.verdict) {
    case VerdictKind::deadlock:
      return judge_stuck(machine, memory, search);
    case VerdictKind::starvation:
      return judge_starvation(machine, search);
    case VerdictKind::livelock:
      return judge_livelock(machine, search);
    case VerdictKind::progress:
      return answer_of(
          VerdictKind::progress,
          because::Exhausted{search.population, static_cast<std::int64_t>(search.largest), search.starvation_open});
    default:
      return answer_of(search.verdict, because::SearchEnded{search.bound});
  }
}

}  // namespace

models::VerdictKind verdict_of_stuck(const models::MemorySettings& memory, Engine engine, bool relieved_by_memory) {
  // A timed run has waited for the memory that others give back; only a date may lie behind its end.
  const bool returns = engine == Engine::simulate ? memory.recovers_after_s.has_value() : says_memory_returns(memory);
  return returns && relieved_by_memory ? VerdictKind::stall : VerdictKind::deadlock;
}

models::Machine searched_machine(const models::Scenario& scenario, models::Machine machine) {
  return models::thread_counts_are_open(scenario.memory) ? any_number_of_threads(std::move(machine))
                                                         : std::move(machine);
}

Finding explore_scenario(const models::Scenario& scenario, const models::Machine& machine, const RunOptions& options) {
  const SearchBounds bounds = search_bounds(options.asked, scenario.bounds, options.search, options.bounds);
  Finding finding;
  finding.engine = Engine::explore;
  finding.exploration = explore(machine, within(options.search, bounds));
  finding.answer = judge(machine, scenario.memory, *finding.exploration);
  return finding;
}

}  // namespace dmstall::analysis
