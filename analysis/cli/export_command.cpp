#include <fmt/format.h>

#include <optional>
#include <utility>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/places.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/watchdog.hpp"
#include "analysis/cli/whole_file.hpp"
#include "analysis/use/export/promela.hpp"
#include "models/kernel/memory_rules.hpp"
#include "models/machine/compile.hpp"
#include "models/scenario/reader.hpp"
#include "models/scenario/settings.hpp"
#include "models/targets/build.hpp"

namespace dmstall::analysis {

models::ExitCode export_command(const ExportCommand& command) {
  Places places;
  places.input(command.file);
  places.output("--output", command.output);
  places.check();
  std::optional<Watchdog> watchdog(std::in_place, command.bounds, command.file);
  const models::ReadResult read = models::read_scenario_file_on(command.file, command.release);
  const std::string diagnostics = models::format_diagnostics(read.diagnostics);
  if (!diagnostics.empty()) write_stderr(diagnostics);
  if (!read.scenario) return models::ExitCode::bad_scenario;
  std::string text;
  try {
    PromelaOptions options;
    options.requests = command.requests;
    options.any_number_of_threads = models::thread_counts_are_open(read.scenario->memory);
    text = promela(models::build_program(*read.scenario), options);
  } catch (const models::CompileError& error) {
    write_stderr(fmt::format("{}:{}:{}: error: {}\n", command.file, error.line, error.column, error.what()));
    return models::ExitCode::bad_scenario;
  } catch (const ExportError& error) {
    write_stderr(fmt::format("{}: error: cannot be exported: {}\n", command.file, error.what()));
    return models::ExitCode::bad_scenario;
  }
  watchdog.reset();
  if (command.output.empty()) {
    write_document(text);
  } else {
    write_whole_file(command.output, text);
  }
  return models::ExitCode::progress;
}

}  // namespace dmstall::analysis
