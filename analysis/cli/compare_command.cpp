#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/places.hpp"
#include "analysis/cli/plot_file.hpp"
#include "analysis/cli/progress.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/whole_file.hpp"
#include "analysis/report/comparison_report.hpp"
#include "analysis/report/finished_rows.hpp"
#include "analysis/report/formats.hpp"
#include "analysis/report/html/page.hpp"
#include "analysis/use/batch/processes.hpp"
#include "analysis/use/compare/comparison.hpp"
#include "models/scenario/printable.hpp"
#include "models/scenario/reader.hpp"

namespace dmstall::analysis {

namespace {

using models::ExitCode;

/// Why there is no table; with JSON the document says it, too.
ExitCode refuse(const CompareCommand& command, const std::string& message, ExitCode code) {
  write_stderr(message);
  if (command.format->error != nullptr) write_stdout(command.format->error(message, code));
  return code;
}

std::string table_of(const CompareCommand& command, const Comparison& comparison) {
  return command.format->write(comparison, command.output.empty() && stdout_wants_colour());
}

/// What --fail-on makes of the rows and of the runs: one seed of one row is enough.
ExitCode failures(const CompareCommand& command, const Comparison& comparison) {
  ExitCode code = ExitCode::progress;
  const auto add = [&](models::VerdictKind verdict) {
    const bool wanted = std::find(command.fail_on.begin(), command.fail_on.end(), verdict) != command.fail_on.end();
    if (wanted) code = models::more_severe(code, models::exit_code(verdict));
  };
  for (const ComparisonRow& row : comparison.rows) {
    if (!row.error) add(row.verdict);
    for (const Measurement& run : row.runs) {
      // A run that was given up says nothing against a row that is proved.
      if (!run.error && (run.verdict != models::VerdictKind::inconclusive || !row.judgement)) add(run.verdict);
    }
  }
  return code;
}

std::vector<models::Variation> variations_of(const CompareCommand& command, const std::vector<ScenarioText>& files) {
  std::vector<models::Variation> variations;
  for (const std::string& option : command.vary) variations.push_back(parse_variation(option));
  if (!variations.empty()) return variations;
  const auto same = [](const models::Variation& a, const models::Variation& b) {
    return a.key == b.key && a.values == b.values;
  };
  variations = files.front().base.vary;
  for (const ScenarioText& file : files) {
    const auto& own = file.base.vary;
    if (std::equal(own.begin(), own.end(), variations.begin(), variations.end(), same)) continue;
    throw GridError(fmt::format("{} and {} differ in \"vary\"; --vary says what to compare", files.front().base.file,
                                file.base.file));
  }
  // Several files are something to compare by themselves.
  if (variations.empty() && files.size() == 1)
    throw GridError(
        fmt::format("nothing to compare: {} has no \"vary\", and no --vary was given", command.files.front()));
  return variations;
}

ComparisonOptions options_of(const CompareCommand& command) {
  ComparisonOptions options;
  options.engine = command.engine;
  options.seeds = command.seeds;
  options.parallel = command.parallel > 0 ? command.parallel : default_parallel();
  options.timeout_s = command.timeout_s;
  if (!command.timeout_s)
    options.row_s = std::max(default_wall_s, command.search.seconds ? *command.search.seconds + default_wall_s : 0);
  options.process_memory_mib = command.process_memory_mib;
  options.search = command.search;
  options.sim_seconds = command.sim_seconds;
  options.events = command.events;
  return options;
}

/// Files that are opened before the work and written after it.
struct Outputs {
  std::optional<WholeFile> table, page;
};

/// The table, the picture and the exit code.
ExitCode show(const CompareCommand& command, Comparison& comparison, Outputs& outputs) {
  comparison.code = models::more_severe(comparison.code, failures(command, comparison));
  if (!command.plot.empty()) write_plot(comparison, command.plot);
  if (outputs.page) {
    outputs.page->stream() << comparison_page(comparison);
    outputs.page->commit();
  }
  const std::string table = table_of(command, comparison);
  if (outputs.table) {
    outputs.table->stream() << models::printable_lines(table);
    outputs.table->commit();
  } else {
    write_stdout(table);
  }
  return comparison.code;
}

ExitCode merge(const CompareCommand& command, const ComparisonPlan& plan, Outputs& outputs) {
  const ComparisonOptions options = options_of(command);
  const JournalHeader header = journal_header(plan, options);
  std::vector<JournalEntries> journals;
  for (const std::string& path : command.merge) journals.push_back(read_journal(path, header));
  Comparison comparison = merge_comparison(plan, options, journals);
  return show(command, comparison, outputs);
}

ExitCode compare_texts(const CompareCommand& command, const std::vector<ScenarioText>& files, Outputs& outputs,
                       std::optional<Watchdog>& reading) {
  const ComparisonPlan plan = plan_comparison(
      files, variations_of(command, files),
      command.reference.empty() ? std::vector<models::Setting>{} : parse_reference(command.reference), command.shard);
  reading.reset();
  for (const std::string& warning : plan.warnings) write_stderr(warning);
  // Before hours of work, not after.
  if (!command.output.empty()) outputs.table.emplace(command.output);
  if (!command.html.empty()) outputs.page.emplace(command.html);
  if (!command.plot.empty()) (void)plot_format(command.plot);
  if (!command.merge.empty()) return merge(command, plan, outputs);
  ComparisonOptions options = options_of(command);
  std::optional<Journal> journal;
  if (!command.resume.empty()) options.journal = &journal.emplace(command.resume, journal_header(plan, options));
  Comparison comparison;
  {
    Progress progress({.label = command.files.front()});
    std::size_t rows = 0;
    const std::string of_rows =
        fmt::format("of {} rows", plan.rows.size() / std::max<std::size_t>(plan.shard.count, 1));
    options.finished = [&](const Comparison& so_far, const ComparisonRow& row) {
      ++rows;
      progress.row(finished_text(so_far, row));
    };
    options.progress = [&](std::size_t done, std::size_t jobs) {
      progress.show(done, jobs, "runs", fmt::format("{} {}", rows, of_rows));
    };
    comparison = run_comparison(plan, options);
  }
  if (comparison.interrupted) {
    const std::string kept =
        journal ? fmt::format("; {} has what was finished, and the same command goes on from there", command.resume)
                : std::string();
    if (comparison.rows.empty() || plan.shard.count > 1)
      return refuse(command, fmt::format("dmstall: interrupted{}\n", kept.empty() ? ", no row was finished" : kept),
                    ExitCode::interrupted);
    // What is finished is worth a look, and no more: a file under its name is a whole table.
    write_stdout(table_of(command, comparison));
    write_stderr(fmt::format("dmstall: interrupted; {} of {} rows finished{}{}\n", comparison.rows.size(),
                             plan.rows.size(),
                             command.output.empty() ? "" : fmt::format("; {} was not written", command.output), kept));
    return ExitCode::interrupted;
  }
  if (comparison.known > 0) {
    write_stderr(fmt::format("{}: {} parts of rows were known, {} were run\n", command.resume, comparison.known,
                             comparison.run));
  }
  if (plan.shard.count == 1) return show(command, comparison, outputs);
  write_stdout(shard_result_line(comparison, plan.shard, command.resume) + "\n");
  return models::more_severe(comparison.code, failures(command, comparison));
}

}  // namespace

ExitCode compare_command(const CompareCommand& command) {
  Places places;
  for (const std::string& path : command.files) places.input(path);
  for (const std::string& path : command.merge) places.input(path);
  places.output("--output", command.output);
  places.output("--plot", command.plot);
  places.output("--html", command.html);
  places.output("--resume", command.resume);
  places.check();
  ProcessBounds bounds;
  bounds.memory_mib = command.process_memory_mib;
  if (command.timeout_s) bounds.wall_s = std::max(bounds.wall_s, *command.timeout_s);
  std::optional<Watchdog> reading(std::in_place, bounds,
                                  "reading " + command.files.front() + " with all values of \"vary\"");
  std::vector<ScenarioText> files;
  for (const std::string& path : command.files) {
    models::FileText file = models::read_file_text(path);
    if (!file.text) return refuse(command, models::format_diagnostics(file.diagnostics), ExitCode::bad_scenario);
    models::ReadResult read = models::read_scenario_text(*file.text, path);
    const std::string diagnostics = models::format_diagnostics(read.diagnostics);
    if (!read.scenario) return refuse(command, diagnostics, ExitCode::bad_scenario);
    if (!diagnostics.empty()) write_stderr(diagnostics);
    files.push_back({std::move(*file.text), std::move(*read.scenario)});
  }
  Outputs outputs;
  try {
    return compare_texts(command, files, outputs, reading);
  } catch (const GridError& error) {
    return refuse(command, fmt::format("dmstall: {}\n", error.what()), ExitCode::usage);
  } catch (const RefusedSetting& error) {
    return refuse(command, error.what(), ExitCode::bad_scenario);
  } catch (const JournalError& error) {
    return refuse(command, fmt::format("dmstall: {}\n", error.what()), ExitCode::usage);
  } catch (const MissingRows& error) {
    return refuse(command, fmt::format("dmstall: {}\n", error.what()), ExitCode::inconclusive);
  }
}

}  // namespace dmstall::analysis
