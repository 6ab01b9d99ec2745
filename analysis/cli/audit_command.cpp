#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/use/audit/audit.hpp"
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

/// A trace names its scenario from the root of a tree in which it lies itself.
std::string scenario_of(const std::string& trace, const std::string& named) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (fs::exists(named, ignored)) return named;
  for (fs::path folder = fs::absolute(trace, ignored).parent_path();; folder = folder.parent_path()) {
    if (fs::exists(folder / named, ignored)) return (folder / named).lexically_proximate(fs::current_path()).string();
    if (folder == folder.parent_path()) return named;
  }
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
    if (!command.release.empty()) trace.release = command.release;
    if (command.scenario.empty() && trace.scenario.empty())
      throw InputError(fmt::format("{}: it names no scenario; --scenario says which it is about\n", path));
    const std::string scenario = command.scenario.empty() ? scenario_of(path, trace.scenario) : command.scenario;
    trace.scenario = scenario;
    if (trace.of_sleepers) {
      audit.sleepers.push_back(sleepers_of(path, trace));
      continue;
    }
    const auto [at, fresh] = known.try_emplace({scenario, trace.release}, audit.models.size());
    if (fresh) {
      TraceModel model = model_of(scenario, trace.release);
      const std::string kernel = model.kernel;
      audit.models.push_back({scenario, kernel, std::move(model), {}});
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
