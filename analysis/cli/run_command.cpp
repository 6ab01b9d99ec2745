#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/places.hpp"
#include "analysis/cli/ran_file.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/whole_file.hpp"
#include "analysis/report/circle_dot.hpp"
#include "analysis/report/formats.hpp"
#include "analysis/report/html/page.hpp"
#include "analysis/report/outcome_of_report.hpp"
#include "analysis/report/perfetto.hpp"
#include "analysis/report/run_report.hpp"
#include "analysis/use/batch/processes.hpp"
#include "analysis/use/check/check_scenario.hpp"
#include "analysis/use/evidence/certificate_file.hpp"
#include "analysis/use/evidence/sha256.hpp"
#include "analysis/use/evidence/witness_file.hpp"
#include "analysis/use/page/run_page.hpp"
#include "analysis/verdict/fill_report.hpp"
#include "analysis/verdict/run_scenario.hpp"
#include "models/scenario/bounded_file.hpp"
#include "models/scenario/reader.hpp"
#include "models/scenario/settings.hpp"

namespace dmstall::analysis {

namespace {

using models::ExitCode;

std::string proof_document(const RunReport& report, const std::string& scenario_text) {
  Certificate certificate = report.proof->certificate;
  certificate.scenario = report.scenario;
  certificate.sha256 = sha256(scenario_text);
  return write_certificate(certificate, report.file);
}

double wall_of(const RunCommand& command) {
  // Who gives a search ten minutes does not want to be ended after one.
  return command.timeout_s.value_or(
      std::max(default_wall_s, command.search.seconds ? *command.search.seconds + default_wall_s : 0));
}

RunOptions options_of(const RunCommand& command, ProgressLine& progress, std::ostream* trace,
                      std::vector<sim::LaneReader*> lane_readers) {
  RunOptions options;
  options.bounds = bounds_within(wall_of(command), command.process_memory_mib);
  options.seed = command.seed;
  options.sim_seconds = command.sim_seconds;
  options.events = command.events;
  options.engine = command.engine;
  options.repairs = true;
  options.circles = command.circles;
  options.asked = command.search;
  options.search.reductions = command.reductions;
  options.search.threads = command.threads;
  if (command.least_states) options.search.least_states = *command.least_states;
  options.search.progress = [&](std::int64_t requests, std::size_t states, double per_second, int depth,
                                std::size_t bytes) {
    progress.show(fmt::format("searching {} requests: {} states, {:.0f} states/s, depth {}, {} MiB", requests, states,
                              per_second, depth, bytes >> 20U));
  };
  options.trace = trace;
  options.lane_readers = std::move(lane_readers);
  options.progress = [&](double sim_time_s, double fraction_done, std::int64_t steps) {
    progress.show(sim_time_s, fraction_done, steps);
  };
  return options;
}

/// Options that ask for the same again, but for what ends a search.
std::string again(const RunCommand& command) {
  std::string text;
  if (!command.release.empty()) text += fmt::format("--release {} ", command.release);
  if (command.engine) text += fmt::format("--engine {} ", to_string(*command.engine));
  if (command.seed != 1) text += fmt::format("--seed {} ", command.seed);
  if (command.sim_seconds) text += fmt::format("--sim-time {} ", *command.sim_seconds);
  if (command.events) text += fmt::format("--events {} ", *command.events);
  if (command.least_states) text += fmt::format("--least-states {} ", *command.least_states);
  return text;
}

std::string bounds_again(const RunCommand& command) {
  std::string text;
  if (command.search.states) text += fmt::format("--states {} ", *command.search.states);
  if (command.search.seconds) text += fmt::format("--seconds {} ", *command.search.seconds);
  if (command.search.memory_mib) text += fmt::format("--memory {} ", *command.search.memory_mib);
  return text;
}

/// How a report is to be written. `columns`: of the terminal, which a process of its own has lost.
TextOptions text_options(const RunCommand& command, bool colour, std::size_t columns) {
  TextOptions options;
  options.colour = colour;
  options.width = columns;
  options.details = command.details;
  options.steps = command.steps;
  options.again = again(command);
  options.bounds_again = bounds_again(command);
  return options;
}

/// What is printed and kept of a report. `page`: what a page shows beside it; none where the file was not read.
RanFile written(const RunReport& report, CheckOutcome outcome, const RunCommand& command, const TextOptions& text,
                const RunPage* page = nullptr) {
  RanFile ran;
  ran.code = report.code;
  ran.is_error = report.error.has_value();
  if (command.format->part != nullptr) ran.json = command.format->part(report);
  if (command.format->text != nullptr) ran.text = command.format->text(report, outcome.in_circle, text);
  if (!command.html.empty()) ran.page = run_page_part(report, outcome.in_circle, page);
  ran.outcome = std::move(outcome);
  return ran;
}

/// Reads and runs the file, in a process of its own.
RanFile run_file(const std::string& file, models::FileText source, const RunCommand& command, const TextOptions& style,
                 int terminal, std::ostream* trace, std::ostream* perfetto) {
  models::ReadResult read;
  read.diagnostics = std::move(source.diagnostics);
  const bool there = source.text.has_value();
  const std::string text = std::move(source.text).value_or("");
  if (there) read = models::read_scenario_on(text, file, command.release);
  const std::string diagnostics = models::format_diagnostics(read.diagnostics);
  RunReport report;
  if (!read.scenario) {
    report = failed_report(file, ExitCode::bad_scenario, because::NotRead{diagnostics});
    CheckOutcome outcome = refused_outcome(read.diagnostics);
    outcome.file = file;
    if (perfetto != nullptr) {
      PerfettoWriter(*perfetto, file).finish();
      perfetto->flush();
    }
    return written(report, std::move(outcome), command, style);
  }
  Timeline timeline;
  std::optional<PerfettoWriter> lanes;
  {
    std::vector<sim::LaneReader*> readers;
    if (!command.html.empty()) readers.push_back(&timeline);
    if (perfetto != nullptr) readers.push_back(&lanes.emplace(*perfetto, read.scenario->name));
    ProgressLine progress(file, terminal);
    report = run_scenario(*read.scenario, options_of(command, progress, trace, std::move(readers)));
  }
  if (lanes) lanes->finish();
  report.file = file;
  CheckOutcome outcome = judge_report(report, *read.scenario);
  outcome.file = file;
  RunPage page;
  if (!command.html.empty()) {
    page = run_page(report, *read.scenario);
    if (timeline.ran()) page.timeline = &timeline;
  }
  RanFile ran = written(report, std::move(outcome), command, style, &page);
  ran.warnings = diagnostics;
  if (!command.witness.empty() && has_witness(report)) ran.witness = write_witness(report, text);
  if (!command.dot.empty()) ran.dot = circle_dot(report);
  const bool proved = !report.error && report.proves();
  if (!command.proof.empty() && proved) ran.proof = proof_document(report, text);
  for (std::ostream* out : {trace, perfetto}) ran.trace_lost = ran.trace_lost || (out != nullptr && !out->flush());
  return ran;
}

/// Of a process that gave no answer.
RanFile unanswered(const std::string& file, const ProcessEnd& end, const RunCommand& command,
                   const TextOptions& style) {
  const RunReport report = end.out_of_bounds()
                               ? open_report(file, reason_of(end))
                               : failed_report(file, ExitCode::internal_error, because::Crashed{no_answer_of(end)});
  CheckOutcome outcome = judge_report(report);
  outcome.file = file;
  return written(report, std::move(outcome), command, style);
}

/// All files, and what was made of them so far.
class Run {
 public:
  explicit Run(const RunCommand& command)
      : command_(command),
        style_(text_options(command, stdout_wants_colour(), stdout_columns(plain_width))),
        terminal_(::dup(STDERR_FILENO)) {
    if (!command.trace.empty()) trace_.emplace(command.trace);
    if (!command.perfetto.empty()) perfetto_.emplace(command.perfetto);
    if (!command.html.empty()) html_.emplace(command.html);
    // A child has no stdin.
    const bool from_stdin =
        std::find(command.files.begin(), command.files.end(), models::standard_input) != command.files.end();
    if (from_stdin) stdin_ = models::read_file_text(models::standard_input);
  }
  ~Run() {
    if (terminal_ >= 0) ::close(terminal_);
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  ExitCode run() {
    BatchLimits limits;
    limits.timeout_s = wall_of(command_);
    limits.memory_mib = command_.process_memory_mib;
    const auto work = [&](std::size_t job) {
      const std::string& file = command_.files[job];
      models::FileText source = file == models::standard_input ? stdin_ : models::read_file_text(file);
      return to_bytes(run_file(file, std::move(source), command_, style_, terminal_,
                               trace_ ? &trace_->stream() : nullptr, perfetto_ ? &perfetto_->stream() : nullptr));
    };
    const BatchEnding ending = run_in_processes(command_.files.size(), limits, work,
                                                [&](std::size_t job, const ProcessEnd& end) { finished(job, end); });
    if (ending == BatchEnding::interrupted) return interrupted();
    if (trace_ && traced_) trace_->commit();  // when that fails, another document tells
    if (perfetto_ && traced_) perfetto_->commit();
    if (html_) {
      html_->stream() << run_pages(pages_);
      html_->commit();
    }
    write_machine_document();
    return batch_.code;
  }

 private:
  void finished(std::size_t job, const ProcessEnd& end) {
    const std::string& file = command_.files[job];
    std::optional<RanFile> answer;
    if (end.how == ProcessEnd::How::finished) answer = ran_file_from(end.output);
    traced_ = answer.has_value();
    RanFile ran = answer ? std::move(*answer) : unanswered(file, end, command_, style_);
    ++finished_;
    batch_.code = models::more_severe(batch_.code, ran.code);
    if (ran.trace_lost)
      throw OutputError(fmt::format("{} could not be written completely",
                                    command_.trace.empty() ? command_.perfetto : command_.trace));
    if (!ran.warnings.empty()) write_stderr(ran.warnings);
    if (!ran.witness.empty()) write_whole_file(command_.witness, ran.witness);
    if (!ran.dot.empty()) write_whole_file(command_.dot, ran.dot);
    if (!ran.proof.empty()) write_whole_file(command_.proof, ran.proof);
    batch_.outcomes.push_back(std::move(ran.outcome));
    if (!ran.page.empty()) pages_.push_back(std::move(ran.page));
    if (!ran.json.empty()) batch_.parts.push_back(std::move(ran.json));
    if (ran.text.empty()) return;
    if (ran.is_error && !command_.format->tells_errors) {
      write_stderr(ran.text);
    } else {
      write_stdout(ran.text + (job + 1 < command_.files.size() ? "\n" : ""));
    }
  }

  ExitCode interrupted() {
    if (trace_) trace_->abandon();
    if (perfetto_) perfetto_->abandon();
    if (html_) html_->abandon();
    batch_.left = {command_.files.begin() + static_cast<std::ptrdiff_t>(finished_), command_.files.end()};
    write_machine_document();
    write_stderr(fmt::format("dmstall: interrupted; {} of {} scenarios finished\n", finished_, command_.files.size()));
    return ExitCode::interrupted;
  }

  /// One document for all runs, where the format has that.
  void write_machine_document() const {
    if (command_.format->document != nullptr) write_document(command_.format->document(batch_));
  }

  const RunCommand& command_;
  TextOptions style_;
  int terminal_;  ///< a copy of stderr: the process of a file has another one
  std::optional<WholeFile> trace_, perfetto_, html_;
  std::vector<std::string> pages_;  ///< of run_page_part
  models::FileText stdin_;
  RunBatch batch_;
  std::size_t finished_ = 0;
  bool traced_ = false;
};

}  // namespace

ExitCode run_command(const RunCommand& command) {
  Places places;
  for (const std::string& file : command.files) places.input(file);
  places.output("--witness", command.witness);
  places.output("--dot", command.dot);
  places.output("--proof", command.proof);
  places.output("--trace", command.trace);
  places.output("--perfetto", command.perfetto);
  places.output("--html", command.html);
  places.check();
  return Run(command).run();
}

}  // namespace dmstall::analysis
