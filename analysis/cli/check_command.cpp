#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/places.hpp"
#include "analysis/cli/progress.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/whole_file.hpp"
#include "analysis/report/check_report.hpp"
#include "analysis/report/formats.hpp"
#include "analysis/report/html/page.hpp"
#include "analysis/report/outcome_of_report.hpp"
#include "analysis/report/unified_diff.hpp"
#include "analysis/use/check/baseline.hpp"
#include "analysis/use/check/check_scenario.hpp"
#include "analysis/use/check/find_scenarios.hpp"
#include "analysis/use/check/promote.hpp"
#include "analysis/use/check/run_checks.hpp"
#include "analysis/use/page/run_page.hpp"
#include "models/scenario/printable.hpp"
#include "models/scenario/reader.hpp"

namespace dmstall::analysis {

namespace {

/// The scenarios to check; none, with the reason in `why`, when that is not what the user can have meant.
std::vector<std::string> chosen_files(const CheckCommand& command, std::string& why) {
  FoundScenarios found = find_scenarios(command.paths);
  for (const std::string& missing : found.missing) why += fmt::format("{}{}", why.empty() ? "" : "\n", missing);
  if (!found.missing.empty()) return {};
  const std::size_t before = found.files.size();
  std::erase_if(found.files, [&](const std::string& file) { return !passes_filters(file, command.filters); });
  if (found.files.empty()) {
    why = before == 0 ? std::string("no scenario there: nothing was checked")
                      : fmt::format("the filters leave none of {} scenarios: nothing was checked", before);
    return {};
  }
  if (command.shards == 1) return std::move(found.files);
  // Neighbours are alike and take alike long, so every n-th file and not one stretch of them.
  std::vector<std::string> shard;
  for (std::size_t i = command.shard - 1; i < found.files.size(); i += command.shards) shard.push_back(found.files[i]);
  if (shard.empty()) {
    why = fmt::format("shard {}/{} has none of {} scenarios: nothing was checked", command.shard, command.shards,
                      found.files.size());
  }
  return shard;
}

bool is_told(const CheckFormat& format) {
  return format.document == nullptr;
}

/// Empty for a format that is told on the way.
std::string document(const CheckRun& run, const CheckFormat& format) {
  return is_told(format) ? std::string() : format.document(run);
}

/// Of a file that may not be there yet, when it is about to be written.
Baseline baseline_of(const CheckCommand& command) {
  if (command.baseline.empty()) return {};
  if (command.update_baseline && !std::filesystem::exists(command.baseline)) return {};
  models::FileText file = models::read_file_text(command.baseline);
  if (!file.text) throw InputError(models::format_diagnostics(file.diagnostics));
  BaselineRead read = read_baseline(std::move(*file.text), command.baseline);
  if (!read.baseline) throw InputError(read.diagnostics);
  return std::move(*read.baseline);
}

/// Reports in files of their own, opened before anything runs: what cannot be written is better known then.
class Reports {
 public:
  explicit Reports(const std::vector<CheckCommand::Report>& wanted) {
    for (const CheckCommand::Report& each : wanted) {
      files_.emplace_back(each.format, std::make_unique<WholeFile>(each.file));
    }
  }
  [[nodiscard]] bool take_text() const {
    return std::any_of(files_.begin(), files_.end(), [](const auto& file) { return is_told(*file.first); });
  }
  /// What goes into the files of text format on the way.
  void say(const std::string& piece) {
    for (const auto& [format, file] : files_) {
      if (is_told(*format)) file->stream() << models::printable_lines(piece);
    }
  }
  void finish(const CheckRun& run) {
    for (const auto& [format, file] : files_) {
      file->stream() << document(run, *format);
      file->commit();
    }
  }

 private:
  std::vector<std::pair<const CheckFormat*, std::unique_ptr<WholeFile>>> files_;
};

/// Writes what was found into the files; says what changed, and what could not be.
std::string promote(CheckRun& run) {
  std::string text;
  for (CheckOutcome& outcome : run.outcomes) {
    if (!did_not_pass(outcome)) continue;
    std::optional<std::string> why_not = why_not_promoted(outcome);
    if (!why_not) {
      const models::FileText before = models::read_file_text(outcome.file);
      const Promotion after = promoted(before.text.value_or(""), outcome);
      if (after.text) {
        write_whole_file(outcome.file, *after.text);
        text += fmt::format("promoted: {}\n{}", outcome.file, unified_diff(outcome.file, *before.text, *after.text));
        outcome.kind = CheckKind::passed;
        outcome.promoted = true;
        outcome.known = Known::no;
        continue;
      }
      why_not = after.error;
    }
    text += fmt::format("not promoted: {}: {}\n", outcome.file, *why_not);
  }
  return text;
}

/// What a baseline becomes after the run; says why not when the run was not whole.
std::string update(const CheckCommand& command, const Baseline& before, CheckRun& run) {
  if (run.ending != CheckEnding::complete)
    return fmt::format("{} was not written: not everything was run\n", command.baseline);
  const Baseline after = updated(before, run, command.reason, command.until);
  write_whole_file(command.baseline, write_baseline(after));
  hold_against(after, command.today, run);
  return fmt::format("{}: {} known failures\n", command.baseline, after.entries.size());
}

/// The reports in files: those of --report, then that of --output.
std::vector<CheckCommand::Report> wanted_reports(const CheckCommand& command) {
  std::vector<CheckCommand::Report> wanted = command.reports;
  if (!command.html.empty()) wanted.push_back({find_format(check_formats(), "html"), command.html});
  if (!command.output.empty()) wanted.push_back({command.format, command.output});
  return wanted;
}

void check_places(const CheckCommand& command, const std::vector<CheckCommand::Report>& wanted) {
  Places places;
  for (const std::string& file : find_scenarios(command.paths).files) places.input(file);
  if (command.update_baseline) {
    places.output("--baseline", command.baseline);
  } else {
    places.input(command.baseline);
  }
  for (const CheckCommand::Report& each : wanted)
    places.output(&each == &wanted.back() && !command.output.empty() ? "--output"
                  : each.file == command.html                        ? "--html"
                                                                     : "--report",
                  each.file);
  places.check();
}

/// What is said of a report; with pictures where some report has them.
CheckWriters writers_of(const CheckCommand& command) {
  CheckWriters writers = plain_check_writers();
  const std::vector<CheckCommand::Report> reports = wanted_reports(command);
  const bool pictures = command.format->has_pictures ||
                        std::any_of(reports.begin(), reports.end(),
                                    [](const CheckCommand::Report& each) { return each.format->has_pictures; });
  if (!pictures) return writers;
  writers.page = [](const RunReport& report, const models::Scenario& scenario, const CheckOutcome& outcome) {
    const RunPage page = run_page(report, scenario);
    return did_not_pass(outcome) ? run_page_part(report, outcome.in_circle, &page)
                                 : short_page_part(report, outcome.in_circle, page);
  };
  return writers;
}

/// Checks the files and tells each outcome to `say`.
CheckRun run_and_tell(const CheckCommand& command, const std::vector<std::string>& files, const Baseline& baseline,
                      CheckText& lines, Progress& progress, const std::function<void(const std::string&)>& say) {
  CheckWatch watch;
  if (!command.baseline.empty()) {
    watch.amend = [&](CheckOutcome& outcome) { hold_against(baseline, command.today, outcome); };
  }
  watch.outcome = [&](const CheckOutcome& outcome) { say(lines.line(outcome)); };
  watch.progress = [&](std::size_t done, std::size_t all) { progress.show(done, all, "scenarios"); };
  const CheckWriters writers = writers_of(command);
  const auto check = [&](const std::string& file, std::uint64_t seed) {
    return check_scenario(file, seed, writers, bounds_within(command.options.timeout_s, command.options.memory_mib),
                          command.options.release);
  };
  CheckRun run = run_checks(files, command.options, check, watch, lost_text);
  if (!command.baseline.empty()) hold_against(baseline, command.today, run);
  return run;
}

}  // namespace

models::ExitCode check_command(const CheckCommand& command) {
  const std::vector<CheckCommand::Report> wanted = wanted_reports(command);
  check_places(command, wanted);
  Reports reports(wanted);
  const Baseline baseline = baseline_of(command);
  const bool document_to_stdout = command.output.empty() && !is_told(*command.format);
  CheckRun run;
  const std::vector<std::string> files = chosen_files(command, run.error);
  run.seed = command.options.seed;
  run.kernel = kernels_of(command.options.release);
  run.timeout_s = command.options.timeout_s;
  if (files.empty()) {
    write_stderr(fmt::format("dmstall: {}\n", run.error));
    // A machine reads an empty document rather than none; a file that was there before stays as it was.
    if (document_to_stdout) write_document(document(run, *command.format));
    return exit_code(run);
  }

  const bool text_to_stdout = !document_to_stdout && (command.output.empty() || !is_told(*command.format));
  const bool colour = text_to_stdout && stdout_wants_colour() && !reports.take_text();
  CheckText lines(files, {.colour = colour, .quiet = command.quiet});
  Progress progress({.label = "check", .wall_s = command.options.budget_s});
  const auto say = [&](const std::string& piece) {
    if (piece.empty()) return;
    reports.say(piece);
    if (text_to_stdout) write_stdout(piece);
  };
  run = run_and_tell(command, files, baseline, lines, progress, say);
  if (command.promote && run.ending != CheckEnding::interrupted) say(promote(run));
  const std::string update_text = command.update_baseline ? update(command, baseline, run) : std::string();
  say(lines.ending(run));
  if (!update_text.empty()) write_stderr(update_text);
  reports.finish(run);  // when that fails, another document tells
  if (document_to_stdout) write_document(document(run, *command.format));
  return exit_code(run);
}

}  // namespace dmstall::analysis
