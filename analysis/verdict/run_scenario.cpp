#include "analysis/verdict/run_scenario.hpp"

#include <algorithm>
#include <chrono>
#include <new>
#include <optional>
#include <utility>
#include <vector>

#include "analysis/engines/prove/scope.hpp"
#include "analysis/verdict/decision.hpp"
#include "analysis/verdict/explore_scenario.hpp"
#include "analysis/verdict/fill_report.hpp"
#include "analysis/verdict/finding.hpp"
#include "analysis/verdict/prove_few.hpp"
#include "analysis/verdict/prove_scenario.hpp"
#include "analysis/verdict/repairs.hpp"
#include "analysis/verdict/shared_pools.hpp"
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
constexpr double most_nodes_in_time = 4e6;  ///< of a machine that is run in time: 2.3 GiB with its program
constexpr std::size_t most_devices_told = 1000;
constexpr std::int64_t short_run_steps = 3'000'000;  ///< above it the run without faults is left out

Engine engine_of(const models::Scenario& scenario, const RunOptions& options) {
  if (options.engine) return *options.engine;
  if (scenario.expect && scenario.expect->engine) return engine_from(*scenario.expect->engine).value_or(Engine::all);
  return Engine::all;
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

/// Proof and search, as far as they are asked. `timed`: what a run in time found, if there was one. `few`: what was
/// proved of few stacks for all.
std::vector<Finding> ask_untimed(Engine engine, const models::Scenario& scenario, const models::Machine& machine,
                                 const RunOptions& options, const Finding* timed, std::optional<FewProof> few) {
  std::vector<Finding> findings;
  const bool every = engine == Engine::all;
  if (engine == Engine::prove || every)
    findings.push_back(few ? std::move(few->finding) : prove_scenario(machine, options, engine == Engine::prove));
  const bool open = every && !findings.front().answer.error && !findings.front().proves();
  if (engine != Engine::explore && !open) return findings;

  RunOptions search = options;
  // The verdict is known already; what is searched for is the least witness.
  const bool known = timed != nullptr && timed->answer.verdict == VerdictKind::deadlock && !options.asked.seconds &&
                     !scenario.bounds.seconds;
  if (known) search.asked.seconds = seconds_for_the_least;
  if (open) {
    search.search.slice = slice_of(*findings.front().proof);
    search.search.open = left_open(machine, *findings.front().proof);
  }
  findings.push_back(explore_scenario(scenario, machine, search));
  return findings;
}

/// Whether the machine of all stacks would be too large for what one process may have.
bool is_large(const FewProof& few) {
  return static_cast<double>(few.machine.nodes.size()) * few.times_as_many > most_nodes_in_time;
}

RunReport run_once(const models::Scenario& scenario, const RunOptions& options) {
  RunReport report = empty_report(scenario, engine_of(scenario, options));
  report.kernel = scenario.kernel.release;
  report.seed = options.seed;
  try {
    std::optional<FewProof> few;
    if (report.engine == Engine::prove || report.engine == Engine::all)
      few = prove_few(scenario, options, report.engine == Engine::prove);
    if (few && (report.engine == Engine::prove || !options.timed || is_large(*few))) {
      report.assumptions = few->machine.assumptions;
      report.omissions = few->machine.omissions;
      if (report.engine == Engine::all && options.timed)
        report.assumptions.emplace_back("no run in time: all stacks together take too many steps");
      std::vector<Finding> findings;
      findings.push_back(std::move(few->finding));
      fill(report, std::move(findings), std::move(few->machine));
      return report;
    }
    models::Machine machine = models::compile(models::build_program(scenario));
    report.assumptions = machine.assumptions;
    report.omissions = machine.omissions;
    std::vector<Finding> findings;
    if (report.engine == Engine::simulate || (report.engine == Engine::all && options.timed))
      findings.push_back(simulate_scenario(scenario, machine, options));
    if (report.engine != Engine::simulate) {
      machine = searched_machine(scenario, std::move(machine));
      for (Finding& finding : ask_untimed(report.engine, scenario, machine, options,
                                          findings.empty() ? nullptr : &findings.front(), std::move(few)))
        findings.push_back(std::move(finding));
    }
    fill(report, std::move(findings), std::move(machine));
  } catch (const models::CompileError& error) {
    report.code = ExitCode::bad_scenario;
    report.error = because::NotCompiled{scenario.file, error.line, error.column, error.what()};
  } catch (const std::bad_alloc&) {
    RunReport without = empty_report(scenario, report.engine);
    without.kernel = report.kernel;
    without.seed = options.seed;
    without.assumptions = std::move(report.assumptions);
    without.omissions = std::move(report.omissions);
    without.reasons = {because::SystemMemory{}};
    return without;
  }
  return report;
}

/// The answer of a run without faults, for a line beside the answer of the run with them.
WithoutFaults without_faults(const RunReport& clean) {
  WithoutFaults out;
  out.verdict = clean.verdict;
  out.error = clean.error;
  out.seed = clean.seed;
  using Kind = WithoutFaults::Kind;
  if (clean.error) {
    out.kind = Kind::error;
  } else if (clean.verdict == VerdictKind::progress && clean.proves()) {
    out.kind = Kind::proved;
    out.scope = scope_of(clean.proof->certificate);
  } else if (clean.verdict == VerdictKind::progress && clean.exploration) {
    out.kind = Kind::exhausted;
  } else if (clean.verdict == VerdictKind::inconclusive && clean.exploration) {
    out.kind = Kind::searched;
    out.requests = clean.exploration->exhausted_requests;
  } else if (clean.simulated && !clean.exploration) {
    out.kind = Kind::one_run;
  }
  return out;
}

bool has_faults(const models::Scenario& scenario) {
  const bool can_be_faulty = !scenario.devices.empty() || models::tasks_may_be_faulty(scenario);
  return can_be_faulty && (scenario.faults.any || !scenario.faults.list.empty());
}

/// Runs the scenario again without its faults, if there is time for that.
WithoutFaults run_without_faults(const models::Scenario& scenario, const RunOptions& options, const RunReport& report) {
  WithoutFaults not_run;
  not_run.kind = options.bounds.over() ? WithoutFaults::Kind::no_time : WithoutFaults::Kind::too_long;
  const bool long_again = report.engine == Engine::simulate && report.simulation.steps > short_run_steps;
  if (options.bounds.over() || !options.compare_without_faults || long_again) return not_run;
  models::Scenario clean = scenario;
  clean.faults = {.given = true, .any = false, .list = {}};
  RunOptions quiet = options;
  quiet.timed = false;
  quiet.trace = nullptr;
  quiet.lane_readers.clear();
  quiet.progress = nullptr;
  if (report.engine == Engine::explore) quiet.engine = Engine::all;  // a proof takes less time than a search
  // A line beside the answer, not the answer: searched no further than that was.
  if (report.exploration)
    quiet.search.states_in_all = std::max(least_states_beside, static_cast<std::int64_t>(report.exploration->states));
  quiet.asked.seconds =
      std::min(options.bounds.within(most_seconds_beside),
               options.asked.seconds.value_or(scenario.bounds.seconds.value_or(options.search.seconds)));
  return without_faults(run_once(clean, quiet));
}

/// What a reader wants to know of a stuck set beside it: who shares what is waited for, and which step decided.
void note_circle(const models::Scenario& scenario, RunReport& report) {
  if (report.stuck.threads.empty() || scenario.devices.size() > most_devices_told) return;
  if (!scenario.devices.empty()) report.shared = shared_pools(models::build_program(scenario), report.stuck);
  const bool searched = report.found_by == Engine::explore && report.exploration && report.exploration->no_return;
  if (searched)
    report.decision = decision_of(report.machine, report.witness, *report.exploration->no_return,
                                  report.exploration->no_return_exact);
}

}  // namespace

RunReport run_scenario(const models::Scenario& scenario, const RunOptions& options) {
  const auto begun = std::chrono::steady_clock::now();
  RunReport report = run_once(scenario, options);
  if (!scenario.devices.empty() && !report.error) {
    const models::Footprint memory = models::footprint(scenario);
    report.reserved_bytes = memory.bytes;
    report.reserved_is_lower_bound = memory.lower_bound;
  }
  const bool search_is_stuck = report.verdict == VerdictKind::deadlock && report.exploration &&
                               report.exploration->verdict == VerdictKind::deadlock;
  if (options.repairs && !options.bounds.over() && search_is_stuck) {
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    Repairs repairs = find_repairs(scenario, report.machine, report.stuck, *report.exploration, options, seconds);
    report.repairs = std::move(repairs.found);
    report.repairs_cut = repairs.cut;
    report.repairs_asked = true;
    report.repairs_tried = repairs.tried;
    report.apart = std::move(repairs.apart);
  }
  if (options.circles && search_is_stuck && !report.error)
    report.circles = find_circles(scenario, report.machine, *report.exploration, options);
  // Rows of tables are asked for without what stands beside an answer.
  if (options.compare_without_faults && !report.error) note_circle(scenario, report);
  if (has_faults(scenario) && !report.error) report.without_faults = run_without_faults(scenario, options, report);
  return report;
}

}  // namespace dmstall::analysis
