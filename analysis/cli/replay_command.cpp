#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/evidence_input.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/report/refusal_text.hpp"
#include "analysis/report/run_report.hpp"
#include "analysis/use/evidence/witness_file.hpp"
#include "analysis/verdict/explore_scenario.hpp"
#include "analysis/verdict/fill_report.hpp"
#include "analysis/verdict/replay_scenario.hpp"

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
      evidence_scenario(command.witness, command.scenario, file.scenario_file, file.scenario_sha256, file.kernel);
  const models::Program program = built(of);
  const models::Machine as_run = compiled(of, program);
  const models::Machine machine = file.engine == Engine::explore ? searched_machine(of.scenario, as_run) : as_run;
  if (const std::string why = started_too_often(machine, of.scenario, file.witness); !why.empty())
    return refuse(command, "refused: " + why);
  const auto answer = replay_scenario(of.scenario, machine, {command.witness, file.engine, file.verdict, file.witness});
  if (const auto* refusal = std::get_if<ReplayRefusal>(&answer)) {
    return refuse(command, fmt::format("refused: {} (written by dmstall {}, read by a dmstall whose models may differ)",
                                       to_text(refusal->why), file.version));
  }
  RunReport report = empty_report(of.scenario, file.engine);
  report.file = of.path;
  report.expect.reset();  // that is what a run is held against
  report.assumptions = program.assumptions;
  report.omissions = program.omissions;
  report.kernel = of.scenario.kernel.release;
  fill(report, {std::get<Finding>(answer)}, as_run);
  TextOptions text;
  text.colour = stdout_wants_colour();
  text.width = stdout_columns(plain_width);
  text.steps = command.steps;
  text.details = command.details;
  write_stdout(run_report_text(report, text));
  return report.code;
}

}  // namespace dmstall::analysis
