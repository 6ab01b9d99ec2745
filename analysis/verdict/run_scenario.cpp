#include "analysis/verdict/run_scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <new>
#include <utility>

#include "analysis/engines/prove/scope.hpp"
#include "analysis/verdict/explore_scenario.hpp"
#include "analysis/verdict/one_verdict.hpp"
#include "analysis/verdict/prove_scenario.hpp"
#include "analysis/verdict/repairs.hpp"
#include "analysis/verdict/simulate_scenario.hpp"
#include "models/machine/compile.hpp"
#include "models/targets/build.hpp"
#include "models/targets/footprint.hpp"

namespace dmstall::analysis {

namespace {

using models::ExitCode;
using models::VerdictKind;

constexpr double seconds_for_the_least = 10;
constexpr double most_seconds_beside = 5;  ///< of the search without faults
constexpr std::int64_t least_states_beside = 20'000;
constexpr std::int64_t short_run_steps = 3'000'000;  ///< above it the run without faults is left out

constexpr std::array<std::pair<Engine, std::string_view>, 4> engine_names = {
    {{Engine::simulate, "simulate"}, {Engine::explore, "explore"}, {Engine::prove, "prove"}, {Engine::all, "all"}}};

Engine engine_of(const models::Scenario& scenario, const RunOptions& options) {
  if (options.engine) return *options.engine;
  if (scenario.expect && scenario.expect->engine) return engine_from(*scenario.expect->engine).value_or(Engine::all);
  return Engine::all;
}

std::string short_answer(const RunReport& report) {
  if (report.error) return *report.error;
  if (report.verdict == VerdictKind::progress && is_proved(report)) {
    return report.proof->certificate.any_number ? "PROVED for " + scope_of(report.proof->certificate) : "PROVED";
  }
  if (report.verdict == VerdictKind::progress && report.exploration) return "PROGRESS (exhausted)";
  if (report.verdict == VerdictKind::inconclusive && report.exploration) {
    return fmt::format("INCONCLUSIVE (no stuck set with up to {} in flight)", report.exploration->exhausted_requests);
  }
  if (report.simulated && !report.exploration)
    return fmt::format("{} (one run, seed {})", to_string(report.verdict), report.seed);
  return std::string(to_string(report.verdict));
}

/// Classes whose requests wait in a solution of the prover's equations.
std::vector<bool> slice_of(const Proof& proof) {
  std::vector<bool> slice;
  for (const std::int64_t requests : proof.candidate) slice.push_back(requests > 0);
  return std::find(slice.begin(), slice.end(), true) == slice.end() ? std::vector<bool>{} : slice;
}

/// Resources waited for in that solution.
std::vector<bool> left_open(const models::Machine& machine, const Proof& proof) {
  std::vector<bool> open;
  for (const models::Resource& resource : machine.resources) {
    open.push_back(std::find(proof.candidate_waits.begin(), proof.candidate_waits.end(), resource.name) !=
                   proof.candidate_waits.end());
  }
  return open;
}

void run_engines(const models::Scenario& scenario, const RunOptions& options, RunReport& report,
                 models::Machine machine) {
  const bool every = report.engine == Engine::all;
  std::optional<Finding> timed;
  if (report.engine == Engine::simulate || (every && options.timed)) {
    simulate_scenario(scenario, machine, options, report);
    if (every) timed = take_finding(report);
  }
  if (report.engine != Engine::simulate) {
    machine = searched_machine(scenario, std::move(machine));
    if (every || report.engine == Engine::prove) prove_scenario(machine, options, report);
    const bool open = !report.error && !is_proved(report);
    if (report.engine == Engine::explore || (every && open)) {
      RunOptions search = options;
      // The verdict is known already; what is searched for is the least witness.
      const bool known =
          timed && timed->verdict == VerdictKind::deadlock && !options.search_seconds && !scenario.bounds.seconds;
      if (known) search.search_seconds = seconds_for_the_least;
      if (report.proof) {
        search.search.slice = slice_of(*report.proof);
        search.search.open = left_open(machine, *report.proof);
      }
      explore_scenario(scenario, machine, search, report);
    }
    if (timed) combine(*timed, report);
  }
  report.machine = std::move(machine);
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
    models::Machine machine = models::compile(models::build_program(scenario));
    report.assumptions = machine.assumptions;
    report.omissions = machine.omissions;
    run_engines(scenario, options, report, std::move(machine));
  } catch (const models::CompileError& error) {
    report.code = ExitCode::bad_scenario;
    report.error = error.line > 0
                       ? fmt::format("{}:{}:{}: error: {}", scenario.file, error.line, error.column, error.what())
                       : fmt::format("{}: error: {}", scenario.file, error.what());
  } catch (const std::bad_alloc&) {
    report.verdict = VerdictKind::inconclusive;
    report.code = ExitCode::inconclusive;
    report.error.reset();
    report.exploration.reset();
    report.proof.reset();
    report.simulated = false;
    report.reason = "this process may have no more memory: the limit is the system's (ulimit -v)";
  }
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
  const auto begun = std::chrono::steady_clock::now();
  RunReport report = run_once(scenario, options);
  if (!scenario.devices.empty() && !report.error) {
    const models::Footprint memory = models::footprint(scenario);
    report.reserved_bytes = memory.bytes;
    report.reserved_is_lower_bound = memory.lower_bound;
  }
  if (options.repairs && !options.bounds.over() && report.verdict == VerdictKind::deadlock && report.exploration &&
      report.exploration->verdict == VerdictKind::deadlock) {
    report.repairs = find_repairs(scenario, report, options,
                                  std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
  }
  const bool can_be_faulty = !scenario.devices.empty() || models::tasks_may_be_faulty(scenario);
  const bool has_faults = can_be_faulty && (scenario.faults.any || !scenario.faults.list.empty());
  if (!has_faults || report.error) return report;
  if (options.bounds.over()) {
    report.without_faults = "not run (no time was left)";
    return report;
  }
  const bool long_again = report.engine == Engine::simulate && report.simulation.steps > short_run_steps;
  if (!options.compare_without_faults || long_again) {
    report.without_faults = "not run (the run with faults was long)";
    return report;
  }
  models::Scenario clean = scenario;
  clean.faults = {.given = true, .any = false, .list = {}};
  RunOptions quiet = options;
  quiet.timed = false;
  quiet.trace = nullptr;
  quiet.progress = nullptr;
  if (report.engine == Engine::explore) quiet.engine = Engine::all;  // a proof takes less time than a search
  // A line beside the answer, not the answer: searched no further than that was.
  if (report.exploration)
    quiet.search.states_in_all = std::max(least_states_beside, static_cast<std::int64_t>(report.exploration->states));
  quiet.search_seconds =
      std::min(options.bounds.within(most_seconds_beside),
               options.search_seconds.value_or(scenario.bounds.seconds.value_or(options.search.seconds)));
  report.without_faults = short_answer(run_once(clean, quiet));
  return report;
}

}  // namespace dmstall::analysis
