#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "analysis/check/check_scenario.hpp"
#include "analysis/check/find_scenarios.hpp"
#include "analysis/check/run_checks.hpp"
#include "analysis/cli/commands.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/whole_file.hpp"
#include "analysis/report/check_report.hpp"

namespace dmstall::analysis {

namespace {

/// The scenarios to check; empty, with the reason on stderr, when that is not what the user can have meant.
std::vector<std::string> chosen_files(const CheckCommand& command) {
  FoundScenarios found = find_scenarios(command.paths);
  for (const std::string& missing : found.missing) write_stderr(fmt::format("dmstall: {}\n", missing));
  if (!found.missing.empty()) return {};
  const std::size_t before = found.files.size();
  std::erase_if(found.files, [&](const std::string& file) { return !passes_filters(file, command.filters); });
  if (found.files.empty()) {
    write_stderr(before == 0
                     ? std::string("dmstall: no scenario there: nothing was checked\n")
                     : fmt::format("dmstall: the filters leave none of {} scenarios: nothing was checked\n", before));
  }
  return std::move(found.files);
}

std::string document(const CheckRun& run, CheckCommand::Format format) {
  return format == CheckCommand::Format::junit ? check_junit(run) : check_json(run);
}

}  // namespace

models::ExitCode check_command(const CheckCommand& command) {
  const bool text = command.format == CheckCommand::Format::text;
  if (command.format == CheckCommand::Format::junit && !junit_available()) {
    throw UsageError("--format junit: this dmstall was built without pugixml");
  }
  // A report that cannot be written is better known before the runs than after them.
  std::optional<WholeFile> file;
  if (!command.output.empty()) file.emplace(command.output);
  const std::vector<std::string> files = chosen_files(command);
  CheckRun run;
  run.seed = command.options.seed;
  run.timeout_s = command.options.timeout_s;
  if (files.empty()) {
    // A machine reads an empty document rather than none; a file that was there before stays as it was.
    if (!text && !file) write_stdout(document(run, command.format));
    return exit_code(run);
  }

  const bool text_to_stdout = text ? !file : file.has_value();
  CheckText lines(files, {.colour = text_to_stdout && stdout_wants_colour(), .quiet = command.quiet});
  ProgressLine progress("check");
  const auto say = [&](const std::string& piece) {
    if (piece.empty()) return;
    if (text_to_stdout) {
      progress.clear();
      write_stdout(piece);
    } else if (text) {
      file->stream() << piece;
    }
  };
  CheckWatch watch;
  watch.outcome = [&](const CheckOutcome& outcome) { say(lines.line(outcome)); };
  watch.progress = [&](std::size_t done, std::size_t all) {
    progress.show(fmt::format("{} of {} scenarios", done, all));
  };
  run = run_checks(files, command.options, check_scenario, watch);
  progress.clear();
  say(lines.ending(run));
  if (!text && file) {
    file->stream() << document(run, command.format);
  } else if (!text) {
    write_stdout(document(run, command.format));
  }
  if (file) file->commit();
  return exit_code(run);
}

}  // namespace dmstall::analysis
