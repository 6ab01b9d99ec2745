#include "analysis/run/run_scenario.hpp"

#include "analysis/footprint/footprint.hpp"
#include "analysis/replay.hpp"
#include "models/machine/compile.hpp"
#include "models/targets/build.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace dmstall::analysis {

namespace {

using models::ExitCode;
using models::VerdictKind;

constexpr double default_sim_seconds = 600;
constexpr std::int64_t default_events = 200'000'000;
constexpr std::int64_t short_run_steps = 3'000'000;   ///< above it the run without faults is left out

sim::MemoryPlan memory_plan(const models::MemorySettings& memory) {
  sim::MemoryPlan plan;
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
        "stuck at {:.6f} s, but the record of steps was cut and what is left does not replay ({}); --recorded-steps raises the bound",
        run.stuck_at_s, replayed.refusal);
    return;
  }
  if (!replayed.confirmed) {
    report.verdict = VerdictKind::inconclusive;
    report.code = ExitCode::engines_disagree;
    report.error = fmt::format("the timed run is stuck at {:.6f} s, but the replayer refuses its steps: {}", run.stuck_at_s, replayed.refusal);
    return;
  }
  report.verdict = VerdictKind::deadlock;
  report.code = ExitCode::deadlock;
  report.stuck = run.stuck_report;
  report.relieved_by_memory = run.relieved_by_memory;
  report.reason = fmt::format("one run, seed {}: stuck at {:.6f} s, witness of {} steps replayed", report.seed, run.stuck_at_s, replayed.steps);
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
                          ? fmt::format("in this run (simulate, seed {}): every request completed after {:.6f} s", report.seed, run.sim_time_s)
                          : fmt::format("one run, seed {}: stuck until memory came back, then every request completed", report.seed);
      return;
    case sim::Ending::stuck: return judge_stuck(machine, report);
    case sim::Ending::out_of_time: return inconclusive(fmt::format("not finished after {} simulated seconds; --sim-time raises the bound", bounds.sim_seconds));
    case sim::Ending::out_of_events: return inconclusive(fmt::format("not finished after {} steps; --events raises the bound", bounds.events));
    case sim::Ending::out_of_threads: return inconclusive("more alive at once than the simulator can hold: 30000 kernel threads awake or asleep, or 2 million requests and children");
    case sim::Ending::scenario_error:
      report.verdict = VerdictKind::inconclusive;
      report.code = ExitCode::bad_scenario;
      report.error = run.error;
      return;
  }
}

std::string short_answer(const RunReport& report) {
  if (report.error) return *report.error;
  return fmt::format("{} (one run, seed {})", to_string(report.verdict), report.seed);
}

RunReport run_once(const models::Scenario& scenario, const RunOptions& options) {
  RunReport report;
  report.file = scenario.file;
  report.scenario = scenario.name;
  report.about = scenario.about;
  report.seed = options.seed;
  report.expect = scenario.expect;
  try {
    const models::Program program = models::build_program(scenario);
    report.assumptions = program.assumptions;
    report.leaves_out = program.leaves_out;
    report.machine = models::compile(program);
  } catch (const models::CompileError& error) {
    report.code = ExitCode::bad_scenario;
    report.error = error.line > 0 ? fmt::format("{}:{}:{}: error: {}", scenario.file, error.line, error.column, error.what())
                                  : fmt::format("{}: error: {}", scenario.file, error.what());
    return report;
  }
  const sim::Options bounds = simulation_options(scenario, options);
  report.simulation = sim::simulate(report.machine, memory_plan(scenario.memory), bounds);
  judge(report.machine, bounds, report);
  return report;
}

}  // namespace

RunReport run_scenario(const models::Scenario& scenario, const RunOptions& options) {
  RunReport report = run_once(scenario, options);
  if (!scenario.devices.empty() && !report.error) {
    const Footprint memory = footprint(scenario);
    report.reserved_bytes = memory.bytes;
    report.reserved_is_lower_bound = memory.lower_bound;
  }
  const bool can_be_faulty = !scenario.devices.empty() || models::tasks_may_be_faulty(scenario);
  const bool has_faults = can_be_faulty && (scenario.faults.any || !scenario.faults.list.empty());
  if (!has_faults || report.error) return report;
  if (!options.compare_without_faults || report.simulation.steps > short_run_steps) {
    report.without_faults = "not run (the run with faults was long)";
    return report;
  }
  models::Scenario clean = scenario;
  clean.faults = {.given = true, .any = false, .list = {}};
  RunOptions quiet = options;
  quiet.trace = nullptr;
  quiet.progress = nullptr;
  report.without_faults = short_answer(run_once(clean, quiet));
  return report;
}

namespace {

/// Memory below the limit decides nothing while some of it has no known size.
bool bytes_undecided(const RunReport& report) {
  const auto& limit = report.expect->bytes_at_most;
  if (!limit) return false;
  return !report.reserved_bytes || (report.reserved_is_lower_bound && *report.reserved_bytes <= *limit);
}

}  // namespace

std::vector<std::string> unmet_expectations(const RunReport& report) {
  std::vector<std::string> unmet;
  if (!report.expect) return unmet;
  const models::Expectation& expect = *report.expect;
  if (expect.bytes_at_most && report.reserved_bytes && *report.reserved_bytes > *expect.bytes_at_most) {
    unmet.push_back(fmt::format("expected at most {} B in reserve, found {} B", *expect.bytes_at_most, *report.reserved_bytes));
  }
  const auto found = to_string(report.verdict);
  if (!expect.verdict.empty() && std::find(expect.verdict.begin(), expect.verdict.end(), report.verdict) == expect.verdict.end()) {
    std::vector<std::string_view> wanted;
    for (const VerdictKind verdict : expect.verdict) wanted.push_back(to_string(verdict));
    unmet.push_back(fmt::format("expected {}, found {}", fmt::join(wanted, " or "), found));
    return unmet;
  }
  for (const std::string& name : expect.circle) {
    const auto& resources = report.machine.resources;
    const bool known = std::any_of(resources.begin(), resources.end(), [&](const models::Resource& resource) { return resource.name == name; });
    if (!known) unmet.push_back(fmt::format("expected {} in the circle, but no resource is called that", name));
  }
  const bool deadlock_wanted = std::find(expect.verdict.begin(), expect.verdict.end(), VerdictKind::deadlock) != expect.verdict.end();
  if (report.verdict != VerdictKind::deadlock) {
    const bool about_a_stuck_set = expect.kind || !expect.circle.empty() || expect.relieved_by_memory || expect.stuck.value_or(0) > 0;
    if (about_a_stuck_set && !deadlock_wanted) unmet.push_back(fmt::format("the other expectations are about a stuck set, but the verdict is {}", found));
    return unmet;
  }
  if (expect.kind && *expect.kind != report.stuck.kind) {
    unmet.push_back(fmt::format("expected kind {}, found {}", to_string(*expect.kind), to_string(report.stuck.kind)));
  }
  for (const std::string& resource : expect.circle) {
    const auto& waited = report.stuck.waited_for;
    if (std::find(waited.begin(), waited.end(), resource) == waited.end()) {
      unmet.push_back(fmt::format("expected somebody stuck to wait for {}; waited for: {}", resource, fmt::join(waited, ", ")));
    }
  }
  if (expect.relieved_by_memory && *expect.relieved_by_memory != report.relieved_by_memory) {
    unmet.push_back(fmt::format("expected relieved by memory: {}, found: {}", *expect.relieved_by_memory ? "yes" : "no", report.relieved_by_memory ? "yes" : "no"));
  }
  if (expect.stuck && *expect.stuck != report.stuck.requests) {
    unmet.push_back(fmt::format("expected {} stuck requests, found {}", *expect.stuck, report.stuck.requests));
  }
  return unmet;
}

std::vector<std::string> unchecked_expectations(const RunReport& report) {
  std::vector<std::string> keys;
  if (!report.expect) return keys;
  const models::Expectation& expect = *report.expect;
  if (expect.proof && *expect.proof != "run") keys.emplace_back("proof");
  if (expect.min_requests) keys.emplace_back("min_requests");
  if (expect.min_faults) keys.emplace_back("min_faults");
  if (bytes_undecided(report)) keys.emplace_back("bytes_at_most");
  if (expect.engine && *expect.engine != "simulate") keys.emplace_back("engine");
  return keys;
}

}  // namespace dmstall::analysis
