#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/use/audit/audit.hpp"
#include "models/kernel/release/release.hpp"
#include "models/machine/compile.hpp"
#include "models/scenario/bounded_file.hpp"
#include "models/scenario/settings.hpp"

namespace dmstall::analysis {

namespace {

RecordedTrace trace_in(const std::string& path) {
  const models::BoundedText file = models::read_bounded(path, largest_trace_bytes);
  if (!file.text) throw InputError(fmt::format("{}: cannot be read: {}\n", path, file.refusal));
  TraceRead read = read_trace(*file.text);
  if (read.trace) return std::move(*read.trace);
  throw InputError(read.line == 0 ? fmt::format("{}: error: {}\n", path, read.refusal)
                                  : fmt::format("{}:{}: error: {}\n", path, read.line, read.refusal));
}

/// A trace names its scenario from the root of a tree in which it lies itself; empty: there is none.
std::string scenario_of(const std::string& trace, const std::string& named) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (fs::exists(named, ignored)) return named;
  for (fs::path folder = fs::absolute(trace, ignored).parent_path();; folder = folder.parent_path()) {
    if (fs::exists(folder / named, ignored)) return (folder / named).lexically_proximate(fs::current_path()).string();
    if (folder == folder.parent_path()) return {};
  }
}

/// The scenario and the release that a trace is held against.
void settle(const std::string& path, RecordedTrace& trace, const AuditCommand& command) {
  const auto refuse = [&](std::size_t line, const std::string& why) {
    throw InputError(line == 0 ? fmt::format("{}: error: {}\n", path, why)
                               : fmt::format("{}:{}: error: {}\n", path, line, why));
  };
  if (!command.release.empty()) trace.release = command.release;
  if (!trace.release.empty() && !models::Release::named(trace.release)) {
    refuse(trace.release_line,
           fmt::format("Linux {} is not modelled, only {}; --release says which of them to hold the trace against",
                       trace.release, fmt::join(models::release_names(), ", ")));
  }
  if (!command.scenario.empty()) {
    trace.scenario = command.scenario;
    return;
  }
  if (trace.scenario.empty()) refuse(0, "it names no scenario; --scenario says which file it is about");
  const std::string found = scenario_of(path, trace.scenario);
  if (found.empty()) {
    refuse(trace.scenario_line,
           fmt::format("its scenario {} is neither in this folder nor in one above the trace; --scenario says which "
                       "file it is about",
                       trace.scenario));
  }
  trace.scenario = found;
}

TraceModel model_of(const std::string& path, const std::string& release) {
  models::ReadResult read = models::read_scenario_file_on(path, release);
  if (!read.scenario) throw InputError(models::format_diagnostics(read.diagnostics));
  try {
    return trace_model(std::move(*read.scenario));
  } catch (const models::CompileError& error) {
    throw InputError(fmt::format("{}:{}:{}: error: {}\n", path, error.line, error.column, error.what()));
  }
}

/// Where a search gets stuck, beside where threads slept.
AuditedSleepers sleepers_of(const std::string& path, const RecordedTrace& recorded) {
  models::ReadResult read = models::read_scenario_file_on(recorded.scenario, recorded.release);
  if (!read.scenario) throw InputError(models::format_diagnostics(read.diagnostics));
  RunOptions options;
  options.timed = false;
  options.compare_without_faults = false;
  try {
    return audit_sleepers(path, recorded, *read.scenario, options);
  } catch (const models::CompileError& error) {
    throw InputError(fmt::format("{}:{}:{}: error: {}\n", recorded.scenario, error.line, error.column, error.what()));
  }
}

models::ExitCode print_functions(const AuditCommand& command) {
  std::set<std::string> all;
  for (const std::string& path : command.files) all.merge(functions_named(model_of(path, command.release)));
  std::string out;
  for (const std::string& each : all) out += each + "\n";
  write_stdout(out);
  return models::ExitCode::progress;
}

}  // namespace

models::ExitCode audit_command(const AuditCommand& command) {
  const Watchdog watchdog(command.bounds, command.files.front());
  if (command.functions) return print_functions(command);
  Audit audit;
  std::map<std::pair<std::string, std::string>, std::size_t> known;
  for (const std::string& path : command.files) {
    RecordedTrace trace = trace_in(path);
    settle(path, trace, command);
    if (trace.of_sleepers) {
      audit.sleepers.push_back(sleepers_of(path, trace));
      continue;
    }
    const auto [at, fresh] = known.try_emplace({trace.scenario, trace.release}, audit.models.size());
    if (fresh) {
      TraceModel model = model_of(trace.scenario, trace.release);
      const std::string kernel = model.kernel;
      audit.models.push_back({trace.scenario, kernel, std::move(model), {}});
    }
    add_trace(audit, at->second, path, trace);
  }
  const std::string written = command.format->write(audit, command.details);
  if (command.format == &audit_formats().front()) {
    write_stdout(written);
  } else {
    write_document(written);
  }
  const AuditCounts counts = counts_of(audit);
  const bool agree = std::all_of(audit.sleepers.begin(), audit.sleepers.end(),
                                 [](const AuditedSleepers& each) { return each.agree(); });
  if (counts.events == 0 && audit.sleepers.empty()) return models::ExitCode::nothing_matched;
  return counts.unexplained == 0 && agree ? models::ExitCode::progress : models::ExitCode::expectation_unmet;
}

}  // namespace dmstall::analysis
