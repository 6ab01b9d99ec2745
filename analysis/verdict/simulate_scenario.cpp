#include "analysis/verdict/simulate_scenario.hpp"

#include <deque>

#include "analysis/engines/replay/replay.hpp"
#include "models/kernel/accounted_memory.hpp"
#include "sim/lanes.hpp"

namespace dmstall::analysis {

namespace {

using models::ExitCode;
using models::VerdictKind;

constexpr std::size_t most_steps_told = 20'000;
constexpr double default_sim_seconds = 600;
constexpr std::int64_t default_events = 200'000'000;
constexpr double share_of_a_timed_run = 0.4, most_seconds = 1e9;

sim::MemoryPlan memory_plan(const models::Scenario& scenario, const models::Machine& machine) {
  const models::MemorySettings& memory = scenario.memory;
  sim::MemoryPlan plan;
  if (memory.allocator == models::AllocatorMode::accounted) {
    plan.pages = models::accounted_memory(scenario, machine);
    return plan;
  }
  plan.from_s = memory.from_s.value_or(0);
  if (memory.recovers_after_s) plan.recovers_after_s = plan.from_s + *memory.recovers_after_s;
  plan.first_n = memory.first_n;
  plan.probability = memory.probability;
  plan.seeded_adversary = memory.allocator == models::AllocatorMode::adversary && !memory.probability;
  return plan;
}

sim::Options simulation_options(const models::Scenario& scenario, const RunOptions& options) {
  sim::Options result;
  result.seed = options.seed;
  result.sim_seconds = options.sim_seconds.value_or(scenario.bounds.sim_seconds.value_or(default_sim_seconds));
  result.events = options.events.value_or(scenario.bounds.events.value_or(default_events));
  result.trace = options.trace;
  result.progress = options.progress;
  if (options.bounds.ends) {
    // Alone it may use all of the time; else proof and search come after it.
    const double part = options.engine == Engine::simulate ? 1 : share_of_a_timed_run;
    const auto ends =
        RunBounds::Clock::now() + std::chrono::duration_cast<RunBounds::Clock::duration>(
                                      std::chrono::duration<double>(options.bounds.share(part, most_seconds)));
    result.give_up = [ends] { return RunBounds::Clock::now() > ends; };
  }
  return result;
}

Answer judge_stuck(const models::Machine& machine, const sim::Result& run, std::uint64_t seed) {
  const Replay replayed = replay(machine, run.witness);
  if (!replayed.confirmed) {
    Answer answer = run.record_complete
                        ? no_answer(ExitCode::engines_disagree, because::RunRefused{run.stuck_at_s, replayed.refusal})
                        : answer_of(VerdictKind::inconclusive, because::RecordCut{run.stuck_at_s, replayed.refusal});
    answer.witness_steps = replayed.steps;
    return answer;
  }
  Answer answer = answer_of(VerdictKind::deadlock, because::RunStuck{seed, run.stuck_at_s, replayed.steps});
  answer.witness_steps = replayed.steps;
  // Where steps of finished requests were dropped, steps and bios are counted as the record counts them.
  answer.stuck = run.record_complete ? run.stuck_report : replayed.report;
  answer.witness = run.witness;
  if (run.witness.steps.size() <= most_steps_told) answer.narrative = narrate(machine, run.witness);
  answer.relieved_by_memory = run.relieved_by_memory;
  return answer;
}

Answer judge(const models::Machine& machine, const sim::Options& bounds, const sim::Result& run) {
  const VerdictKind without_a_stuck_set = run.stalls.empty() ? VerdictKind::progress : VerdictKind::stall;
  switch (run.ending) {
    case sim::Ending::completed:
      return answer_of(without_a_stuck_set, run.stalls.empty()
                                                ? Reason(because::RunCompleted{bounds.seed, run.sim_time_s})
                                                : Reason(because::RunStalled{bounds.seed}));
    case sim::Ending::stopped:
      return answer_of(without_a_stuck_set, because::RunStopped{bounds.seed, run.sim_time_s, run.stopped_by,
                                                                run.overall.finished, run.overall.total});
    case sim::Ending::stuck:
      return judge_stuck(machine, run, bounds.seed);
    case sim::Ending::out_of_time:
      return answer_of(VerdictKind::inconclusive, because::RunOutOfTime{bounds.sim_seconds});
    case sim::Ending::out_of_events:
      return answer_of(VerdictKind::inconclusive, because::RunOutOfSteps{bounds.events});
    case sim::Ending::given_up:
      return answer_of(VerdictKind::inconclusive, because::RunGivenUp{run.steps});
    case sim::Ending::out_of_threads:
      return answer_of(VerdictKind::inconclusive, because::RunTooLarge{});
    case sim::Ending::scenario_error:
      break;
  }
  return no_answer(ExitCode::bad_scenario, because::ScenarioWrong{run.error});
}

}  // namespace

Finding simulate_scenario(const models::Scenario& scenario, const models::Machine& machine, const RunOptions& options) {
  sim::Options bounds = simulation_options(scenario, options);
  std::deque<sim::Lanes> lanes;
  for (sim::LaneReader* reader : options.lane_readers) bounds.watchers.push_back(&lanes.emplace_back(machine, *reader));
  Finding finding;
  finding.engine = Engine::simulate;
  finding.simulation = sim::simulate(machine, memory_plan(scenario, machine), bounds);
  finding.answer = judge(machine, bounds, *finding.simulation);
  return finding;
}

}  // namespace dmstall::analysis
