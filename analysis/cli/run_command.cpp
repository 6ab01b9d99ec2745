#include "analysis/cli/commands.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/report/run_report.hpp"
#include "analysis/run/run_scenario.hpp"
#include "models/scenario/reader.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace dmstall::analysis {

namespace {

/// A file that appears under its name when it is complete, or not at all.
class WholeFile {
 public:
  explicit WholeFile(const std::string& path) : path_(path), temporary_(fmt::format("{}.{}.tmp", path, ::getpid())) {
    // Devices and pipes are written as they are; only a regular file can be replaced.
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored)) temporary_ = path_;
    stream_.open(temporary_);
    if (!stream_) throw UsageError(fmt::format("{} cannot be written: {}", path, std::strerror(errno)));
  }
  ~WholeFile() {
    std::error_code ignored;
    if (!done_ && temporary_ != path_) std::filesystem::remove(temporary_, ignored);
  }
  WholeFile(const WholeFile&) = delete;
  WholeFile& operator=(const WholeFile&) = delete;

  std::ostream& stream() { return stream_; }
  void commit() {
    stream_.close();
    if (!stream_) throw std::runtime_error(fmt::format("{} could not be written completely", path_));
    if (temporary_ != path_) std::filesystem::rename(temporary_, path_);
    done_ = true;
  }

 private:
  std::string path_, temporary_;
  std::ofstream stream_;
  bool done_ = false;
};

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
  options.trace = trace;
  options.progress = [&](double sim_time_s, double fraction_done, std::int64_t steps) { progress.show(sim_time_s, fraction_done, steps); };
  RunReport report = run_scenario(*read.scenario, options);
  report.file = file;
  return report;
}

}  // namespace

models::ExitCode run_command(const RunCommand& command) {
  models::ExitCode code = models::ExitCode::progress;
  std::vector<RunReport> reports;
  std::optional<WholeFile> trace;
  if (!command.trace.empty()) trace.emplace(command.trace);
  const bool colour = stdout_wants_colour();
  for (const std::string& file : command.files) {
    RunReport report = run_file(file, command, trace ? &trace->stream() : nullptr);
    code = models::more_severe(code, report.code);
    if (command.json) {
      reports.push_back(std::move(report));
      continue;
    }
    const std::string text = run_report_text(report, colour);
    if (report.error) {
      write_stderr(text);
    } else {
      write_stdout(text + (command.files.size() > 1 && &file != &command.files.back() ? "\n" : ""));
    }
  }
  if (command.json) write_stdout(run_report_json(reports));
  if (trace) trace->commit();
  return code;
}

}  // namespace dmstall::analysis
