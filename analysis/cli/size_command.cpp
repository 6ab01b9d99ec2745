#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <utility>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/places.hpp"
#include "analysis/cli/progress.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/whole_file.hpp"
#include "analysis/report/finished_rows.hpp"
#include "analysis/report/formats.hpp"
#include "analysis/report/html/page.hpp"
#include "analysis/use/batch/processes.hpp"
#include "analysis/use/compare/grid.hpp"
#include "analysis/use/size/sizing.hpp"
#include "models/machine/compile.hpp"
#include "models/scenario/printable.hpp"
#include "models/scenario/reader.hpp"
#include "models/scenario/settings.hpp"

namespace dmstall::analysis {

namespace {

using models::ExitCode;

constexpr std::size_t most_sizes = 10'000;

ExitCode refuse(const SizeCommand& command, const std::string& message, ExitCode code) {
  write_stderr(message);
  if (command.format->error != nullptr) write_stdout(command.format->error(message, code));
  return code;
}

std::string table_of(const SizeCommand& command, const Sizing& sizing) {
  return command.format->write(sizing, command.output.empty() && stdout_wants_colour());
}

int whole_number(const std::string& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0)
    throw SizeError(fmt::format("--range takes numbers and ranges such as 1..16,32, not {}", text));
  return number;
}

/// Ascending, each once; empty: the default.
std::vector<int> sizes_of(const SizeCommand& command, const SizedPool& sized) {
  std::set<int> sizes;
  if (!command.range.empty()) {
    for (const std::string& value : parse_values(command.range, "--range")) sizes.insert(whole_number(value));
  } else if (command.from || command.to) {
    const int from = command.from.value_or(std::max(1, sized.smallest)),
              to = command.to.value_or(std::max(from, sized.now));
    if (from > to) throw SizeError(fmt::format("--from {} is above --to {}", from, to));
    if (static_cast<std::size_t>(to - from) >= most_sizes)
      throw SizeError(fmt::format("more than {} sizes", most_sizes));
    for (int size = from; size <= to; ++size) sizes.insert(size);
  }
  return {sizes.begin(), sizes.end()};
}

/// What --fail-on makes of the sizes as the file shares.
ExitCode failures(const SizeCommand& command, const Sizing& sizing) {
  ExitCode code = ExitCode::progress;
  for (const SizeRow& row : sizing.series.front().rows) {
    const bool wanted =
        std::find(command.fail_on.begin(), command.fail_on.end(), row.judgement.verdict) != command.fail_on.end();
    if (wanted && !row.judgement.error) code = models::more_severe(code, models::exit_code(row.judgement.verdict));
  }
  return code;
}

/// Of all sizes; nothing where each has its own.
std::optional<double> wall_of(const SizeCommand& command) {
  if (command.wall_s || command.timeout_s || command.search.seconds) return command.wall_s;
  return default_wall_s;
}

ExitCode size_scenario(const SizeCommand& command, const models::Scenario& scenario, std::optional<WholeFile>& output,
                       std::optional<WholeFile>& page, std::optional<Watchdog>& reading) {
  const SizedPool sized = find_sized(scenario, command.pool);
  reading.reset();
  if (!command.output.empty()) output.emplace(command.output);  // before hours of work, not after
  if (!command.html.empty()) page.emplace(command.html);
  Sizing sizing;
  {
    Progress progress({.label = command.file, .wall_s = wall_of(command)});
    SizingOptions options;
    options.sizes = sizes_of(command, sized);
    options.engine = command.engine;
    options.search = command.search;
    options.parallel = command.parallel > 0 ? command.parallel : default_parallel();
    options.timeout_s = command.timeout_s;
    options.wall_s = wall_of(command);
    options.process_memory_mib = command.process_memory_mib;
    options.progress = [&](std::size_t done, std::size_t jobs) { progress.show(done, jobs, "sizes"); };
    options.finished = [&](const SizeRow& row, bool private_pools) { progress.row(finished_text(row, private_pools)); };
    progress.show(0, options.sizes.empty() ? default_sizes(sized).size() : options.sizes.size(), "sizes");
    sizing = run_sizing(scenario, sized, options);
  }
  if (sizing.interrupted) {
    if (sizing.series.empty())
      return refuse(command, "dmstall: interrupted, no size was finished\n", ExitCode::interrupted);
    // What is finished is worth a look, and no more: a file under its name is a whole table.
    write_stdout(table_of(command, sizing));
    write_stderr(fmt::format("dmstall: interrupted; {} sizes are not here{}\n", sizing.rows_left_out,
                             command.output.empty() ? "" : fmt::format("; {} was not written", command.output)));
    return ExitCode::interrupted;
  }
  sizing.code = models::more_severe(sizing.code, failures(command, sizing));
  if (page) {
    page->stream() << sizing_page(sizing);
    page->commit();
  }
  const std::string table = table_of(command, sizing);
  if (output) {
    output->stream() << models::printable_lines(table);
    output->commit();
  } else {
    write_stdout(table);
  }
  return sizing.code;
}

}  // namespace

ExitCode size_command(const SizeCommand& command) {
  Places places;
  places.input(command.file);
  places.output("--output", command.output);
  places.output("--html", command.html);
  places.check();
  ProcessBounds bounds;
  bounds.memory_mib = command.process_memory_mib;
  if (command.wall_s) bounds.wall_s = *command.wall_s;
  std::optional<Watchdog> reading(std::in_place, bounds, "reading " + command.file, "--wall");
  const models::ReadResult read = models::read_scenario_file_on(command.file, command.release);
  const std::string diagnostics = models::format_diagnostics(read.diagnostics);
  if (!read.scenario) return refuse(command, diagnostics, ExitCode::bad_scenario);
  if (!diagnostics.empty()) write_stderr(diagnostics);
  std::optional<WholeFile> output, page;
  try {
    return size_scenario(command, *read.scenario, output, page, reading);
  } catch (const SizeError& error) {
    return refuse(command, fmt::format("dmstall: {}\n", error.what()), ExitCode::usage);
  } catch (const GridError& error) {
    return refuse(command, fmt::format("dmstall: {}\n", error.what()), ExitCode::usage);
  } catch (const models::CompileError& error) {
    return refuse(command, fmt::format("{}:{}:{}: error: {}\n", command.file, error.line, error.column, error.what()),
                  ExitCode::bad_scenario);
  }
}

}  // namespace dmstall::analysis
