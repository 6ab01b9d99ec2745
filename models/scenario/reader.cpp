#include "models/scenario/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "models/scenario/bounded_file.hpp"
#include "models/scenario/parts.hpp"

namespace dmstall::models {

namespace {

/// "scenarios/seed/shared.json" → "shared"
std::string name_of_file(const std::string& path) {
  if (path == standard_input) return "stdin";
  const std::string stem = std::filesystem::path(path).stem().string();
  return stem.empty() ? path : stem;
}

void check_something_runs(const ReadContext& context, const JsonValue& root) {
  const Scenario& scenario = context.scenario;
  const Span begin{root.where.begin, root.where.begin + 1};
  const auto has = [&](std::string_view key) {
    const JsonMember* member = root.find(key);
    return member != nullptr && (member->value.kind != JsonValue::Kind::array || !member->value.items.empty());
  };
  const auto where = [&](std::string_view key) {
    const JsonMember* member = root.find(key);
    return member == nullptr ? begin : member->key_where;
  };
  if (has("devices") && !has("workload")) {
    context.error(where("devices"), "nothing to run: devices without \"workload\"");
  } else if (!has("devices") && has("workload")) {
    context.error(where("workload"), "nothing to run: \"workload\" without devices");
  } else if (!has("devices") && !has("tasks")) {
    context.error(begin, "nothing to run: neither \"devices\" with \"workload\" nor \"tasks\"");
  }
  for (const ScenarioTarget& target : scenario.targets) {
    const bool used = std::any_of(scenario.devices.begin(), scenario.devices.end(),
                                  [&](const Device& device) { return device.target == target.name; });
    if (used) continue;
    context.warning(root.find("targets")->value.find(target.name)->key_where,
                    fmt::format("no device has target {}", in_quotes(target.name)));
  }
}

void read_root(const ReadContext& context, const JsonValue& root, bool try_vary) {
  if (root.kind != JsonValue::Kind::object) {
    context.error(root.where, fmt::format("a scenario is a JSON object, not {}", describe(root)));
    return;
  }
  const Fields fields(context, root, top_level_keys(), "a scenario");
  if (const JsonValue* format = fields.value("format")) {
    if (format->kind != JsonValue::Kind::integer || format->integer != 1) {
      context.error(format->where, fmt::format("\"format\" is {}, this version reads format 1", describe(*format)));
    }
  }
  (void)fields.maybe_text("$schema");
  Scenario& scenario = context.scenario;
  scenario.name = fields.maybe_text("name").value_or(name_of_file(scenario.file));
  if (const JsonValue* name = fields.value("name"); name != nullptr && name->kind == JsonValue::Kind::string) {
    (void)check_name(context, *name, "scenario");
  }
  scenario.about = fields.maybe_text("about").value_or("");
  scenario.origin = fields.maybe_text("origin").value_or("");

  // Each part after those that it names: sharing needs devices, faults need devices and workload, `fails` all pools.
  read_kernel(context, fields.value("kernel"));
  read_targets(context, fields.value("targets"));
  const Defaults defaults = read_defaults(context, fields.value("defaults"));
  const DeviceUses uses = read_devices(context, fields.value("devices"), defaults);
  check_stack(context, uses);
  read_sharing(context, fields.value("sharing"));
  share_as_the_kernel_does(context.scenario);
  check_shared_reserves(context);
  read_workload(context, fields.value("workload"), defaults);
  read_task_form(context, fields.value("resources"), fields.value("tasks"));
  read_memory(context, fields.value("memory"));
  read_faults(context, fields.value("faults"));
  read_bounds(context, fields.value("bounds"));
  read_expect(context, fields.value("expect"));
  read_vary(context, fields.value("vary"));
  check_something_runs(context, root);
  // The flow of steps is judged only where every step is understood.
  if (!context.diagnostics.has_errors()) check_alignment(context);
  if (!context.diagnostics.has_errors()) check_spawned(context);
  if (!context.diagnostics.has_errors()) check_task_steps(context);
  if (!context.diagnostics.has_errors()) check_paths(context);
  if (const JsonValue* vary = fields.value("vary"); vary != nullptr && try_vary && !context.diagnostics.has_errors())
    check_vary(context, *vary);
}

Diagnostic too_large(const std::string& path) {
  Diagnostic result =
      file_diagnostic(path, fmt::format("larger than {} MiB, which no scenario is", largest_scenario_bytes >> 20U));
  result.line = result.column = 1;
  return result;
}

ReadResult read(std::string text, std::string name, bool try_vary) {
  if (text.size() > largest_scenario_bytes) {
    return {std::nullopt, {too_large(name)}};
  }
  const SourceText source(std::move(text), name);
  Diagnostics diagnostics(source);
  Scenario scenario;
  scenario.file = std::move(name);
  if (const auto root = parse_json(source, diagnostics)) read_root({source, diagnostics, scenario}, *root, try_vary);
  ReadResult result;
  const bool failed = diagnostics.has_errors();
  result.diagnostics = diagnostics.take();
  if (failed) return result;
  for (const Diagnostic& diagnostic : result.diagnostics) scenario.warnings.push_back(format_headline(diagnostic));
  result.scenario = std::move(scenario);
  return result;
}

FileText refused(const std::string& path, std::string message) {
  return {std::nullopt, {file_diagnostic(path, std::move(message))}};
}

}  // namespace

FileText read_file_text(const std::string& path) {
  BoundedText file = read_bounded(path, largest_scenario_bytes);
  if (file.text) return {std::move(file.text), {}};
  if (file.too_large) return {std::nullopt, {too_large(path)}};
  return refused(path, fmt::format("cannot read: {}", file.refusal));
}

ReadResult read_scenario_file(const std::string& path) {
  FileText file = read_file_text(path);
  if (!file.text) return {std::nullopt, std::move(file.diagnostics)};
  return read(std::move(*file.text), path, true);
}

ReadResult read_scenario_text(std::string text, std::string name) {
  return read(std::move(text), std::move(name), true);
}

ReadResult read_without_vary(std::string text, std::string name) {
  return read(std::move(text), std::move(name), false);
}

}  // namespace dmstall::models
