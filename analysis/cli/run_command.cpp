#include "analysis/cli/commands.hpp"
#include "analysis/cli/interrupt.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/whole_file.hpp"
#include "analysis/evidence/certificate_file.hpp"
#include "analysis/report/proof_text.hpp"
#include "analysis/report/run_report.hpp"
#include "analysis/run/run_scenario.hpp"
#include "analysis/evidence/sha256.hpp"
#include "analysis/evidence/witness_file.hpp"
#include "models/scenario/reader.hpp"

#include <fmt/format.h>

#include <optional>

namespace dmstall::analysis {

namespace {

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

RunReport run_file(const std::string& file, const RunCommand& command, std::ostream* trace) {
  models::ReadResult read = models::read_scenario_file(file);
  const std::string diagnostics = models::format_diagnostics(read.diagnostics);
  if (!read.scenario) {
    RunReport report;
    report.file = file;
    report.code = models::ExitCode::bad_scenario;
    report.error = diagnostics;
    return report;
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
  return report;
}

}  // namespace

models::ExitCode run_command(const RunCommand& command) {
  models::ExitCode code = models::ExitCode::progress;
  std::vector<RunReport> reports;   // of JSON
  std::size_t finished = 0;
  std::optional<WholeFile> trace;
  if (!command.trace.empty()) trace.emplace(command.trace);
  const bool colour = stdout_wants_colour();
  InterruptGuard interrupt([&] {
    if (trace) trace->abandon();
    const std::vector<std::string> left(command.files.begin() + static_cast<std::ptrdiff_t>(finished), command.files.end());
    if (command.json) write_stdout(run_report_json(reports, left));
    write_stderr(fmt::format("dmstall: interrupted; {} of {} scenarios finished\n", finished, command.files.size()));
  });
  for (const std::string& file : command.files) {
    RunReport report = run_file(file, command, trace ? &trace->stream() : nullptr);
    const auto held = interrupt.hold();
    ++finished;
    code = models::more_severe(code, report.code);
    if (!command.witness.empty() && has_witness(report)) keep_witness(command.witness, file, report);
    const bool proved = !report.error && report.proof && report.proof->proved;
    if (!command.proof.empty() && proved) keep_proof(command.proof, file, report);
    if (command.json) {
      reports.push_back(std::move(report));
      continue;
    }
    const std::string text = run_report_text(report, colour) + (command.steps ? witness_text(report) + proof_text(report) : "");
    if (report.error) {
      write_stderr(text);
    } else {
      write_stdout(text + (command.files.size() > 1 && &file != &command.files.back() ? "\n" : ""));
    }
  }
  const auto held = interrupt.hold();
  if (trace) trace->commit();  // when that fails, another document tells
  if (command.json) write_stdout(run_report_json(reports));
  return code;
}

}  // namespace dmstall::analysis
