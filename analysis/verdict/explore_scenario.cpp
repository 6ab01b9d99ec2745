#include "analysis/verdict/explore_scenario.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "analysis/engines/replay/replay.hpp"
#include "analysis/engines/replay/replay_round.hpp"
#include "models/kernel/memory_rules.hpp"

namespace dmstall::analysis {

namespace {

using models::ExitCode;
using models::VerdictKind;

std::string plural(std::int64_t n, const char* what) {
  return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

/// By a date, or by the OOM killer that ends whoever has it. Whether accounted memory ever gets so short is the timed
/// run's business.
bool says_memory_returns(const models::MemorySettings& memory) {
  return memory.recovers_after_s.has_value() || (memory.hog && memory.hog->oom_kill);
}

/// What of a process may be states: the rest is the machine, and what a proof left behind.
std::int64_t states_of(std::int64_t process_memory_mib) {
  return process_memory_mib / 4 * 3;
}

void judge_stuck(const models::Machine& machine, const models::MemorySettings& memory, RunReport& report) {
  const Exploration& search = *report.exploration;
  const Replay replayed = replay(machine, search.witness);
  report.witness_steps = replayed.steps;
  if (!replayed.confirmed) {
    report.verdict = VerdictKind::inconclusive;
    report.code = ExitCode::engines_disagree;
    report.error =
        fmt::format("the search found a stuck set, but the replayer refuses its steps: {}", replayed.refusal);
    return;
  }
  report.verdict = verdict_of_stuck(memory, Engine::explore, search.relieved_by_memory);
  report.code = models::exit_code(report.verdict);
  report.stuck = search.stuck;
  report.relieved_by_memory = search.relieved_by_memory;
  report.witness = search.witness;
  report.narrative = narrate(machine, search.witness);
  const char* how = search.least && search.fewest_requests ? "every schedule searched: a stuck set with"
                                                           : "found: a stuck set with at most";
  report.reason = fmt::format("{} {}, {}, {}; witness of {} replayed", how, plural(search.requests, "request"),
                              plural(search.faults, "fault"), plural(search.failures, "failed allocation"),
                              plural(replayed.steps, "step"));
}

void judge_starvation(const models::Machine& machine, RunReport& report) {
  const Exploration& search = *report.exploration;
  const RoundReplay replayed = replay_round(machine, search.witness, search.round_from);
  if (!replayed.confirmed) {
    report.verdict = VerdictKind::inconclusive;
    report.code = ExitCode::engines_disagree;
    report.error = fmt::format("the search found a round in which somebody starves, but the replayer refuses it: {}",
                               replayed.refusal);
    return;
  }
  report.stuck = replayed.report;
  report.witness = search.witness;
  report.narrative = narrate(machine, search.witness);
  const auto round = static_cast<std::int64_t>(search.witness.steps.size() - search.round_from);
  report.reason = fmt::format(
      "every schedule searched: nobody is stuck, but {} can be overtaken for ever: from step {} on, {} repeat, fair to "
      "all others, in none of which it can go on",
      plural(static_cast<std::int64_t>(search.witness.stuck.size()), "task"), search.round_from + 1,
      plural(round, "step"));
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

void explore_scenario(const models::Scenario& scenario, const models::Machine& machine, const RunOptions& options,
                      RunReport& report) {
  ExploreOptions bounds = options.search;
  bounds.states = options.search_states.value_or(scenario.bounds.states.value_or(bounds.states));
  bounds.seconds = options.search_seconds.value_or(scenario.bounds.seconds.value_or(bounds.seconds));
  bounds.memory_mib = options.search_memory_mib.value_or(scenario.bounds.memory_mib.value_or(bounds.memory_mib));
  if (const double left = std::floor(options.bounds.within(bounds.seconds)); left < std::floor(bounds.seconds)) {
    bounds.seconds = left;
    bounds.seconds_flag = "--timeout";
  }
  if (options.bounds.memory_mib && bounds.memory_mib > states_of(*options.bounds.memory_mib)) {
    bounds.memory_mib = states_of(*options.bounds.memory_mib);
    bounds.memory_flag = "--process-memory";
  }
  report.exploration = explore(machine, bounds);
  const Exploration& search = *report.exploration;
  if (search.error) {
    report.verdict = VerdictKind::inconclusive;
    report.code = ExitCode::bad_scenario;
    report.error = search.error;
    return;
  }
  switch (search.verdict) {
    case VerdictKind::deadlock:
      return judge_stuck(machine, scenario.memory, report);
    case VerdictKind::progress:
      report.reason =
          fmt::format("exhausted: every schedule of {} completes ({} in the largest search)",
                      plural(search.population, "request"), plural(static_cast<std::int64_t>(search.largest), "state"));
      if (search.starvation_open)
        report.reason += "; whether one can be overtaken for ever beside the loops was not asked";
      break;
    case VerdictKind::livelock:
      report.stuck = search.stuck;
      report.witness = search.witness;
      report.reason = fmt::format("every schedule searched: {} go on for ever and never complete",
                                  plural(static_cast<std::int64_t>(search.witness.stuck.size()), "task"));
      break;
    default:
      report.reason = fmt::format("searched up to {}", search.bound);
      break;
  }
  report.verdict = search.verdict;
  report.code = models::exit_code(report.verdict);
  if (report.verdict == VerdictKind::starvation) judge_starvation(machine, report);
}

}  // namespace dmstall::analysis
