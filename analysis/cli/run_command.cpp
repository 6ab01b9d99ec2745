#include "analysis/check/check_scenario.hpp"
#include "analysis/cli/commands.hpp"
#include "analysis/cli/interrupt.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/whole_file.hpp"
#include "analysis/evidence/certificate_file.hpp"
#include "analysis/report/alert_formats.hpp"
#include "analysis/report/proof_text.hpp"
#include "analysis/report/run_report.hpp"
#include "analysis/run/run_scenario.hpp"
#include "analysis/evidence/sha256.hpp"
#include "analysis/evidence/witness_file.hpp"
#include "models/scenario/reader.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

namespace dmstall::analysis {

namespace {

using Format = RunCommand::Format;

void keep_witness(const std::string& path, const std::string& scenario, const RunReport& report) {
  WholeFile out(path);
  out.stream() << write_witness(report, file_text(scenario).value_or(""));
  out.commit();
}

void keep_proof(const std::string& path, const std::string& scenario, const RunReport& report) {
  Certificate certificate = report.proof->certificate;
  certificate.scenario = report.scenario;
  const std::optional<std::string> digest = sha256(file_text(scenario).value_or(""));
  if (!digest) throw UsageError("--proof: this dmstall was built without SHA-256 (OpenSSL)");
  certificate.sha256 = *digest;
  WholeFile out(path);
  out.stream() << write_certificate(certificate, scenario);
  out.commit();
}

/// A report, and what services for alerts want to know of it.
struct Ran {
  RunReport report;
  CheckOutcome outcome;
};

Ran run_file(const std::string& file, const RunCommand& command, std::ostream* trace) {
  models::ReadResult read = models::read_scenario_file(file);
  const std::string diagnostics = models::format_diagnostics(read.diagnostics);
  if (!read.scenario) {
    RunReport report;
    report.file = file;
    report.code = models::ExitCode::bad_scenario;
    report.error = diagnostics;
    CheckOutcome outcome = refused_outcome(read.diagnostics);
    outcome.file = file;
    return {std::move(report), std::move(outcome)};
  }
  if (!diagnostics.empty()) write_stderr(diagnostics);
  ProgressLine progress(file);
  RunOptions options;
  options.seed = command.seed;
  options.sim_seconds = command.sim_seconds;
  options.events = command.events;
  options.engine = command.engine;
  options.repairs = true;
  options.search_states = command.states;
  options.search_memory_mib = command.memory_mib;
  options.search_seconds = command.seconds;
  options.search.reductions = command.reductions;
  options.search.threads = command.threads;
  if (command.least_states) options.search.least_states = *command.least_states;
  options.search.progress = [&](std::int64_t requests, std::size_t states, double per_second, int depth, std::size_t bytes) {
    progress.show(fmt::format("searching {} requests: {} states, {:.0f} states/s, depth {}, {} MiB", requests, states, per_second, depth, bytes >> 20U));
  };
  options.trace = trace;
  options.progress = [&](double sim_time_s, double fraction_done, std::int64_t steps) { progress.show(sim_time_s, fraction_done, steps); };
  RunReport report = run_scenario(*read.scenario, options);
  report.file = file;
  CheckOutcome outcome = judge_report(report, *read.scenario);
  outcome.file = file;
  return {std::move(report), std::move(outcome)};
}

std::string text_of(const RunReport& report, std::size_t in_circle, const RunCommand& command, bool colour) {
  std::string text = command.format == Format::lockdep    ? run_report_lockdep(report, in_circle)
                     : command.format == Format::markdown ? run_report_markdown(report, in_circle)
                                                          : run_report_text(report, colour);
  if (command.steps && command.format == Format::text) text += witness_text(report) + proof_text(report);
  return text;
}

/// One document for all runs, where the format has that.
std::string document(const RunCommand& command, const std::vector<RunReport>& reports,
                     const std::vector<CheckOutcome>& outcomes, models::ExitCode code,
                     const std::vector<std::string>& interrupted = {}) {
  switch (command.format) {
    case Format::json:
      return run_report_json(reports, interrupted);
    case Format::sarif:
      return sarif(run_alerts(outcomes), {interrupted.empty() ? code : models::ExitCode::interrupted, interrupted.empty(), false});
    case Format::github:
      return github_annotations(run_alerts(outcomes), fmt::format("{} scenarios run", outcomes.size()));
    default:
      return {};
  }
}

}  // namespace

models::ExitCode run_command(const RunCommand& command) {
  models::ExitCode code = models::ExitCode::progress;
  std::vector<RunReport> reports;   // of JSON
  std::vector<CheckOutcome> outcomes;
  std::size_t finished = 0;
  std::optional<WholeFile> trace;
  if (!command.trace.empty()) trace.emplace(command.trace);
  const bool colour = stdout_wants_colour();
  InterruptGuard interrupt([&] {
    if (trace) trace->abandon();
    const std::vector<std::string> left(command.files.begin() + static_cast<std::ptrdiff_t>(finished), command.files.end());
    write_stdout(document(command, reports, outcomes, code, left));
    write_stderr(fmt::format("dmstall: interrupted; {} of {} scenarios finished\n", finished, command.files.size()));
  });
  for (const std::string& file : command.files) {
    auto [report, outcome] = run_file(file, command, trace ? &trace->stream() : nullptr);
    const auto held = interrupt.hold();
    ++finished;
    code = models::more_severe(code, report.code);
    if (!command.witness.empty() && has_witness(report)) keep_witness(command.witness, file, report);
    const bool proved = !report.error && report.proof && report.proof->proved;
    if (!command.proof.empty() && proved) keep_proof(command.proof, file, report);
    const std::size_t in_circle = outcome.in_circle;
    outcomes.push_back(std::move(outcome));
    const bool for_people = command.format == Format::text || command.format == Format::lockdep;
    if (!for_people && command.format != Format::markdown) {
      if (command.format == Format::json) reports.push_back(std::move(report));
      continue;
    }
    const std::string text = text_of(report, in_circle, command, colour);
    if (report.error && for_people) {
      write_stderr(text);
    } else {
      write_stdout(text + (command.files.size() > 1 && &file != &command.files.back() ? "\n" : ""));
    }
  }
  const auto held = interrupt.hold();
  if (trace) trace->commit();  // when that fails, another document tells
  write_stdout(document(command, reports, outcomes, code));
  return code;
}

}  // namespace dmstall::analysis
