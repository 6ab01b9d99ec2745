#include "analysis/cli/commands.hpp"
#include "analysis/cli/find_scenario.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/replay.hpp"
#include "analysis/report/run_report.hpp"
#include "analysis/run/explore_scenario.hpp"
#include "analysis/evidence/sha256.hpp"
#include "analysis/evidence/witness_file.hpp"
#include "models/machine/compile.hpp"
#include "models/scenario/reader.hpp"
#include "models/targets/build.hpp"

#include <fmt/format.h>

namespace dmstall::analysis {

namespace {

models::ExitCode refuse(const ReplayCommand& command, const std::string& why) {
  write_stderr(fmt::format("{}: {}\n", command.witness, why));
  return models::ExitCode::bad_scenario;
}

}  // namespace

models::ExitCode replay_command(const ReplayCommand& command) {
  const std::optional<std::string> text = file_text(command.witness);
  if (!text) return refuse(command, "cannot be read");
  const WitnessRead read = read_witness(*text);
  if (!read.file) return refuse(command, read.refusal);
  const WitnessFile& file = *read.file;
  const std::string path = find_scenario(command.scenario, file.scenario_file, command.witness);
  const std::optional<std::string> scenario_text = file_text(path);
  if (!scenario_text) return refuse(command, fmt::format("its scenario {} cannot be read; --scenario says where it is", path));
  if (sha256(*scenario_text) != file.scenario_sha256) return refuse(command, fmt::format("{} is not the scenario it was found in: the SHA-256 differs", path));
  const models::ReadResult scenario = models::read_scenario_file(path);
  if (!scenario.scenario) return refuse(command, models::format_diagnostics(scenario.diagnostics));

  RunReport report;
  report.file = path;
  report.scenario = scenario.scenario->name;
  report.seed = file.seed;
  report.engine = file.engine;
  const models::Program program = models::build_program(*scenario.scenario);
  report.assumptions = program.assumptions;
  report.omissions = program.omissions;
  report.machine = models::compile(program);
  const models::Machine machine = file.engine == Engine::explore ? searched_machine(*scenario.scenario, report.machine) : report.machine;
  const Replay replayed = replay(machine, file.witness);
  if (!replayed.confirmed) {
    return refuse(command, fmt::format("refused: {} (written by dmstall {}, read by a dmstall whose models may differ)", replayed.refusal, file.version));
  }
  report.verdict = file.verdict;
  report.code = models::exit_code(file.verdict);
  report.stuck = replayed.report;
  report.relieved_by_memory = replayed.relieved_by_memory;
  report.witness_steps = replayed.steps;
  report.witness = file.witness;
  report.narrative = narrate(machine, file.witness);
  report.reason = fmt::format("replayed: {} steps of {}", replayed.steps, command.witness);
  write_stdout(run_report_text(report, stdout_wants_colour()) + (command.steps ? witness_text(report) : ""));
  return report.code;
}

}  // namespace dmstall::analysis
