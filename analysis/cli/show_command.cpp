#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/report/folding.hpp"
#include "analysis/report/footprint_report.hpp"
#include "analysis/report/format_markdown.hpp"
#include "analysis/report/kernel_markdown.hpp"
#include "analysis/report/omissions_text.hpp"
#include "analysis/report/program_text.hpp"
#include "analysis/report/releases_text.hpp"
#include "analysis/report/sharing_report.hpp"
#include "analysis/report/target_text.hpp"
#include "models/machine/compile.hpp"
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

/// Flows of more lines together are listed by name.
constexpr std::size_t most_flow_lines = 100;

/// Those that could matter, and how many there are beside them.
std::string omissions_text(const models::Program& program, bool all) {
  std::vector<models::Omission> listed = program.omissions;
  if (!all) std::erase_if(listed, [](const auto& each) { return each.effect == models::Effect::none; });
  const std::size_t more = program.omissions.size() - listed.size();
  return (listed.empty() ? "" : "\n" + omissions_in_full(listed)) +
         (more == 0 ? ""
                    : fmt::format("{}left out, changes no verdict: {} (--all lists them)\n", listed.empty() ? "\n" : "",
                                  more));
}

std::string own_targets_text(const models::Scenario& scenario) {
  std::string out;
  for (const models::ScenarioTarget& own : scenario.targets) out += "\n" + target_text(own.description);
  return out;
}

void show_scenario(const ShowCommand& command, const models::Scenario& scenario) {
  const models::Program whole = models::build_program(scenario);
  if (command.dot) return write_stdout(sharing_dot(whole, wait_graph(models::compile(whole))));
  const DeviceFolding folding = command.all ? DeviceFolding() : DeviceFolding(scenario);
  const std::optional<models::Program> few =
      folding.few() ? std::optional(models::build_program(*folding.few())) : std::nullopt;
  const models::Program& shown = few ? *few : whole;
  if (const std::string legend = folding.legend(); !legend.empty()) write_stdout(legend + "\n");
  write_stdout(sharing_text(shown, wait_graph(models::compile(shown)), folding));
  if (command.sharing) return;
  write_stdout(own_targets_text(scenario));
  write_stdout("\n" + program_text(shown, whole, folding, command.all ? 0 : most_flow_lines));
  write_stdout(omissions_text(shown, command.all));
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

models::ExitCode schema_command(const SchemaCommand& command) {
  write_stdout(command.format == "markdown" ? format_markdown()
               : command.format == "kernel" ? kernel_markdown()
                                            : models::scenario_schema());
  return models::ExitCode::progress;
}

}  // namespace dmstall::analysis
