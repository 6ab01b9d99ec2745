#include "analysis/batch/processes.hpp"
#include "analysis/cli/commands.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/whole_file.hpp"
#include "analysis/compare/comparison.hpp"
#include "analysis/report/comparison_report.hpp"
#include "models/scenario/reader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dmstall::analysis {

namespace {

using models::ExitCode;

/// Why there is no table; with JSON the document says it, too.
ExitCode refuse(const CompareCommand& command, const std::string& message, ExitCode code) {
  write_stderr(message);
  if (command.format == TableFormat::json) write_stdout(comparison_error_json(message, code));
  return code;
}

std::string table_of(const CompareCommand& command, const Comparison& comparison) {
  switch (command.format) {
    case TableFormat::markdown: return comparison_markdown(comparison);
    case TableFormat::csv: return comparison_csv(comparison);
    case TableFormat::json: return comparison_json(comparison);
    case TableFormat::text: break;
  }
  return comparison_text(comparison, command.output.empty() && stdout_wants_colour());
}

/// What --fail-on makes of the runs: one seed of one row is enough.
ExitCode failures(const CompareCommand& command, const Comparison& comparison) {
  ExitCode code = ExitCode::progress;
  for (const ComparisonRow& row : comparison.rows) {
    for (const Measurement& run : row.runs) {
      const bool wanted = std::find(command.fail_on.begin(), command.fail_on.end(), run.verdict) != command.fail_on.end();
      if (wanted && !run.error) code = models::more_severe(code, models::exit_code(run.verdict));
    }
  }
  return code;
}

std::vector<models::Variation> variations_of(const CompareCommand& command, const models::Scenario& scenario) {
  std::vector<models::Variation> variations;
  for (const std::string& option : command.vary) variations.push_back(parse_variation(option));
  if (variations.empty()) variations = scenario.vary;
  if (variations.empty()) throw GridError(fmt::format("nothing to compare: {} has no \"vary\", and no --vary was given", command.file));
  return variations;
}

ExitCode compare_text(const CompareCommand& command, const std::string& text, const models::Scenario& scenario, std::optional<WholeFile>& output) {
  const ComparisonPlan plan = plan_comparison(text, scenario, variations_of(command, scenario), command.reference.empty() ? std::vector<models::Setting>{} : parse_reference(command.reference));
  for (const std::string& warning : plan.warnings) write_stderr(warning);
  if (!command.output.empty()) output.emplace(command.output);  // before hours of work, not after
  Comparison comparison;
  {
    JobProgress progress;
    ComparisonOptions options;
    options.seeds = command.seeds;
    options.parallel = command.parallel > 0 ? command.parallel : default_parallel();
    options.timeout_s = command.timeout_s;
    options.sim_seconds = command.sim_seconds;
    options.events = command.events;
    options.progress = [&](std::size_t done, std::size_t jobs) { progress.show(done, jobs); };
    comparison = run_comparison(plan, options);
  }
  if (comparison.interrupted) {
    if (comparison.rows.empty()) return refuse(command, "dmstall: interrupted, no row was finished\n", ExitCode::interrupted);
    // What is finished is worth a look, and no more: a file under its name is a whole table.
    write_stdout(table_of(command, comparison));
    write_stderr(fmt::format("dmstall: interrupted; {} of {} rows finished{}\n", comparison.rows.size(), plan.rows.size(),
                             command.output.empty() ? "" : fmt::format("; {} was not written", command.output)));
    return ExitCode::interrupted;
  }
  comparison.code = models::more_severe(comparison.code, failures(command, comparison));
  const std::string table = table_of(command, comparison);
  if (output) {
    output->stream() << table;
    output->commit();
  } else {
    write_stdout(table);
  }
  return comparison.code;
}

}  // namespace

ExitCode compare_command(const CompareCommand& command) {
  models::FileText file = models::read_file_text(command.file);
  if (!file.text) return refuse(command, models::format_diagnostics(file.diagnostics), ExitCode::bad_scenario);
  const models::ReadResult read = models::read_scenario_text(*file.text, command.file);
  const std::string diagnostics = models::format_diagnostics(read.diagnostics);
  if (!read.scenario) return refuse(command, diagnostics, ExitCode::bad_scenario);
  if (!diagnostics.empty()) write_stderr(diagnostics);
  std::optional<WholeFile> output;
  try {
    return compare_text(command, *file.text, *read.scenario, output);
  } catch (const GridError& error) {
    return refuse(command, fmt::format("dmstall: {}\n", error.what()), ExitCode::usage);
  } catch (const RefusedSetting& error) {
    return refuse(command, error.what(), ExitCode::bad_scenario);
  }
}

}  // namespace dmstall::analysis
