#include "analysis/run/run_scenario.hpp"

#include "analysis/footprint/footprint.hpp"
#include "analysis/run/explore_scenario.hpp"
#include "analysis/run/repairs.hpp"
#include "analysis/run/simulate_scenario.hpp"
#include "models/machine/compile.hpp"
#include "models/targets/build.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace dmstall::analysis {

namespace {

using models::ExitCode;
using models::VerdictKind;

constexpr std::int64_t short_run_steps = 3'000'000;   ///< above it the run without faults is left out

constexpr std::array<std::pair<Engine, std::string_view>, 3> engine_names = {{
    {Engine::simulate, "simulate"}, {Engine::explore, "explore"}, {Engine::all, "all"}}};

Engine engine_of(const models::Scenario& scenario, const RunOptions& options) {
  if (options.engine) return *options.engine;
  if (scenario.expect && scenario.expect->engine) return engine_from(*scenario.expect->engine).value_or(Engine::simulate);
  return Engine::simulate;
}

std::string short_answer(const RunReport& report) {
  if (report.error) return *report.error;
  if (report.verdict == VerdictKind::progress && report.exploration) return "PROGRESS (exhausted)";
  if (report.verdict == VerdictKind::inconclusive && report.exploration) {
    return fmt::format("INCONCLUSIVE (no stuck set with up to {} in flight)", report.exploration->exhausted_requests);
  }
  if (report.simulated && !report.exploration) return fmt::format("{} (one run, seed {})", to_string(report.verdict), report.seed);
  return std::string(to_string(report.verdict));
}

/// One verdict from two: a witness that replays counts most, then a livelock, a stall, exhaustion; one timed run that
/// completes says nothing about the others.
void combine(const RunReport& timed, RunReport& searched) {
  searched.simulation = timed.simulation;
  searched.simulated = true;
  if (searched.error || searched.verdict == VerdictKind::deadlock) return;
  const auto take_over = [&] {
    const Exploration search = *searched.exploration;
    const std::string reason = searched.reason;
    const Engine engine = searched.engine;
    searched = timed;
    searched.exploration = search;
    searched.engine = engine;
    searched.reason += "; " + reason;
  };
  const bool exhausted = searched.verdict == VerdictKind::progress;
  if (timed.error) return take_over();
  if (timed.verdict == VerdictKind::deadlock) {
    take_over();
    if (!exhausted) return;
    searched.code = ExitCode::engines_disagree;
    searched.verdict = VerdictKind::inconclusive;
    searched.error = fmt::format("the search exhausted every schedule without a stuck set, but the timed run with seed {} is stuck and replays", timed.seed);
    return;
  }
  if (searched.verdict == VerdictKind::inconclusive && timed.verdict == VerdictKind::stall) return take_over();
  searched.reason += "; " + timed.reason;
}

RunReport run_once(const models::Scenario& scenario, const RunOptions& options) {
  RunReport report;
  report.file = scenario.file;
  report.scenario = scenario.name;
  report.about = scenario.about;
  report.seed = options.seed;
  report.expect = scenario.expect;
  report.engine = engine_of(scenario, options);
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
  RunReport timed = report;
  if (report.engine != Engine::explore) simulate_scenario(scenario, options, timed);
  if (report.engine == Engine::simulate) return timed;
  explore_scenario(scenario, options, report);
  if (report.engine == Engine::all) combine(timed, report);
  return report;
}

}  // namespace

std::string_view to_string(Engine engine) {
  for (const auto& [known, name] : engine_names) {
    if (known == engine) return name;
  }
  return {};
}

std::optional<Engine> engine_from(std::string_view text) {
  for (const auto& [engine, name] : engine_names) {
    if (name == text) return engine;
  }
  return std::nullopt;
}

RunReport run_scenario(const models::Scenario& scenario, const RunOptions& options) {
  RunReport report = run_once(scenario, options);
  if (!scenario.devices.empty() && !report.error) {
    const Footprint memory = footprint(scenario);
    report.reserved_bytes = memory.bytes;
    report.reserved_is_lower_bound = memory.lower_bound;
  }
  if (options.repairs && report.verdict == VerdictKind::deadlock && report.exploration && report.exploration->verdict == VerdictKind::deadlock) {
    report.repairs = find_repairs(scenario, report, options);
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
  // A line beside the answer, not the answer.
  constexpr double most_seconds = 5;
  quiet.search_seconds = std::min(most_seconds, options.search_seconds.value_or(scenario.bounds.seconds.value_or(options.search.seconds)));
  report.without_faults = short_answer(run_once(clean, quiet));
  return report;
}

}  // namespace dmstall::analysis
