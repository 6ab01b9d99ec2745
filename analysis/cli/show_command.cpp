#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/report/footprint_report.hpp"
#include "analysis/report/omissions_text.hpp"
#include "analysis/report/releases_text.hpp"
#include "analysis/report/sharing_report.hpp"
#include "analysis/report/target_text.hpp"
#include "models/machine/compile.hpp"
#include "models/machine/describe.hpp"
#include "models/scenario/reader.hpp"
#include "models/scenario/schema.hpp"
#include "models/scenario/settings.hpp"
#include "models/scenario/suggestion.hpp"
#include "models/scenario/target_description.hpp"
#include "models/targets/build.hpp"
#include "models/targets/footprint.hpp"

namespace dmstall::analysis {

namespace {

constexpr const char* releases_word = "releases";

void show_scenario(const ShowCommand& command, const models::Scenario& scenario) {
  const models::Program program = models::build_program(scenario);
  const WaitGraph waits = wait_graph(models::compile(program));
  if (command.dot) return write_stdout(sharing_dot(program, waits));
  write_stdout(sharing_text(program, waits));
  if (command.sharing) return;
  write_stdout("\n" + models::describe(program));
  if (!program.omissions.empty()) write_stdout("\n" + omissions_in_full(program.omissions));
  if (!scenario.devices.empty()) write_stdout("\n" + footprint_text(models::footprint(scenario)));
}

}  // namespace

models::ExitCode show_command(const ShowCommand& command) {
  const std::string& what = command.what;
  if (what == releases_word) {
    write_stdout(releases_text());
    return models::ExitCode::progress;
  }
  if (const models::TargetDescription* target = models::find_target(what)) {
    write_stdout(target_text(*target));
    return models::ExitCode::progress;
  }
  const Watchdog watchdog(command.bounds, what);
  models::ReadResult read = models::read_scenario_file_on(what, command.release);
  if (!read.scenario) {
    write_stderr(models::format_diagnostics(read.diagnostics));
    if (what.find('.') == std::string::npos && what.find('/') == std::string::npos) {
      std::vector<std::string> known{releases_word};
      for (const models::TargetDescription& target : models::target_registry()) known.push_back(target.id);
      const std::string near = models::nearest(what, known);
      write_stderr(fmt::format("show takes a scenario file, a target, or releases: {}{}\n", fmt::join(known, ", "),
                               near.empty() ? "" : fmt::format("; did you mean {}?", near)));
    }
    return models::ExitCode::bad_scenario;
  }
  if (command.bytes) {
    try {
      const models::MemoryLayout layout = models::memory_layout(command.architecture, command.page_kib);
      const models::Footprint memory = models::footprint(*read.scenario, layout);
      write_stdout(command.json ? footprint_json(memory) : footprint_text(memory) + "\n" + size_facts_text(layout));
    } catch (const models::UnknownLayout& error) {
      throw UsageError(error.what());
    }
    return models::ExitCode::progress;
  }
  try {
    show_scenario(command, *read.scenario);
  } catch (const models::CompileError& error) {
    write_stderr(fmt::format("{}:{}:{}: error: {}\n", what, error.line, error.column, error.what()));
    return models::ExitCode::bad_scenario;
  }
  return models::ExitCode::progress;
}

models::ExitCode schema_command() {
  write_stdout(models::scenario_schema());
  return models::ExitCode::progress;
}

}  // namespace dmstall::analysis
