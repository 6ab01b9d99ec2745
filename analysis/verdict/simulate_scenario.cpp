#include "analysis/verdict/simulate_scenario.hpp"

#include <fmt/format.h>

#include "analysis/engines/replay/replay.hpp"
#include "models/kernel/accounted_memory.hpp"

namespace dmstall::analysis {

namespace {

using models::ExitCode;
using models::VerdictKind;

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

void judge_stuck(const models::Machine& machine, RunReport& report) {
  const sim::Result& run = report.simulation;
  const Replay replayed = replay(machine, run.witness);
  report.witness_steps = replayed.steps;
  if (!replayed.confirmed && !run.record_complete) {
    report.verdict = VerdictKind::inconclusive;
    report.code = ExitCode::inconclusive;
    report.reason = fmt::format(
        "stuck at {:.6f} s, but the record holds 4 million steps and no more, and what is left of it does not replay "
        "({})",
        run.stuck_at_s, replayed.refusal);
    return;
  }
  if (!replayed.confirmed) {
    report.verdict = VerdictKind::inconclusive;
    report.code = ExitCode::engines_disagree;
    report.error = fmt::format("the timed run is stuck at {:.6f} s, but the replayer refuses its steps: {}",
                               run.stuck_at_s, replayed.refusal);
    return;
  }
  report.verdict = VerdictKind::deadlock;
  report.code = ExitCode::deadlock;
  report.stuck = run.stuck_report;
  report.witness = run.witness;
  report.relieved_by_memory = run.relieved_by_memory;
  report.reason = fmt::format("one run, seed {}: stuck at {:.6f} s, witness of {} steps replayed", report.seed,
                              run.stuck_at_s, replayed.steps);
}

void judge(const models::Machine& machine, const sim::Options& bounds, RunReport& report) {
  const sim::Result& run = report.simulation;
  const auto inconclusive = [&](std::string reason) {
    report.verdict = VerdictKind::inconclusive;
    report.code = ExitCode::inconclusive;
    report.reason = std::move(reason);
  };
  switch (run.ending) {
    case sim::Ending::completed:
      report.verdict = run.stalls.empty() ? VerdictKind::progress : VerdictKind::stall;
      report.code = models::exit_code(report.verdict);
      report.reason = run.stalls.empty()
                          ? fmt::format("in this run (simulate, seed {}): every request completed after {:.6f} s",
                                        report.seed, run.sim_time_s)
                          : fmt::format("one run, seed {}: stuck until memory came back, then every request completed",
                                        report.seed);
      return;
    case sim::Ending::stopped:
      report.verdict = run.stalls.empty() ? VerdictKind::progress : VerdictKind::stall;
      report.code = models::exit_code(report.verdict);
      report.reason = fmt::format(
          "in this run (simulate, seed {}): the machine stopped after {:.6f} s, {}; {} of {} requests had completed by "
          "then",
          report.seed, run.sim_time_s, run.stopped_by, run.overall.finished, run.overall.total);
      return;
    case sim::Ending::stuck:
      return judge_stuck(machine, report);
    case sim::Ending::out_of_time:
      return inconclusive(
          fmt::format("not finished after {} simulated seconds; --sim-time raises the bound", bounds.sim_seconds));
    case sim::Ending::out_of_events:
      return inconclusive(fmt::format("not finished after {} steps; --events raises the bound", bounds.events));
    case sim::Ending::given_up:
      return inconclusive(
          fmt::format("not finished after {} steps, when its time was over; --timeout raises the bound", run.steps));
    case sim::Ending::out_of_threads:
      return inconclusive(
          "more alive at once than the simulator can hold: 30000 kernel threads awake or asleep, or 2 million requests "
          "and children");
    case sim::Ending::scenario_error:
      report.verdict = VerdictKind::inconclusive;
      report.code = ExitCode::bad_scenario;
      report.error = run.error;
      return;
  }
}

}  // namespace

void simulate_scenario(const models::Scenario& scenario, const models::Machine& machine, const RunOptions& options,
                       RunReport& report) {
  const sim::Options bounds = simulation_options(scenario, options);
  report.simulation = sim::simulate(machine, memory_plan(scenario, machine), bounds);
  report.simulated = true;
  judge(machine, bounds, report);
}

}  // namespace dmstall::analysis
