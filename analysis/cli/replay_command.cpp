#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/evidence_input.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/engines/replay/replay.hpp"
#include "analysis/report/run_report.hpp"
#include "analysis/use/evidence/witness_file.hpp"
#include "analysis/verdict/explore_scenario.hpp"

namespace dmstall::analysis {

namespace {

models::ExitCode refuse(const ReplayCommand& command, const std::string& why) {
  write_stderr(fmt::format("{}: {}\n", command.witness, why));
  return models::ExitCode::bad_scenario;
}

/// A class of which more requests start than the scenario has; empty: none. Under accounted memory pressure decides how
/// many of some there are.
std::string started_too_often(const models::Machine& machine, const models::Scenario& scenario,
                              const models::Witness& witness) {
  if (scenario.memory.allocator == models::AllocatorMode::accounted) return {};
  std::vector<std::int64_t> started(machine.classes.size(), 0);
  for (const models::RecordedStep& step : witness.steps) {
    const auto of = static_cast<std::size_t>(step.start_class);
    if (step.start_class < 0 || of >= started.size()) continue;  // a move, or a class that the replayer refuses
    if (++started[of] > machine.classes[of].total)
      return fmt::format("more requests of {} start than there are: {}", machine.classes[of].name,
                         machine.classes[of].total);
  }
  return {};
}

}  // namespace

// Nothing that is printed is taken from the witness but its moves: whoever wrote it may have written anything.
models::ExitCode replay_command(const ReplayCommand& command) {
  const Watchdog watchdog(command.bounds, command.witness);
  const WitnessRead read = read_witness(evidence_text(command.witness));
  if (!read.file) return refuse(command, read.refusal);
  const WitnessFile& file = *read.file;
  const EvidenceScenario of =
      evidence_scenario(command.witness, command.scenario, file.scenario_file, file.scenario_sha256);
  const models::Program program = built(of);
  RunReport report;
  report.file = of.path;
  report.scenario = of.scenario.name;
  report.engine = file.engine;
  report.assumptions = program.assumptions;
  report.omissions = program.omissions;
  report.machine = compiled(of, program);
  const models::Machine machine =
      file.engine == Engine::explore ? searched_machine(of.scenario, report.machine) : report.machine;
  if (const std::string why = started_too_often(machine, of.scenario, file.witness); !why.empty())
    return refuse(command, "refused: " + why);
  const Replay replayed = replay(machine, file.witness);
  if (!replayed.confirmed) {
    return refuse(command, fmt::format("refused: {} (written by dmstall {}, read by a dmstall whose models may differ)",
                                       replayed.refusal, file.version));
  }
  report.verdict = verdict_of_stuck(of.scenario.memory, file.engine, replayed.relieved_by_memory);
  report.code = models::exit_code(report.verdict);
  report.stuck = replayed.report;
  report.relieved_by_memory = replayed.relieved_by_memory;
  report.witness_steps = replayed.steps;
  report.witness = file.witness;
  report.narrative = narrate(machine, file.witness);
  report.reason = fmt::format("replayed: {} steps of {}", replayed.steps, command.witness);
  if (report.verdict != file.verdict) {
    report.reason +=
        fmt::format("; the witness claims {}, its moves end in {}", to_string(file.verdict), to_string(report.verdict));
  }
  write_stdout(run_report_text(report, stdout_wants_colour()) + (command.steps ? witness_text(report) : ""));
  return report.code;
}

}  // namespace dmstall::analysis
